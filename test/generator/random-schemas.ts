// biome-ignore-all lint/suspicious/noThenProperty: a JSON Schema keyword
// Random schemas, values that they might accept, and changes to these values.
import { resolvePointer } from "../../runtime/json-pointer.ts";
import type { Schema } from "./tolerant-reference.ts";

type SchemaObject = Exclude<Schema, boolean>;

const names = ["a", "b", "c", "x1"];

/** A random schema. `isPlain` leaves out unions, conditions and counts of properties. */
export function schemaOf(
	below: (limit: number) => number,
	isPlain: boolean,
): SchemaObject {
	const one = <Item>(items: readonly Item[]) =>
		items[below(items.length)] as Item;
	const scalar = () =>
		one<() => SchemaObject>([
			() => ({ type: "string" }),
			() => ({ type: "integer", minimum: below(3) }),
			() => ({ enum: ["p", "q", 1] }),
			() => ({ const: one(["p", 1]) }),
			...(isPlain
				? []
				: [() => ({ type: "string", "x-extensible-enum": ["p"] })]),
			() => ({ type: ["string", "null"] }),
			() => ({ minLength: 1 }),
		])();
	/** `canRefer`: a reference here is not to the same value as an enclosing one. */
	const schema = (depth: number, canRefer: boolean): Schema => {
		if (canRefer && below(6) === 0)
			return { $ref: one(["#/$defs/M", "#/$defs/N"]) };
		if (depth === 0) return below(12) === 0 ? below(2) === 0 : scalar();
		const kind = below(10);
		if (kind < 2) return scalar();
		if (kind === 2)
			return {
				type: "array",
				...(below(3) > 0 ? { items: schema(depth - 1, true) } : {}),
				...(below(4) === 0 ? { prefixItems: [schema(depth - 1, true)] } : {}),
				...(isPlain || below(3) > 0
					? {}
					: { contains: schema(depth - 1, true) }),
				...(isPlain || below(4) > 0 ? {} : { uniqueItems: true }),
			};
		return object(depth, canRefer);
	};
	const object = (depth: number, canRefer: boolean): SchemaObject => {
		const chosen = names.filter(() => below(2) === 0);
		const inPlace = () => schema(depth - 1, canRefer);
		const branches = () => Array.from({ length: 2 + below(2) }, inPlace);
		const isChance = (times: number) => below(times) === 0;
		return {
			...(isChance(4) ? {} : { type: "object" }),
			properties: Object.fromEntries(
				chosen.map((name) => [name, schema(depth - 1, true)]),
			),
			...(isChance(3) ? { required: [one(names)] } : {}),
			...(isChance(6)
				? { patternProperties: { "^x": schema(depth - 1, true) } }
				: {}),
			...(isChance(2)
				? {
						additionalProperties:
							below(4) > 0 ? false : schema(depth - 1, true),
					}
				: isChance(4)
					? {
							unevaluatedProperties:
								below(4) > 0 ? false : schema(depth - 1, true),
						}
					: {}),
			...(isChance(6) ? { allOf: [inPlace(), inPlace()] } : {}),
			...(isChance(8) ? { dependentSchemas: { [one(names)]: inPlace() } } : {}),
			...(isPlain || !isChance(3)
				? {}
				: { [one(["anyOf", "oneOf"])]: branches() }),
			...(isPlain || !isChance(8) ? {} : { not: inPlace() }),
			...(isPlain || !isChance(8)
				? {}
				: { if: inPlace(), then: inPlace(), else: inPlace() }),
			...(isPlain || !isChance(9) ? {} : { maxProperties: 1 + below(3) }),
			...(isPlain || !isChance(9) ? {} : { propertyNames: { enum: names } }),
		};
	};
	return {
		...object(2, true),
		$defs: { M: object(1, false), N: object(2, false) },
	};
}

/** A value that the schema might accept. */
export function sampleOf(
	schema: unknown,
	root: SchemaObject,
	below: (limit: number) => number,
	depth = 0,
): unknown {
	if (typeof schema === "boolean" || depth > 5) return "p";
	const own = schema as Readonly<Record<string, unknown>>;
	const inner = (of: unknown) => sampleOf(of, root, below, depth + 1);
	if ("const" in own) return own.const;
	if (Array.isArray(own.enum)) return own.enum[below(own.enum.length)];
	const inPlace = [
		...(typeof own.$ref === "string"
			? [resolvePointer(root, own.$ref.slice(1))]
			: []),
		...((own.allOf ?? []) as unknown[]),
		...(["anyOf", "oneOf"] as const).flatMap((keyword) => {
			const branches = own[keyword] as unknown[] | undefined;
			return branches ? [branches[below(branches.length)]] : [];
		}),
	].map(inner);
	const [type = "properties" in own ? "object" : undefined] = [own.type].flat();
	if (type === "string") return ["p", "q", ""][below(3)];
	if (type === "integer") return below(4);
	if (type === "array")
		return Array.from({ length: below(3) }, () => inner(own.items ?? true));
	const objects = inPlace.filter(
		(value) =>
			typeof value === "object" && value !== null && !Array.isArray(value),
	);
	if (type !== "object" && objects.length === 0)
		return inPlace[0] ?? ["p", 1, null][below(3)];
	const required = (own.required ?? []) as readonly string[];
	return Object.assign(
		{},
		...objects,
		...required.map((name) => ({ [name]: "p" })),
		...Object.entries((own.properties ?? {}) as object)
			.filter(([name]) => required.includes(name) || below(3) > 0)
			.map(([name, of]) => ({ [name]: inner(of) })),
	);
}

/** The value with a property added that no schema names. */
export function grown(
	value: unknown,
	below: (limit: number) => number,
): unknown {
	const copy = structuredClone(value);
	const objects: Record<string, unknown>[] = [];
	const visit = (at: unknown) => {
		if (typeof at !== "object" || at === null) return;
		if (!Array.isArray(at)) objects.push(at as Record<string, unknown>);
		for (const inner of Object.values(at)) visit(inner);
	};
	visit(copy);
	const chosen = objects[below(Math.max(objects.length, 1))];
	if (chosen) chosen.zz = ["p", 1, {}][below(3)];
	return copy;
}

/** The value with one property or item removed or replaced. */
export function changed(
	value: unknown,
	below: (limit: number) => number,
): unknown {
	if (typeof value !== "object" || value === null || below(4) === 0)
		return ["p", "q", 0, 1, null, [], {}, ["p"], { a: "p" }][below(9)];
	const entries = Object.entries(value);
	const at = below(Math.max(entries.length, 1));
	const isRemoved = below(3) === 0;
	const made = entries.flatMap(([name, inner], i) =>
		i !== at
			? [[name, inner]]
			: isRemoved
				? []
				: [[name, changed(inner, below)]],
	);
	return Array.isArray(value)
		? made.map(([, inner]) => inner)
		: Object.fromEntries(made);
}

/** The schema without what merely closes objects. */
export function opened(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(opened);
	if (typeof schema !== "object" || schema === null) return schema;
	return Object.fromEntries(
		Object.entries(schema)
			.filter(
				([keyword, value]) =>
					value !== false ||
					(keyword !== "additionalProperties" &&
						keyword !== "unevaluatedProperties"),
			)
			.map(([keyword, value]) => [
				keyword,
				["enum", "const", "default", "examples"].includes(keyword)
					? value
					: opened(value),
			]),
	);
}
