// The generator checks schemas with validators that it generated from the drafts' meta-schemas. UPDATE_CASES=1 rewrites them.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Source } from "../../generator/schema/parse.ts";
import { type DraftName, drafts, metaSchemasOf } from "./official-suite.ts";

/** Removes formats: separate diagnostics cover formats and regular expressions. */
function withoutFormats(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutFormats);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key, inner]) => key !== "format" || typeof inner !== "string")
			.map(([key, inner]) => [key, withoutFormats(inner)]),
	);
}

/** draft-04 refuses an empty `required` and equal values in `enum`, which later drafts allow, and many files have. */
function lenient(schema: object): object {
	const { definitions, properties, ...rest } = schema as {
		definitions: Readonly<Record<string, object>>;
		properties: Readonly<Record<string, object>>;
	};
	return {
		...rest,
		definitions: {
			...definitions,
			stringArray: { type: "array", items: { type: "string" } },
		},
		properties: { ...properties, enum: { type: "array" } },
	};
}

/** A single schema file with the vocabularies as definitions. */
function sourceOf(draft: DraftName): Source {
	const [schema = {}, ...parts] = metaSchemasOf(draft)
		.map(draft === "draft-04" ? lenient : (whole) => whole)
		.map(withoutFormats);
	const holder = draft.startsWith("draft-") ? "definitions" : "$defs";
	const own = (schema as Readonly<Record<string, object>>)[holder];
	const text = JSON.stringify({
		...(schema as object),
		title: "MetaSchema",
		[holder]: {
			...own,
			...Object.fromEntries(parts.map((part, i) => [`part${i}`, part])),
		},
	});
	return { file: `${draft}.json`, text };
}

test.each(Object.keys(drafts) as DraftName[])("%s", (draft) => {
	const { files, diagnostics } = generate(analyse([sourceOf(draft)]));
	expect(diagnostics).toEqual([]);
	const file = path.join("generator/schema/meta-schemas", `${draft}.js`);
	const text = files.get(`events/${draft}.js`) ?? "";
	expect(text).toContain("MetaSchema");
	if (process.env.UPDATE_CASES) writeFileSync(file, text);
	expect(readFileSync(file, "utf8")).toBe(text);
});
