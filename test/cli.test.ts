import { spawn } from "node:child_process";
import {
	cp,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rm,
	stat,
	writeFile,
} from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

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
	const child = spawn(
		process.execPath,
		[path.resolve("generator/eventwright.js"), ...args],
		{ cwd: folder },
	);
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

async function snapshot(): Promise<Record<string, string>> {
	const root = path.join(folder, "generated");
	const entries = await readdir(root, { recursive: true, withFileTypes: true });
	const files = entries
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name));
	return Object.fromEntries(
		await Promise.all(
			files
				.sort()
				.map(async (file) => [
					file,
					`${(await stat(file)).mtimeMs} ${await readFile(file, "utf8")}`,
				]),
		),
	);
}

const edit = async (file: string, change: (text: string) => string) => {
	const target = path.join(folder, file);
	await writeFile(target, change(await readFile(target, "utf8")));
};

describe("codegen", () => {
	test("twice changes nothing, not even a file's time", async () => {
		expect(await run("codegen")).toMatchObject({
			code: 0,
			out: expect.stringContaining("2 event types in generated: 24 added."),
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

	test.each([
		[
			"a schema was edited",
			() =>
				edit("schemas/common/person.json", (text) =>
					text.replace('"maxLength": 200', '"maxLength": 100'),
				),
			"generated/validators/common/person.js: not up to date",
		],
		[
			"a generated file was touched",
			() => edit("generated/types/common/person.ts", (text) => `${text}\n`),
			"generated/types/common/person.ts: not up to date",
		],
		[
			"a generated file was removed",
			() => rm(path.join(folder, "generated/publishers/content.ts")),
			"generated/publishers/content.ts: missing",
		],
		[
			"a file was added",
			() => writeFile(path.join(folder, "generated/types/mine.ts"), ""),
			"generated/types/mine.ts: not generated",
		],
	])(
		"--check fails when %s, names the file and changes nothing",
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

	test("a broken schema prints where and what to do, exits 1 and leaves everything as it was", async () => {
		await run("codegen");
		const before = await snapshot();
		await edit("schemas/content/content-viewed.json", (text) =>
			text.replace('"minimum"', '"minimun"'),
		);
		const broken = await run("codegen");
		expect(broken.code).toBe(1);
		expect(broken.err).toMatch(
			/^schemas\/content\/content-viewed\.json:23:4 error keyword-unknown \/properties\/durationMs\/minimun\n {2}.*is minimum meant\?\n {2}Mend the spelling/,
		);
		expect(broken.err).not.toContain("    at ");
		expect(await snapshot()).toEqual(before);
	});

	test("a removed schema takes its files with it", async () => {
		await run("codegen");
		await rm(path.join(folder, "schemas/content/content-published.yaml"));
		expect((await run("codegen")).out).toMatch(
			/1 event types? in generated: 3 changed, \d+ removed|1 event types? in generated: \d+ changed, \d+ removed/,
		);
		expect(
			Object.keys(await snapshot()).some((file) => file.includes("published")),
		).toBe(false);
	});

	test("a folder with files of somebody else is left alone", async () => {
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

	test("--watch generates again after a change, survives a broken schema and ends on SIGINT", async () => {
		const child = spawn(
			process.execPath,
			[path.resolve("generator/eventwright.js"), "codegen", "--watch"],
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

describe("wrong use exits 2 and says what is right", () => {
	test.each([
		[["codegen", "--wrong"], "Unknown option '--wrong'"],
		[["codegen", "extra"], "extra"],
		[["codegen", "--schemas"], "--schemas"],
		[["codegen", "--check", "--watch"], "do not go together"],
		[["codegen", "--out", ""], "--out is empty"],
		[["codegen", "--schemas", "nowhere"], "there is no folder nowhere"],
		[
			["codegen", "--schemas", "schemas/common/person.json"],
			"schemas/common/person.json",
		],
		[["nonsense"], 'there is no command "nonsense"'],
		[[], "no command was given"],
		[["registry"], "registry takes publish"],
		[["registry", "publish", "--type", "Avro"], "OpenApi3 or JSONSchemaDraft4"],
		[["registry", "publish", "--endpoint", "here"], "--endpoint is a URL"],
		[["registry", "publish"], "npm run codegen"],
	])("%j", async (args, message) => {
		const { code, err } = await run(...args);
		expect(err).toContain(message);
		expect(err).not.toContain("    at ");
		expect(code).toBe(2);
	});

	test("an empty schemas folder", async () => {
		await mkdir(path.join(folder, "empty"));
		expect(await run("codegen", "--schemas", "empty")).toMatchObject({
			code: 2,
			err: expect.stringContaining("holds no schema"),
		});
	});
});

test.each([
	[["--help"]],
	[["codegen", "--help"]],
	[["registry", "--help"]],
	[["registry", "publish", "--help"]],
])("%j prints usage", async (args) => {
	expect(await run(...args)).toMatchObject({
		code: 0,
		out: expect.stringContaining("eventwright"),
		err: "",
	});
});
