// The generator checks schemas with validators that it generated from the drafts' meta-schemas. UPDATE_CASES=1 rewrites them.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Source } from "../../generator/schema/parse.ts";
import { type DraftName, metaSchemasOf } from "./official-suite.ts";

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

/** A single schema file with the vocabularies as definitions. */
function sourceOf(draft: DraftName): Source {
	const [schema = {}, ...parts] = metaSchemasOf(draft).map(withoutFormats);
	const holder = draft === "draft-07" ? "definitions" : "$defs";
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

test.each(["draft-07", "2019-09", "2020-12"] as const)("%s", (draft) => {
	const { files, diagnostics } = generate(analyse([sourceOf(draft)]));
	expect(diagnostics).toEqual([]);
	const file = path.join("generator/schema/meta-schemas", `${draft}.js`);
	const text = files.get(`events/${draft}.js`) ?? "";
	expect(text).toContain("MetaSchema");
	if (process.env.UPDATE_CASES) writeFileSync(file, text);
	expect(readFileSync(file, "utf8")).toBe(text);
});
