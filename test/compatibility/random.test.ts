// Random pairs of schemas, held against Ajv on random values. PAIRS sets how many; by default few, so that the test is quick.
import { expect, test } from "vitest";
import { compare } from "../../generator/compatibility/compare.ts";
import { compiledValidators } from "../../generator/emit/validator/trial.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import { random } from "../generator/random.ts";
import {
	ajvAccepts,
	isCounterexample,
	partsLeftOut,
} from "./counterexample.ts";

const pairs = Number(process.env.PAIRS ?? 700);
const seed = Number(process.env.SEED ?? 1);

const below = random(seed * 7919);
const chance = (percent: number) => below(100) < percent;
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

const scalars = [
	null,
	true,
	false,
	0,
	1,
	2,
	3,
	-1,
	1.5,
	"",
	"a",
	"ab",
	"b",
	"x1",
];
const names = ["a", "b", "c", "x1"];
const patterns = ["^a", "b$", "^x\\d$", "^.$", "^(?!a)", "^[a-c]{1,2}$"];
type SchemaObject = Record<string, unknown>;
type Schema = boolean | SchemaObject;

type Writer = (depth: number) => SchemaObject;
const flat: readonly Writer[] = [
	() => ({
		type: pick(["string", "number", "integer", "object", "array", "null"]),
	}),
	() => ({ type: [pick(["string", "integer"]), pick(["array", "null"])] }),
	() => ({ enum: [...new Set([pick(scalars), pick(scalars), pick(scalars)])] }),
	() => ({ const: chance(80) ? pick(scalars) : { a: pick(scalars) } }),
	() => ({ minimum: below(4) - 1 }),
	() => ({ maximum: below(4) }),
	() => ({ exclusiveMinimum: below(3) - 1 }),
	() => ({ multipleOf: pick([1, 2, 3, 0.5, 1.5]) }),
	() => ({ minLength: below(3) }),
	() => ({ maxLength: below(3) }),
	() => ({ pattern: pick(patterns) }),
	() => ({ type: "object", required: [pick(names)] }),
	() => ({
		[pick(["minProperties", "maxProperties", "minItems", "maxItems"])]:
			below(3),
	}),
	() => ({ uniqueItems: true }),
	() => ({ dependentRequired: { [pick(names)]: [pick(names)] } }),
];
const nested: readonly Writer[] = [
	(depth) => ({
		type: "object",
		properties: { [pick(names)]: schema(depth), [pick(names)]: schema(depth) },
	}),
	(depth) => ({
		properties: { [pick(names)]: schema(depth) },
		additionalProperties: chance(50) ? false : schema(depth),
	}),
	(depth) => ({ patternProperties: { [pick(patterns)]: schema(depth) } }),
	() => ({ propertyNames: schema(0) }),
	(depth) => ({ items: schema(depth) }),
	(depth) => ({ prefixItems: [schema(depth)], items: schema(depth) }),
	(depth) => ({
		contains: schema(depth),
		...(chance(40) ? { minContains: below(3) } : {}),
		...(chance(40) ? { maxContains: below(3) } : {}),
	}),
	(depth) => ({ anyOf: [schema(depth), schema(depth)] }),
	(depth) => ({ oneOf: [schema(depth), schema(depth)] }),
	(depth) => ({ allOf: [schema(depth), schema(depth)] }),
	(depth) => ({ not: schema(depth) }),
	(depth) =>
		Object.fromEntries([
			["if", schema(depth)],
			...(chance(70) ? [["then", schema(depth)]] : []),
			...(chance(60) ? [["else", schema(depth)]] : []),
		]),
	(depth) => ({ dependentSchemas: { [pick(names)]: schema(depth) } }),
	(depth) => ({
		unevaluatedProperties: chance(60) ? false : schema(depth),
	}),
	(depth) => ({ unevaluatedItems: chance(60) ? false : schema(depth) }),
	() => ({ properties: { [pick(names)]: { $ref: "#" } } }),
];

function schema(depth: number): Schema {
	if (chance(6)) return chance(60);
	const made: SchemaObject = {};
	for (let i = 0; i <= below(3); i++)
		Object.assign(
			made,
			pick(depth > 0 && chance(60) ? nested : flat)(depth - 1),
		);
	return made;
}

/** The schema with one thing changed somewhere. */
function mutated(whole: Schema, depth: number): Schema {
	if (typeof whole !== "object" || chance(15)) return schema(depth);
	const keyword = pick(Object.keys(whole));
	const value = whole[keyword];
	const { [keyword]: _, ...rest } = whole;
	if (chance(25)) return rest;
	if (["anyOf", "oneOf", "allOf", "prefixItems"].includes(keyword)) {
		const list = value as readonly Schema[];
		const i = below(list.length);
		return {
			...rest,
			[keyword]: list.with(i, mutated(list[i] as Schema, depth - 1)),
		};
	}
	if (typeof value === "object" && value !== null && !Array.isArray(value)) {
		if (!/properties|patternProperties|dependentSchemas/.test(keyword))
			return /items|additional|not|if|then|else|contains|uneval/.test(keyword)
				? { ...rest, [keyword]: mutated(value as Schema, depth - 1) }
				: { ...whole, ...(schema(0) as SchemaObject) };
		const name = pick(Object.keys(value));
		return {
			...rest,
			[keyword]: {
				...value,
				[name]: mutated(
					(value as Record<string, Schema>)[name] as Schema,
					depth - 1,
				),
			},
		};
	}
	return { ...whole, ...(schema(0) as SchemaObject) };
}

function anyValue(depth: number): unknown {
	const kind = below(10);
	if (depth <= 0 || kind < 4) return pick(scalars);
	if (kind < 6)
		return Array.from({ length: below(4) }, () => anyValue(depth - 1));
	return Object.fromEntries(
		Array.from({ length: below(4) }, () => [
			pick([...names, "z", "bb"]),
			anyValue(depth - 1),
		]),
	);
}

const values = Array.from({ length: 3_000 }, () => anyValue(3));

const reads = (...schemas: readonly Schema[]): boolean => {
	try {
		for (const one of schemas) ajvAccepts(one, {});
		return true;
	} catch {
		return false;
	}
};

/** What Ajv says; undefined where it fails itself, as with some `unevaluated…` keywords beside references. */
function asked(
	...question: Parameters<typeof isCounterexample>
): boolean | undefined {
	try {
		return isCounterexample(...question);
	} catch {
		return undefined;
	}
}

/** What generated validators say: Ajv is wrong about some `unevaluated…` keywords. */
function ownAccepts(schema: Schema, value: unknown): boolean {
	const text = JSON.stringify(
		typeof schema === "object" ? schema : schema ? {} : { not: {} },
	);
	const { schemas } = analyse([{ file: "a.json", text }]).model;
	const root = [...schemas.values()].find(({ pointer }) => pointer === "");
	if (!root) throw new Error(`codegen refuses ${text}`);
	const validate = compiledValidators([root], schemas).get(root.name);
	return validate?.(value, null) ?? false;
}

test(`${pairs} random pairs`, { timeout: 3_600_000 }, () => {
	const counts = { yes: 0, no: 0, unknown: 0 };
	const bad: unknown[] = [];
	let done = 0;
	while (done < pairs) {
		const old = schema(3);
		const now = chance(75)
			? mutated(chance(40) ? mutated(old, 2) : old, 2)
			: schema(3);
		if (!reads(old, now)) continue;
		done++;
		const exact = compare(old, now, { meaning: "exact" });
		const tolerant = compare(old, now);
		for (const direction of ["backward", "forward"] as const) {
			const [writer, reader] =
				direction === "backward" ? [old, now] : [now, old];
			const { verdict, findings } = exact[direction];
			counts[verdict]++;
			const fault = (what: string, value?: unknown) =>
				bad.push({ what, writer, reader, value });
			if (verdict === "yes") {
				if (tolerant[direction].verdict === "no")
					fault("exactly yes, tolerantly no");
				const start = below(values.length - 200);
				for (const value of values.slice(start, start + 200))
					if (
						asked(writer, reader, value, "exact") &&
						ownAccepts(writer, value) &&
						!ownAccepts(reader, value)
					)
						fault("wrong yes", value);
			}
			for (const meaning of ["exact", "tolerant"] as const) {
				const judged =
					meaning === "exact" ? findings : tolerant[direction].findings;
				for (const { rule, counterexample: value } of judged) {
					if (rule === "undecided") continue;
					if (asked(writer, reader, value, meaning) === false)
						fault(`no counterexample, ${meaning}`, value);
					if (meaning === "exact")
						for (const smaller of partsLeftOut(value))
							if (
								asked(writer, reader, smaller, meaning) &&
								ownAccepts(writer, smaller) &&
								!ownAccepts(reader, smaller)
							)
								fault("not small", value);
				}
			}
		}
	}
	expect(bad.slice(0, 3).map((one) => JSON.stringify(one))).toEqual([]);
	expect(counts.yes).toBeGreaterThan(pairs / 2);
	expect(counts.no).toBeGreaterThan(pairs / 2);
	expect(counts.unknown / (2 * pairs)).toBeLessThan(0.02);
});
