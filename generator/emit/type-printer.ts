import { isObject } from "../../runtime/json.ts";
import {
	extensibleEnum,
	type Schema,
	type SchemaObject,
} from "../schema/keywords.ts";
import { type NamedSchema, referencedName } from "../schema/model.ts";
import { comment, key, literal } from "./print.ts";

/** The declaration of a schema's type. `usesRuntime` if it needs the import `v1`. */
export function declaration({ name, schema }: NamedSchema): {
	readonly text: string;
	readonly usesRuntime: boolean;
} {
	const { text, kind } = typeOf(schema, "");
	return {
		text:
			kind === "properties"
				? `${comment(schema)}export interface ${name} ${text}`
				: `${comment(schema)}export type ${name} = ${text};`,
		usesRuntime: text.includes(inherited),
	};
}

const inherited = " | v1.Inherited<";

/** A printed type. `kind` decides whether it needs parentheses and whether it can be an interface. */
interface Type {
	readonly text: string;
	readonly kind: "atom" | "properties" | "union" | "intersection";
}

const atom = (text: string): Type => ({ text, kind: "atom" });
const unknown = atom("unknown");
const never = atom("never");

/**
 * The TypeScript type of a schema. It may be wider than the schema, never narrower.
 * `object` means that an enclosing schema already allows only objects.
 */
function typeOf(schema: Schema, indent: string, object = false): Type {
	if (typeof schema === "boolean") return schema ? unknown : never;
	const isObjectOnly = object || schema.type === "object";
	const parts: Type[] = [];
	if (typeof schema.$ref === "string")
		parts.push(atom(referencedName(schema.$ref)));
	if ("const" in schema) parts.push(valueType(schema.const));
	else if (Array.isArray(schema.enum))
		parts.push(union(schema.enum.map(valueType)));
	else parts.push(ownType(schema, indent, isObjectOnly));
	const combined = (keyword: "allOf" | "anyOf" | "oneOf") =>
		((schema[keyword] ?? []) as Schema[]).map((inner) =>
			typeOf(inner, indent, isObjectOnly),
		);
	parts.push(...combined("allOf"));
	if (schema.anyOf) parts.push(union(combined("anyOf")));
	if (schema.oneOf) parts.push(union(combined("oneOf")));
	return intersection(parts);
}

function ownType(schema: SchemaObject, indent: string, object: boolean): Type {
	const { type } = schema;
	if (Array.isArray(type))
		return union(type.map((name) => primitive(name, schema, indent)));
	if (typeof type === "string") return primitive(type, schema, indent);
	return object && ("properties" in schema || "required" in schema)
		? objectType(schema, indent)
		: unknown;
}

function primitive(name: string, schema: SchemaObject, indent: string): Type {
	switch (name) {
		case "integer":
			return atom("number");
		case "array":
			return arrayType(schema, indent);
		case "object":
			return objectType(schema, indent);
		case "string":
			return stringType(schema);
		default:
			return atom(name);
	}
}

/** Editors offer the known values of a list that may grow; `string` alone would absorb them. */
function stringType(schema: SchemaObject): Type {
	const known = schema[extensibleEnum];
	return Array.isArray(known)
		? union([...known.map(valueType), atom("(string & {})")])
		: atom("string");
}

function arrayType(schema: SchemaObject, indent: string): Type {
	const rest = (schema.items ?? true) as Schema;
	const prefix = schema.prefixItems;
	if (!Array.isArray(prefix)) return atom(`${grouped(typeOf(rest, indent))}[]`);
	const requiredItems = Number(schema.minItems ?? 0);
	const items = prefix.map((item, i) =>
		i < requiredItems
			? typeOf(item, indent).text
			: `${grouped(typeOf(item, indent))}?`,
	);
	const tail = rest === false ? [] : [`...${grouped(typeOf(rest, indent))}[]`];
	return atom(`[${[...items, ...tail].join(", ")}]`);
}

/** Members that every object has in TypeScript. */
const inheritedNames = new Set([
	"constructor",
	"hasOwnProperty",
	"isPrototypeOf",
	"propertyIsEnumerable",
	"toLocaleString",
	"toString",
	"valueOf",
]);

function objectType(schema: SchemaObject, indent: string): Type {
	const properties = Object.entries(
		(schema.properties ?? {}) as Record<string, Schema>,
	);
	const required = new Set(schema.required as string[] | undefined);
	const inner = `${indent}\t`;
	const members = properties.map(([name, property]) => {
		const doc = isObject(property) ? comment(property, inner) : "";
		const { text } = typeOf(property, inner);
		if (required.has(name)) return `${doc}${inner}${key(name)}: ${text};`;
		// An object without this property inherits one, so its type must allow the inherited member.
		const also = inheritedNames.has(name)
			? `${inherited}${literal(name)}>`
			: "";
		return `${doc}${inner}${key(name)}?: ${text}${also};`;
	});
	const known = new Set(properties.map(([name]) => name));
	for (const name of required)
		if (!known.has(name)) members.push(`${inner}${key(name)}: unknown;`);
	const others = otherProperties(schema, inner);
	if (members.length === 0)
		return atom(`{ [key: string]: ${(others ?? unknown).text} }`);
	const named: Type = {
		text: `{\n${members.join("\n")}\n${indent}}`,
		kind: "properties",
	};
	// Named properties must be assignable to the index type, so it can only be unknown.
	return others === undefined
		? named
		: intersection([named, atom("{ [key: string]: unknown }")]);
}

/** The type of properties that are not named; undefined if the schema does not mention them. */
function otherProperties(
	schema: SchemaObject,
	indent: string,
): Type | undefined {
	const { additionalProperties: rest, patternProperties } = schema;
	const patterns = Object.values(
		(patternProperties ?? {}) as Record<string, Schema>,
	).map((inner) => typeOf(inner, indent));
	// A reader may find other properties in a closed object.
	if (rest === false && "properties" in schema && patterns.length === 0)
		return undefined;
	if (rest === false) return unknown;
	if (rest === undefined) return patterns.length > 0 ? unknown : undefined;
	return union([...patterns, typeOf(rest as Schema, indent)]);
}

/** The type of one JSON value. */
function valueType(value: unknown): Type {
	if (Array.isArray(value))
		return atom(`[${value.map((item) => valueType(item).text).join(", ")}]`);
	if (!isObject(value)) return atom(literal(value));
	const members = Object.entries(value).map(
		([name, item]) => `${key(name)}: ${valueType(item).text}`,
	);
	return atom(
		members.length === 0
			? "{ [key: string]: never }"
			: `{ ${members.join("; ")} }`,
	);
}

const grouped = ({ text, kind }: Type): string =>
	kind === "union" || kind === "intersection" ? `(${text})` : text;

function distinct(types: readonly Type[]): readonly Type[] {
	return [...new Map(types.map((type) => [type.text, type])).values()];
}

function union(types: readonly Type[]): Type {
	const members = distinct(types).filter(({ text }) => text !== "never");
	if (members.some(({ text }) => text === "unknown")) return unknown;
	const [only] = members;
	if (only === undefined) return never;
	if (members.length === 1) return only;
	return {
		text: members
			.map((type) => (type.kind === "intersection" ? grouped(type) : type.text))
			.join(" | "),
		kind: "union",
	};
}

function intersection(types: readonly Type[]): Type {
	const members = distinct(types).filter(({ text }) => text !== "unknown");
	const [only] = members;
	if (only === undefined) return unknown;
	if (members.length === 1) return only;
	return { text: members.map(grouped).join(" & "), kind: "intersection" };
}
