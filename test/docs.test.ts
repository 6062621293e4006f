// Every code block of README.md and docs/: schemas are generated, TypeScript compiles, commands exist, and those that only read run.
import { execFile } from "node:child_process";
import {
	cpSync,
	mkdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { glob } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { commands } from "../cli/commands.ts";
import { findCommand, parseInvocation } from "../cli/parse.ts";

interface Block {
	readonly page: string;
	readonly language: string;
	/** The file that it is, or where it goes in one. */
	readonly target: string;
	readonly text: string;
}

const pages: string[] = [];
for await (const page of glob(["README.md", "docs/*.md"])) pages.push(page);

const blocks = pages.sort().flatMap((page): readonly Block[] =>
	[
		...readFileSync(page, "utf8").matchAll(
			/^( *)```(\w+)(?: (\S+))?\n([\s\S]*?)\n\1```$/gm,
		),
	].map(([, indent = "", language = "", target = "", text = ""]) => ({
		page,
		language,
		target,
		text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
	})),
);
const written = (language: string) =>
	blocks.filter((block) => block.language === language);

const project = path.resolve("cdk.out", `docs-${process.pid}`);
const run = (command: string, ...args: readonly string[]) =>
	promisify(execFile)(command, args, { cwd: project }).then(
		({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
		(error: { code: number; stdout: string; stderr: string }) => ({
			code: error.code,
			said: error.stdout + error.stderr,
		}),
	);
const eventwright = (...args: readonly string[]) =>
	run(process.execPath, path.resolve("cli/eventwright.js"), ...args);

/** A reader's project: the reference system with every block of the pages in it. */
beforeAll(async () => {
	for (const name of [
		"schemas",
		"handlers",
		"infra",
		"cdk.json",
		"package.json",
	])
		cpSync(name, path.join(project, name), { recursive: true });
	// What stands for the package is the repository itself.
	for (const name of [
		"node_modules",
		"runtime",
		"testing",
		"pattern",
		"generator",
		"cdk",
		"cloud",
		"cli",
	])
		symlinkSync(path.resolve(name), path.join(project, name));
	mkdirSync(path.join(project, "cdk.out"));
	symlinkSync(path.resolve("cdk.out/test"), path.join(project, "cdk.out/test"));
	writeFileSync(
		path.join(project, "tsconfig.json"),
		JSON.stringify({
			extends: "../../tsconfig.json",
			include: ["handlers", "infra", "pages", "existing", "*.ts"],
			exclude: [],
		}),
	);
	for (const { target, text } of written("json")) writeBlock(target, text);
	for (const [i, { target, text }] of written("ts").entries()) {
		const [file = "", place] = target.split("#");
		if (place === undefined) writeBlock(file || `pages/page-${i}.ts`, text);
		else insert(file, place, text);
	}
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function writeBlock(file: string, text: string): void {
	const target = path.join(project, file);
	mkdirSync(path.dirname(target), { recursive: true });
	writeFileSync(target, `${text}\n`);
}

/** Into an object of the system's definition, with the import that the page asks for. */
function insert(file: string, place: string, text: string): void {
	const target = path.join(project, file);
	const before = readFileSync(target, "utf8");
	// Whoever has followed the page has it already.
	if (before.includes(text.trim().split("\n")[0] ?? text)) return;
	const [name = ""] = /\bContentArchived\b/.exec(text) ?? [];
	const imported = before.includes(name)
		? before
		: `import { ${name} } from "../generated/events/content/content-archived.js";\n${before}`;
	expect(imported).toContain(`\t${place}: {\n`);
	writeFileSync(
		target,
		imported.replace(`\t${place}: {\n`, `\t${place}: {\n${text}\n`),
	);
}

test("there are blocks of each kind, and none of a kind that nobody checks", () => {
	expect(new Set(blocks.map(({ language }) => language))).toEqual(
		new Set(["json", "sh", "ts", "yaml"]),
	);
	for (const { target } of written("json"))
		expect(target).toMatch(
			/^schemas\/|^(turbo|nx|eventwright\.approvals)\.json$/,
		);
});

test.each(written("yaml").map(({ page, text }) => [page, text]))(
	"%s: a workflow is YAML, with commands that exist",
	(_, text) => {
		const workflow = JSON.stringify(parse(text));
		const lines = [
			...readFileSync("template/.github/workflows/ci.yml", "utf8").matchAll(
				/npx (eventwright .*)/g,
			),
			...workflow.matchAll(/npx (eventwright [\s\S]*?[^\\])"[,\]}]/g),
		].map(([, line = ""]) => line.replaceAll("\\", ""));
		expect(lines.length).toBeGreaterThan(1);
		for (const line of lines) {
			// A value in quotes is one word.
			const words = line
				.replaceAll(/"[^"]*"/g, "value")
				.split(/\s+/)
				.slice(1);
			const command = findCommand(words, commands);
			expect(command, line).toBeDefined();
			if (command) parseInvocation(command, words);
		}
	},
);

test("approvals are valid, and the program says what the page says", async () => {
	const { said } = await eventwright(
		"breaking",
		"--against",
		"schemas",
		"--date",
		"2027-01-01",
	);
	expect(said).toContain("approval-stale");
	const page = blocks.find(({ text }) =>
		text.includes('"eventwright/compatibility"'),
	);
	expect(page?.text).toBeDefined();
	writeBlock("compared.ts", page?.text ?? "");
	expect((await run(process.execPath, "compared.ts")).said).toBe(
		"yes\nlength-narrowed  /maxLength the value must have maxLength 8 for new readers; old writers: it must have maxLength 64 aaaaaaaaa\n",
	);
});

test("schemas are generated without a warning, and TypeScript compiles", async () => {
	const generated = await eventwright("codegen");
	expect(generated.said).not.toMatch(/warning|error/);
	expect(generated.code).toBe(0);
	const { said } = await run("tsc", "--noEmit", "--pretty", "false");
	expect(said).toBe("");
});

test("an app of another's synthesizes with a publisher and a consumer", async () => {
	const { code, said } = await promisify(execFile)(
		process.execPath,
		["existing/app.ts"],
		{
			cwd: project,
			env: {
				...process.env,
				CDK_OUTDIR: "cdk.out/existing",
				CDK_CONTEXT_JSON: JSON.stringify({ "aws:cdk:bundling-stacks": [] }),
			},
		},
	).then(
		() => ({ code: 0, said: "" }),
		(error: { code: number; stderr: string }) => ({
			code: error.code,
			said: error.stderr,
		}),
	);
	expect(code, said).toBe(0);
	const { Resources } = JSON.parse(
		readFileSync(
			path.join(project, "cdk.out/existing/Shop.template.json"),
			"utf8",
		),
	) as { Resources: Record<string, { Type: string; Properties: object }> };
	const of = (type: string) =>
		Object.values(Resources).filter(({ Type }) => Type === `AWS::${type}`);
	expect(of("SNS::Subscription")).toHaveLength(1);
	expect(JSON.stringify(of("IAM::Policy"))).toContain(
		'"events:detail-type":["Content-View-Event"]',
	);
});

describe("commands", () => {
	const lines = written("sh")
		// Those are run, in a project of their own (test/package); these are a package manager's.
		.filter(
			({ page }) =>
				page !== "docs/getting-started.md" && page !== "docs/existing-app.md",
		)
		.flatMap(({ page, text }) =>
			text
				.split(/\n| && /)
				.map((line) => [page, line.replace(/\s+#.*$/, "").trim()] as const),
		);
	const { scripts }: { scripts: Record<string, string> } = JSON.parse(
		readFileSync("package.json", "utf8"),
	);
	/** Words of the command line that an npm script and its arguments come to. */
	const wordsOf = (line: string): readonly string[] | undefined => {
		const [, script = "", rest = ""] =
			/^(?:[A-Z_]+=\S+ )*npm (?:run )?([\w:]+)(?: -- (.*))?$/.exec(line) ?? [];
		const [, words = ""] =
			/^node cli\/eventwright\.js ?(.*)$/.exec(scripts[script] ?? "") ?? [];
		return scripts[script]?.startsWith("node cli/eventwright.js")
			? `${words} ${rest}`.trim().split(/\s+/)
			: undefined;
	};

	test.each(lines)("%s: %s", async (_, line) => {
		if (/^npx cdk bootstrap |^npm ci$/.test(line)) return;
		const [, script = ""] = /npm (?:run )?([\w:]+)/.exec(line) ?? [];
		expect(Object.keys(scripts)).toContain(script);
		const words = wordsOf(line);
		if (!words) return;
		const command = findCommand(words, commands);
		expect(command, line).toBeDefined();
		if (command) parseInvocation(command, words);
		if (/^(codegen --check|lint|graph|pattern)/.test(words.join(" "))) {
			const reads = /^(graph|pattern explain)/.test(words.join(" "));
			const { code, said } = await eventwright(
				...words,
				...(reads ? ["--assembly", "cdk.out/test"] : []),
			);
			expect(code, said).toBeLessThan(2);
		}
	});
});
