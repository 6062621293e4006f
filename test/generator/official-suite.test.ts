// Generated validators pass the official JSON Schema Test Suite.
import { rmSync } from "node:fs";
import path from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Validator } from "../../runtime/validator/rules.ts";
import { check } from "../../runtime/validator/validate.ts";
import { newFolder, writeFiles } from "./generated-files.ts";
import {
	type DraftName,
	drafts,
	formatGroupsOf,
	groupsOf,
	type SuiteGroup,
	servedFor,
	sourcesOf,
} from "./official-suite.ts";

type Refused = readonly (readonly [string, string, string])[];

const sinceVocabularies: Refused = [
	[
		"refRemote",
		"remote HTTP ref with different $id",
		"remote schemas are not fetched: a file's only URI is its $id",
	],
	[
		"refRemote",
		"remote HTTP ref with different URN $id",
		"remote schemas are not fetched: a file's only URI is its $id",
	],
	[
		"vocabulary",
		"schema that uses custom metaschema with with no validation vocabulary",
		"custom meta-schemas are not supported",
	],
	[
		"vocabulary",
		"ignore unrecognized optional vocabulary",
		"custom meta-schemas are not supported",
	],
];

/** Groups whose schemas are refused: the file, the group and the reason. */
const refused: Readonly<Record<DraftName, Refused>> = {
	"draft-04": [],
	"draft-06": [],
	"draft-07": [],
	"2019-09": sinceVocabularies,
	"2020-12": sinceVocabularies,
};

let folder: string;
beforeAll(() => {
	folder = newFolder("suite");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** The group's generated validator; undefined if the schema is refused. */
async function generated(
	draft: DraftName,
	group: SuiteGroup,
): Promise<Validator | undefined> {
	const { files, diagnostics } = generate(analyse(sourcesOf(draft, group)));
	if (diagnostics.some(({ severity }) => severity === "error"))
		return undefined;
	const root = path.join(folder, String(made++));
	writeFiles(root, files, "events/");
	const { Case } = await import(path.join(root, "events/case.js"));
	return Case.validate;
}

describe.each(Object.keys(drafts) as DraftName[])("%s", (draft) => {
	test("every case except the refused groups", async () => {
		const wrong: string[] = [];
		const notMade: string[] = [];
		let cases = 0;
		for (const group of groupsOf(draft)) {
			// Formats are asserted here: annotating only is what these groups want.
			if (group.file === "format") continue;
			const validate = await generated(draft, group);
			if (!validate) notMade.push(`${group.file}: ${group.description}`);
			else
				for (const { description, data, valid } of group.tests) {
					cases++;
					const all = check(validate, { value: data });
					const first = check(validate, { value: data }, "first");
					const issues = all.ok ? 0 : all.issues.length;
					const read = check(validate, { value: data }, "all", true);
					if (
						(valid && !read.ok) ||
						all.ok !== valid ||
						first.ok !== valid ||
						issues > 0 === valid ||
						(!first.ok && first.issues.length !== 1)
					)
						wrong.push(`${group.file}: ${group.description}: ${description}`);
				}
		}
		expect(wrong).toEqual([]);
		expect(notMade).toEqual(
			refused[draft].map(([file, description]) => `${file}: ${description}`),
		);
		expect(cases).toBeGreaterThan(500);
	});
});

describe.each(Object.keys(drafts) as DraftName[])("formats of %s", (draft) => {
	test("every case of a known format", async () => {
		const wrong: string[] = [];
		let cases = 0;
		for (const group of formatGroupsOf(draft)) {
			if (group.file === "unknown") continue;
			const validate = await generated(draft, group);
			for (const { description, data, valid } of group.tests) {
				cases++;
				if (!validate || check(validate, { value: data }).ok !== valid)
					wrong.push(`${group.file}: ${description}`);
			}
		}
		expect(wrong).toEqual([]);
		expect(cases).toBeGreaterThan(200);
	});
});

test("fewer cases are refused than Ajv gets wrong", () => {
	const dialects = { "2019-09": Ajv2019, "2020-12": Ajv2020 };
	const known = Object.keys(dialects) as (keyof typeof dialects)[];
	const refusedByUs = known
		.flatMap((draft) =>
			groupsOf(draft).filter((group) =>
				refused[draft].some(
					([file, description]) =>
						file === group.file && description === group.description,
				),
			),
		)
		.reduce((sum, { tests }) => sum + tests.length, 0);
	let wrongByAjv = 0;
	for (const draft of known)
		for (const group of groupsOf(draft)) {
			// Counted until it is more than enough.
			if (wrongByAjv > refusedByUs) break;
			const ajv = new dialects[draft]({ strict: false, logger: false });
			addFormatsModule.default(ajv);
			try {
				for (const served of servedFor(draft, group.schema))
					if (!String(served.$id).includes("json-schema.org"))
						ajv.addSchema(served);
				const validate = ajv.compile(group.schema as object);
				wrongByAjv += group.tests.filter(
					({ data, valid }) => validate(data) !== valid,
				).length;
			} catch {
				wrongByAjv += group.tests.length;
			}
		}
	expect(refusedByUs).toBeLessThan(wrongByAjv);
});
