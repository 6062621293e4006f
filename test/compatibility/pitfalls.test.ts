// Pairs that are easily judged wrongly, each with the verdict.
import { describe, expect, test } from "vitest";
import { compare } from "../../generator/compatibility/compare.ts";
import { isCounterexample } from "./counterexample.ts";

type Case = readonly [
	name: string,
	meaning: "exact" | "tolerant",
	writer: object,
	reader: object | boolean,
	verdict: "yes" | "no" | "unknown",
];

const when = (condition: object, yes: object) =>
	Object.fromEntries([
		["if", condition],
		["th".concat("en"), yes],
	]);
const integer = { type: "integer" };
const either = {
	type: "object",
	anyOf: [{ properties: { a: integer } }, { properties: { b: integer } }],
};
const recursive = (first: string, second: string, keyword: string) => ({
	$ref: "#/$defs/N",
	$defs: {
		N: {
			type: "object",
			properties: { n: { $ref: "#/$defs/N" } },
			[keyword]: {
				[first]: { $ref: "#/$defs/X" },
				[second]: { $ref: "#/$defs/Y" },
			},
		},
		X: { required: ["x"] },
		Y: { required: ["y"] },
	},
});
const marked = { properties: { a: { const: 1 } }, required: ["a"] };
const xOrK = {
	type: "object",
	properties: { x: {}, k: {} },
	additionalProperties: false,
};
const states = Array.from({ length: 12 }, (_, i) => `t${i}`);
/** An event whose state says what it has, in conditions. */
const conditional = (last: readonly string[]) => ({
	type: "object",
	properties: {
		state: { enum: states },
		...Object.fromEntries(states.map((state) => [state, { type: "string" }])),
	},
	required: ["state"],
	allOf: states.map((state, i) =>
		when(
			{ properties: { state: { const: state } } },
			{ required: i === 11 ? last : [state] },
		),
	),
});

const cases: readonly Case[] = [
	[
		"names of another alternative fill an object up",
		"tolerant",
		either,
		{ type: "object", maxProperties: 1 },
		"no",
	],
	[
		"what another alternative evaluates fills an object up",
		"exact",
		{ ...either, minProperties: 2, unevaluatedProperties: false },
		{ type: "object", maxProperties: 1 },
		"no",
	],
	[
		"a second name of a pattern",
		"exact",
		{
			type: "object",
			patternProperties: { "^[ab]$": integer },
			additionalProperties: false,
		},
		{ anyOf: [{ properties: { a: true } }, {}], unevaluatedProperties: false },
		"no",
	],
	[
		"a pattern in an alternative of the writer",
		"exact",
		{
			anyOf: [{}, { patternProperties: { "^(?!a)": {} } }],
			unevaluatedProperties: false,
		},
		{ unevaluatedProperties: false },
		"no",
	],
	[
		"what a condition that does not hold would evaluate",
		"exact",
		xOrK,
		{
			properties: { k: true },
			...when(
				{ properties: { k: { const: 1 } }, required: ["k"] },
				{ properties: { x: true } },
			),
			unevaluatedProperties: false,
		},
		"no",
	],
	[
		"what a property that is not there would evaluate",
		"exact",
		xOrK,
		{
			properties: { k: true },
			dependentSchemas: { k: { properties: { x: true } } },
			unevaluatedProperties: false,
		},
		"no",
	],
	[
		"what a condition evaluates in one of its alternatives only",
		"exact",
		{},
		{
			if: { anyOf: [{}, { contains: { type: "string" } }] },
			unevaluatedItems: { type: "object" },
		},
		"unknown",
	],
	[
		"an item after those that an alternative evaluates",
		"exact",
		{ type: "array" },
		{ anyOf: [{ prefixItems: [true, true] }, {}], unevaluatedItems: false },
		"no",
	],
	[
		"an item after those that a condition evaluates",
		"exact",
		{ type: "array", items: integer },
		{
			type: "array",
			...when({ prefixItems: [integer] }, { prefixItems: [true, true] }),
			unevaluatedItems: { type: "string" },
		},
		"no",
	],
	...[{}, { anyOf: [{}, { properties: { b: true } }] }].map(
		(second): Case => [
			"what an alternative evaluates, where the other way out is not open",
			"exact",
			{
				type: "object",
				allOf: [
					{
						anyOf: [{}, { properties: { a: true } }],
						unevaluatedProperties: integer,
					},
					{ ...second, unevaluatedProperties: { type: "string" } },
				],
				required: ["a"],
			},
			{ type: "array" },
			"no",
		],
	),
	[
		"a listed value without the format, which elsewhere is an annotation",
		"exact",
		{ enum: ["x"], format: "date" },
		integer,
		"unknown",
	],
	[
		"the same item twice, of those that contains does not count",
		"exact",
		{ contains: { type: "string" }, maxContains: 1 },
		{ uniqueItems: true },
		"no",
	],
	...["patternProperties", "dependentSchemas"].map(
		(keyword): Case => [
			`${keyword} of a recursive schema, swapped`,
			"exact",
			recursive("a", "b", keyword),
			recursive("b", "a", keyword),
			"no",
		],
	),
	[
		"a condition that the reader's exclusion makes hold names properties",
		"tolerant",
		{ type: "object", if: marked },
		{ type: "object", not: marked },
		"no",
	],
	[
		"more limited counts than are combined",
		"exact",
		{
			type: "array",
			minItems: 1,
			items: { const: 7 },
			allOf: [1, 2, 3, 4, 5, 6, 7].map((i) => ({
				contains: { enum: [i, 100] },
				minContains: 0,
				maxContains: 5,
			})),
		},
		{ type: "array", maxItems: 0 },
		"unknown",
	],
	[
		"a flag inside of an expression",
		"exact",
		{ type: "string", pattern: "^(?i:abc)$" },
		{ type: "string", pattern: "^abc$" },
		"unknown",
	],
	[
		"a value and its type, exclusively",
		"exact",
		{ oneOf: [{ const: "" }, { type: "string" }] },
		integer,
		"no",
	],
	[
		"not a value, where it is the only way out",
		"exact",
		{ type: ["string", "null"], not: { enum: [""] } },
		{ type: ["string", "null"], minLength: 1 },
		"yes",
	],
	[
		"a name that only the reader's closed schema mentions",
		"exact",
		{
			type: "object",
			patternProperties: { "^(\\.[^/]+|\\*)$": {} },
			additionalProperties: false,
		},
		{
			type: "object",
			properties: { "*": {} },
			additionalProperties: false,
		},
		"no",
	],
	[
		"twelve conditions",
		"tolerant",
		conditional(["t11"]),
		conditional(["t11", "t0"]),
		"no",
	],
	["definitions alone", "tolerant", { type: "string" }, { $defs: {} }, "yes"],
	["nothing", "tolerant", { type: "string" }, false, "no"],
	[
		"an expression that would backtrack for years",
		"exact",
		{ type: "string", pattern: "^(a|aa|aaa){100}$" },
		{ type: "string", pattern: "^(a|b){99,301}$" },
		"yes",
	],
	[
		"a limit that no event reaches",
		"exact",
		{ type: "string" },
		{ type: "string", maxLength: 1e9 },
		"unknown",
	],
	[
		"a value of exponential size",
		"exact",
		Object.assign(
			{ $ref: "#/$defs/d0" },
			{
				$defs: Object.fromEntries(
					Array.from({ length: 41 }, (_, i) => [
						`d${i}`,
						i === 40
							? { type: "string" }
							: {
									type: "object",
									required: ["x", "y"],
									properties: {
										x: { $ref: `#/$defs/d${i + 1}` },
										y: { $ref: `#/$defs/d${i + 1}` },
									},
								},
					]),
				),
			},
		),
		{ type: "array" },
		"unknown",
	],
];

describe.each(cases)("%s", (_, meaning, writer, reader, wanted) => {
	test("one way, and the other", () => {
		const there = compare(writer, reader, { meaning }).backward;
		const back = compare(reader, writer, { meaning }).forward;
		for (const { verdict, findings } of [there, back]) {
			expect(verdict).toBe(wanted);
			if (verdict !== "no") continue;
			expect(findings.length).toBeGreaterThan(0);
			for (const { counterexample } of findings)
				expect(isCounterexample(writer, reader, counterexample, meaning)).toBe(
					true,
				);
		}
	});
});

test("very long lists and many names", () => {
	const values = Array.from({ length: 20_000 }, (_, i) => `v${i}`);
	expect(
		compare({ enum: values }, { enum: values.slice(1) }).backward,
	).toMatchObject({ verdict: "no", findings: [{ counterexample: "v0" }] });
	const required = (count: number) => ({
		type: "object",
		required: values.slice(0, count),
	});
	expect(compare(required(3_000), required(2_999)).backward.verdict).toBe(
		"yes",
	);
});

test("a union below the root: each break where it is", () => {
	const payload = (length: number, minimum: number) => ({
		type: "object",
		properties: {
			payload: {
				oneOf: [
					{
						type: "object",
						properties: {
							kind: { const: "a" },
							x: { type: "string", maxLength: length },
						},
						required: ["kind", "x"],
					},
					{
						type: "object",
						properties: {
							kind: { const: "b" },
							y: { type: "integer", minimum },
						},
						required: ["kind", "y"],
					},
				],
			},
		},
	});
	const { findings } = compare(payload(9, 0), payload(5, 3)).backward;
	expect(findings.map(({ rule, path }) => [rule, path])).toEqual([
		["length-narrowed", "/payload/x"],
		["range-narrowed", "/payload/y"],
	]);
});
