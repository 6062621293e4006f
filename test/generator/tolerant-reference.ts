// What tolerant reading means, written down keyword by keyword and as slowly as it likes.
import { isDeepStrictEqual } from "node:util";

export type Schema = boolean | { readonly [keyword: string]: unknown };

interface Outcome {
	readonly fits: boolean;
	/** Names of properties and indexes of items that were evaluated. */
	readonly evaluated: ReadonlySet<string>;
}

const refused: Outcome = { fits: false, evaluated: new Set() };
const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a reader of a 2020-12 schema accepts a value. References are `#/$defs/Name`. */
export function accepts(
	root: Schema,
	value: unknown,
	isTolerant: boolean,
): boolean {
	return outcome(root, value, isTolerant, root).fits;
}

function outcome(
	schema: Schema,
	value: unknown,
	isTolerant: boolean,
	root: Schema,
): Outcome {
	if (schema === true) return { fits: true, evaluated: new Set() };
	if (schema === false) return refused;
	const evaluated = new Set<string>();
	const inPlace = (inner: unknown, tolerant = isTolerant) =>
		outcome(inner as Schema, value, tolerant, root);
	const below = (inner: unknown, nested: unknown, tolerant = isTolerant) =>
		outcome(inner as Schema, nested, tolerant, root).fits;
	const take = ({ fits, evaluated: more }: Outcome): boolean => {
		if (fits) for (const name of more) evaluated.add(name);
		return fits;
	};
	const known = schema["x-extensible-enum"] as readonly unknown[] | undefined;
	const all: boolean[] = [
		scalarsFit(schema, value),
		isTolerant || typeof value !== "string" || (known?.includes(value) ?? true),
	];
	const list = (keyword: string) =>
		(schema[keyword] ?? []) as readonly unknown[];
	if (typeof schema.$ref === "string") {
		const name = schema.$ref.replace("#/$defs/", "");
		const { $defs } = root as { $defs: Record<string, Schema> };
		all.push(take(inPlace($defs[name])));
	}
	for (const inner of list("allOf")) all.push(take(inPlace(inner)));
	for (const keyword of ["anyOf", "oneOf"]) {
		if (!(keyword in schema)) continue;
		const exact = list(keyword)
			.map((inner) => inPlace(inner, false))
			.filter(({ fits }) => fits);
		for (const found of exact) take(found);
		if (exact.length > 0) all.push(keyword === "anyOf" || exact.length === 1);
		else {
			const first = isTolerant
				? list(keyword)
						.map((inner) => inPlace(inner))
						.find(({ fits }) => fits)
				: undefined;
			all.push(take(first ?? refused));
		}
	}
	if ("not" in schema) all.push(!inPlace(schema.not, false).fits);
	if ("if" in schema) {
		const branch = take(inPlace(schema.if, false)) ? "then" : "else";
		if (branch in schema) all.push(take(inPlace(schema[branch])));
	}
	if (Array.isArray(value)) {
		const prefix = list("prefixItems");
		value.forEach((item, i) => {
			if (i < prefix.length) all.push(below(prefix[i], item));
			else if ("items" in schema) all.push(below(schema.items, item));
			else return;
			evaluated.add(String(i));
		});
		if ("contains" in schema)
			all.push(value.some((item) => below(schema.contains, item, false)));
	}
	if (isObject(value)) {
		const own = (keyword: string) =>
			Object.entries((schema[keyword] ?? {}) as Record<string, Schema>);
		for (const [name, nested] of Object.entries(value)) {
			const named = own("properties").filter(([known]) => known === name);
			const matching = own("patternProperties").filter(([pattern]) =>
				new RegExp(pattern, "u").test(name),
			);
			const rest = schema.additionalProperties;
			for (const [, inner] of [...named, ...matching])
				all.push(below(inner, nested));
			const isNamed = named.length + matching.length > 0;
			if (isNamed || (rest !== undefined && rest !== false))
				evaluated.add(name);
			if (!isNamed && rest !== undefined && !(rest === false && isTolerant))
				all.push(below(rest, nested));
			if ("propertyNames" in schema)
				all.push(below(schema.propertyNames, name));
		}
		for (const [name, inner] of own("dependentSchemas"))
			if (Object.hasOwn(value, name)) all.push(take(inPlace(inner)));
		const rest = schema.unevaluatedProperties;
		if (rest !== undefined)
			for (const [name, nested] of Object.entries(value)) {
				if (evaluated.has(name) || (rest === false && isTolerant)) continue;
				all.push(below(rest, nested));
				evaluated.add(name);
			}
	}
	return { fits: all.every(Boolean), evaluated };
}

/** Keywords about the value itself, and counts. */
function scalarsFit(schema: Exclude<Schema, boolean>, value: unknown): boolean {
	const size = isObject(value) ? Object.keys(value).length : undefined;
	const length = Array.isArray(value) ? value.length : undefined;
	const number = (keyword: string, otherwise: number) =>
		Number(schema[keyword] ?? otherwise);
	const isOf = (type: unknown) =>
		type === "null"
			? value === null
			: type === "array"
				? Array.isArray(value)
				: type === "object"
					? isObject(value)
					: type === "integer"
						? Number.isInteger(value)
						: typeof value === type;
	return (
		(!("type" in schema) || [schema.type].flat().some(isOf)) &&
		(!("const" in schema) || isDeepStrictEqual(schema.const, value)) &&
		(!("enum" in schema) ||
			(schema.enum as unknown[]).some((one) =>
				isDeepStrictEqual(one, value),
			)) &&
		(typeof value !== "number" || value >= number("minimum", value)) &&
		(typeof value !== "string" || value.length >= number("minLength", 0)) &&
		(!isObject(value) ||
			((schema.required ?? []) as string[]).every((name) =>
				Object.hasOwn(value, name),
			)) &&
		(size === undefined ||
			(size >= number("minProperties", 0) &&
				size <= number("maxProperties", size))) &&
		(length === undefined || length >= number("minItems", 0)) &&
		(schema.uniqueItems !== true ||
			!Array.isArray(value) ||
			new Set(value.map((item) => JSON.stringify(item))).size === value.length)
	);
}
