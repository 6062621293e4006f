import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { operators } from "../../pattern/engine/operators.ts";
import { busQuotas, validate } from "../../pattern/engine/validate.ts";
import {
	type patternWarnings,
	warningsOf,
} from "../../pattern/engine/warnings.ts";
import {
	compile,
	compileAll,
	compileMismatches,
	match,
	PatternError,
} from "../../pattern/match.ts";
import type { EventPatternDocument } from "../../runtime/event.ts";
import { random } from "../generator/random.ts";
import { samplesOf } from "./pattern-samples.ts";

describe("agrees with AWS's own engine", () => {
	// Verdicts of Event Ruler 2.0.1, one pair per line.
	const file = path.join(
		import.meta.dirname,
		"../vectors/event-patterns.jsonl.gz",
	);
	const vectors: readonly {
		pattern: EventPatternDocument;
		event: object;
		valid: boolean;
		match: boolean;
	}[] = gunzipSync(readFileSync(file))
		.toString("utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	const valid = vectors.filter((vector) => vector.valid);

	test(`on ${vectors.length} pairs of a pattern and an event`, () => {
		const wrong = vectors.filter(
			(vector) =>
				validate(vector.pattern).ok !== vector.valid ||
				(vector.valid && match(vector.pattern, vector.event) !== vector.match),
		);
		expect(wrong).toEqual([]);
	});

	test("when they are the rules of buses, each as large as a bus may be", () => {
		const wrong: unknown[] = [];
		for (let start = 0; start < valid.length; start += busQuotas.rules) {
			const bus = valid.slice(start, start + busQuotas.rules);
			const decide = compileAll(bus.map(({ pattern }) => pattern));
			wrong.push(
				...bus.filter(
					({ event, match }, i) => decide(event).includes(i) !== match,
				),
			);
		}
		expect(wrong).toEqual([]);
	});

	test("when asked for the mismatches", () => {
		const wrong = valid.filter(
			(vector) =>
				(compileMismatches(vector.pattern)(vector.event).length === 0) !==
				vector.match,
		);
		expect(wrong).toEqual([]);
	});

	test("the pairs cover every documented operator", () => {
		const text = JSON.stringify(vectors.map(({ pattern }) => pattern));
		for (const name of [
			"prefix",
			"suffix",
			"equals-ignore-case",
			"wildcard",
			"anything-but",
			"numeric",
			"cidr",
			"exists",
			"$or",
		])
			expect(text).toContain(`"${name}":`);
	});
});

/** For each operator: valid operands with values that they accept and reject, and invalid operands. */
const rows: Readonly<
	Record<
		keyof typeof operators,
		{
			readonly decides: readonly (readonly [
				operand: unknown,
				accepts: readonly unknown[],
				refuses: readonly unknown[],
			])[];
			readonly invalid: readonly unknown[];
		}
	>
> = {
	prefix: {
		decides: [
			["ab", ["ab", "abc"], ["a", "Ab", 1, null]],
			["", ["", "a"], [1, null, true]],
			[{ "equals-ignore-case": "aB" }, ["ABc", "ab"], ["a", "ba"]],
		],
		invalid: [1, null, ["a"], {}, { suffix: "a" }, { "equals-ignore-case": 1 }],
	},
	suffix: {
		decides: [
			["bc", ["bc", "abc"], ["c", "bC", 1]],
			[{ "equals-ignore-case": "bC" }, ["aBc"], ["cb"]],
		],
		invalid: [1, [], {}, { prefix: "a" }],
	},
	"equals-ignore-case": {
		decides: [
			["web", ["web", "WEB", "wEb"], ["we", "webs", 1, null]],
			["straße", ["STRASSE", "straße"], ["strase"]],
			["k", ["K"], ["\u212a"]],
			["", [""], ["a"]],
		],
		invalid: [1, ["a"], {}],
	},
	wildcard: {
		decides: [
			["a*c", ["ac", "abc", "a\nc"], ["ab", "xac"]],
			["*", ["", "a"], [1, null]],
			["", [""], ["a"]],
			["a\\*", ["a*"], ["ab"]],
			["*a*a", ["aa", "baca"], ["a", "ab"]],
		],
		invalid: [1, "a**", "a\\b", "\\"],
	},
	exactly: {
		decides: [["10.0.0.1", ["10.0.0.1"], ["10.0.0.01", 1]]],
		invalid: [1, null],
	},
	"anything-but": {
		decides: [
			["a", ["b", 1, null, true], ["a"]],
			[
				[1, 2],
				[3, "1", null],
				[1, 2],
			],
			[{ prefix: ["a", "b"] }, ["c", 1], ["ab", "b"]],
			[{ "equals-ignore-case": "a" }, ["b"], ["A"]],
			[{ wildcard: "a*" }, ["ba"], ["ab"]],
		],
		invalid: [
			null,
			[],
			["a", 1],
			[null],
			Number.NaN,
			[1, Number.POSITIVE_INFINITY],
			{},
			{ prefix: "" },
			{ prefix: [] },
			{ numeric: [">", 1] },
			{ wildcard: "**" },
			{ prefix: "a", suffix: "b" },
		],
	},
	numeric: {
		decides: [
			[[">", 1], [2], [1, "2", null]],
			[["=", 1], [1], [2]],
			[
				[">=", 1, "<", 3],
				[1, 2],
				[3, 0],
			],
			[["<=", -1.5], [-1.5, -2], [-1]],
		],
		invalid: [
			1,
			[],
			[1],
			[">"],
			[">", "1"],
			["!=", 1],
			["<", 1, ">", 2],
			[">", 2, "<", 2],
			[">", 1, "<", 2, "<", 3],
		],
	},
	cidr: {
		decides: [
			["10.0.0.5/8", ["10.1.2.3"], ["11.0.0.0", "a", 10]],
			["2001:db8::/32", ["2001:db8::1"], ["2001:db9::1", "10.0.0.1"]],
		],
		invalid: [1, "10.0.0.0", "10.0.0.0/32", "::/128", "a/1", "10.0.0.0/-1"],
	},
	exists: {
		decides: [
			[true, ["", 0, null, false, [1]], [undefined, [], {}]],
			[false, [undefined, [], {}], ["", null]],
		],
		invalid: ["true", 1, null],
	},
};

describe.each(Object.entries(rows))("%s", (name, { decides, invalid }) => {
	test.each(decides)("%j", (operand, accepts, refuses) => {
		const decide = compile({ a: [{ [name]: operand }] });
		expect(accepts.filter((a) => !decide({ a }))).toEqual([]);
		expect(refuses.filter((a) => decide({ a }))).toEqual([]);
	});

	test("rejects other operands", () => {
		for (const operand of invalid)
			expect(
				validate({ a: [{ [name]: operand }] }),
				JSON.stringify(operand),
			).toMatchObject({
				ok: false,
				issues: [{ path: `/a/0/${name}` }],
			});
	});

	test("has a meaning and a valid example", () => {
		const { example, meaning } = operators[name as keyof typeof operators];
		expect(validate({ a: [{ [name]: example }] })).toEqual({ ok: true });
		expect(meaning).not.toBe("");
	});
});

describe("for any pattern and event", () => {
	test("matching does not throw, and all functions agree", () => {
		for (let seed = 0; seed < 300; seed++) {
			const samples = samplesOf(seed);
			const patterns = Array.from({ length: 20 }, samples.pattern);
			for (const pattern of patterns)
				expect(validate(pattern), JSON.stringify(pattern)).toEqual({
					ok: true,
				});
			const all = compileAll(patterns);
			for (let n = 0; n < 10; n++) {
				const event = samples.event();
				const expected = patterns.flatMap((pattern, i) =>
					compileMismatches(pattern)(event).length === 0 ? i : [],
				);
				expect(all(event), JSON.stringify({ patterns, event })).toEqual(
					expected,
				);
				expect(
					patterns.flatMap((pattern, i) => (match(pattern, event) ? i : [])),
				).toEqual(expected);
			}
		}
	});

	test("key order and fields outside the pattern do not matter", () => {
		const turned = (value: unknown): unknown => {
			if (Array.isArray(value)) return value.map(turned);
			if (typeof value !== "object" || value === null) return value;
			return Object.fromEntries(
				[
					...Object.entries(value).map(([key, inner]) => [key, turned(inner)]),
					["unasked", { for: ["a", 1] }],
				].reverse(),
			);
		};
		let matching = 0;
		for (let seed = 0; seed < 3_000; seed++) {
			const samples = samplesOf(seed);
			const pattern = samples.pattern();
			const event = samples.event();
			const verdict = match(pattern, event);
			expect(
				match(pattern, turned(event)),
				JSON.stringify({ pattern, event }),
			).toBe(verdict);
			if (verdict) matching++;
		}
		expect(matching).toBeGreaterThan(100);
	});

	test("an event with long lists is matched quickly", () => {
		const list = Array.from({ length: 3_000 }, (_, i) => ({ n: i, m: i }));
		const event = { a: list, b: list, c: list.map(({ n }) => n) };
		const pattern = {
			a: { n: [{ exists: true }], m: [{ exists: true }] },
			b: { n: [{ exists: true }], m: [-1] },
			c: [{ exists: true }],
		};
		expect(match(pattern, event)).toBe(false);
		expect(compileMismatches(pattern)(event)).toMatchObject([
			{ field: "b.m", wanted: "-1" },
		]);
	}, 10_000);

	test("one element among tens of thousands is looked up quickly", () => {
		const a = Array.from({ length: 50_000 }, (_, i) => ({ b: 1, c: i % 2 }));
		const pattern = { a: { b: [1], c: [2] } };
		expect(match(pattern, { a })).toBe(false);
		expect(match(pattern, { a: [...a, { b: 1, c: 2 }] })).toBe(true);
		expect(match(pattern, { a: [...a, { b: 2, c: 2 }] })).toBe(false);
		expect(compileMismatches(pattern)({ a: [...a, { b: 2, c: 2 }] })).toEqual([
			{
				field: "a.b with a.c",
				wanted: "a match in the same array element",
				got: "matched only in different elements",
			},
		]);
	});

	test("lists in several fields are not multiplied", () => {
		const list = Array.from({ length: 100 }, () => ({ p: "1", z: "n" }));
		const event = { a: list, b: list, c: list, d: list };
		const all = (fields: object) => ({
			a: fields,
			b: fields,
			c: fields,
			d: fields,
		});
		const first = all({ p: ["1"], z: ["q"] });
		const other = all({ p: ["1"] });
		expect(compileAll([first, other, other])(event)).toEqual([1, 2]);
		expect(compileMismatches({ ...other, z: ["x"] })(event)).toMatchObject([
			{ field: "z" },
		]);
	}, 10_000);

	test("too deep patterns are rejected, too deep values are ignored", () => {
		const deep = (levels: number, open: string, close: string) =>
			JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);
		expect(validate(deep(5_000, '{"a":', "}"))).toMatchObject({ ok: false });
		expect(match({ a: [1] }, { a: deep(5_000, "[", "]") })).toBe(false);
		expect(match({ a: [1] }, { a: deep(900, "[", "]") })).toBe(true);
	});

	test.each([
		{ a: 1n },
		{ a: [1n] },
		{ a: [[{}]] },
		{ a: new Array(3) },
		{ a: [{ numeric: [1n] }] },
	])("a pattern that is not JSON is rejected (%#)", (pattern) => {
		expect(validate(pattern)).toMatchObject({ ok: false });
	});
});

const event = {
	source: "shop.orders",
	"detail-type": "Order-Placed",
	detail: {
		total: 20,
		tags: ["a", "b"],
		lines: [
			{ sku: "x", n: 1 },
			{ sku: "y", n: 2 },
		],
	},
};

describe("mismatches", () => {
	test.each([
		[{ source: ["shop.orders"] }, []],
		[
			{ source: ["shop"] },
			[{ field: "source", wanted: '"shop"', got: '"shop.orders"' }],
		],
		[
			{ detail: { total: [{ numeric: [">", 1000] }] } },
			[{ field: "detail.total", wanted: "> 1000", got: "20" }],
		],
		[
			{ detail: { colour: ["red", { prefix: "bl" }] } },
			[
				{
					field: "detail.colour",
					wanted: '"red" or prefix "bl"',
					got: "no value",
				},
			],
		],
		[
			{ detail: { tags: [{ exists: false }] } },
			[{ field: "detail.tags", wanted: "no value", got: '"a", "b"' }],
		],
		[
			{ detail: { lines: { sku: ["x"], n: [2] } } },
			[
				{
					field: "detail.lines.n with detail.lines.sku",
					wanted: "a match in the same array element",
					got: "matched only in different elements",
				},
			],
		],
		[
			{
				$or: [
					{ source: ["a"], detail: { total: [1] } },
					{ "detail-type": ["b"] },
				],
			},
			[{ field: "detail-type", wanted: '"b"', got: '"Order-Placed"' }],
		],
	])("%j", (pattern, expected) => {
		expect(compileMismatches(pattern)(event)).toEqual(expected);
	});
});

const branches = (count: number) =>
	Array.from({ length: count }, (_, i) => ({ a: [i] }));

describe("a pattern that AWS rejects", () => {
	const refused: readonly (readonly [object, string, string])[] = [
		[{}, "", "is an empty object: add a field or leave it out"],
		[
			{ source: "shop" },
			"/source",
			'must be a list of values or an object, got "shop"',
		],
		[
			{ source: [] },
			"/source",
			"is an empty list, which matches nothing: list at least one value or leave the field out",
		],
		[{ source: [["a"]] }, "/source/0", "must be a string, a number"],
		[
			{ source: [{ regex: "a" }] },
			"/source/0/regex",
			"is not an operator; the operators are prefix",
		],
		[
			{ source: [{ prefix: "a", suffix: "b" }] },
			"/source/0",
			"exactly one key",
		],
		[
			{ detail: { n: ["a", { numeric: [">", 5, "<", 5] }] } },
			"/detail/n/1/numeric",
			"lower bound less than its upper bound, got 5 and 5",
		],
		[
			{ source: [{ wildcard: "a**" }] },
			"/source/0/wildcard",
			"consecutive wildcard characters at position 2",
		],
		[
			{ source: [{ cidr: "10.0.0.0/32" }] },
			"/source/0/cidr",
			"mask length less than 32, got 32",
		],
		[{ $or: [{ source: ["a"] }] }, "/$or", "at least two alternatives"],
		[
			{ $or: [{ a: ["a"] }, "b"] },
			"/$or/1",
			"must be an object, like every alternative of $or",
		],
		[
			{ $or: [{ a: ["a"] }, { prefix: ["b"] }] },
			"/$or/1/prefix",
			"reserved field name",
		],
		[
			{ "a/b": [{ exists: 1 }] },
			"/a~1b/0/exists",
			"must be either true or false",
		],
		[{ a: ["x".repeat(4_100)] }, "", "at most 4096 characters, got 4110"],
		[
			{ $or: branches(32), b: { $or: branches(32) } },
			"",
			"at most 1000 combinations of $or alternatives, got 1024",
		],
		[
			Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`f${i}`, [1]])),
			"",
			"at most 256 fields, got 257",
		],
		[{ a: [{ wildcard: "*:*:*:*:*:event-bus/*" }] }, "/a", "is too complex"],
		[
			{
				a: ["a", "b", "c", "d"].map((name) => ({
					wildcard: `*:stack/${name}/*`,
				})),
			},
			"/a",
			"is too complex",
		],
	];

	test.each(
		refused.map(([pattern, at, message]) => ({ pattern, at, message })),
	)("$message", ({ pattern, at, message }) => {
		const checked = validate(pattern);
		expect(checked).toMatchObject({ ok: false, issues: [{ path: at }] });
		expect(JSON.stringify(checked)).toContain(
			JSON.stringify(message).slice(1, -1),
		);
		expect(() => compile({ ...pattern })).toThrow(PatternError);
	});

	test.each([null, undefined, "a", 1, []])(
		"%j, which is not an object",
		(pattern) => {
			expect(validate(pattern)).toMatchObject({
				ok: false,
				issues: [{ path: "", message: "must be an object" }],
			});
		},
	);

	test.each([
		"/Users/*/dir/dir/dir/dir/dir/doc.txt",
		"*:stack/NAME/*",
		"*a*b*c*",
	])("but not the wildcard %s", (wildcard) => {
		expect(validate({ a: [{ wildcard }] })).toEqual({ ok: true });
	});

	test("a wildcard of thousands of characters is checked, however many states it has", () => {
		const below = random(1);
		const letters = (count: number) =>
			Array.from({ length: count }, () =>
				String.fromCharCode(97 + below(26)),
			).join("");
		const wildcard = Array.from({ length: 5 }, () => `*${letters(700)}`);
		expect(validate({ a: [{ wildcard: wildcard.join("") }] })).toEqual({
			ok: true,
		});
	});
});

describe("a warning for", () => {
	/** For each code: patterns with the warning, and similar ones without it. */
	const surprises: Readonly<
		Record<
			keyof typeof patternWarnings,
			readonly [EventPatternDocument[], EventPatternDocument[]]
		>
	> = {
		"or-overlap": [
			[
				{ $or: [{ a: ["x"] }, { a: ["x", "y"] }] },
				{
					$or: [
						{ a: ["x"], b: [1] },
						{ a: ["x"], b: [1, 2] },
					],
				},
			],
			[
				{ $or: [{ a: ["x"] }, { a: ["y"] }] },
				{ $or: [{ a: ["x", "y"] }, { a: ["x"] }] },
				{ $or: [{ a: ["x"] }, { b: ["x"] }] },
			],
		],
		"or-overrides": [
			[{ a: ["x"], $or: [{ a: ["y"] }, { b: ["z"] }] }],
			[{ a: ["x"], $or: [{ b: ["y"] }, { b: ["z"] }] }],
		],
		"wildcard-and-ignore-case": [
			[
				{ a: [{ wildcard: "*p" }, { prefix: { "equals-ignore-case": "o" } }] },
				{
					a: [
						{ wildcard: "a*" },
						{ "anything-but": { "equals-ignore-case": ["b"] } },
					],
				},
			],
			[{ a: [{ wildcard: "*p" }], b: [{ "equals-ignore-case": "o" }] }],
		],
		"ignore-case-letters": [
			[
				{ a: [{ "equals-ignore-case": "straße" }] },
				{ a: [{ prefix: { "equals-ignore-case": "😀" } }] },
			],
			[{ a: [{ "equals-ignore-case": "Étage" }] }],
		],
		"quotation-mark": [
			[{ a: [{ prefix: 'b"' }] }, { a: [{ suffix: '"b' }] }],
			[{ a: [{ prefix: '"b' }] }],
		],
		"every-address": [
			[{ a: [{ cidr: "0.0.0.0/0" }] }],
			[{ a: [{ cidr: "10.0.0.0/8" }] }],
		],
		"operator-as-field": [
			[{ a: { prefix: ["x"] } }],
			[{ a: { prefixes: ["x"] } }],
		],
		"accepts-everything": [
			[{ a: [{ "anything-but": "x" }, { "anything-but": "y" }] }],
			[{ a: [{ "anything-but": ["x", "y"] }] }],
		],
		"number-range": [
			[{ a: [6e9] }, { a: [{ numeric: [">", 1.2345678901234567] }] }],
			[{ a: [5e9, 0.1] }],
		],
		"star-in-text": [
			[{ source: ["aws.*"] }, { detail: { file: ["*.png"] } }],
			[{ source: [{ wildcard: "aws.*" }] }],
		],
		"operator-in-text": [
			[
				{ resources: ['{ "wildcard": "arn:*" }'] },
				{ detail: { a: ['{"exists":true}'] } },
			],
			[{ detail: { a: ['{"a":1}', "{prefix", "prefix"] } }],
		],
		"no-such-field": [
			[
				{ detailType: ["T"] },
				{ Source: ["s"] },
				{ details: { a: ["x"] } },
				{ detail_type: ["T"] },
			],
			[{ "detail-type": ["T"], source: ["s"], resources: ["r"], other: ["x"] }],
		],
		"empty-name": [
			[{ a: { "": ["x"] } }, { "": { "": { a: ["x"] } } }],
			[{ a: ["x"] }],
		],
		"raised-quota": [[{ a: ["x".repeat(2_100)] }], [{ a: ["x"] }]],
	};

	test.each(Object.entries(surprises))("%s", (code, [surprising, plain]) => {
		for (const pattern of surprising)
			expect(warningsOf(pattern).map((warning) => warning.code)).toContain(
				code,
			);
		for (const pattern of plain)
			expect(warningsOf(pattern).map((warning) => warning.code)).not.toContain(
				code,
			);
	});
});
