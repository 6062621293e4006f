// Runs the commands of the README as processes.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import {
	cp,
	mkdtemp,
	readFile,
	rm,
	symlink,
	writeFile,
} from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(path.resolve("cdk.out", "project-"));
	for (const name of [
		"cdk.json",
		"package.json",
		"package-lock.json",
		"schemas",
		"generated",
		"generator",
		"runtime",
		"handlers",
		"infra",
		"pattern",
		"cdk",
		"cli",
		"cloud",
		"demo",
		"tsconfig.json",
	])
		await cp(name, path.join(folder, name), { recursive: true });
	await symlink(
		path.resolve("node_modules"),
		path.join(folder, "node_modules"),
	);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Running {
	readonly child: ChildProcessWithoutNullStreams;
	readonly said: () => string;
	readonly ended: Promise<number | null>;
	/** Waits for a string in the output after the previous match. */
	readonly until: (text: string) => Promise<string>;
}

function start(command: string, ...args: readonly string[]): Running {
	const child = spawn(command, args, { cwd: folder });
	let said = "";
	let from = 0;
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (chunk: Buffer) => {
			said += chunk;
		});
	const ended = new Promise<number | null>((resolve) => {
		child.on("close", resolve);
	});
	return {
		child,
		said: () => said,
		ended,
		until: async (text) => {
			for (let i = 0; i < 1200 && !said.slice(from).includes(text); i++)
				await new Promise((resolve) => setTimeout(resolve, 50));
			if (!said.slice(from).includes(text))
				throw new Error(`waited for ${JSON.stringify(text)}, got:\n${said}`);
			const before = from;
			from = said.indexOf(text, from) + text.length;
			return said.slice(before, from);
		},
	};
}

test("demo --json prints each hop as one line of JSON and exits with 0", async () => {
	const demo = start(process.execPath, "demo/demo.ts", "--json");
	expect(await demo.ended).toBe(0);
	const hops = demo
		.said()
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	expect(new Set(hops.map(({ account }) => account))).toEqual(
		new Set(["111111111111", "222222222222", "333333333333"]),
	);
	expect(new Set(hops.map(({ outcome }) => outcome))).toEqual(
		new Set(["ok", "no match", "failed", "retry", "dead letter"]),
	);
	expect(hops.find(({ outcome }) => outcome === "dead letter")).toMatchObject({
		account: "333333333333",
		resource: "queue media-analytics-dead-letters",
	});
});

test("a removed enum value fails synthesis, with the rule, consumer, file and filter", async () => {
	const schema = path.join(folder, "schemas/content/content-viewed.json");
	const before = await readFile(schema, "utf8");
	expect(before).toContain('"web",');
	await writeFile(schema, before.replace('"web",', ""));
	const codegen = start(process.execPath, "cli/eventwright.js", "codegen");
	expect(await codegen.ended, codegen.said()).toBe(0);
	const synth = start(
		path.resolve("node_modules/.bin/cdk"),
		"synth",
		"--quiet",
	);
	expect(await synth.ended).not.toBe(0);
	expect(synth.said()).not.toContain("    at ");
	expect(synth.said()).toMatch(
		/infra\/system\.ts:\d+: rule media_recommendations_content-view-event, consumer recommendations: ContentViewed where detail\/channel\/0: "web" can never match: .*the filter is \{"channel":\["web",\{"prefix":"app-"\}\]/,
	);
});

test("npm run synth runs codegen first", async () => {
	const schema = path.join(folder, "schemas/content/content-viewed.json");
	const before = await readFile(schema, "utf8");
	await writeFile(schema, before.replace('"web",', ""));
	const synth = start("npm", "run", "synth");
	expect(await synth.ended).not.toBe(0);
	expect(synth.said()).toContain('"web" can never match');
});

describe("dev", () => {
	test("applies a changed handler, schema and infra, survives a broken schema and ends on SIGINT", async () => {
		const dev = start(
			process.execPath,
			"cli/eventwright.js",
			"dev",
			"--port",
			"0",
			"--endpoint-port",
			"0",
		);
		await dev.until("AWS endpoint");
		const [, url = ""] = /media-api {2}(\S+)/.exec(dev.said()) ?? [];
		const get = async () => (await fetch(`${url}/content/c-1`)).json();
		expect(await get()).toMatchObject({ title: "Queues, explained" });
		await dev.until("function media-analytics  handled");

		const library = path.join(folder, "handlers/content/library.ts");
		await writeFile(
			library,
			readFileSync(library, "utf8").replace(
				"Queues, explained",
				"Queues, once more",
			),
		);
		await dev.until("handlers/content/library.ts changed.");
		// Only that function is bundled again, without the CDK app.
		expect(
			await dev.until("media-get-content runs its new code"),
		).not.toContain("Synthesizing");
		expect(await get()).toMatchObject({ title: "Queues, once more" });

		const schema = path.join(folder, "schemas/content/content-viewed.json");
		const before = await readFile(schema, "utf8");
		await writeFile(
			schema,
			before.replace('"type": "object"', '"type": "objekt"'),
		);
		await dev.until("The previous version keeps running.");
		expect(await get()).toMatchObject({ title: "Queues, once more" });
		await writeFile(
			schema,
			before.replace('"maxLength": 64', '"maxLength": 3'),
		);
		await dev.until("run their new code");
		expect(await get()).toMatchObject({ title: "Queues, once more" });

		const system = path.join(folder, "infra/system.ts");
		await writeFile(
			system,
			(await readFile(system, "utf8")).replaceAll(
				'path: "/content/{contentId}"',
				'path: "/pieces/{contentId}"',
			),
		);
		await dev.until("AWS endpoint");
		const [, moved = ""] =
			[.../media-api {2}(\S+)/g[Symbol.matchAll](dev.said())].at(-1) ?? [];
		expect((await fetch(`${moved}/pieces/c-1`)).status).toBe(200);

		const saves = dev.said().split("changed.").length;
		for (const maxLength of [4, 5, 6])
			await writeFile(
				schema,
				before.replace('"maxLength": 64', `"maxLength": ${maxLength}`),
			);
		await dev.until("Synthesizing");
		dev.child.kill("SIGINT");
		expect(await dev.ended).toBe(0);
		expect(dev.said()).toContain("Stopped.");
		expect(dev.said().split("changed.").length).toBeLessThanOrEqual(saves + 2);
	});

	test("runs external templates", async () => {
		const templates = {
			"producer.yaml": "111111111111",
			"hub.yaml": "222222222222",
			"consumer.yaml": "333333333333",
		};
		const flags = Object.entries(templates).flatMap(([file, account]) => [
			"--template",
			`${path.resolve("test/cloud/walkthrough", file)}=${account}/eu-west-1`,
		]);
		const dev = start(
			process.execPath,
			"cli/eventwright.js",
			"dev",
			"--port",
			"0",
			"--endpoint-port",
			"0",
			...flags,
		);
		await dev.until("AWS endpoint");
		const [, url = ""] = /content {2}(\S+)/.exec(dev.said()) ?? [];
		await fetch(`${url}/content`);
		await dev.until('wants "demo-event"');
		dev.child.kill("SIGTERM");
		expect(await dev.ended).toBe(0);
	});

	test.each([
		[["--port", "x"], "--port must be a port, got x"],
		[["--nonsense"], "dev has no option --nonsense"],
		[["--template", "a.yaml=1"], "FILE=ACCOUNT"],
		[["--assembly", "nowhere"], "there is no folder nowhere"],
	])("usage error: %j", async (args, message) => {
		const dev = start(process.execPath, "cli/eventwright.js", "dev", ...args);
		expect(await dev.ended).toBe(2);
		expect(dev.said()).toContain(message);
		expect(dev.said()).not.toContain("    at ");
	});
});

describe("deploy", () => {
	test("refuses the sample account ids and names the file to edit", async () => {
		const deploy = start(process.execPath, "cli/eventwright.js", "deploy");
		expect(await deploy.ended).toBe(2);
		expect(deploy.said()).toContain("accounts.hub.id is 222222222222");
		expect(deploy.said()).toContain("infra/system.ts");
	});

	const ownIds = async () => {
		const system = path.join(folder, "infra/system.ts");
		const text = await readFile(system, "utf8");
		await writeFile(
			system,
			text.replace(
				/"(\d)\1{11}"/g,
				(_, digit: string) => `"${digit}23456789012"`,
			),
		);
	};

	test("refuses generated code that is not up to date", async () => {
		await ownIds();
		const schema = path.join(folder, "schemas/content/content-viewed.json");
		const before = await readFile(schema, "utf8");
		await writeFile(schema, before.replace('"web",', ""));
		const deploy = start(process.execPath, "cli/eventwright.js", "deploy");
		expect(await deploy.ended).toBe(1);
		expect(deploy.said()).toContain("Run: npm run codegen");
	});
});

describe("synth", () => {
	test("the AWS and AwsSolutions rules report nothing, and each acknowledgement has a reason", async () => {
		const synth = start("cdk", "synth", "--quiet");
		expect(await synth.ended, synth.said()).toBe(0);
		const report: {
			pluginReports: {
				pluginName: string;
				conclusion: string;
				violations: unknown[];
				suppressedViolations: { reason: string }[];
			}[];
		} = JSON.parse(
			await readFile(
				path.join(folder, "cdk.out/validation-report.json"),
				"utf8",
			),
		);
		expect(report.pluginReports.map(({ pluginName }) => pluginName)).toContain(
			"AwsSolutions",
		);
		for (const {
			conclusion,
			violations,
			suppressedViolations,
		} of report.pluginReports) {
			expect(violations).toEqual([]);
			expect(conclusion).toBe("success");
			for (const { reason } of suppressedViolations)
				expect(reason).toMatch(/\w+ \w+/);
		}
	});
});
