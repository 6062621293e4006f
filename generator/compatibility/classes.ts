// Which schemas say the same, and what a reading takes of them.
import { isObject } from "../../runtime/json.ts";
import {
	affectsValidity,
	extensibleEnum,
	mapKeyword,
	type Schema,
} from "../schema/keywords.ts";
import { containsEvaluates } from "../schema/lower.ts";
import { type NamedSchema, referencedName } from "../schema/model.ts";
import { canonical } from "./node.ts";

/**
 * `open`: with every closed object opened. `tolerant`: as our parsers read, which try the alternatives of a `oneOf` exactly first, and
 * decide `not`, `if` and `contains` exactly.
 */
export type Reading = "exact" | "open" | "tolerant";

/** What a tolerant reader does not insist on. */
export const mayGrow = (keyword: string, value: unknown): boolean =>
	keyword === extensibleEnum ||
	(value === false &&
		(keyword === "additionalProperties" ||
			keyword === "unevaluatedProperties"));

export type ClassOf = (
	name: string,
	reading: Exclude<Reading, "tolerant">,
) => number;

/** Schemas that say the same in both models have the same class, also if they are recursive. Found by refining a partition. */
export function classesOf(
	models: readonly ReadonlyMap<string, NamedSchema>[],
	numberOf: (key: string) => number,
): readonly ClassOf[] {
	interface Entry {
		readonly template: number;
		readonly references: readonly string[];
		readonly others: ReadonlyMap<string, Entry>;
		current: number;
	}
	const entries: Entry[] = [];
	const tables = models.map((schemas) =>
		(["exact", "open"] as const).map((reading) => {
			const table = new Map<string, Entry>();
			for (const [name, { schema }] of schemas) {
				const references: string[] = [];
				const said = withoutAnnotations(schema, reading, references);
				const template = numberOf(`template ${canonical(said)}`);
				const entry = { template, references, others: table, current: 0 };
				table.set(name, entry);
				entries.push(entry);
			}
			return table;
		}),
	);
	for (let count = 0; ; ) {
		const keys = entries.map(({ template, references, others }) =>
			numberOf(
				`class ${template} ${references.map((name) => others.get(name)?.current).join()}`,
			),
		);
		for (const [i, entry] of entries.entries())
			entry.current = keys[i] as number;
		const found = new Set(keys).size;
		if (found === count) break;
		count = found;
	}
	return tables.map(
		([exact, open]) =>
			(name, reading) =>
				(reading === "exact" ? exact : open)?.get(name)?.current ?? -1,
	);
}

/** A schema without what does not affect validity. References are taken out, in order. */
function withoutAnnotations(
	schema: Schema,
	reading: Reading,
	references: string[],
): Schema {
	if (!isObject(schema)) return schema;
	const kept: [string, unknown][] = [];
	for (const keyword of Object.keys(schema).sort()) {
		const value = schema[keyword];
		if (keyword === "$ref") {
			references.push(referencedName(value));
			kept.push([keyword, ""]);
		} else if (
			(affectsValidity(keyword) || keyword === containsEvaluates) &&
			!(reading === "open" && mayGrow(keyword, value))
		)
			kept.push([
				keyword,
				mapKeyword(
					keyword,
					maps.has(keyword) ? sorted(value as object) : value,
					"",
					(inner) => withoutAnnotations(inner, reading, references),
				),
			]);
	}
	return Object.fromEntries(kept);
}

/** Keywords with a schema for each name, in no order. */
const maps = new Set(["properties", "patternProperties", "dependentSchemas"]);

const sorted = (value: object): object =>
	Object.fromEntries(
		Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)),
	);
