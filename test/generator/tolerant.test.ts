// biome-ignore-all lint/suspicious/noThenProperty: a JSON Schema keyword
// A reader accepts what may have grown, and decides everything else exactly. `tolerant-reference.ts` says what that means.
import { rmSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Validator } from "../../runtime/validator/rules.ts";
import { check } from "../../runtime/validator/validate.ts";
import { newFolder, validatorsOf } from "./generated-files.ts";
import { random } from "./random.ts";
import {
	changed,
	grown,
	opened,
	sampleOf,
	schemaOf,
} from "./random-schemas.ts";
import { accepts, type Schema } from "./tolerant-reference.ts";

type SchemaObject = Exclude<Schema, boolean>;
let folder: string;
beforeAll(() => {
	folder = newFolder("tolerant");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The verdict of a validator. It is the same whether issues are wanted or not, and what is accepted is kept. */
function verdict(
	validate: Validator,
	v: unknown,
	isTolerant: boolean,
): boolean {
	const before = JSON.stringify(v);
	const all = check(validate, { v }, "all", isTolerant);
	const first = check(validate, { v }, "first", isTolerant);
	const isConsistent =
		first.ok === all.ok &&
		(all.ok || all.issues.length > 0) &&
		JSON.stringify(v) === before;
	if (!isConsistent) throw new Error(`inconsistent on ${before}`);
	return all.ok;
}

const closed = (properties: object, more: object = {}) => ({
	type: "object",
	properties,
	additionalProperties: false,
	...more,
});
const text = { type: "string" };
const number = { type: "number" };
const recursive = (N: object) => ({ $ref: "#/$defs/N", $defs: { N } });

/** Schema, what only a tolerant reader accepts, what nobody accepts. */
const meanings: readonly (readonly [
	string,
	SchemaObject,
	readonly unknown[],
	readonly unknown[],
])[] = [
	[
		"closed by additionalProperties",
		closed({ a: text }),
		[{ b: 1 }, { a: "x", b: { c: [] } }],
		[{ a: 1 }, { a: 1, b: 1 }],
	],
	[
		"closed next to patterns",
		closed({ a: text }, { patternProperties: { "^x": number } }),
		[{ b: 1 }],
		[{ x1: "x" }],
	],
	[
		"closed by unevaluatedProperties, across allOf",
		{
			allOf: [{ properties: { a: text } }, { properties: { b: number } }],
			unevaluatedProperties: false,
		},
		[{ c: 1 }, { a: "x", c: 1 }],
		[{ b: "x" }],
	],
	[
		"nested in items, prefixItems, patterns and other properties",
		{
			properties: {
				list: { type: "array", items: closed({ a: text }) },
				pair: { prefixItems: [closed({ a: text })] },
			},
			patternProperties: { "^x": closed({ a: text }) },
			additionalProperties: closed({ a: text }),
		},
		[
			{ list: [{ a: "x" }, { b: 1 }] },
			{ pair: [{ b: 1 }] },
			{ x: { b: 1 } },
			{ other: { b: 1 } },
		],
		[
			{ list: [{ a: 1 }] },
			{ pair: [{ a: 1 }] },
			{ x: { a: 1 } },
			{ other: { a: 1 } },
		],
	],
	[
		"closed in then, else and dependentSchemas",
		{
			if: { properties: { kind: { const: "a" } }, required: ["kind"] },
			then: closed({ kind: true, a: text }),
			else: { unevaluatedProperties: false, properties: { kind: true } },
			dependentSchemas: { b: closed({ kind: true, b: number }) },
		},
		[
			{ kind: "a", c: 1 },
			{ kind: "b", c: 1 },
			{ kind: "a", b: 1, a: "x" },
		],
		[
			{ kind: "a", a: 1 },
			{ kind: "b", b: "x" },
		],
	],
	[
		"each branch of allOf closed",
		{ allOf: [closed({ a: text }), closed({ b: text })] },
		[{ a: "x" }, { a: "x", b: "x" }],
		[{ a: 1 }],
	],
	[
		"a property that is false, propertyNames and maxProperties still refuse",
		{
			properties: {
				never: closed({ a: false }),
				named: closed({}, { propertyNames: { minLength: 2 } }),
				few: closed({ a: text }, { maxProperties: 1 }),
			},
		},
		[{ named: { bb: 1 } }, { few: { b: 1 } }],
		[{ never: { a: 1 } }, { named: { b: 1 } }, { few: { a: "x", b: 1 } }],
	],
	[
		"not, if and contains are decided exactly",
		{
			properties: {
				not: { type: "object", not: closed({ a: text }) },
				if: {
					if: closed({ a: text }),
					then: { required: ["a"] },
					else: closed({ b: text }),
				},
				contains: { contains: closed({ a: text }, { required: ["a"] }) },
			},
		},
		[{ if: { c: 1 } }],
		[
			{ not: { a: "x" } },
			{ if: {} },
			{ contains: [{ a: "x", b: 1 }] },
			{ if: { b: 1 } },
		],
	],
	[
		"anyOf: the first branch that accepts tolerantly",
		{
			anyOf: [
				closed({ a: text, b: text }, { required: ["a", "b"] }),
				closed({ a: number }, { required: ["a"] }),
			],
		},
		[
			{ a: "x", b: "x", c: 1 },
			{ a: 1, c: 1 },
		],
		[{ a: "x", c: 1 }, { c: 1 }],
	],
	[
		"oneOf: one exact branch is enough, although others accept tolerantly",
		{
			oneOf: [
				closed({ a: text }),
				closed({ a: text, b: text }, { required: ["b"] }),
			],
		},
		[{ c: 1 }, { a: "x", c: 1 }, { b: "x", c: 1 }],
		[{ a: 1 }],
	],
	[
		"oneOf: several exact branches are one too many",
		{ oneOf: [closed({ a: text }), closed({ a: text, b: number })] },
		[{ a: "x", b: "x" }],
		[{}, { a: "x" }, { a: 1 }],
	],
	[
		"a union inside a branch that is taken tolerantly",
		{
			anyOf: [
				closed(
					{ of: { oneOf: [closed({ a: text }), closed({ b: text })] } },
					{ required: ["of"] },
				),
			],
		},
		[
			{ of: { a: "x" }, c: 1 },
			{ of: { a: "x", c: 1 }, c: 1 },
			{ of: { a: "x", b: "x" } },
		],
		[{ of: {} }, { of: {}, c: 1 }, { of: { a: 1, b: 1 } }],
	],
	[
		"what the taken branch evaluates is not unevaluated",
		{
			anyOf: [{ type: "object", properties: { a: closed({ b: text }) } }],
			unevaluatedProperties: number,
		},
		[{ a: { c: 1 } }, { a: { c: 1 }, d: 1 }],
		[{ a: { c: 1 }, d: "x" }, { a: { b: 1 } }],
	],
	[
		"what a closed object tolerates is not evaluated",
		{
			allOf: [closed({ a: text })],
			unevaluatedProperties: number,
		},
		[{ b: 1 }],
		[{ b: "x" }],
	],
	[
		"a discriminated union",
		{
			oneOf: ["a", "b"].map((kind) =>
				closed({ kind: { const: kind }, [kind]: text }, { required: ["kind"] }),
			),
		},
		[
			{ kind: "a", b: 1 },
			{ kind: "b", c: 1 },
		],
		[{ kind: "a", a: 1 }, { kind: "c" }, { c: 1 }],
	],
	[
		"a recursive union",
		recursive({
			anyOf: [
				closed({ a: text, of: { $ref: "#/$defs/N" } }, { required: ["a"] }),
				closed({ b: text, of: { $ref: "#/$defs/N" } }, { required: ["b"] }),
			],
		}),
		[
			{ a: "x", c: 1 },
			{ a: "x", of: { b: "x", c: 1 } },
			{ b: "x", a: 1 },
			{ b: "x", of: { b: "x", a: 1 }, c: 1 },
		],
		[{ a: 1 }, { a: "x", of: { c: 1 } }],
	],
	[
		"x-extensible-enum",
		{
			properties: {
				channel: { type: "string", "x-extensible-enum": ["web", "app"] },
				bare: { "x-extensible-enum": ["web"] },
				many: { "x-extensible-enum": [..."abcdefghijkl"] },
				bounded: { "x-extensible-enum": ["a"], type: "string", maxLength: 2 },
				nullable: { "x-extensible-enum": ["a"], type: ["string", "null"] },
				either: { anyOf: [{ "x-extensible-enum": ["a"] }, number] },
				not: { not: { "x-extensible-enum": ["a"] } },
			},
		},
		[
			{ channel: "tv" },
			{ bare: "tv" },
			{ many: "z" },
			{ bounded: "b" },
			{ nullable: "b" },
			{ either: "b" },
		],
		[
			{ channel: 1 },
			{ bare: 1 },
			{ many: null },
			{ bounded: "abc" },
			{ nullable: 1 },
			{ either: null },
			{ not: "a" },
		],
	],
];

describe("tolerant reading", () => {
	test.each(meanings)("%s", async (_, schema, tolerated, refused) => {
		const [validate] = (await validatorsOf(folder, [schema])) as [Validator];
		for (const value of tolerated) {
			const of = JSON.stringify(value);
			expect([of, verdict(validate, value, false)]).toEqual([of, false]);
			expect([of, verdict(validate, value, true)]).toEqual([of, true]);
		}
		for (const value of refused) {
			const of = JSON.stringify(value);
			expect([of, verdict(validate, value, false)]).toEqual([of, false]);
			expect([of, verdict(validate, value, true)]).toEqual([of, false]);
		}
	});

	test("a property of the closest branch is not also reported as unevaluated", async () => {
		const [validate] = (await validatorsOf(folder, [
			{
				anyOf: [
					{
						type: "object",
						properties: { a: text, b: text },
						required: ["a"],
					},
					{ type: "null" },
				],
				unevaluatedProperties: false,
			},
		])) as [Validator];
		const result = check(validate, { v: { a: 1, b: "x" } });
		expect(result.ok ? [] : result.issues.map(({ path }) => path)).toEqual([
			"/v/a",
		]);
	});

	test("what several branches of oneOf accept exactly is reported, not what they accept tolerantly", async () => {
		const [validate] = (await validatorsOf(folder, [
			{
				oneOf: [
					closed({ a: text }),
					closed({ a: text, b: number }),
					closed({ c: text }),
				],
			},
		])) as [Validator];
		const result = check(validate, { v: { a: "x" } }, "all", true);
		expect(result.ok ? "" : result.issues[0]?.message).toContain(
			"matches number 1 and number 2",
		);
		expect(result.ok ? "" : result.issues[0]?.message).not.toContain(
			"number 3",
		);
	});

	test("issues are those that a reader has, not those of an exact one", async () => {
		const [validate] = (await validatorsOf(folder, [
			closed({
				a: text,
				of: { anyOf: [closed({ b: text }, { required: ["b"] }), number] },
			}),
		])) as [Validator];
		const result = check(
			validate,
			{ v: { a: 1, more: 1, of: { b: 1, more: 1 } } },
			"all",
			true,
		);
		expect(
			result.ok ? [] : result.issues.map(({ path: at, rule }) => [at, rule]),
		).toEqual([
			["/v/a", "type"],
			["/v/of/b", "type"],
		]);
	});
});

/** Ajv does not see what a schema in dependentSchemas evaluates, nor an empty array where contains meets prefixItems, nor a list that may grow. */
const isWrongInAjv = (schema: string) =>
	schema.includes('"unevaluated') ||
	schema.includes('"x-extensible-enum"') ||
	(schema.includes('"contains"') && schema.includes('"prefixItems"'));

const ajv = new Ajv2020({ strict: false, validateSchema: false });
const compiled = (schema: unknown) => ajv.compile(schema as object);

/** What is wrong about the verdicts on a value, by an independent validator and the reference. */
function faults(
	schema: SchemaObject,
	value: unknown,
	{ exact, tolerant }: { exact: boolean; tolerant: boolean },
	byAjv: { exact?: boolean; opened?: boolean },
): readonly string[] {
	return Object.entries({
		"the reference, exactly": exact === accepts(schema, value, false),
		"the reference, tolerantly": tolerant === accepts(schema, value, true),
		"Ajv, exactly": exact === (byAjv.exact ?? exact),
		"Ajv, on the opened schema": tolerant === (byAjv.opened ?? tolerant),
		"exact is accepted tolerantly": !exact || tolerant,
	})
		.filter(([, isRight]) => !isRight)
		.map(([what]) => `${what}: ${JSON.stringify({ schema, value })}`);
}

describe.each([
	["with unions, conditions and counts", false],
	["without", true],
] as const)("1,000 random schemas %s", (_, isPlain) => {
	const counts = { exact: 0, grown: 0, refused: 0 };
	afterAll(() => {
		for (const count of Object.values(counts))
			expect(count).toBeGreaterThan(1_000);
	});
	test.each(Array.from({ length: 10 }, (_, i) => i))(
		"batch %i",
		async (seed) => {
			const below = random(seed + (isPlain ? 1_000 : 1));
			const schemas = Array.from({ length: 100 }, () =>
				schemaOf(below, isPlain),
			);
			const validators = await validatorsOf(folder, schemas);
			const wrong = schemas.flatMap((schema, i) => {
				const validate = validators[i] as Validator;
				const isAsked = !isWrongInAjv(JSON.stringify(schema));
				const exactly = isAsked ? compiled(schema) : undefined;
				const openly =
					isPlain && isAsked ? compiled(opened(schema)) : undefined;
				return Array.from({ length: 4 }, () => {
					const value = sampleOf(schema, schema, below);
					const other = changed(value, below);
					return [value, grown(value, below), other, grown(other, below)];
				})
					.flat()
					.flatMap((value) => {
						const exact = verdict(validate, value, false);
						const tolerant = verdict(validate, value, true);
						counts[exact ? "exact" : tolerant ? "grown" : "refused"]++;
						return faults(
							schema,
							value,
							{ exact, tolerant },
							{
								...(exactly ? { exact: exactly(value) } : {}),
								...(openly ? { opened: openly(value) } : {}),
							},
						);
					});
			});
			expect(wrong.slice(0, 3)).toEqual([]);
		},
	);
});
