// Converts schemas of draft-04, draft-06, draft-07 and OpenAPI 3.0 to 2020-12.
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import { acknowledgeKey } from "../schema/acknowledge.ts";
import { formats } from "../schema/formats.ts";
import {
	affectsValidity,
	type Draft,
	detailTypeKey,
	extensibleEnum,
	isAnnotation,
	isGroup,
	keywordStatus,
	keywords,
	nearestKeyword,
	personalKey,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import { untaken } from "./names.ts";

export interface Conversion {
	/** The new target of a reference. */
	readonly reference: (ref: string) => string;
	/** Called for each keyword and format that becomes an annotation. `why` says why it may have been meant otherwise. */
	readonly annotated: (name: string, pointer: string, why?: string) => void;
	/** `$ref` overrides its siblings, as before 2019-09. */
	readonly refStandsAlone: boolean;
}

/** Converts a schema. Unknown keywords and formats become annotations with the prefix `x-`. */
export function modernSchema(
	schema: Schema,
	conversion: Conversion,
	pointer = "",
): Schema {
	if (!isObject(schema)) return schema;
	if (typeof schema.$ref === "string" && conversion.refStandsAlone)
		return {
			...Object.fromEntries(
				Object.entries(schema).filter(([keyword]) => isAnnotation(keyword)),
			),
			$ref: conversion.reference(schema.$ref),
		};
	const out: Record<string, unknown> = {};
	for (const [keyword, value] of Object.entries(schema)) {
		const inner = (item: unknown, ...steps: readonly (string | number)[]) =>
			modernSchema(
				item as Schema,
				conversion,
				appendPointer(pointer, keyword, ...steps),
			);
		Object.assign(
			out,
			converted(keyword, value, schema, inner, conversion, pointer),
		);
	}
	return schema.nullable === true ? nullable(out) : out;
}

/** Converts a schema below a keyword's value; the steps lead there. */
type Inner = (item: unknown, ...steps: readonly (string | number)[]) => Schema;

/** Anchors are kept, since references may name them. */
const dropped = new Set(["$schema", "id", "$id", "$comment", "nullable"]);
function converted(
	keyword: string,
	value: unknown,
	schema: SchemaObject,
	inner: Inner,
	{ reference, annotated }: Conversion,
	pointer: string,
): Record<string, unknown> {
	if (dropped.has(keyword)) return {};
	if (keyword === "$ref") return { $ref: reference(String(value)) };
	const isModern = keywordStatus(keyword, "2020-12") === "known";
	const each = (items: readonly unknown[]) =>
		items.map((item, i) => inner(item, i));
	switch (isModern ? keywords.get(keyword)?.holds : undefined) {
		case "schema":
			return { [keyword]: inner(value) };
		case "schemas":
			if (Array.isArray(value)) return { [keyword]: each(value) };
			break;
		case "schema-map":
			if (isObject(value)) return { [keyword]: mapped(value, inner) };
	}
	switch (keyword) {
		case "items":
			if (!Array.isArray(value)) return { items: inner(value) };
			return value.length > 0 ? { prefixItems: each(value) } : {};
		case "additionalItems":
			return Array.isArray(schema.items) ? { items: inner(value) } : {};
		case "dependencies":
			return dependencies(value, inner);
		case "minimum":
			return schema.exclusiveMinimum === true ? {} : { minimum: value };
		case "maximum":
			return schema.exclusiveMaximum === true ? {} : { maximum: value };
		case "exclusiveMinimum":
			return exclusive("exclusiveMinimum", value, schema.minimum);
		case "exclusiveMaximum":
			return exclusive("exclusiveMaximum", value, schema.maximum);
		case "example":
			return "examples" in schema ? {} : { examples: [value] };
		case "format":
			if (typeof value !== "string" || formats.has(value))
				return { format: value };
			annotated(`format ${JSON.stringify(value)}`, pointer);
			return { "x-format": value };
		case "required":
			return Array.isArray(value) && value.length > 0
				? { required: value }
				: {};
	}
	const status = keywordStatus(keyword, "2020-12");
	if (status === "known" || status === "annotation")
		return { [keyword]: value };
	annotated(keyword, pointer, suspicion(keyword, "2020-12"));
	return { [annotationName(keyword, schema)]: value };
}

/** Why a keyword without effect may have been meant to constrain values. */
export function suspicion(keyword: string, draft: Draft): string | undefined {
	switch (keywordStatus(keyword, draft)) {
		case "other draft":
			return `is not a keyword of ${draft}`;
		case "unsupported":
			return "belongs to another dialect";
		default: {
			const meant = nearestKeyword(keyword);
			return meant !== undefined && affectsValidity(meant)
				? `looks like ${meant}`
				: undefined;
		}
	}
}

/** The annotation that a keyword becomes: one that has no meaning yet, here or in the schema. */
export function annotationName(keyword: string, schema: SchemaObject): string {
	const name = `x-${keyword.replace(/^[^\w]+/, "")}`;
	return name in schema || meaningful.has(name)
		? untaken(`x-imported-${name.slice(2)}`, (other) => other in schema)
		: name;
}

const meaningful: ReadonlySet<string> = new Set([
	acknowledgeKey,
	detailTypeKey,
	extensibleEnum,
	personalKey,
	sourceKey,
]);

function exclusive(
	keyword: string,
	value: unknown,
	limit: unknown,
): Record<string, unknown> {
	if (typeof value !== "boolean") return { [keyword]: value };
	return value && limit !== undefined ? { [keyword]: limit } : {};
}

function mapped(
	value: Record<string, unknown>,
	inner: Inner,
): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [
			key,
			isGroup(item)
				? mapped(item, (each, ...steps) => inner(each, key, ...steps))
				: inner(item, key),
		]),
	);
}

function dependencies(value: unknown, inner: Inner): Record<string, unknown> {
	const all = Object.entries(isObject(value) ? value : {});
	const required = all.filter(([, item]) => Array.isArray(item));
	const others = all.filter(([, item]) => !Array.isArray(item));
	return {
		...(required.length > 0
			? { dependentRequired: Object.fromEntries(required) }
			: {}),
		...(others.length > 0
			? { dependentSchemas: mapped(Object.fromEntries(others), inner) }
			: {}),
	};
}

/**
 * Converts OpenAPI's `nullable`: it adds null to the type beside it, and to nothing else.
 * https://github.com/OAI/OpenAPI-Specification/blob/main/proposals/2019-10-31-Clarify-Nullable.md
 */
function nullable(schema: Record<string, unknown>): Schema {
	const { type } = schema;
	return type === undefined
		? schema
		: { ...schema, type: [...new Set([type, "null"].flat())] };
}
