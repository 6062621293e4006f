import { isObject } from "../../runtime/json.ts";
import {
	affectsValidity,
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
		usesRuntime: [inherited, possibleType, alsoType].some((use) =>
			text.includes(use),
		),
	};
}

const inherited = " | v1.Inherited<";
const possibleType = "v1.Possible<";
const alsoType = "v1.Also<";

/** Whether nothing can be told of a schema's values in TypeScript. */
export const isUnknown = (schema: Schema): boolean =>
	typeOf(schema, "").text === "unknown";

/** A printed type. `kind` decides whether it needs parentheses and whether it can be an interface. */
interface Type {
	readonly text: string;
	readonly kind: "atom" | "properties" | "union" | "intersection";
}

const atom = (text: string): Type => ({ text, kind: "atom" });
const unknown = atom("unknown");
const never = atom("never");

/**
 * The TypeScript type of a schema. It may be wider than the schema. It is narrower only where a schema has properties but no
 * type, and so also accepts whatever is no object: the type is the object's, and lint says so.
 * `object` means that an enclosing schema already allows only objects.
 */
function typeOf(schema: Schema, indent: string, object = false): Type {
	if (typeof schema === "boolean") return schema ? unknown : never;
	const isObjectOnly = object || schema.type === "object" || isUntyped(schema);
	const parts: Type[] = [];
	if (typeof schema.$ref === "string")
		parts.push(atom(referencedName(schema.$ref)));
	const isOfType = (value: unknown) => isOfTypes(value, schema.type);
	if ("const" in schema)
		parts.push(isOfType(schema.const) ? valueType(schema.const) : never);
	else if (Array.isArray(schema.enum))
		parts.push(union(schema.enum.filter(isOfType).map(valueType)));
	else parts.push(ownType(schema, indent, isObjectOnly));
	const combined = (keyword: "allOf" | "anyOf" | "oneOf") =>
		((schema[keyword] ?? []) as Schema[]).map((inner) =>
			typeOf(inner, indent, isObjectOnly),
		);
	parts.push(...combined("allOf"));
	if (schema.anyOf) parts.push(union(combined("anyOf")));
	if (schema.oneOf) parts.push(union(combined("oneOf")));
	if (isObjectOnly) parts.push(...conditional(schema, indent));
	// Beside other types, "any object" says nothing, and would allow misspelled properties.
	const others = parts.filter(({ text }) => text !== anyObject);
	return intersection(
		intersection(others).text === "unknown" || !isBareObject(schema)
			? parts
			: others,
	);
}

const anyObject = "{ [key: string]: unknown }";

const isBareObject = (schema: SchemaObject): boolean =>
	schema.type === "object" &&
	!["additionalProperties", "patternProperties", "unevaluatedProperties"].some(
		(keyword) => keyword in schema,
	);

/** Whether a schema has what objects have, and does not say that its values are objects. */
export const isUntyped = (schema: SchemaObject): boolean =>
	schema.type === undefined &&
	["properties", "required", "patternProperties"].some(
		(keyword) => keyword in schema,
	);

/** Whether a value is of a schema's `type`. */
export function isOfTypes(value: unknown, types: unknown): boolean {
	const name =
		value === null
			? "null"
			: Array.isArray(value)
				? "array"
				: typeof value === "object"
					? "object"
					: typeof value;
	return (
		types === undefined ||
		[types]
			.flat()
			.some(
				(type) =>
					type === name || (type === "integer" && Number.isInteger(value)),
			)
	);
}

/**
 * What a schema declares under a condition. If the condition is that a required property has one of its values, the type is a
 * union; else, whatever is declared may be there.
 */
function conditional(schema: SchemaObject, indent: string): readonly Type[] {
	const branches = discriminated(schema, indent);
	const { names, references } = declaredUnder([
		...(branches ? [] : [schema.then, schema.else]),
		...Object.values((schema.dependentSchemas ?? {}) as object),
		{ dependentRequired: schema.dependentRequired },
	]);
	const others = possible(names, schema, indent);
	return [
		...(branches ? [branches] : []),
		...(others ? [others] : []),
		...[...references].map((name) => atom(`${possibleType}${name}>`)),
	];
}

/** Names of properties, each with those that are declared of its value. */
type Declared = Map<string, Declared>;

/** The type of what may be there beside what a schema declares anyway; undefined if nothing is. */
function possible(
	names: Declared,
	schema: SchemaObject,
	indent: string,
): Type | undefined {
	const own = (schema.properties ?? {}) as Record<string, unknown>;
	const inner = `${indent}\t`;
	const members = [...names].flatMap(([name, below]) => {
		if (!Object.hasOwn(own, name)) return `${inner}${key(name)}?: unknown;`;
		const declared = own[name];
		if (!isObject(declared) || below.size === 0) return [];
		if (typeof declared.$ref === "string") {
			const more = possible(below, {}, inner);
			const target = referencedName(declared.$ref);
			return more
				? `${inner}${key(name)}?: ${alsoType}${target}, ${more.text}>;`
				: [];
		}
		// Values of other types stay what they are.
		const types = isUntyped(declared) ? ["object"] : [declared.type].flat();
		const others = types.filter((type) => type !== "object");
		const more = types.includes("object")
			? possible(below, declared, inner)
			: undefined;
		if (!more || others.includes("array")) return [];
		const all = union([
			more,
			...others.map((type) => primitive(String(type), {}, inner)),
		]);
		return `${inner}${key(name)}?: ${all.text};`;
	});
	return members.length === 0
		? undefined
		: { text: `{\n${members.join("\n")}\n${indent}}`, kind: "properties" };
}

/** The properties that schemas declare for the same value, and the names of the schemas that they refer to. */
function declaredUnder(schemas: readonly unknown[]): {
	readonly names: Declared;
	readonly references: ReadonlySet<string>;
} {
	const names: Declared = new Map();
	const references = new Set<string>();
	const visit = (schema: unknown, into: Declared): void => {
		if (!isObject(schema)) return;
		for (const [name, property] of Object.entries(schema.properties ?? {})) {
			const below: Declared = into.get(name) ?? new Map();
			into.set(name, below);
			visit(property, below);
		}
		const needed = Object.values(
			(schema.dependentRequired ?? {}) as Record<string, readonly string[]>,
		);
		for (const name of [schema.required ?? [], ...needed].flat() as string[])
			if (!into.has(name)) into.set(name, new Map());
		if (typeof schema.$ref === "string" && into === names)
			references.add(referencedName(schema.$ref));
		for (const keyword of ["allOf", "anyOf", "oneOf"])
			for (const inner of (schema[keyword] ?? []) as readonly unknown[])
				visit(inner, into);
		visit(schema.then, into);
		visit(schema.else, into);
		for (const inner of Object.values(schema.dependentSchemas ?? {}))
			visit(inner, into);
	};
	for (const schema of schemas) visit(schema, names);
	return { names, references };
}

/** The union of a schema's two branches, if a listed value of a required property decides between them. */
function discriminated(schema: SchemaObject, indent: string): Type | undefined {
	const { if: condition, then: first = {}, else: second = {} } = schema;
	if (!isObject(condition) || !isObject(condition.properties)) return undefined;
	const [entry, ...more] = Object.entries(condition.properties);
	if (!entry || more.length > 0) return undefined;
	const [name, test] = entry;
	const { properties: _, required: needed = [], type, ...rest } = condition;
	const isDecidedByName =
		!Object.keys(rest).some(affectsValidity) &&
		(needed as readonly string[]).every((each) => each === name) &&
		[type ?? "object"].flat().includes("object");
	if (!isDecidedByName) return undefined;
	const own = (schema.properties ?? {}) as Record<string, unknown>;
	const declared = Object.hasOwn(own, name) ? own[name] : undefined;
	const all = valuesOf(declared);
	const decides =
		isObject(test) && Object.keys(test).filter(affectsValidity).length === 1;
	const some = decides ? valuesOf(test) : undefined;
	const required = (schema.required ?? []) as readonly string[];
	const { names } = declaredUnder([first, second]);
	const declares = [...names.keys()].some((each) => !Object.hasOwn(own, each));
	if (!all || !some || !declares || !required.includes(name)) return undefined;
	const isSome = (value: string) => some.includes(value);
	const branch = (
		values: readonly string[],
		inside: unknown,
		other: unknown,
	) => {
		const also = declaredUnder([other]);
		const tag = atom(`{ ${key(name)}: ${union(values.map(valueType)).text} }`);
		for (const known of declaredUnder([inside]).names.keys())
			also.names.delete(known);
		const rest = possible(also.names, schema, indent);
		return intersection([
			tag,
			typeOf(inside as Schema, indent, true),
			...(rest ? [rest] : []),
			...[...also.references].map((each) => atom(`${possibleType}${each}>`)),
		]);
	};
	return union([
		branch(all.filter(isSome), first, second),
		branch(
			all.filter((value) => !isSome(value)),
			second,
			first,
		),
	]);
}

/** The strings that a schema lists; it may constrain them further. */
function valuesOf(schema: unknown): readonly string[] | undefined {
	if (!isObject(schema)) return undefined;
	const values = "const" in schema ? [schema.const] : schema.enum;
	return Array.isArray(values) &&
		values.every((value) => typeof value === "string")
		? values
		: undefined;
}

function ownType(schema: SchemaObject, indent: string, object: boolean): Type {
	const { type } = schema;
	if (Array.isArray(type))
		return union(
			type.map((name) =>
				name === "object"
					? intersection([
							objectType(schema, indent),
							...conditional(schema, indent),
						])
					: primitive(name, schema, indent),
			),
		);
	if (typeof type === "string") return primitive(type, schema, indent);
	return object && (isUntyped(schema) || "additionalProperties" in schema)
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
