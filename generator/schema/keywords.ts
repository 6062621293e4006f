// What each JSON Schema keyword holds. Everything that walks a schema asks here.
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import { nearest } from "./nearest.ts";

export type Draft = "draft-07" | "2019-09" | "2020-12";

export type Schema = boolean | SchemaObject;
export type SchemaObject = { readonly [keyword: string]: unknown };

export const drafts: Readonly<Record<string, Draft>> = {
	"http://json-schema.org/draft-07/schema": "draft-07",
	"https://json-schema.org/draft/2019-09/schema": "2019-09",
	"https://json-schema.org/draft/2020-12/schema": "2020-12",
};

type Holds =
	| "value"
	| "schema"
	| "schemas"
	| "schema-map"
	/** A schema or, before 2020-12, a list of them. */
	| "schema-or-schemas"
	/** A schema or a list of property names, by property. */
	| "dependencies";

const values = [
	"$schema",
	"$id",
	"$ref",
	"$anchor",
	"$dynamicRef",
	"$dynamicAnchor",
	"$recursiveRef",
	"$recursiveAnchor",
	"$vocabulary",
	"$comment",
	"title",
	"description",
	"default",
	"deprecated",
	"readOnly",
	"writeOnly",
	"examples",
	"type",
	"enum",
	"const",
	"multipleOf",
	"maximum",
	"exclusiveMaximum",
	"minimum",
	"exclusiveMinimum",
	"maxLength",
	"minLength",
	"pattern",
	"maxItems",
	"minItems",
	"uniqueItems",
	"maxContains",
	"minContains",
	"maxProperties",
	"minProperties",
	"required",
	"dependentRequired",
	"format",
	"contentEncoding",
	"contentMediaType",
	"contentSchema",
] as const;

const keywords: ReadonlyMap<string, Holds> = new Map<string, Holds>([
	...values.map((name): [string, Holds] => [name, "value"]),
	["additionalItems", "schema"],
	["additionalProperties", "schema"],
	["contains", "schema"],
	["else", "schema"],
	["if", "schema"],
	["not", "schema"],
	["propertyNames", "schema"],
	["then", "schema"],
	["unevaluatedItems", "schema"],
	["unevaluatedProperties", "schema"],
	["items", "schema-or-schemas"],
	["allOf", "schemas"],
	["anyOf", "schemas"],
	["oneOf", "schemas"],
	["prefixItems", "schemas"],
	["$defs", "schema-map"],
	["definitions", "schema-map"],
	["dependentSchemas", "schema-map"],
	["patternProperties", "schema-map"],
	["properties", "schema-map"],
	["dependencies", "dependencies"],
]);

/** Keywords whose schemas speak of the very same value. */
export const inPlaceKeywords: ReadonlySet<string> = new Set([
	"allOf",
	"anyOf",
	"oneOf",
	"not",
	"if",
	"then",
	"else",
	"dependentSchemas",
	"dependencies",
]);

/** Keywords of other dialects, which would change what fits. */
const unsupported: ReadonlySet<string> = new Set([
	"id",
	"nullable",
	"divisibleBy",
	"disallow",
	"extends",
]);

const later: readonly Draft[] = ["2019-09", "2020-12"];
const earlier: readonly Draft[] = ["draft-07", "2019-09"];

/** Keywords that not every draft has. */
const draftsOfKeyword: Readonly<Record<string, readonly Draft[]>> = {
	$anchor: later,
	$dynamicAnchor: ["2020-12"],
	$dynamicRef: ["2020-12"],
	$recursiveAnchor: ["2019-09"],
	$recursiveRef: ["2019-09"],
	$vocabulary: later,
	additionalItems: earlier,
	contentSchema: later,
	dependencies: earlier,
	dependentRequired: later,
	dependentSchemas: later,
	maxContains: later,
	minContains: later,
	prefixItems: ["2020-12"],
	unevaluatedItems: later,
	unevaluatedProperties: later,
};

export function keywordStatus(
	name: string,
	draft: Draft,
): "known" | "annotation" | "unsupported" | "unknown" | "other draft" {
	const drafts = Object.hasOwn(draftsOfKeyword, name)
		? draftsOfKeyword[name]
		: undefined;
	if (drafts && !drafts.includes(draft)) return "other draft";
	if (keywords.has(name)) return "known";
	if (name.startsWith("x-")) return "annotation";
	return unsupported.has(name) ? "unsupported" : "unknown";
}

/** The known keyword that was probably meant. */
export const nearestKeyword = (name: string): string | undefined =>
	nearest(name, keywords.keys());

/** Rebuilds a keyword's value with each schema in it replaced; the pointer is each schema's own. */
export function mapKeyword(
	name: string,
	value: unknown,
	pointer: string,
	replace: (schema: Schema, pointer: string) => Schema,
): unknown {
	const each = (list: readonly unknown[]) =>
		list.map((item, i) => replace(item as Schema, appendPointer(pointer, i)));
	switch (keywords.get(name)) {
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
				Object.entries(value as Record<string, unknown>).map(([key, item]) => [
					key,
					Array.isArray(item)
						? item
						: replace(item as Schema, appendPointer(pointer, key)),
				]),
			);
		case "value":
		case undefined:
			return value;
	}
}

/** Calls `visit` for each schema in a keyword's value; the pointer is each schema's own. */
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
	switch (keywords.get(name)) {
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
				if (!Array.isArray(item))
					visit(item as Schema, appendPointer(pointer, key));
			}
			return;
		case "value":
		case undefined:
	}
}

/** Calls `visit` for a schema and every schema in it, outermost first. */
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
