import { readFileSync } from "node:fs";
import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { validate } from "../../pattern/engine/validate.ts";
import { judgeFilter } from "../../pattern/judge/judge.ts";
import { compile } from "../../pattern/match.ts";
import { rulePattern } from "../../pattern/rule-pattern.ts";
import { where } from "../../pattern/where.ts";
import type { EventPatternDocument } from "../../runtime/event.ts";
import { Everything } from "../types/filters/everything.ts";
import { refused } from "../types/filters/refused.ts";
import { right } from "../types/filters/right.ts";

const schema = {
	$defs: {
		Address: {
			type: "object",
			properties: {
				country: { type: "string", pattern: "^[A-Z]{2}$" },
				ip: { type: "string", format: "ipv4" },
			},
			required: ["country"],
			additionalProperties: false,
		},
	},
	type: "object",
	properties: {
		channel: { enum: ["web", "app-ios", "app-android"] },
		total: { type: "integer", minimum: 1, maximum: 100 },
		rate: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
		pair: {
			type: "array",
			prefixItems: [{ const: "p" }],
			items: { type: "integer" },
		},
		dozens: { type: "integer", multipleOf: 12 },
		name: { type: "string", minLength: 2, maxLength: 5 },
		at: { type: "string", format: "date-time" },
		id: { type: "string", format: "uuid" },
		paid: { type: "boolean" },
		kind: { const: "a" },
		note: { type: ["string", "null"] },
		tags: { type: "array", items: { enum: ["x", "y"] }, minItems: 1 },
		lines: {
			type: "array",
			items: {
				type: "object",
				properties: { sku: { type: "string" }, n: { type: "integer" } },
				required: ["sku"],
			},
		},
		address: { $ref: "#/$defs/Address" },
		open: true,
		payment: {
			oneOf: [
				{
					type: "object",
					properties: { kind: { enum: ["card"] }, last4: { type: "string" } },
					required: ["kind", "last4"],
					additionalProperties: false,
				},
				{
					type: "object",
					properties: { kind: { enum: ["bank"] }, iban: { type: "string" } },
					required: ["kind", "iban"],
					additionalProperties: false,
				},
			],
		},
		tree: { $ref: "#" },
	},
	required: ["channel", "total", "paid", "tags", "payment"],
	additionalProperties: false,
};

const impossible: readonly (readonly [EventPatternDocument, string])[] = [
	[{ channel: ["fax"] }, "/channel/0"],
	[{ channel: ["web", "fax"] }, "/channel/1"],
	[{ channel: [{ prefix: "ios" }] }, "/channel/0"],
	[{ channel: [{ suffix: "-web" }] }, "/channel/0"],
	[{ channel: [{ wildcard: "*z*" }] }, "/channel/0"],
	[{ channel: [{ "equals-ignore-case": "FAX" }] }, "/channel/0"],
	[
		{ channel: [{ "anything-but": ["web", "app-ios", "app-android"] }] },
		"/channel/0",
	],
	[{ channel: [{ exists: false }] }, "/channel/0"],
	[{ channel: [1] }, "/channel/0"],
	[{ total: [0] }, "/total/0"],
	[{ total: [1.5] }, "/total/0"],
	[{ total: ["1"] }, "/total/0"],
	[{ total: [{ numeric: ["<", 1] }] }, "/total/0"],
	[{ total: [{ numeric: [">", 100] }] }, "/total/0"],
	[{ total: [{ numeric: [">", 1, "<", 2] }] }, "/total/0"],
	[{ total: [{ prefix: "1" }] }, "/total/0"],
	[{ rate: [0] }, "/rate/0"],
	[{ rate: [{ numeric: [">=", 1] }] }, "/rate/0"],
	[{ pair: ["q"] }, "/pair/0"],
	[{ pair: [1.5] }, "/pair/0"],
	[{ dozens: [{ numeric: [">", 12, "<", 24] }] }, "/dozens/0"],
	[{ dozens: [13] }, "/dozens/0"],
	[{ name: ["a"] }, "/name/0"],
	[{ name: ["abcdef"] }, "/name/0"],
	[{ name: [{ prefix: "abcdef" }] }, "/name/0"],
	[{ name: [{ wildcard: "abc*def" }] }, "/name/0"],
	[{ at: ["yesterday"] }, "/at/0"],
	[{ at: [{ prefix: "24-" }] }, "/at/0"],
	[{ at: [{ cidr: "10.0.0.0/8" }] }, "/at/0"],
	[{ id: [{ prefix: "order-" }] }, "/id/0"],
	[{ paid: ["true"] }, "/paid/0"],
	[{ kind: ["b"] }, "/kind/0"],
	[{ note: [1] }, "/note/0"],
	[{ note: [true] }, "/note/0"],
	[{ tags: ["z"] }, "/tags/0"],
	[{ tags: [{ exists: false }] }, "/tags/0"],
	[{ lines: { sku: [1] } }, "/lines/sku/0"],
	[{ address: { zip: ["1"] } }, "/address/zip/0"],
	[{ address: { zip: [{ exists: true }] } }, "/address/zip/0"],
	[{ address: { country: ["nl"] } }, "/address/country/0"],
	[{ address: { ip: [{ prefix: "fe80" }] } }, "/address/ip/0"],
	[{ colour: ["red"] }, "/colour/0"],
	[{ payment: { kind: ["cash"] } }, "/payment/kind/0"],
	[{ payment: { kind: ["card"], iban: ["NL"] } }, ""],
	[{ payment: { last4: [{ exists: true }], iban: [{ exists: true }] } }, ""],
	[{ payment: { last4: [{ exists: false }], iban: [{ exists: false }] } }, ""],
	[{ tree: { tree: { channel: ["fax"] } } }, "/tree/tree/channel/0"],
	[{ $or: [{ channel: ["fax"] }, { total: [1] }] }, "/$or/0/channel/0"],
];

const useless: readonly (readonly [EventPatternDocument, string])[] = [
	[{ channel: ["web", { prefix: "app-" }] }, "/channel"],
	[{ channel: [{ exists: true }] }, "/channel"],
	[{ channel: [{ "anything-but": "fax" }] }, "/channel"],
	[{ total: [{ numeric: [">", 0] }] }, "/total"],
	[{ total: [{ numeric: [">=", 1, "<=", 100] }] }, "/total"],
	[{ paid: [true, false] }, "/paid"],
	[{ kind: ["a", { exists: false }] }, "/kind"],
	[{ address: { zip: [{ exists: false }] } }, "/address/zip"],
	[{ colour: [{ exists: false }] }, "/colour"],
	[{ payment: { kind: ["card", "bank"] } }, "/payment/kind"],
	[{ tags: ["x", "y"] }, "/tags"],
];

const fine: readonly EventPatternDocument[] = [
	{ channel: ["web"] },
	{ channel: [{ "anything-but": "web" }] },
	{ total: [{ numeric: [">", 1] }] },
	{ total: [{ numeric: [">", 1, "<", 3] }] },
	{ rate: [0.5] },
	{ dozens: [{ numeric: [">", 12, "<=", 24] }] },
	{ name: [{ prefix: "abcde" }] },
	{ name: [{ "equals-ignore-case": "ABC" }] },
	{ at: [{ prefix: "2026-11-" }] },
	{ id: [{ prefix: "00" }] },
	{ kind: ["a"] },
	{ kind: [{ exists: false }] },
	{ note: [null] },
	{ note: [{ prefix: "" }] },
	{ tags: ["x"] },
	{ pair: ["p", 1] },
	{ lines: { sku: ["a"], n: [1] } },
	{ lines: { n: [{ exists: false }] } },
	{ lines: { other: [1] } },
	{ address: { country: ["NL"] } },
	{ address: { country: [{ exists: false }] } },
	{ address: { ip: [{ cidr: "10.0.0.0/8" }] } },
	{ open: ["a", 1, null] },
	{ open: { deep: { deeper: ["a"] } } },
	{ payment: { kind: ["card"], last4: ["1234"] } },
	{ tree: { tree: { channel: ["web"] } } },
];

describe("a filter that can never match", () => {
	test.each(impossible)("%j", (filter, path) => {
		expect(judgeFilter(filter, schema)).toContainEqual(
			expect.objectContaining({ severity: "error", path }),
		);
	});
});

describe("a filter that always matches", () => {
	test.each(useless)("%j", (filter, path) => {
		expect(judgeFilter(filter, schema)).toMatchObject([
			{ severity: "warning", path },
		]);
	});
});

describe("a filter without findings", () => {
	test.each(fine)("%j", (filter) => {
		expect(judgeFilter(filter, schema)).toEqual([]);
	});
});

test("a finding names what the schema allows, with an example", () => {
	expect(judgeFilter({ channel: ["fax"] }, schema)).toEqual([
		{
			severity: "error",
			path: "/channel/0",
			message:
				'"fax" can never match: the schema allows one of "web", "app-ios", "app-android" here',
		},
	]);
	expect(judgeFilter({ total: [{ numeric: [">", 0] }] }, schema)).toEqual([
		{
			severity: "warning",
			path: "/total",
			message:
				"always matches: the schema allows an integer from 1 up to 100 here, such as 1",
		},
	]);
});

describe("schema parts that are not evaluated allow anything", () => {
	const nested = (levels: number): object =>
		levels === 0
			? { const: "a" }
			: { type: "array", items: nested(levels - 1) };

	test.each([
		[
			"a dotted name",
			{ properties: { "a.b": {} }, additionalProperties: false },
			{ a: { b: ["x"] } },
		],
		[
			"a dotted field",
			{ properties: { a: {} }, additionalProperties: false },
			{ "a.b": ["x"] },
		],
		[
			"an anchor",
			{
				$defs: { t: { $anchor: "t", type: "string" } },
				properties: { x: { $ref: "#t" } },
			},
			{ x: ["a"] },
		],
		[
			"a subschema with its own $id",
			{
				$defs: { q: { const: "z" } },
				properties: {
					o: {
						$id: "https://a.example/o",
						$defs: { q: {} },
						$ref: "#/$defs/q",
					},
				},
			},
			{ o: ["a"] },
		],
		[
			"an escaped reference",
			{
				$defs: { "a b": { const: "a" }, "a%20b": { const: "z" } },
				properties: { x: { $ref: "#/$defs/a%20b" } },
			},
			{ x: ["a"] },
		],
		["lists in lists", { properties: { x: nested(6) } }, { x: ["a"] }],
		[
			"numbers too large for integer steps",
			{ properties: { x: { type: "integer" } } },
			{ x: [{ numeric: [">", 1e17] }] },
		],
		[
			"an expression that is invalid with the u flag",
			{ patternProperties: { "^\\-x$": { const: "z" } } },
			{ "-x": ["a"] },
		],
		[
			"additional properties that such an expression may match",
			{ patternProperties: { "^\\-": {} }, additionalProperties: false },
			{ x: ["a"] },
		],
	] as const)("%s", (_, schema, filter) => {
		expect(judgeFilter(filter, { type: "object", ...schema })).toEqual([]);
	});

	test("a list that is replaced by a later one", () => {
		const a = { enum: ["y", "z"] };
		const n = { type: "integer", maximum: 5 };
		const schema = { type: "object", properties: { a, n }, required: ["a"] };
		const replaced = { a: ["x"], $or: [{ a: ["y"] }, { a: ["z"] }] };
		expect(judgeFilter(replaced, schema)).toEqual([]);
		expect(
			judgeFilter({ ...replaced, n: [{ numeric: [">", 9] }] }, schema),
		).toMatchObject([{ severity: "error", path: "/n/0" }]);
	});

	test("every multiple of a fraction", () => {
		const price = { type: "number", multipleOf: 0.01, minimum: 0 };
		const schema = {
			type: "object",
			properties: { price },
			required: ["price"],
		};
		const judged = (...terms: unknown[]) =>
			judgeFilter({ price: [{ numeric: terms }] }, schema);
		for (let cents = 1; cents <= 3_000; cents++) {
			expect(judged("=", cents / 100)).toEqual([]);
			expect(judged(">", (cents - 1) / 100, "<=", cents / 100)).toEqual([]);
			expect(judged(">=", cents / 100, "<", (cents + 1) / 100)).toEqual([]);
			expect(judgeFilter({ price: [1e9 + cents / 100] }, schema)).toEqual([]);
		}
		expect(judged(">", 19.99, "<", 20)).toMatchObject([{ severity: "error" }]);
		expect(judged("=", 19.995)).toMatchObject([{ severity: "error" }]);
	});

	test("deeply nested unions", () => {
		const union = {
			oneOf: Array.from({ length: 10 }, (_, i) => ({
				properties: { kind: { const: `k${i}` }, c: { $ref: "#/$defs/t" } },
			})),
		};
		const filter = { c: { c: { c: { c: { c: { kind: ["k1"] } } } } } };
		expect(judgeFilter(filter, { $defs: { t: union }, ...union })).toEqual([]);
	});
});

test("a schema with recursive unions terminates", () => {
	const unions = {
		allOf: Array.from({ length: 20 }, () => ({
			anyOf: [{ minLength: 1 }, { maxLength: 5 }, { $ref: "#" }],
		})),
	};
	expect(judgeFilter({ a: ["x"] }, unions)).toEqual([]);
});

const endless: Record<string, unknown> = {};
endless.lines = endless;

describe("a typed filter", () => {
	test("with a field __proto__ does not lose it", () => {
		expect(() =>
			where(Everything, { labels: { __proto__: ["a"] } as never }),
		).toThrow(
			'/labels is not a plain object; write a field called __proto__ as ["__proto__"]',
		);
		expect(
			where(Everything, { labels: { ["__proto__"]: ["a"] } as never }).filter,
		).toEqual({ labels: { ["__proto__"]: ["a"] } });
	});

	test("that compiles is a pattern that EventBridge accepts", () => {
		expect(right.length).toBeGreaterThanOrEqual(60);
		for (const subscription of right) {
			const pattern = rulePattern(subscription);
			expect(validate(pattern), JSON.stringify(pattern)).toEqual({ ok: true });
		}
	});

	test("that EventBridge would reject throws, with its file and line", () => {
		const file = new URL("../types/filters/refused.ts", import.meta.url);
		const lines = readFileSync(file, "utf8")
			.split("\n")
			.flatMap((text, i) => (text.includes("where(Everything") ? i + 1 : []));
		expect(refused.length).toBe(lines.length);
		expect(refused.length).toBeGreaterThan(40);
		for (const [i, write] of refused.entries())
			expect(write, String(write)).toThrow(
				`refused.ts:${lines[i]}: the filter`,
			);
	});

	test("is not affected by later changes to a list", () => {
		const list: ["a"] = ["a"];
		const narrowed = where(Everything, { text: list });
		list.push("a");
		expect(narrowed.filter).toEqual({ text: ["a"] });
	});

	test("omits undefined properties, as JSON does", () => {
		expect(
			where(Everything, { text: [{ prefix: "a", suffix: undefined as never }] })
				.filter,
		).toEqual({ text: [{ prefix: "a" }] });
	});

	test("omits empty objects", () => {
		expect(where(Everything, {}).filter).toBeUndefined();
		expect(
			where(Everything, { nested: { deeper: {} }, text: ["a"] }).filter,
		).toEqual({ text: ["a"] });
	});

	test("cannot narrow another filter", () => {
		const narrowed = where(Everything, { text: ["a"] });
		expect(() => where(narrowed, { total: [1] })).toThrow(
			/filters\.test\.ts:\d+: the filter of Everything is the second on this event type/,
		);
	});

	test("records its file and line", () => {
		expect(where(Everything, { text: ["a"] }).filteredAt).toMatch(
			/filters\.test\.ts:\d+$/,
		);
	});

	test.each([
		"/a (copy)/consumer.js",
		"file:///C:/b%20(2)/c.js",
		"D:\\e\\f.js",
	])("records the file %s", (filename) => {
		const call = vm.runInThisContext("(it) => it()", { filename });
		const { filteredAt } = call(where.bind(null, Everything, { text: ["a"] }));
		expect(filteredAt).toBe(`${filename}:1`);
	});

	test.each([
		[{ text: [{ wildcard: "**" }] }, "consecutive"],
		[{ total: [{ numeric: [">", 2, "<", 1] }] }, "a lower bound less than"],
		[{ text: [{ cidr: "10.0.0.300/8" }] }, "is not an IP address"],
		[{ text: [{ "anything-but": { prefix: "" } }] }, "empty prefix"],
		[{ text: [{ wildcard: "*aaaaaaaaaaaa" }] }, "too complex"],
		[{ text: ["a".repeat(4_096)] }, "the filter of Everything is not valid"],
		[{ text: ["a".repeat(4_096)] }, "at most 4096 characters"],
		[{ text: [() => 1] }, "must be a string, a number"],
		[
			{ $or: [null, { text: ["a"] }] },
			"must be an object, like every alternative of $or",
		],
		[5, "must be an object"],
		[null, "must be an object"],
		[endless, "at most 500 levels"],
		[new (class Filter {})(), "is an instance of a class"],
		[{ total: [Number.NaN] }, "must be a string, a number"],
	])(
		"is rejected immediately if it has the wrong type (%#)",
		(filter, message) => {
			expect(() => where(Everything, filter as never)).toThrow(message);
		},
	);

	test("matches events", () => {
		const pattern = rulePattern(
			where(Everything, {
				lines: { sku: ["x"], amount: [{ numeric: [">", 1] }] },
			}),
		);
		const decide = compile(pattern);
		const event = (lines: object[]) => ({
			source: "shop.everything",
			"detail-type": "Everything",
			detail: { lines },
		});
		expect(decide(event([{ sku: "x", amount: 2 }]))).toBe(true);
		expect(
			decide(
				event([
					{ sku: "x", amount: 1 },
					{ sku: "y", amount: 2 },
				]),
			),
		).toBe(false);
	});
});
