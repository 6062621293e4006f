// Changes of the words and not of the meaning: nothing may be found, in either direction and meaning.
import { describe, expect, test } from "vitest";
import { compare } from "../../generator/compatibility/compare.ts";

const text = { type: "string" };
const money = {
	type: "object",
	properties: {
		amount: { type: "integer", minimum: 0 },
		currency: { enum: ["EUR", "USD"] },
	},
	required: ["amount", "currency"],
	additionalProperties: false,
};
const record = (properties: object, more: object = {}) => ({
	type: "object",
	properties,
	...more,
});
const draft07 = { $schema: "http://json-schema.org/draft-07/schema#" };
const draft04 = { $schema: "http://json-schema.org/draft-04/schema#" };
const draft2019 = { $schema: "https://json-schema.org/draft/2019-09/schema" };
/** A condition. */
const when = (condition: object, yes: object, no?: object) =>
	Object.fromEntries([
		["if", condition],
		["th".concat("en"), yes],
		...(no ? [["else", no]] : []),
	]);
const only = (kind: string, more: object = {}) => ({
	type: "object",
	properties: { kind: { const: kind }, ...more },
	required: ["kind"],
});

const pairs: Readonly<Record<string, readonly [old: object, now: object]>> = {
	"inlined to a reference": [
		record({ price: money }),
		record({ price: { $ref: "#/$defs/Money" } }, { $defs: { Money: money } }),
	],
	"one definition used twice": [
		record({ price: money, tax: money }),
		record(
			{ price: { $ref: "#/$defs/m" }, tax: { $ref: "#/$defs/m" } },
			{ $defs: { m: money } },
		),
	],
	"a chain of references": [
		record({ price: money }),
		record(
			{ price: { $ref: "#/$defs/a" } },
			{ $defs: { a: { $ref: "#/$defs/b" }, b: money } },
		),
	],
	"a reference by anchor": [
		record({ price: money }),
		record(
			{ price: { $ref: "#money" } },
			{ $defs: { m: { $anchor: "money", ...money } } },
		),
	],
	"a reference by $id": [
		record({ price: money }),
		record(
			{ price: { $ref: "money.json" } },
			{
				$id: "https://a.example/b.json",
				$defs: { m: { $id: "money.json", ...money } },
			},
		),
	],
	"definitions renamed": [
		record({ a: { $ref: "#/$defs/x" } }, { $defs: { x: money } }),
		record({ a: { $ref: "#/$defs/y" } }, { $defs: { y: money } }),
	],
	"a definition that nobody uses": [
		record({ a: text }),
		record({ a: text }, { $defs: { unused: money } }),
	],
	"a reference to the root, unrolled once": [
		record({ next: { $ref: "#" } }),
		record({ next: record({ next: { $ref: "#" } }) }),
	],
	"a recursive definition renamed": [
		{
			$ref: "#/$defs/tree",
			$defs: {
				tree: record({
					list: { type: "array", items: { $ref: "#/$defs/tree" } },
				}),
			},
		},
		{
			$ref: "#/$defs/node",
			$defs: {
				node: record({
					list: { type: "array", items: { $ref: "#/$defs/node" } },
				}),
			},
		},
	],
	"two mutually recursive for one": [
		{ $ref: "#/$defs/a", $defs: { a: record({ x: { $ref: "#/$defs/a" } }) } },
		{
			$ref: "#/$defs/a",
			$defs: {
				a: record({ x: { $ref: "#/$defs/b" } }),
				b: record({ x: { $ref: "#/$defs/a" } }),
			},
		},
	],
	"properties reordered": [
		record({ a: text, b: money }),
		record({ b: money, a: text }),
	],
	"keywords reordered": [
		{ type: "string", minLength: 1, maxLength: 5 },
		{ maxLength: 5, minLength: 1, type: "string" },
	],
	"required reordered": [
		record({ a: text, b: text }, { required: ["a", "b"] }),
		record({ a: text, b: text }, { required: ["b", "a"] }),
	],
	"values reordered": [{ enum: ["a", "b"] }, { enum: ["b", "a"] }],
	"types reordered": [
		{ type: ["string", "null"] },
		{ type: ["null", "string"] },
	],
	"alternatives reordered": [
		{ anyOf: [text, money] },
		{ anyOf: [money, text] },
	],
	"a description": [
		record({ a: text }),
		record({ a: { ...text, description: "A." } }, { description: "B." }),
	],
	"a title": [record({ a: text }), record({ a: text }, { title: "Thing" })],
	"examples and a default": [
		record({ a: text }),
		record({ a: { ...text, default: "x", examples: ["y"] } }),
	],
	"deprecated, readOnly and a comment": [
		record({ a: text }),
		record({ a: { ...text, deprecated: true, readOnly: true, $comment: "c" } }),
	],
	"an annotation of one's own": [
		record({ a: text }),
		record({ a: { ...text, "x-owner": "team" } }),
	],
	"an $id": [
		record({ a: text }),
		record({ a: text }, { $id: "https://a.example/a.json" }),
	],
	"an enum of one for a const": [{ enum: ["a"] }, { const: "a" }],
	"an enum of one with its type": [
		{ const: "a" },
		{ type: "string", enum: ["a"] },
	],
	"an enum with a value of another type": [
		{ type: "string", enum: ["a", 1] },
		{ enum: ["a"] },
	],
	"an enum for titled consts": [
		{ enum: ["a", "b"] },
		{
			oneOf: [
				{ const: "a", title: "A" },
				{ const: "b", title: "B" },
			],
		},
	],
	"an enum for a union of enums": [
		{ enum: ["a", "b", "c"] },
		{ anyOf: [{ enum: ["a", "b"] }, { enum: ["b", "c"] }] },
	],
	"booleans listed": [{ type: "boolean" }, { enum: [true, false] }],
	"null listed": [{ type: "null" }, { const: null }],
	"a list of types for a union": [
		{ type: ["string", "null"] },
		{ anyOf: [text, { type: "null" }] },
	],
	"a list of types for an exclusive union": [
		{ type: ["string", "null"] },
		{ oneOf: [text, { type: "null" }] },
	],
	"number for integer or number": [
		{ type: "number" },
		{ type: ["integer", "number"] },
	],
	"an integer as a multiple of one": [
		{ type: "integer" },
		{ type: "number", multipleOf: 1 },
	],
	"an exclusive limit of integers": [
		{ type: "integer", minimum: 1 },
		{ type: "integer", exclusiveMinimum: 0 },
	],
	"multiples of two and three": [
		{ type: "integer", multipleOf: 6 },
		{ type: "integer", allOf: [{ multipleOf: 2 }, { multipleOf: 3 }] },
	],
	"a range split into two": [
		{ type: "integer", minimum: 1, maximum: 9 },
		{ allOf: [{ type: "integer", minimum: 1 }, { maximum: 9 }] },
	],
	"a looser limit beside it": [
		{ type: "string", maxLength: 5 },
		{ type: "string", maxLength: 5, allOf: [{ maxLength: 8 }] },
	],
	"a limit of zero": [text, { type: "string", minLength: 0 }],
	"a length for a pattern": [
		{ type: "string", minLength: 2, maxLength: 4 },
		{ type: "string", pattern: "^[^]{2,4}$" },
	],
	"a pattern in other words": [
		{ type: "string", pattern: "^[0-9]+$" },
		{ type: "string", pattern: "^\\d\\d*$" },
	],
	"a pattern with a group": [
		{ type: "string", pattern: "^(a|b)+$" },
		{ type: "string", pattern: "^[ab]{1,}$" },
	],
	"a pattern with a look-ahead for two": [
		{ type: "string", pattern: "^(?=.*x)[a-z]+$" },
		{ type: "string", allOf: [{ pattern: "^[a-z]+$" }, { pattern: "x" }] },
	],
	"additionalProperties true written out": [
		record({ a: text }),
		record({ a: text }, { additionalProperties: true }),
	],
	"an empty schema for true": [record({ a: {} }), record({ a: true })],
	"a property that is required, listed": [
		record({ a: {} }, { required: ["a"] }),
		{ type: "object", required: ["a"] },
	],
	"allOf split": [
		record({ a: text, b: money }, { required: ["a"] }),
		{ allOf: [record({ a: text }, { required: ["a"] }), record({ b: money })] },
	],
	"allOf split, closed by unevaluatedProperties": [
		record({ a: text, b: text }, { additionalProperties: false }),
		{
			allOf: [record({ a: text }), record({ b: text })],
			unevaluatedProperties: false,
		},
	],
	"allOf of one": [record({ a: text }), { allOf: [record({ a: text })] }],
	"allOf nested": [
		{ allOf: [{ allOf: [record({ a: text })] }, record({ b: text })] },
		{ allOf: [record({ a: text }), record({ b: text })] },
	],
	"closed by unevaluatedProperties": [
		record({ a: text }, { additionalProperties: false }),
		record({ a: text }, { unevaluatedProperties: false }),
	],
	"a union of one": [record({ a: text }), { oneOf: [record({ a: text })] }],
	"oneOf for anyOf of what excludes each other": [
		{ oneOf: [only("a", { x: text }), only("b", { y: text })] },
		{ anyOf: [only("a", { x: text }), only("b", { y: text })] },
	],
	"what alternatives share, outside": [
		{ anyOf: [only("a"), only("b")] },
		record({ kind: { enum: ["a", "b"] } }, { required: ["kind"] }),
	],
	"a condition for a union": [
		record(
			{ kind: { enum: ["a", "b"] }, x: text },
			{
				required: ["kind"],
				...when({ properties: { kind: { const: "a" } } }, { required: ["x"] }),
			},
		),
		record(
			{ kind: { enum: ["a", "b"] }, x: text },
			{
				required: ["kind"],
				anyOf: [
					{ properties: { kind: { const: "b" } } },
					{ properties: { kind: { const: "a" } }, required: ["x"] },
				],
			},
		),
	],
	"a double negation": [text, { not: { not: text } }],
	"not of a type": [
		{ type: ["null", "boolean", "number", "array", "object"] },
		{ not: text },
	],
	"dependentRequired for a condition": [
		record({ a: text, b: text }, { dependentRequired: { a: ["b"] } }),
		record(
			{ a: text, b: text },
			when({ required: ["a"] }, { required: ["b"] }),
		),
	],
	"dependentRequired for dependentSchemas": [
		record({ a: text, b: text }, { dependentRequired: { a: ["b"] } }),
		record(
			{ a: text, b: text },
			{ dependentSchemas: { a: { required: ["b"] } } },
		),
	],
	"a tuple restated from draft-07": [
		{ ...draft07, type: "array", items: [text, money], additionalItems: false },
		{ type: "array", prefixItems: [text, money], items: false },
	],
	"dependencies restated from draft-07": [
		{ ...draft07, ...record({ a: text, b: text }), dependencies: { a: ["b"] } },
		record({ a: text, b: text }, { dependentRequired: { a: ["b"] } }),
	],
	"definitions restated from draft-07": [
		{
			...draft07,
			...record({ a: { $ref: "#/definitions/m" } }),
			definitions: { m: money },
		},
		record({ a: { $ref: "#/$defs/m" } }, { $defs: { m: money } }),
	],
	"a reference's neighbours, which draft-07 ignores": [
		{
			...draft07,
			...record({ a: { $ref: "#/definitions/m", minProperties: 9 } }),
			definitions: { m: money },
		},
		record({ a: money }),
	],
	"exclusive limits restated from draft-04": [
		{ ...draft04, type: "number", minimum: 0, exclusiveMinimum: true },
		{ type: "number", exclusiveMinimum: 0 },
	],
	"recursion restated from 2019-09": [
		{ ...draft2019, ...record({ next: { $recursiveRef: "#" } }) },
		record({ next: { $ref: "#" } }),
	],
	"contains of one, written out": [
		{ type: "array", items: text, contains: { const: "a" } },
		{ type: "array", items: text, contains: { const: "a" }, minContains: 1 },
	],
	"a tuple whose rest is like its last": [
		{ type: "array", items: text },
		{ type: "array", prefixItems: [text, text], items: text },
	],
	"an array that is never empty": [
		{ type: "array", items: text, minItems: 1 },
		{ type: "array", items: text, contains: true },
	],
	"a pattern property for a property": [
		record({ a: text }),
		{ type: "object", patternProperties: { "^a$": text } },
	],
	"a list of names for closed properties": [
		record({ a: text, b: text }, { propertyNames: { enum: ["a", "b"] } }),
		record({ a: text, b: text }, { propertyNames: { pattern: "^[ab]$" } }),
	],
	"a dialect without $schema": [
		record({ a: text }),
		{
			$schema: "https://json-schema.org/draft/2020-12/schema",
			...record({ a: text }),
		},
	],
};

test("there are enough of them", () => {
	expect(Object.keys(pairs).length).toBeGreaterThanOrEqual(60);
});

describe.each(Object.entries(pairs))("%s", (_, [old, now]) => {
	test.each(["tolerant", "exact"] as const)("%s", (meaning) => {
		const { backward, forward } = compare(old, now, { meaning });
		expect([...backward.findings, ...forward.findings]).toEqual([]);
		expect([backward.verdict, forward.verdict]).toEqual(["yes", "yes"]);
	});
});
