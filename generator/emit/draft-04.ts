// Converts schemas to the older dialects that AWS reads: draft-04 (API Gateway, the registry) and OpenAPI 3.0 (the registry).
import { isObject } from "../../runtime/json.ts";
import {
	extensibleEnum,
	keywordsWhere,
	personalKey,
	type Schema,
	type SchemaObject,
	walkSchema,
} from "../schema/keywords.ts";
import { type NamedSchema, referencedName } from "../schema/model.ts";
import { isMarked } from "../schema/personal.ts";

export interface Dialect {
	readonly name: "draft-04" | "openapi-3.0";
	/** The prefix of references, before the name. */
	readonly references: "#/definitions/" | "#/components/schemas/";
	/** Whether to keep descriptions, examples, formats, and lists that may grow as they are. */
	readonly annotations: boolean;
}

export interface Converted {
	readonly schema: SchemaObject;
	/** Keywords that the dialect cannot express, sorted; the converted schema accepts more. */
	readonly lost: readonly string[];
}

/** The keywords that each dialect cannot express, and those that it shares with 2020-12. */
const [lostIn, sameIn] = (["lost", "same"] as const).map((expressed) => ({
	"draft-04": keywordsWhere(({ draft04 }) => draft04 === expressed),
	"openapi-3.0": keywordsWhere(({ openApi30 }) => openApi30 === expressed),
})) as [Expressions, Expressions];
type Expressions = Readonly<Record<Dialect["name"], readonly string[]>>;

/** Converts a 2020-12 schema. The result accepts the same values or more, never fewer. */
export function convert(
	{ schema, name }: NamedSchema,
	schemas: ReadonlyMap<string, NamedSchema>,
	dialect: Dialect,
): Converted {
	const known = conversions.get(dialect) ?? new WeakMap<object, Converted>();
	conversions.set(dialect, known);
	const before = known.get(schema);
	if (before) return before;
	const lost = new Set<string>();
	const converted = convertSchema(schema, { schemas, dialect, lost, name });
	const made = { schema: converted, lost: [...lost].sort() };
	known.set(schema, made);
	return made;
}

/** Each shared definition is converted once. */
const conversions = new WeakMap<Dialect, WeakMap<object, Converted>>();

interface Context {
	readonly schemas: ReadonlyMap<string, NamedSchema>;
	readonly dialect: Dialect;
	readonly lost: Set<string>;
	readonly name: string;
}

function convertSchema(schema: Schema, context: Context): SchemaObject {
	if (typeof schema === "boolean") return schema ? {} : { not: {} };
	const { dialect, lost } = context;
	for (const keyword of lostKeywords(schema, dialect)) lost.add(keyword);
	const inner = (value: unknown) => convertSchema(value as Schema, context);
	const list = (value: unknown) => (value as Schema[]).map(inner);
	const map = (value: unknown) =>
		Object.fromEntries(
			Object.entries(value as Record<string, Schema>).map(([key, item]) => [
				key,
				inner(item),
			]),
		);
	const out: Record<string, unknown> = {};
	if (dialect.annotations) Object.assign(out, annotations(schema, dialect));
	Object.assign(out, typeKeywords(schema, dialect));
	for (const keyword of sameIn[dialect.name])
		if (keyword in schema) out[keyword] = schema[keyword];
	if (Array.isArray(out.enum)) Object.assign(out, distinctValues(out.enum));
	if ("const" in schema) {
		const only = { enum: [schema.const] };
		if (out.enum) out.allOf = [...((out.allOf as SchemaObject[]) ?? []), only];
		else Object.assign(out, only);
	}
	const known = schema[extensibleEnum] as readonly string[] | undefined;
	if (known !== undefined && expressesGrowing(schema, dialect)) {
		const isNullable = [schema.type].flat().includes("null");
		const only = { enum: isNullable ? [...known, null] : known };
		if (out.enum) out.allOf = [...((out.allOf as SchemaObject[]) ?? []), only];
		else Object.assign(out, only);
	} else if (known !== undefined && dialect.annotations)
		out[extensibleEnum] = known;
	Object.assign(
		out,
		bound(schema, "minimum", "exclusiveMinimum", Math.max),
		bound(schema, "maximum", "exclusiveMaximum", Math.min),
	);
	if (Array.isArray(schema.required) && schema.required.length > 0)
		out.required = schema.required;
	if (isObject(schema.properties)) out.properties = map(schema.properties);
	if (dialect.annotations && schema.additionalProperties === undefined) {
		const named = declaredUnder(schema);
		if (named.length > 0)
			out.properties = {
				...Object.fromEntries(named.map((name) => [name, {}])),
				...(out.properties as object | undefined),
			};
	}
	Object.assign(out, otherProperties(schema, dialect, inner, map));
	Object.assign(out, itemKeywords(schema, dialect, inner, list));
	if (dialect.name === "draft-04")
		Object.assign(out, dependencies(schema, map));
	if (schema.allOf)
		out.allOf = [
			...((out.allOf as SchemaObject[]) ?? []),
			...list(schema.allOf),
		];
	if (schema.anyOf) {
		const branches = list(schema.anyOf);
		if (out.anyOf)
			out.allOf = [
				...((out.allOf as SchemaObject[]) ?? []),
				{ anyOf: branches },
			];
		else out.anyOf = branches;
	}
	if (schema.oneOf) {
		// Branches that accept more may overlap, and oneOf would then reject valid values.
		const exact = (schema.oneOf as Schema[]).every((branch) =>
			isExact(branch, context),
		);
		const branches = list(schema.oneOf);
		if (exact) out.oneOf = branches;
		else {
			lost.add("oneOf");
			out.allOf = [
				...((out.allOf as SchemaObject[]) ?? []),
				{ anyOf: branches },
			];
		}
	}
	if (schema.not !== undefined) {
		if (isExact(schema.not as Schema, context)) out.not = inner(schema.not);
		else lost.add("not");
	}
	if (typeof schema.$ref !== "string") return out;
	const reference = {
		$ref: `${dialect.references}${referencedName(schema.$ref)}`,
	};
	return Object.keys(out).length === 0
		? reference
		: { ...out, allOf: [reference, ...((out.allOf as SchemaObject[]) ?? [])] };
}

function lostKeywords(
	schema: SchemaObject,
	dialect: Dialect,
): readonly string[] {
	const lacking = lostIn[dialect.name].filter((keyword) => keyword in schema);
	if (extensibleEnum in schema && !expressesGrowing(schema, dialect))
		lacking.push(extensibleEnum);
	return dialect.annotations || !("format" in schema)
		? lacking
		: [...lacking, "format"];
}

/** A list that may grow is an `enum` for API Gateway: what it validates is about to be published. */
const expressesGrowing = ({ type }: SchemaObject, { annotations }: Dialect) =>
	!annotations &&
	[type].flat().every((name) => name === "string" || name === "null");

/** Whether the dialect can express a schema and its transitive dependencies exactly. */
function isExact(schema: Schema, context: Context): boolean {
	const seen = new Set<string>();
	const waiting: (Schema | undefined)[] = [schema];
	while (waiting.length > 0) {
		const next = waiting.pop();
		if (!isObject(next)) continue;
		const names = namesOfExact(next, context.dialect);
		if (names === undefined) return false;
		for (const name of names)
			if (!seen.has(name)) {
				seen.add(name);
				waiting.push(context.schemas.get(name)?.schema);
			}
	}
	return true;
}

/** The names that a schema refers to; undefined if the dialect cannot express it exactly. Cached: branches often share a schema. */
function namesOfExact(
	schema: object,
	dialect: Dialect,
): ReadonlySet<string> | undefined {
	const known = exactNames.get(dialect) ?? new WeakMap();
	exactNames.set(dialect, known);
	if (known.has(schema)) return known.get(schema);
	const names = new Set<string>();
	let isLost = false;
	walkSchema(schema as Schema, "", (inner) => {
		isLost ||= lostKeywords(inner, dialect).length > 0;
		if (typeof inner.$ref === "string") names.add(referencedName(inner.$ref));
	});
	const found = isLost ? undefined : names;
	known.set(schema, found);
	return found;
}

const exactNames = new WeakMap<
	Dialect,
	WeakMap<object, ReadonlySet<string> | undefined>
>();

function annotations(
	schema: SchemaObject,
	dialect: Dialect,
): Record<string, unknown> {
	const {
		title,
		description,
		format,
		default: value,
		examples,
		deprecated,
	} = schema;
	return {
		...(title === undefined ? {} : { title }),
		...(description === undefined ? {} : { description }),
		...(format === undefined ? {} : { format }),
		...(value === undefined ? {} : { default: value }),
		...(isMarked(schema) ? { [personalKey]: schema[personalKey] } : {}),
		...(dialect.name === "openapi-3.0" &&
		Array.isArray(examples) &&
		examples.length > 0
			? { example: examples[0] }
			: {}),
		...(dialect.name === "openapi-3.0" && deprecated === true
			? { deprecated }
			: {}),
	};
}

function typeKeywords(
	{ type }: SchemaObject,
	dialect: Dialect,
): Record<string, unknown> {
	if (type === undefined) return {};
	if (dialect.name === "draft-04") return { type };
	const names = (Array.isArray(type) ? type : [type]) as string[];
	const nullable = names.includes("null") ? { nullable: true } : {};
	const others = names.filter((name) => name !== "null");
	if (others.length === 0) return { nullable: true, enum: [null] };
	return others.length === 1
		? { type: others[0], ...nullable }
		: {
				anyOf: others.map((name) => ({
					type: name,
					...nullable,
					...(name === "array" ? { items: {} } : {}),
				})),
			};
}

function bound(
	schema: SchemaObject,
	inclusive: "minimum" | "maximum",
	exclusive: "exclusiveMinimum" | "exclusiveMaximum",
	stricter: (a: number, b: number) => number,
): Record<string, unknown> {
	const limit = schema[inclusive] as number | undefined;
	const beyond = schema[exclusive] as number | undefined;
	if (beyond === undefined)
		return limit === undefined ? {} : { [inclusive]: limit };
	const isExclusive = limit === undefined || stricter(beyond, limit) === beyond;
	return isExclusive
		? { [inclusive]: beyond, [exclusive]: true }
		: { [inclusive]: limit };
}

function otherProperties(
	schema: SchemaObject,
	dialect: Dialect,
	inner: (value: unknown) => SchemaObject,
	map: (value: unknown) => SchemaObject,
): Record<string, unknown> {
	const { additionalProperties: rest, patternProperties } = schema;
	const hasPatterns = isObject(patternProperties);
	if (hasPatterns && dialect.name === "openapi-3.0") return {};
	return {
		...(hasPatterns ? { patternProperties: map(patternProperties) } : {}),
		...(rest === undefined
			? {}
			: {
					additionalProperties: typeof rest === "boolean" ? rest : inner(rest),
				}),
	};
}

function itemKeywords(
	schema: SchemaObject,
	dialect: Dialect,
	inner: (value: unknown) => SchemaObject,
	list: (value: unknown) => SchemaObject[],
): Record<string, unknown> {
	const { items, prefixItems } = schema;
	const isArray =
		schema.type === "array" ||
		(Array.isArray(schema.type) && schema.type.includes("array"));
	if (dialect.name === "openapi-3.0")
		return prefixItems !== undefined
			? { items: {} }
			: items !== undefined
				? { items: inner(items) }
				: isArray
					? { items: {} }
					: {};
	if (prefixItems === undefined)
		return items === undefined
			? {}
			: items === false
				? { maxItems: 0 }
				: { items: inner(items) };
	return {
		items: list(prefixItems),
		...(items === undefined
			? {}
			: { additionalItems: typeof items === "boolean" ? items : inner(items) }),
	};
}

/** The names that a schema declares under a condition: readers of a registry entry see them, without what holds of them. */
function declaredUnder({
	then,
	else: otherwise,
	dependentSchemas,
}: SchemaObject): readonly string[] {
	const conditional = [
		then,
		otherwise,
		...Object.values(dependentSchemas ?? {}),
	];
	return conditional.flatMap((schema) =>
		isObject(schema) && isObject(schema.properties)
			? Object.keys(schema.properties)
			: [],
	);
}

/** The older dialects take no equal values in an enum, and no empty one. */
function distinctValues(values: readonly unknown[]): Record<string, unknown> {
	const distinct = new Map(values.map((value) => [canonical(value), value]));
	return distinct.size > 0
		? { enum: [...distinct.values()] }
		: { enum: undefined, allOf: [{ not: {} }] };
}

/** Equal for equal JSON values, whatever the order of their keys. */
const canonical = (value: unknown): string =>
	JSON.stringify(value, (_, inner) =>
		isObject(inner) ? Object.fromEntries(Object.entries(inner).sort()) : inner,
	);

function dependencies(
	{ dependentRequired, dependentSchemas }: SchemaObject,
	map: (value: unknown) => SchemaObject,
): Record<string, unknown> {
	const required = Object.entries(
		(dependentRequired ?? {}) as Record<string, string[]>,
	).filter(([, names]) => names.length > 0);
	const schemas = Object.entries(map(dependentSchemas ?? {}));
	// A property can have both kinds of dependency; draft-04 has one entry per property.
	const merged = new Map<string, unknown>(required);
	for (const [name, schema] of schemas) {
		const names = merged.get(name);
		merged.set(name, names ? { allOf: [schema, { required: names }] } : schema);
	}
	return merged.size > 0 ? { dependencies: Object.fromEntries(merged) } : {};
}
