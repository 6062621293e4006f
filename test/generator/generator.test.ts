// A case is a folder: schemas/ is the input; expected/, diagnostics.txt or both are the output. UPDATE_CASES=1 rewrites the output.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { formatDiagnostic } from "../../cli/report.ts";
import { generate } from "../../generator/codegen/generate.ts";
import { readSources } from "../../generator/codegen/read.ts";
import { remedies, severityOf } from "../../generator/diagnostics.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Source } from "../../generator/schema/parse.ts";
import { version } from "../../generator/version.ts";

/** Without colours. */
const plain = { style: (_: unknown, text: string) => text };

const casesFolder = path.join(import.meta.dirname, "cases");
const cases = readdirSync(casesFolder).sort();

function filesBelow(folder: string): Map<string, string> {
	if (!existsSync(folder)) return new Map();
	return new Map(
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry): [string, string] => {
				const file = path.join(entry.parentPath, entry.name);
				return [path.relative(folder, file), readFileSync(file, "utf8")];
			})
			.sort(([a], [b]) => (a < b ? -1 : 1)),
	);
}

/** Cases without expected/: a registry entry of 100,000 characters is not reviewable. */
const diagnosticsOnly = new Set(["registry-too-large"]);

describe("a case", () => {
	test.each(cases)("%s", async (name) => {
		const folder = path.join(casesFolder, name);
		const { files: made, diagnostics } = generate(
			analyse(await readSources([path.join(folder, "schemas")])),
			{ registryFormats: ["OpenApi3", "JSONSchemaDraft4"] },
		);
		// A new version of the generator changes every header.
		const files = new Map(
			[...made].map(([file, text]) => [
				file,
				text.replace(`eventwright ${version} from`, "eventwright VERSION from"),
			]),
		);
		const said = diagnostics
			.map(
				(diagnostic) =>
					`${formatDiagnostic(diagnostic, (file) => `schemas/${file}`, plain, "stdout")}\n`,
			)
			.join("");
		const expectedFolder = path.join(folder, "expected");
		const saidFile = path.join(folder, "diagnostics.txt");
		if (process.env.UPDATE_CASES) {
			rmSync(expectedFolder, { recursive: true, force: true });
			rmSync(saidFile, { force: true });
			if (said !== "") await writeFile(saidFile, said);
			if (!diagnosticsOnly.has(name))
				for (const [file, text] of files) {
					await mkdir(path.dirname(path.join(expectedFolder, file)), {
						recursive: true,
					});
					await writeFile(path.join(expectedFolder, file), text);
				}
		}
		expect(said).toBe(
			existsSync(saidFile) ? readFileSync(saidFile, "utf8") : "",
		);
		if (diagnosticsOnly.has(name)) return;
		const expected = filesBelow(expectedFolder);
		expect([...files.keys()].sort()).toEqual([...expected.keys()]);
		for (const [file, text] of expected)
			expect(files.get(file), file).toBe(text);
	});
});

const eventWith = (more: object): Source => ({
	file: "a.json",
	text: JSON.stringify({
		title: "A",
		"x-amazon-events-source": "a",
		"x-amazon-events-detail-type": "A",
		type: "object",
		...more,
	}),
});

/** Sources for codes whose cases would be too large to review. */
const large: Readonly<Record<string, () => readonly Source[]>> = {
	"too-large": () => [{ file: "a.json", text: " ".repeat(2_000_001) }],
	"api-model-too-large": () => [
		eventWith({ properties: { a: { enum: ["a".repeat(400_000)] } } }),
	],
	"contract-too-large": () => [
		eventWith({ properties: { a: { enum: ["é".repeat(500_000)] } } }),
	],
};

test("no API model is larger than API Gateway takes, however its size comes about", () => {
	const $defs = Object.fromEntries(
		Array.from({ length: 2_000 }, (_, i) => [
			`Definition${"x".repeat(150)}${i}`,
			{ type: "string" },
		]),
	);
	const { files, diagnostics } = generate(
		analyse([
			eventWith({
				properties: Object.fromEntries(
					Object.keys($defs).map((name, i) => [
						`p${i}`,
						{ $ref: `#/$defs/${name}` },
					]),
				),
				$defs,
			}),
		]),
	);
	expect(files.has("api-models/a.json")).toBe(false);
	expect(diagnostics.map(({ code }) => code)).toContain("api-model-too-large");
});

test("a contract of 500 kB is written, a larger one is not", () => {
	const contractOf = (characters: number) => {
		const [source] = large["contract-too-large"]?.() ?? [];
		const text = source?.text.replace(/é+/, "é".repeat(characters)) ?? "";
		return generate(analyse([{ file: "a.json", text }])).files.get(
			"contracts/a.json",
		);
	};
	const rest = Buffer.byteLength(contractOf(1) ?? "") - 2;
	const most = (500_000 - rest) / 2;
	expect(Buffer.byteLength(contractOf(Math.floor(most)) ?? "")).toBe(
		rest + 2 * Math.floor(most),
	);
	expect(contractOf(Math.floor(most) + 1)).toBeUndefined();
});

test.each(Object.keys(remedies) as (keyof typeof remedies)[])(
	"the code %s has a case, and an error generates no files",
	async (code) => {
		const { files, diagnostics } = generate(
			analyse(
				(large[code] ?? ((folder: string) => readSources([folder])))(
					path.join(casesFolder, code, "schemas"),
				),
			),
		);
		expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
		expect(files.size > 0).toBe(severityOf(code) === "warning");
	},
);

test("the order of the files does not affect the output", async () => {
	const sources = await readSources(["test/fixtures/schemas"]);
	expect([...generate(analyse(sources.toReversed())).files]).toEqual([
		...generate(analyse(sources)).files,
	]);
});

test("adding an event type does not change the output of the others", async () => {
	const sources = await readSources(["test/fixtures/schemas"]);
	const added = {
		file: "content/content-archived.json",
		text: JSON.stringify({
			title: "ContentArchived",
			"x-amazon-events-source": "api.gateway.content.delete",
			"x-amazon-events-detail-type": "Content-Archived-Event",
			type: "object",
		}),
	};
	const before = generate(analyse(sources)).files;
	const after = generate(analyse([...sources, added])).files;
	for (const [file, text] of before)
		if (!file.startsWith("publishers/"))
			expect(after.get(file), file).toBe(text);
});
