// Each rule with a change that breaks it, in both directions: the change back breaks its mirror.
import { describe, expect, test } from "vitest";
import { compare } from "../../generator/compatibility/compare.ts";
import {
	type KeywordRule,
	keywordRules,
} from "../../generator/compatibility/rules.ts";

type Change = readonly [old: unknown, now: unknown];

const open = { type: "object" };
const record = (x: unknown, more: object = {}) => ({
	type: "object",
	properties: { x },
	...more,
});
const text = { type: "string" };

/** Changes from an old schema to a new one that accepts less, for each rule; tolerant readers unless marked as exact. */
const changes: Readonly<
	Record<KeywordRule, readonly (Change | readonly ["exact", ...Change])[]>
> = {
	type: [
		[record({ type: ["string", "null"] }), record(text)],
		[record({ type: "number" }), record({ type: "integer" })],
	],
	values: [
		[record({ enum: ["a", "b"] }), record({ enum: ["a"] })],
		[record(text), record({ type: "string", const: "a" })],
		[
			"exact",
			record({ "x-extensible-enum": ["a", "b"] }),
			record({ "x-extensible-enum": ["a"] }),
		],
	],
	range: [
		[record({ type: "integer" }), record({ type: "integer", minimum: 1 })],
		[
			record({ type: "number", maximum: 5 }),
			record({ type: "number", exclusiveMaximum: 5 }),
		],
	],
	multiple: [
		[record({ type: "integer" }), record({ type: "integer", multipleOf: 5 })],
	],
	length: [
		[
			record({ type: "string", maxLength: 64 }),
			record({ type: "string", maxLength: 8 }),
		],
		[record(text), record({ type: "string", minLength: 1 })],
	],
	pattern: [[record(text), record({ type: "string", pattern: "^[a-z]+$" })]],
	format: [[record(text), record({ type: "string", format: "date" })]],
	itemCount: [
		[
			record({ type: "array", items: text }),
			record({ type: "array", items: text, maxItems: 3 }),
		],
	],
	unique: [
		[
			record({ type: "array", items: text }),
			record({ type: "array", items: text, uniqueItems: true }),
		],
	],
	items: [
		[
			record({ type: "array", prefixItems: [text] }),
			record({ type: "array", prefixItems: [text], items: false }),
		],
	],
	contains: [
		[
			record({ type: "array", items: text }),
			record({ type: "array", items: text, contains: { const: "a" } }),
		],
	],
	required: [[record(text), record(text, { required: ["x"] })]],
	forbidden: [[record(text), record(false)]],
	closed: [
		["exact", record(text), record(text, { additionalProperties: false })],
		[
			"exact",
			record(text, { unevaluatedProperties: text }),
			record(text, { unevaluatedProperties: false }),
		],
	],
	propertyCount: [
		[
			{ ...open, additionalProperties: text },
			{ ...open, additionalProperties: text, maxProperties: 2 },
		],
	],
	propertyNames: [
		[
			{ ...open, additionalProperties: text },
			{
				...open,
				additionalProperties: text,
				propertyNames: { pattern: "^[a-z]+$" },
			},
		],
	],
	dependency: [
		[
			record(text, { properties: { x: text, y: text } }),
			record(text, {
				properties: { x: text, y: text },
				dependentRequired: { x: ["y"] },
			}),
		],
	],
	alternatives: [
		[
			record({ anyOf: [text, { type: "array", items: text }, open] }),
			record({ anyOf: [text, { type: "array", items: text }] }),
		],
	],
	exclusion: [[record(text), record({ type: "string", not: { const: "a" } })]],
	condition: [
		[
			record(text, { properties: { x: text, y: text } }),
			{
				...open,
				properties: { x: text, y: text },
				...Object.fromEntries([
					["if", { properties: { x: { const: "a" } }, required: ["x"] }],
					["th".concat("en"), { required: ["y"] }],
				]),
			},
		],
	],
	schema: [],
};

/** A rule without a change of its own: it is the last resort, where no keyword of the reader's root is at fault alone. */
const withoutExample: readonly KeywordRule[] = ["schema"];

describe.each(Object.entries(changes))("%s", (name, list) => {
	const { backward, forward } = keywordRules[name as KeywordRule];

	test.each(list.map((change) => [change]))("%j", (change) => {
		const meaning = change.length === 3 ? "exact" : "tolerant";
		const [old, now] = change.slice(-2);
		const there = compare(old, now, { meaning });
		expect(there.backward.findings.map(({ rule }) => rule)).toEqual([backward]);
		expect(there.backward.findings[0]?.direction).toBe("backward");
		const back = compare(now, old, { meaning });
		expect(back.forward.findings.map(({ rule }) => rule)).toEqual([forward]);
		expect(back.forward.findings[0]?.counterexample).toEqual(
			there.backward.findings[0]?.counterexample,
		);
	});

	test("has a mirror", () => {
		expect(backward).not.toBe(forward);
		expect(list.length > 0).toBe(!withoutExample.includes(name as KeywordRule));
	});
});

test("rule names are distinct", () => {
	const names = Object.values(keywordRules).flatMap((pair) => [
		pair.backward,
		pair.forward,
	]);
	expect(new Set(names).size).toBe(names.length);
});

describe("where a finding is", () => {
	test("pointers into both schemas, as they were written", () => {
		const old = {
			$schema: "http://json-schema.org/draft-07/schema#",
			definitions: { code: { type: "string", maxLength: 64 } },
			properties: { list: { items: [{ $ref: "#/definitions/code" }] } },
		};
		const now = {
			properties: {
				list: { prefixItems: [{ type: "string", maxLength: 8 }] },
			},
		};
		const [finding] = compare(old, now).backward.findings;
		expect(finding).toMatchObject({
			rule: "length-narrowed",
			path: "/list/0",
			oldPointer: "/definitions/code/maxLength",
			newPointer: "/properties/list/prefixItems/0/maxLength",
		});
	});

	test("what is unknown names the keyword and the place", () => {
		const back = { pattern: "^(a|b)\\1$" };
		const { backward } = compare(
			{ properties: { x: { ...back, type: "string" } } },
			{ properties: { x: { type: "string", pattern: "^[ab]{2}$" } } },
		);
		expect(backward).toMatchObject({
			verdict: "unknown",
			findings: [{ rule: "undecided", oldPointer: "/properties/x/pattern" }],
		});
		expect(backward.findings[0]?.message).toContain("back-reference");
	});

	test("every break is found, each with the smallest example", () => {
		const { backward } = compare(
			{
				...open,
				properties: { x: { enum: ["a", "b"] }, y: { maxLength: 9 } },
			},
			{ ...open, properties: { x: { enum: ["a"] }, y: { maxLength: 1 } } },
		);
		expect(
			backward.findings.map(({ rule, path, counterexample }) => [
				rule,
				path,
				counterexample,
			]),
		).toEqual([
			["value-removed", "/x", { x: "b" }],
			["length-narrowed", "/y", { y: "aa" }],
		]);
	});
});

describe("input", () => {
	test("what is no JSON Schema is refused", () => {
		expect(() => compare({ type: "strin" }, {})).toThrow(
			/the old schema is not a JSON Schema: \/type/,
		);
		expect(() => compare({}, null)).toThrow(/the new schema must be/);
		expect(() => compare({}, {}, { meaning: "strict" as "exact" })).toThrow(
			/meaning must be/,
		);
	});

	test("neither schema is changed", () => {
		const old = Object.freeze({ type: "string", unknownWord: true });
		expect(compare(old, old).backward.verdict).toBe("yes");
		expect(old).toEqual({ type: "string", unknownWord: true });
	});

	test("hostile names", () => {
		const named = (name: string, value: object) => ({
			type: "object",
			properties: JSON.parse(
				`{ ${JSON.stringify(name)}: ${JSON.stringify(value)}, "toString": { "$ref": "#" } }`,
			),
		});
		const verdictOf = (name: string) => {
			const [old, now] = [{ type: "string" }, { type: "integer" }].map(
				(value) => named(name, value),
			);
			return compare(old, now).backward;
		};
		for (const name of ["constructor", "hasOwnProperty", "a/b~c", "", "*/"])
			expect(verdictOf(name)).toMatchObject({
				verdict: "no",
				findings: [{ counterexample: { [name]: "" } }],
			});
		// Ajv does not look at a property of this name, so that there is no second opinion.
		expect(verdictOf("__proto__").verdict).toBe("unknown");
	});
});
