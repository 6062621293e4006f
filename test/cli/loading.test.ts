// Checks which modules a command loads. Help loads only the command tables, and reading templates does not load the runner.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { commands } from "../../cli/commands.ts";

const listLoaded = `data:text/javascript,${encodeURIComponent(
	`import { registerHooks } from "node:module";
import { writeSync } from "node:fs";
const urls = [];
registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context); } });
process.on("exit", () => writeSync(3, urls.join("\\n")));`,
)}`;

function loadedBy(args: readonly string[]): readonly string[] {
	const { output, status, stderr } = spawnSync(
		process.execPath,
		["--import", listLoaded, "cli/eventwright.js", ...args],
		{ stdio: ["ignore", "ignore", "pipe", "pipe"], encoding: "utf8" },
	);
	expect(stderr).not.toMatch(/^\s+at /m);
	expect(status, stderr).toBeLessThan(args.includes("--help") ? 1 : 2);
	const root = `file://${path.resolve(".")}/`;
	return (output[3] ?? "")
		.split("\n")
		.filter((url) => url.startsWith(root))
		.map((url) => url.slice(root.length));
}

const heavy =
	/^cloud\/local\/|^cdk\/(?!system\/)|^node_modules\/(ajv|aws-cdk-lib|constructs|@aws-sdk|@smithy|fauxqs|fastify|esbuild|handlebars|recheck|chokidar)\//;

test.each([
	["--help"],
	...commands.map(({ name }) => [...name.split(" "), "--help"]),
	["pattern", "operators"],
	["pattern", "explain", "--assembly", "cdk.out/test"],
	["graph", "--assembly", "cdk.out/test"],
])("eventwright %s %s %s %s", (...args) => {
	const loaded = loadedBy(args.filter((arg) => arg !== undefined));
	expect(loaded).toContain("cli/main.ts");
	expect(loaded.filter((file) => heavy.test(file))).toEqual([]);
});

test("--help loads only the command tables", () => {
	expect(
		loadedBy(["--help"]).filter(
			(file) =>
				!/^(cli\/|generator\/(diagnostics|schema\/(life|nearest))\.ts)/.test(
					file,
				),
		),
	).toEqual([]);
});
