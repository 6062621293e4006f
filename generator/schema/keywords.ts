// Facts about each JSON Schema keyword: drafts, type of value, role, and equivalents in the other dialects that AWS reads.
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import { nearest } from "./nearest.ts";

/** The drafts that schema files can use. */
export type Draft =
	| "draft-04"
	| "draft-06"
	| "draft-07"
	| "2019-09"
	| "2020-12";

export type Schema = boolean | SchemaObject;
export type SchemaObject = { readonly [keyword: string]: unknown };

export const drafts: Readonly<Record<string, Draft>> = {
	"http://json-schema.org/draft-04/schema": "draft-04",
	"http://json-schema.org/draft-06/schema": "draft-06",
	"http://json-schema.org/draft-07/schema": "draft-07",
	"https://json-schema.org/draft/2019-09/schema": "2019-09",
	"https://json-schema.org/draft/2020-12/schema": "2020-12",
};

type Holds =
	| "value"
	| "schema"
	| "schemas"
	| "schema-map"
	/** A schema or, before 2020-12, an array of schemas. */
	| "schema-or-schemas"
	/** A schema or an array of property names, by property. */
	| "dependencies";

type Role =
	/** Constrains which values are valid. */
	| "asserts"
	/** Applies its schemas to the same value. */
	| "inPlace"
	| "refers"
	/** Identifies or locates a schema. */
	| "identifies"
	/** Describes a schema for people and tools. */
	| "annotates";

/** How a dialect expresses a 2020-12 keyword. */
type Expressed =
	| "same"
	/** Converted in `emit/draft-04.ts`. */
	| "converted"
	/** Cannot be expressed, so the converted schema accepts more. */
	| "lost"
	/** Left out: it does not affect validation, or another keyword covers it. */
	| "dropped";

export interface Keyword {
	readonly drafts: readonly Draft[];
	readonly holds: Holds;
	readonly role: Role;
	readonly draft04: Expressed;
	readonly openApi30: Expressed;
}

const all: readonly Draft[] = [
	"draft-04",
	"draft-06",
	"draft-07",
	"2019-09",
	"2020-12",
];
const only04 = all.slice(0, 1);
const since06 = all.slice(1);
const since07 = all.slice(2);
const until07 = all.slice(0, 3);
const until2019 = all.slice(0, 4);
const since2019 = all.slice(3);
const only2019 = all.slice(3, 4);
const only2020 = all.slice(4);

const row = (
	drafts: readonly Draft[],
	holds: Holds,
	role: Role,
	draft04: Expressed,
	openApi30 = draft04,
): Keyword => ({ drafts, holds, role, draft04, openApi30 });

// biome-ignore format: one line per row
const table = {
	// drafts, holds, role, in draft-04, in OpenAPI 3.0 if different
	$schema: row(all, "value", "identifies", "dropped"),
	$id: row(since06, "value", "identifies", "dropped"),
	$anchor: row(since2019, "value", "identifies", "dropped"),
	$dynamicAnchor: row(only2020, "value", "identifies", "dropped"),
	$recursiveAnchor: row(only2019, "value", "identifies", "dropped"),
	$vocabulary: row(since2019, "value", "identifies", "dropped"),
	$comment: row(since07, "value", "identifies", "dropped"),
	$ref: row(all, "value", "refers", "converted"),
	$dynamicRef: row(only2020, "value", "refers", "converted"),
	$recursiveRef: row(only2019, "value", "refers", "converted"),
	// Introduced in 2019-09, but common in older files.
	$defs: row(all, "schema-map", "identifies", "converted"),
	definitions: row(all, "schema-map", "identifies", "converted"),
	title: row(all, "value", "annotates", "converted"),
	description: row(all, "value", "annotates", "converted"),
	default: row(all, "value", "annotates", "converted"),
	deprecated: row(since2019, "value", "annotates", "dropped", "converted"),
	readOnly: row(since07, "value", "annotates", "dropped"),
	writeOnly: row(since07, "value", "annotates", "dropped"),
	examples: row(since06, "value", "annotates", "dropped", "converted"),
	contentEncoding: row(since07, "value", "annotates", "dropped"),
	contentMediaType: row(since07, "value", "annotates", "dropped"),
	contentSchema: row(since2019, "value", "annotates", "dropped"),
	// json-schema-to-typescript's: https://github.com/bcherny/json-schema-to-typescript#custom-schema-properties
	tsType: row(all, "value", "annotates", "dropped"),
	tsEnumNames: row(all, "value", "annotates", "dropped"),
	type: row(all, "value", "asserts", "converted"),
	const: row(since06, "value", "asserts", "converted"),
	multipleOf: row(all, "value", "asserts", "same"),
	maximum: row(all, "value", "asserts", "converted"),
	exclusiveMaximum: row(all, "value", "asserts", "converted"),
	minimum: row(all, "value", "asserts", "converted"),
	exclusiveMinimum: row(all, "value", "asserts", "converted"),
	maxLength: row(all, "value", "asserts", "same"),
	minLength: row(all, "value", "asserts", "same"),
	pattern: row(all, "value", "asserts", "same"),
	format: row(all, "value", "asserts", "converted"),
	maxItems: row(all, "value", "asserts", "same"),
	minItems: row(all, "value", "asserts", "same"),
	uniqueItems: row(all, "value", "asserts", "same"),
	maxContains: row(since2019, "value", "asserts", "dropped"),
	minContains: row(since2019, "value", "asserts", "dropped"),
	maxProperties: row(all, "value", "asserts", "same"),
	minProperties: row(all, "value", "asserts", "same"),
	enum: row(all, "value", "asserts", "same"),
	required: row(all, "value", "asserts", "converted"),
	dependentRequired: row(since2019, "value", "asserts", "converted", "lost"),
	additionalProperties: row(all, "schema", "asserts", "converted"),
	patternProperties: row(all, "schema-map", "asserts", "converted", "lost"),
	properties: row(all, "schema-map", "asserts", "converted"),
	propertyNames: row(since06, "schema", "asserts", "lost"),
	items: row(all, "schema-or-schemas", "asserts", "converted"),
	prefixItems: row(only2020, "schemas", "asserts", "converted", "lost"),
	additionalItems: row(until2019, "schema", "asserts", "converted"),
	contains: row(since06, "schema", "asserts", "lost"),
	unevaluatedItems: row(since2019, "schema", "asserts", "lost"),
	unevaluatedProperties: row(since2019, "schema", "asserts", "lost"),
	allOf: row(all, "schemas", "inPlace", "converted"),
	anyOf: row(all, "schemas", "inPlace", "converted"),
	oneOf: row(all, "schemas", "inPlace", "converted"),
	not: row(all, "schema", "inPlace", "converted"),
	if: row(since07, "schema", "inPlace", "lost"),
	// biome-ignore lint/suspicious/noThenProperty: the name of the keyword
	then: row(since07, "schema", "inPlace", "dropped"),
	else: row(since07, "schema", "inPlace", "dropped"),
	dependentSchemas: row(since2019, "schema-map", "inPlace", "converted", "lost"),
	dependencies: row(until2019, "dependencies", "inPlace", "converted"),
	id: row(only04, "value", "identifies", "dropped"),
	// Known strings of a list that may grow: https://opensource.zalando.com/restful-api-guidelines/#112
	"x-extensible-enum": row(all, "value", "asserts", "converted"),
} as const satisfies Record<string, Keyword>;

export const keywords: ReadonlyMap<string, Keyword> = new Map(
	Object.entries(table),
);

/** Keywords of other dialects and unsupported drafts that affect validation. */
const foreign: ReadonlySet<string> = new Set([
	"nullable",
	"divisibleBy",
	"disallow",
	"extends",
]);

/** Before 2019-09, `$ref` overrides the keywords beside it. */
export const refStandsAlone = (draft: Draft): boolean =>
	until07.includes(draft);

/** The keyword that names a schema. */
export const idKeyword = (draft: Draft): "id" | "$id" =>
	draft === "draft-04" ? "id" : "$id";

export function keywordStatus(
	name: string,
	draft: Draft,
): "known" | "annotation" | "unsupported" | "unknown" | "other draft" {
	const keyword = keywords.get(name);
	if (keyword) {
		if (keyword.role === "annotates" || keyword.drafts.includes(draft))
			return "known";
		// What only identifies a schema has no effect in another draft; where a reference needs it, the reference is an error.
		return keyword.role === "identifies" ? "unknown" : "other draft";
	}
	if (name.startsWith("x-")) return "annotation";
	return foreign.has(name) ? "unsupported" : "unknown";
}

/** Annotations that many tools write. They are no misspelled keywords. */
const annotations: ReadonlySet<string> = new Set(["example", "comment"]);

// Annotations with a meaning here, besides `acknowledgeKey`.
export const extensibleEnum = "x-extensible-enum";
export const sourceKey = "x-amazon-events-source";
export const detailTypeKey = "x-amazon-events-detail-type";
/** At an event type's root: the required property that two deliveries of one event have in common. */
export const idempotencyKey = "x-idempotency-key";
/** Marks personal data: `true`, or a category such as `"contact"`. */
export const personalKey = "x-pii";

/** The names of the keywords that match a predicate. */
export function keywordsWhere(
	isWanted: (keyword: Keyword) => boolean,
): readonly string[] {
	return [...keywords].flatMap(([name, keyword]) =>
		isWanted(keyword) ? name : [],
	);
}

/** Keywords whose schemas apply to the same value. */
export const inPlaceKeywords: ReadonlySet<string> = new Set(
	keywordsWhere(({ role }) => role === "inPlace"),
);

/** The most similar keyword, for an unknown one. */
export function nearestKeyword(name: string): string | undefined {
	if (annotations.has(name)) return undefined;
	const meant = nearest(name, keywords.keys());
	return meant === undefined || meant === name || isCompound(name, meant)
		? undefined
		: meant;
}

/** Whether a name is a keyword with a word before or after it, as in `tsAdditionalProperties`. */
const isCompound = (name: string, keyword: string): boolean =>
	(name.length > keyword.length &&
		name.endsWith(keyword.slice(0, 1).toUpperCase() + keyword.slice(1))) ||
	(name.startsWith(keyword) && /^\p{Lu}/u.test(name.slice(keyword.length)));

/** Whether a keyword describes a schema, or is an annotation of the user's own. */
export const isAnnotation = (name: string): boolean =>
	name.startsWith("x-")
		? name !== extensibleEnum
		: keywords.get(name)?.role === "annotates";

/** Whether a keyword has an effect on which values are valid. */
export function affectsValidity(name: string): boolean {
	const role = keywords.get(name)?.role;
	return role === "asserts" || role === "inPlace" || role === "refers";
}

/** Returns a copy of a keyword's value with each schema in it replaced. The callback receives each schema's pointer. */
export function mapKeyword(
	name: string,
	value: unknown,
	pointer: string,
	replace: (schema: Schema, pointer: string) => Schema,
): unknown {
	const each = (list: readonly unknown[]) =>
		list.map((item, i) => replace(item as Schema, appendPointer(pointer, i)));
	switch (keywords.get(name)?.holds) {
		case "schema":
			return replace(value as Schema, pointer);
		case "schemas":
			return each(value as readonly unknown[]);
		case "schema-or-schemas":
			return Array.isArray(value)
				? each(value)
				: replace(value as Schema, pointer);
		case "schema-map":
		case "dependencies":
			return Object.fromEntries(
				Object.entries(value as Record<string, unknown>).map(([key, item]) => {
					const at = appendPointer(pointer, key);
					if (holdsDefinitions(name) && isGroup(item))
						return [key, mapKeyword(name, item, at, replace)];
					return [
						key,
						Array.isArray(item) ? item : replace(item as Schema, at),
					];
				}),
			);
		case "value":
		case undefined:
			return value;
	}
}

/** Calls `visit` with each schema in a keyword's value and its pointer. */
export function eachSchema(
	name: string,
	value: unknown,
	pointer: string,
	visit: (schema: Schema, pointer: string) => void,
): void {
	const each = (list: readonly unknown[]) => {
		for (let i = 0; i < list.length; i++)
			visit(list[i] as Schema, `${pointer}/${i}`);
	};
	switch (keywords.get(name)?.holds) {
		case "schema":
			visit(value as Schema, pointer);
			return;
		case "schemas":
			each(value as readonly unknown[]);
			return;
		case "schema-or-schemas":
			if (Array.isArray(value)) each(value);
			else visit(value as Schema, pointer);
			return;
		case "schema-map":
		case "dependencies":
			for (const key of Object.keys(value as object)) {
				const item = (value as Record<string, unknown>)[key];
				const at = appendPointer(pointer, key);
				if (holdsDefinitions(name) && isGroup(item))
					eachSchema(name, item, at, visit);
				else if (!Array.isArray(item)) visit(item as Schema, at);
			}
			return;
		case "value":
		case undefined:
	}
}

export const definitionKeywords = ["$defs", "definitions"] as const;

const holdsDefinitions = (name: string): boolean =>
	definitionKeywords.some((keyword) => keyword === name);

/** Whether a definition only groups others: it has no keyword, and only schemas or further groups. */
export function isGroup(value: unknown): value is SchemaObject {
	if (!isObject(value)) return false;
	const entries = Object.entries(value);
	return (
		entries.length > 0 &&
		entries.every(
			([name, item]) =>
				!keywords.has(name) &&
				!annotations.has(name) &&
				!name.startsWith("x-") &&
				(isGroup(item) ||
					(isObject(item) &&
						Object.keys(item).some((inner) => keywords.has(inner)))),
		)
	);
}

/** Calls `visit` for a schema and all of its subschemas, outermost first. */
export function walkSchema(
	schema: Schema,
	pointer: string,
	visit: (schema: SchemaObject, pointer: string) => void,
): void {
	if (!isObject(schema)) return;
	visit(schema, pointer);
	for (const name of Object.keys(schema))
		eachSchema(name, schema[name], appendPointer(pointer, name), (inner, at) =>
			walkSchema(inner, at, visit),
		);
}

/** Every regular expression in a schema, with its pointer. */
export function patternsIn(
	root: Schema,
): readonly { readonly pattern: string; readonly pointer: string }[] {
	const found: { pattern: string; pointer: string }[] = [];
	walkSchema(root, "", (schema, pointer) => {
		if (typeof schema.pattern === "string")
			found.push({
				pattern: schema.pattern,
				pointer: appendPointer(pointer, "pattern"),
			});
		for (const pattern of Object.keys(schema.patternProperties ?? {}))
			found.push({
				pattern,
				pointer: appendPointer(pointer, "patternProperties", pattern),
			});
	});
	return found;
}
