import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import {
	chmod,
	cp,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rm,
	stat,
	symlink,
	writeFile,
} from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "../../cli/command.ts";
import { commands } from "../../cli/commands.ts";
import {
	findCommand,
	parseInvocation,
	unknownCommand,
} from "../../cli/parse.ts";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), "eventwright-"));
	await cp("test/fixtures/schemas", path.join(folder, "schemas"), {
		recursive: true,
	});
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(
	...args: readonly string[]
): Promise<{ code: number | null; out: string; err: string }> {
	const script = path.resolve("cli/eventwright.js");
	const [first, rest = ""] = args;
	// Arguments after -- are passed to a shell.
	const child =
		first === "--"
			? spawn("sh", ["-c", `"${process.execPath}" "${script}" ${rest}`], {
					cwd: folder,
				})
			: spawn(process.execPath, [script, ...args], { cwd: folder });
	const out: Buffer[] = [];
	const err: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
	return new Promise((resolve) => {
		child.on("close", (code) =>
			resolve({
				code,
				out: Buffer.concat(out).toString(),
				err: Buffer.concat(err).toString(),
			}),
		);
	});
}

async function filesIn(root: string): Promise<Record<string, string>> {
	const entries = await readdir(root, { recursive: true, withFileTypes: true });
	return Object.fromEntries(
		await Promise.all(
			entries
				.filter((entry) => entry.isFile())
				.map(({ parentPath, name }) => path.join(parentPath, name))
				.sort()
				.map(async (file) => [
					path.relative(root, file),
					await readFile(file, "utf8"),
				]),
		),
	);
}

async function snapshot(): Promise<Record<string, string>> {
	const root = path.join(folder, "generated");
	const files = await filesIn(root);
	return Object.fromEntries(
		await Promise.all(
			Object.entries(files).map(async ([file, text]) => {
				const { mtimeMs } = await stat(path.join(root, file));
				return [path.join(root, file), `${mtimeMs} ${text}`];
			}),
		),
	);
}

const edit = async (file: string, change: (text: string) => string) => {
	const target = path.join(folder, file);
	await writeFile(target, change(await readFile(target, "utf8")));
};

describe("codegen", () => {
	test("a second run changes nothing, not even modification times", async () => {
		expect(await run("codegen")).toMatchObject({
			code: 0,
			out: expect.stringContaining("2 event types in generated: 19 added."),
		});
		const before = await snapshot();
		expect(await run("codegen")).toMatchObject({
			code: 0,
			out: expect.stringContaining("nothing changed"),
		});
		expect(await snapshot()).toEqual(before);
		expect(await run("codegen", "--check")).toMatchObject({
			code: 0,
			out: expect.stringContaining("up to date"),
		});
	});

	test("the same schemas give the same bytes in every project", async () => {
		await run("codegen");
		const here = await filesIn(path.join(folder, "generated"));
		const other = path.join(folder, "elsewhere/deep/down");
		await mkdir(other, { recursive: true });
		await writeFile(
			path.join(folder, "elsewhere/package.json"),
			'{"name":"other","version":"9.9.9","type":"commonjs"}',
		);
		await writeFile(path.join(folder, "elsewhere/tsconfig.json"), "{}");
		await cp(path.join(folder, "schemas"), path.join(other, "events"), {
			recursive: true,
		});
		await run(
			"codegen",
			"--schemas",
			path.join(other, "events"),
			"--out",
			path.join(other, "code"),
		);
		expect(await filesIn(path.join(other, "code"))).toEqual(here);
	});

	test.each([
		[
			"a schema was edited",
			() =>
				edit("schemas/common/person.json", (text) =>
					text.replace('"maxLength": 200', '"maxLength": 100'),
				),
			"generated/events/common/person.js: not up to date",
		],
		[
			"a generated file was touched",
			() => edit("generated/events/common/person.js", (text) => `${text}\n`),
			"generated/events/common/person.js: not up to date",
		],
		[
			"a generated file was removed",
			() => rm(path.join(folder, "generated/publishers/content.js")),
			"generated/publishers/content.js: missing",
		],
		[
			"a file was added",
			() => writeFile(path.join(folder, "generated/events/mine.js"), ""),
			"generated/events/mine.js: not generated",
		],
	])(
		"--check fails if %s, names the file and changes nothing",
		async (_, change, named) => {
			await run("codegen");
			await change();
			const before = await snapshot();
			const checked = await run("codegen", "--check");
			expect(checked.code).toBe(1);
			expect(checked.err).toContain(named);
			expect(checked.err).toContain("npm run codegen");
			expect(await snapshot()).toEqual(before);
			expect((await run("codegen")).code).toBe(0);
			expect((await run("codegen", "--check")).code).toBe(0);
		},
	);

	test("a broken schema prints location and remedy, exits with 1 and changes nothing", async () => {
		await run("codegen");
		const before = await snapshot();
		await edit("schemas/content/content-viewed.json", (text) =>
			text.replace('"minimum"', '"minimun"'),
		);
		const broken = await run("codegen");
		expect(broken.code).toBe(1);
		expect(broken.err).toMatch(
			/^schemas\/content\/content-viewed\.json:23:4 error keyword-unknown \/properties\/durationMs\/minimun\n {2}.*did you mean minimum\?\n {2}Fix the spelling/,
		);
		expect(broken.err).not.toContain("    at ");
		expect(await snapshot()).toEqual(before);
	});

	test("the output of a removed schema is removed", async () => {
		await run("codegen");
		await rm(path.join(folder, "schemas/content/content-published.yaml"));
		expect((await run("codegen")).out).toMatch(
			/1 event types? in generated: 3 changed, \d+ removed|1 event types? in generated: \d+ changed, \d+ removed/,
		);
		expect(
			Object.keys(await snapshot()).some((file) => file.includes("published")),
		).toBe(false);
	});

	test("an output folder with other files is not touched", async () => {
		await mkdir(path.join(folder, "src"));
		await writeFile(path.join(folder, "src/mine.ts"), "precious");
		const refused = await run("codegen", "--out", "src");
		expect(refused).toMatchObject({
			code: 2,
			err: expect.stringContaining("files that codegen did not write"),
		});
		expect(await readFile(path.join(folder, "src/mine.ts"), "utf8")).toBe(
			"precious",
		);
	});

	test("--watch regenerates after a change, survives a broken schema and ends on SIGINT", async () => {
		const child = spawn(
			process.execPath,
			[path.resolve("cli/eventwright.js"), "codegen", "--watch"],
			{ cwd: folder },
		);
		let said = "";
		for (const stream of [child.stdout, child.stderr])
			stream.on("data", (chunk: Buffer) => {
				said += chunk;
			});
		const until = async (text: string) => {
			for (let i = 0; i < 400 && !said.includes(text); i++)
				await new Promise((resolve) => setTimeout(resolve, 50));
			expect(said).toContain(text);
			said = "";
		};
		const ended = new Promise((resolve) => child.on("close", resolve));
		await until("Watching schemas");
		await edit("schemas/common/person.json", (text) =>
			text.replace("Somebody who made", "Whoever made"),
		);
		await until("changed");
		await edit("schemas/common/person.json", (text) => `${text}}`);
		await until("syntax-error");
		await edit("schemas/common/person.json", (text) => text.slice(0, -1));
		await until("nothing changed");
		child.kill("SIGINT");
		expect(await ended).toBe(0);
	});
});

describe("incremental codegen", () => {
	test("writes only changed files and lists them", async () => {
		await run("codegen");
		const before = await snapshot();
		await edit("schemas/content/content-viewed.json", (text) =>
			text.replace('"minimum": 0', '"minimum": 1'),
		);
		const { out } = await run("codegen");
		expect(out).toContain("4 changed");
		expect(out).toContain("changed  events/content/content-viewed.js");
		const after = await snapshot();
		const touched = Object.keys(after).filter(
			(file) => after[file] !== before[file],
		);
		expect(touched.every((file) => /[cC]ontent-[vV]iew/.test(file))).toBe(true);
	});

	test("restores edited, removed and added files", async () => {
		await run("codegen");
		await edit("generated/publishers/content.js", (text) =>
			text.replace("publish", "p_blish"),
		);
		await rm(path.join(folder, "generated/events/common"), { recursive: true });
		await writeFile(path.join(folder, "generated/mine.ts"), "");
		expect((await run("codegen")).out).toContain(
			"4 added, 1 changed, 1 removed",
		);
		expect((await run("codegen", "--check")).code).toBe(0);
	});

	test("finds an error in an unchanged file, and the next run recovers", async () => {
		await run("codegen");
		// The referring file is unchanged; its target is removed.
		await edit("schemas/content/content-viewed.json", (text) =>
			text.replace(
				'"properties": {',
				'"properties": { "mail": { "$ref": "../common/person.json#/properties/email" },',
			),
		);
		expect((await run("codegen")).code).toBe(0);
		await edit("schemas/common/person.json", (text) =>
			text.replace('"email"', '"mail"'),
		);
		const broken = await run("codegen");
		expect(broken.code).toBe(1);
		expect(broken.err).toContain(
			"schemas/content/content-viewed.json:8:28 error ref-not-found",
		);
		await edit("schemas/common/person.json", (text) =>
			text.replace('"mail"', '"email"'),
		);
		expect((await run("codegen")).code).toBe(0);
		expect((await run("codegen", "--check")).code).toBe(0);
	});
});

describe("the cache of codegen is correct if", () => {
	const event = (title: string, detailType: string, rest: object = {}) =>
		JSON.stringify({
			title,
			"x-amazon-events-source": "s",
			"x-amazon-events-detail-type": detailType,
			type: "object",
			...rest,
		});
	const schema = async (file: string, text: string | undefined) => {
		const target = path.join(folder, "schemas", file);
		if (text === undefined) return rm(target);
		await mkdir(path.dirname(target), { recursive: true });
		await writeFile(target, text);
	};
	type Edits = Readonly<Record<string, string | undefined>>;

	const histories: Readonly<Record<string, readonly Edits[]>> = {
		"a file is renamed and its old name comes back": [
			{ "d/a.json": event("Thing", "A"), "d/z.json": event("Other", "Z") },
			{ "d/a.json": undefined, "d/b.json": event("Thing", "A") },
			{ "d/a.json": event("Thing", "A2") },
		],
		"readOnly moves to another event type": [
			{
				"d1/a.json": event("A", "A"),
				"d1/c.json": event("C", "C", { readOnly: true }),
				"d2/b.json": event("B", "B", { readOnly: true }),
			},
			{
				"d1/a.json": event("A", "A", { readOnly: true }),
				"d2/b.json": event("B", "B"),
			},
			{},
		],
		"two locations have similar names": [
			{
				"b.json": JSON.stringify({
					title: "B",
					properties: { "a-b": { type: "string" }, aB: { type: "integer" } },
				}),
				"x.json": event("X", "X", {
					properties: { q: { $ref: "b.json#/properties/a-b" } },
				}),
			},
			{
				"x.json": event("X", "X", {
					properties: { q: { $ref: "b.json#/properties/aB" } },
				}),
			},
		],
		"a dynamic anchor appears in another file": [
			{
				"b.json": JSON.stringify({
					title: "B",
					$dynamicAnchor: "n",
					type: "object",
					properties: { child: { $dynamicRef: "#n" } },
				}),
				"x.json": event("X", "X", {
					$dynamicAnchor: "m",
					properties: { b: { $ref: "b.json" } },
				}),
			},
			{
				"h.json": JSON.stringify({
					title: "H",
					$dynamicAnchor: "n",
					properties: { p: { $dynamicRef: "#m" } },
					$defs: { mm: { $dynamicAnchor: "m", type: "string" } },
				}),
			},
			{
				"x.json": event("X", "X", {
					$dynamicAnchor: "m",
					properties: { b: { $ref: "b.json" }, c: { type: "null" } },
				}),
			},
		],
		"an $id that shadowed a file is removed": [
			{
				"a.json": event("A", "A", {
					properties: { q: { $ref: "b.json#/properties/q" } },
				}),
				"b.json": JSON.stringify({ title: "Bee", type: "object" }),
				"s.json": JSON.stringify({
					$id: "b.json",
					title: "Shadow",
					properties: { q: { type: "string" } },
				}),
			},
			{ "s.json": undefined },
		],
	};

	test.each(Object.entries(histories))("%s", async (_, history) => {
		for (const edits of history) {
			for (const [file, text] of Object.entries(edits))
				await schema(file, text);
			const { code, err } = await run("codegen");
			const cold = await run("codegen", "--out", "cold");
			expect(code, err).toBe(cold.code);
			if (code === 0)
				expect(await run("codegen", "--check")).toMatchObject({ code: 0 });
			else expect(err).toContain(cold.err.split("\n")[0]);
		}
	});

	test("a folder with an empty folder replaces a file", async () => {
		await run("codegen");
		const target = path.join(folder, "generated/events/common/person.js");
		await rm(target);
		await mkdir(path.join(target, "empty"), { recursive: true });
		expect((await run("codegen")).code).toBe(0);
		expect((await run("codegen", "--check")).code).toBe(0);
	});
});

describe("an interrupted run", () => {
	/** Writes enough schemas for a slow run. All refer to one definition. */
	async function writeMany(maxLength: number): Promise<void> {
		const common = path.join(folder, "schemas/common/word.json");
		await writeFile(common, JSON.stringify({ type: "string", maxLength }));
		for (let i = 0; i < 400; i++) {
			const file = path.join(folder, `schemas/many/event-${i}.json`);
			await mkdir(path.dirname(file), { recursive: true });
			await writeFile(
				file,
				JSON.stringify({
					title: `Event${i}`,
					"x-amazon-events-source": "many",
					"x-amazon-events-detail-type": `Event-${i}`,
					type: "object",
					properties: { word: { $ref: "../common/word.json" } },
				}),
			);
		}
	}

	async function interrupted(
		signal: NodeJS.Signals,
		delayMs: number,
	): Promise<number | null> {
		const child = spawn(
			process.execPath,
			[path.resolve("cli/eventwright.js"), "codegen"],
			{ cwd: folder, stdio: "ignore" },
		);
		const timer = setTimeout(() => child.kill(signal), delayMs);
		return new Promise((resolve) => {
			child.on("close", (code) => {
				clearTimeout(timer);
				resolve(code);
			});
		});
	}

	const contents = async () =>
		Object.fromEntries(
			Object.entries(await snapshot()).map(([file, text]) => [
				file,
				text.slice(text.indexOf(" ")),
			]),
		);

	test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
		"by %s leaves the old tree, the new one, or one that fails --check",
		async (signal) => {
			await writeMany(10);
			await run("codegen");
			const old = await contents();
			await writeMany(11);
			expect((await run("codegen", "--check")).code).toBe(1);
			for (const delayMs of [50, 250, 500]) {
				await interrupted(signal, delayMs);
				const isOld = JSON.stringify(await contents()) === JSON.stringify(old);
				if (isOld) continue;
				const checked = await run("codegen", "--check");
				if (checked.code === 0) break;
				expect(signal).toBe("SIGKILL");
			}
			expect((await run("codegen")).code).toBe(0);
			expect((await run("codegen", "--check")).code).toBe(0);
			const beside = await readdir(folder);
			expect(beside.sort()).toEqual(["generated", "schemas"]);
		},
	);
});

test("symbolic links to schemas are followed, without looping", async () => {
	const schemas = path.join(folder, "schemas");
	await cp(path.join(schemas, "common"), path.join(folder, "shared"), {
		recursive: true,
	});
	await rm(path.join(schemas, "common"), { recursive: true });
	await symlink("../shared", path.join(schemas, "common"));
	await symlink("..", path.join(folder, "shared/up"));
	await symlink("../schemas", path.join(schemas, "again"));
	// A lock file of an editor.
	await symlink("user@host.1", path.join(schemas, ".#viewer.json"));
	await symlink("self", path.join(schemas, "self"));
	await symlink("content", path.join(schemas, "also-content"));
	expect(await run("codegen")).toMatchObject({ code: 0 });
	expect(Object.keys(await snapshot()).join()).toContain("events/common/");
	await symlink("nowhere.json", path.join(schemas, "lost.json"));
	expect(await run("codegen")).toMatchObject({
		code: 2,
		err: expect.stringContaining("schemas/lost.json is a broken link"),
	});
});

test.skipIf(process.getuid?.() === 0)(
	"a read-only folder leaves the tree unchanged (root can write to it)",
	async () => {
		await run("codegen");
		const before = await snapshot();
		await rm(path.join(folder, "schemas/content/content-published.yaml"), {
			force: true,
		});
		await edit("schemas/content/content-viewed.json", (text) =>
			text.replace('"description": "', '"description": "Also: '),
		);
		const locked = path.join(folder, "generated/events/content");
		await chmod(locked, 0o555);
		const { code, err } = await run("codegen");
		await chmod(locked, 0o755);
		expect(code).toBe(2);
		expect(err).toContain("EACCES");
		expect(await snapshot()).toEqual(before);
	},
);

test("a file in place of a folder is replaced", async () => {
	await run("codegen");
	const folderOf = path.join(folder, "generated/events");
	await rm(folderOf, { recursive: true });
	await writeFile(folderOf, "");
	expect(await run("codegen")).toMatchObject({ code: 0 });
	expect((await run("codegen", "--check")).code).toBe(0);
});

describe("import", () => {
	const bundle = JSON.stringify({
		$defs: { "order placed": { type: "object", faker: "order" } },
	});

	test("writes schemas that codegen accepts, and replaces none by default", async () => {
		await writeFile(path.join(folder, "bundle.json"), bundle);
		const first = await run("import", "bundle.json", "--source", "shop");
		expect(first).toMatchObject({ code: 0, err: "" });
		expect(first.out).toContain("1 event type in schemas: OrderPlaced");
		expect(first.out).toContain("faker");
		const again = await run("import", "bundle.json", "--source", "shop");
		expect(again.code).toBe(1);
		expect(again.err).toContain(
			"schemas/shop/order-placed.json already exists",
		);
		expect(
			(await run("import", "bundle.json", "--source", "shop", "--force")).code,
		).toBe(0);
		expect((await run("codegen")).out).toContain("3 event types");
	});

	test("reads files of several folders, and names that no module can have", async () => {
		const object = '{ "type": "object" }';
		for (const file of ["in/a/made.json", "in/b/made.json", "in/b/50%.json"]) {
			await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
			await writeFile(path.join(folder, file), object);
		}
		const { code, out } = await run(
			...["import", "in/a/made.json", "in/b", "in/a", "--source", "shop"],
		);
		expect(out).toContain("3 event types in schemas: AMade, BMade, Event50");
		expect(code).toBe(0);
		expect((await run("codegen")).out).toContain("5 event types");
		expect(
			await run("import", "in/a", "in/nope", "--source", "shop"),
		).toMatchObject({
			code: 2,
			err: expect.stringContaining("there is no file in/nope"),
		});
	});

	test("reads YAML", async () => {
		await writeFile(
			path.join(folder, "bundle.yaml"),
			"$defs:\n  A: { type: object }\n",
		);
		expect(await run("import", "bundle.yaml", "--source", "s")).toMatchObject({
			code: 0,
			out: expect.stringContaining("1 event type in schemas: A"),
		});
	});
});

describe("lint", () => {
	test("exits with 0 without findings and with 1 otherwise, in each format", async () => {
		expect(await run("lint")).toMatchObject({ code: 0, err: "" });
		await edit("schemas/common/person.json", (text) =>
			text.replace('"description"', '"x-description"'),
		);
		const text = await run("lint");
		expect(text.code).toBe(1);
		expect(text.out).toContain(
			"schemas/common/person.json:1:1 warning description-missing",
		);
		const json = await run("lint", "--format", "json");
		expect(JSON.parse(json.out)).toMatchObject([
			{ code: "description-missing" },
		]);
		const sarif = await run("lint", "--format", "sarif");
		expect(JSON.parse(sarif.out)).toMatchObject({ version: "2.1.0" });
		expect((await run("lint", "--format", "github")).out).toMatch(
			/^::warning file=schemas\/common\/person.json,line=1,col=1/,
		);
		expect((await run("lint", "--ignore", "description-missing")).code).toBe(0);
	});
});

test.each<[readonly string[], string]>([
	[["codegen", "extra"], "extra"],
	[["codegen", "--chekc"], "did you mean --check?"],
	[["codegen", "--schemas"], "--schemas takes a value: DIR"],
	[["codegen", "--check=no"], "--check takes no value"],
	[["codegen", "--out", "--check"], "--out takes a value, got --check"],
	[
		["codegen", "--check", "--watch"],
		"--check and --watch cannot be used together",
	],
	[["codegen", "--out", ""], "--out is empty"],
	[["import"], "import takes FILE"],
	[["import", "-"], "not standard input"],
	[["lint", "a.json"], 'lint takes no argument, got "a.json"'],
	[["import", "x.json", "--domain", "../out"], "--domain must be a subfolder"],
	[["lint", "--format", "xml"], "--format must be one of text, json"],
	[["lint", "--ignore", "nothing"], "--ignore must be a code"],
	[["nonsense"], 'unknown command "nonsense"'],
	[["codgen"], "did you mean codegen?"],
	[["pattern", "tset"], "did you mean test?"],
	[["registry"], "registry takes publish"],
	[
		["registry", "publish", "--type", "Avro"],
		"--type must be one of OpenApi3, JSONSchemaDraft4",
	],
	[["registry", "publish", "--endpoint", "here"], "--endpoint must be a URL"],
])("wrong usage: %j", (args, message) => {
	const command = findCommand(args, commands);
	const parse = () => {
		if (!command) throw unknownCommand(args, commands);
		parseInvocation(command, args);
	};
	expect(parse).toThrow(UsageError);
	expect(parse).toThrow(message);
});

describe("wrong usage exits with 2 and a helpful message", () => {
	test.each([
		[["codegen", "--wrong"], "codegen has no option --wrong"],
		[["codegen", "--schemas", "nowhere"], "there is no folder nowhere"],
		[
			["codegen", "--schemas", "schemas/common/person.json"],
			"schemas/common/person.json",
		],
		[["import", "nowhere.json"], "there is no file nowhere.json"],
		[
			["import", "schemas/common/person.json"],
			"person.json: a schema does not name the event source: specify it with --source",
		],
		[[], "no command given"],
		[["registry", "publish"], "npm run codegen"],
	])("%j", async (args, message) => {
		const { code, err } = await run(...args);
		expect(err).toContain(message);
		expect(err).not.toMatch(/ {4}at |positional/);
		expect(code).toBe(2);
	});

	test.skipIf(!existsSync("/dev/full"))(
		"output to a full disk is an error",
		async () => {
			for (const command of ["codegen", "lint", "pattern operators", "--help"])
				expect(
					await run("--", `${command} > /dev/full`),
					command,
				).toMatchObject({ code: 2, err: expect.stringContaining("ENOSPC") });
			expect(await run("--", "pattern operators | head -1")).toMatchObject({
				code: 0,
				out: "prefix\n",
				err: "",
			});
		},
	);

	test("an empty schemas folder", async () => {
		await mkdir(path.join(folder, "empty"));
		expect(await run("codegen", "--schemas", "empty")).toMatchObject({
			code: 2,
			err: expect.stringContaining("contains no schemas"),
		});
	});
});

test.each([
	["codegen", "check", "npm run codegen -- --check"],
	[
		"registry publish",
		"dry-run",
		"npm run eventwright -- registry publish --dry-run",
	],
])("%s: npm consumed --%s", (name, option, remedy) => {
	const args = name.split(" ");
	const command = findCommand(args, commands);
	if (!command) throw new Error(`there is no ${name}`);
	vi.stubEnv("npm_lifecycle_event", remedy.split(" ")[2]);
	vi.stubEnv(`npm_config_${option.replace("-", "_")}`, "true");
	expect(() => parseInvocation(command, args)).toThrow(
		`npm consumed --${option}; run: ${remedy}`,
	);
	expect(
		parseInvocation(command, [...args, `--${option}`]).values,
	).toMatchObject({ [option]: true });
	vi.unstubAllEnvs();
});

test.each([
	[
		{ registry_format: "both" },
		"npm consumed --registry-format; run: npm run codegen -- --registry-format=both",
	],
	[
		{ registry_format: "true", check: "true" },
		"npm consumed --registry-format and --check; run: npm run codegen -- --registry-format VALUE --check",
	],
	[{ out: "code" }, "npm consumed --out; run: npm run codegen -- --out=code"],
])("codegen: npm consumed %j", (consumed, message) => {
	const command = findCommand(["codegen"], commands);
	if (!command) throw new Error("there is no codegen");
	vi.stubEnv("npm_lifecycle_event", "codegen");
	for (const [name, value] of Object.entries(consumed))
		vi.stubEnv(`npm_config_${name}`, value);
	expect(() => parseInvocation(command, ["codegen"])).toThrow(message);
	vi.unstubAllEnvs();
});
