// Keywords about single values, and values as code.
import { isObject } from "../../../runtime/json.ts";
import {
	keywords,
	keywordsWhere,
	type Schema,
	type SchemaObject,
} from "../../schema/keywords.ts";
import { literal } from "../print.ts";
import type { Scope, Unit } from "./code.ts";

export function typesOf({ type }: SchemaObject): readonly string[] | undefined {
	if (type === undefined) return undefined;
	const types = [type].flat() as string[];
	return types.includes("number")
		? types.filter((name) => name !== "integer")
		: types;
}

export const valueKeywords = new Set(["type", "enum", "const"]);

const silent = new Set(keywordsWhere(({ role }) => role === "annotates"));

/** The keywords that affect validation. */
export function keywordsOf(schema: SchemaObject): readonly string[] {
	return Object.keys(schema).filter(
		(keyword) =>
			!silent.has(keyword) &&
			(keywords.has(keyword) || !keyword.startsWith("x-")),
	);
}

export const takesAnything = (schema: Schema): boolean =>
	schema === true || (schema !== false && keywordsOf(schema).length === 0);

export function typeGuard(
	{ unit }: Scope,
	type: string,
	value: string,
	holds: boolean,
): string {
	const not = holds ? "" : "!";
	switch (type) {
		case "string":
		case "boolean":
			return `typeof ${value} ${not || "="}== "${type}"`;
		case "null":
			return `${value} ${not || "="}== null`;
		case "number":
			return `${not}${unit.use("isNumber")}(${value})`;
		case "integer":
			return `${not}${unit.use("isInteger")}(${value})`;
		case "array":
			return `${not}${unit.use("isArray")}(${value})`;
		default:
			return `${not}${unit.use("isObject")}(${value})`;
	}
}

const arrayMax = 8;

/** Scalars for a membership test: an array, or a set if there are many. */
export function valueList(unit: Unit, values: readonly unknown[]): string {
	const list = valueText(unit, values);
	return values.length > arrayMax
		? unit.constant(`/* @__PURE__ */ ${unit.use("set")}(${list})`)
		: list;
}

export const isScalar = (value: unknown) =>
	typeof value !== "object" || value === null;

export function isOfType(value: unknown, type: string): boolean {
	switch (type) {
		case "null":
			return value === null;
		case "array":
			return Array.isArray(value);
		case "object":
			return isObject(value);
		case "integer":
			return Number.isInteger(value);
		default:
			return typeof value === type;
	}
}

/** A JSON value as an expression. In a literal, the key `__proto__` would set the prototype. */
export function valueText(unit: Unit, value: unknown): string {
	const text = literal(value);
	return text.includes('"__proto__":')
		? `${unit.use("fromJson")}(${literal(JSON.stringify(value))})`
		: text;
}

/** A regular expression literal. The engine escapes the source; lone surrogates are escaped because UTF-8 cannot encode them. */
export function expressionLiteral(pattern: string): string {
	return String(new RegExp(pattern, "u")).replace(
		/\p{Surrogate}/gu,
		(half) => `\\u${half.charCodeAt(0).toString(16)}`,
	);
}

export const patternsOf = ({ patternProperties }: SchemaObject) =>
	isObject(patternProperties) && Object.keys(patternProperties).length > 0
		? (patternProperties as Record<string, Schema>)
		: undefined;
