// Converts schemas of draft-04, draft-06, draft-07 and OpenAPI 3.0 to 2020-12.
import { isObject } from "../../runtime/json.ts";
import { formats } from "../schema/formats.ts";
import {
	keywordStatus,
	keywords,
	type Schema,
	type SchemaObject,
} from "../schema/keywords.ts";

export interface Conversion {
	/** The new target of a reference. */
	readonly reference: (ref: string) => string;
	/** Called for each keyword and format that becomes an annotation. */
	readonly annotated: (name: string) => void;
	/** `$ref` overrides its siblings, as before 2019-09. */
	readonly refStandsAlone: boolean;
}

/** Converts a schema. Unknown keywords and formats become annotations with the prefix `x-`. */
export function modernSchema(schema: Schema, conversion: Conversion): Schema {
	if (!isObject(schema)) return schema;
	const inner = (value: unknown) => modernSchema(value as Schema, conversion);
	if (typeof schema.$ref === "string" && conversion.refStandsAlone)
		return {
			...described(schema),
			$ref: conversion.reference(schema.$ref),
		};
	const out: Record<string, unknown> = {};
	for (const [keyword, value] of Object.entries(schema)) {
		const made = converted(keyword, value, schema, inner, conversion);
		Object.assign(out, made);
	}
	return schema.nullable === true ? nullable(out) : out;
}

function described({ description }: SchemaObject): SchemaObject {
	return typeof description === "string" ? { description } : {};
}

/** Anchors are kept, since references may name them. */
const dropped = new Set([
	"$schema",
	"id",
	"$id",
	"$comment",
	"definitions",
	"$defs",
	"nullable",
]);
function converted(
	keyword: string,
	value: unknown,
	schema: SchemaObject,
	inner: (value: unknown) => Schema,
	{ reference, annotated }: Conversion,
): Record<string, unknown> {
	if (dropped.has(keyword)) return {};
	if (keyword === "$ref") return { $ref: reference(String(value)) };
	const isModern = keywordStatus(keyword, "2020-12") === "known";
	switch (isModern ? keywords.get(keyword)?.holds : undefined) {
		case "schema":
			return { [keyword]: inner(value) };
		case "schemas":
			if (Array.isArray(value)) return { [keyword]: value.map(inner) };
			break;
		case "schema-map":
			if (isObject(value)) return { [keyword]: mapped(value, inner) };
	}
	switch (keyword) {
		case "items":
			if (!Array.isArray(value)) return { items: inner(value) };
			return value.length > 0 ? { prefixItems: value.map(inner) } : {};
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
			annotated(`format ${JSON.stringify(value)}`);
			return { "x-format": value };
		case "required":
			return Array.isArray(value) && value.length > 0
				? { required: value }
				: {};
	}
	const status = keywordStatus(keyword, "2020-12");
	if (status === "known" || status === "annotation")
		return { [keyword]: value };
	annotated(keyword);
	return { [`x-${keyword}`]: value };
}

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
	inner: (value: unknown) => Schema,
): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [key, inner(item)]),
	);
}

function dependencies(
	value: unknown,
	inner: (value: unknown) => Schema,
): Record<string, unknown> {
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

/** Converts OpenAPI's `nullable`: also allows null. */
function nullable(schema: Record<string, unknown>): Schema {
	const { type, enum: values } = schema;
	if (type === undefined) return { anyOf: [schema, { type: "null" }] };
	return {
		...schema,
		type: [...new Set([type, "null"].flat())],
		...(Array.isArray(values) && !values.includes(null)
			? { enum: [...values, null] }
			: {}),
	};
}
