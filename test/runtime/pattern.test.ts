import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compilePattern, validatePattern } from "../../runtime/pattern.ts";
import { operators } from "../../runtime/pattern-operators.ts";

describe("AWS's own engine decides the same", () => {
	// Verdicts of Event Ruler 2.0.1, a line a pair.
	const file = path.join(
		import.meta.dirname,
		"../vectors/event-patterns.jsonl",
	);
	const vectors = readFileSync(file, "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

	test(`on ${vectors.length} pairs of pattern and event`, () => {
		const wrong = vectors.filter(({ pattern, event, valid, match }) => {
			if (validatePattern(pattern).ok !== valid) return true;
			return valid && compilePattern(pattern).matches(event) !== match;
		});
		expect(wrong).toEqual([]);
	});

	test("every operator is among them", () => {
		const text = JSON.stringify(vectors.map(({ pattern }) => pattern));
		for (const name of Object.keys(operators).filter(
			(name) => name !== "exactly",
		))
			expect(text).toContain(`"${name}":`);
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

describe("where a pattern and an event part", () => {
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
					wanted: "all of them in one element of the array",
					got: "each of them in another",
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
		expect(compilePattern(pattern).mismatches(event)).toEqual(expected);
	});
});

describe("a pattern that AWS refuses", () => {
	test.each([
		[{}, "", "empty objects are not allowed"],
		[{ source: "shop" }, "source", 'must be an object or an array, got "shop"'],
		[{ source: [] }, "source", "empty arrays are not allowed"],
		[{ source: [{ regex: "a" }] }, "source", '"regex" is not an operator'],
		[
			{ detail: { n: [{ numeric: [">", 5, "<", 5] }] } },
			"detail.n",
			"bottom must be less than its top, got 5 and 5",
		],
		[
			{ source: [{ wildcard: "a**" }] },
			"source",
			"consecutive wildcard characters at position 2",
		],
		[
			{ source: [{ cidr: "10.0.0.0/32" }] },
			"source",
			"must be less than 32, got 32",
		],
		[{ $or: [{ source: ["a"] }] }, "$or", "$or takes at least two objects"],
	])("%j", (pattern, at, message) => {
		const checked = validatePattern(pattern);
		expect(checked).toMatchObject({ ok: false, issues: [{ path: at }] });
		expect(JSON.stringify(checked)).toContain(
			JSON.stringify(message).slice(1, -1),
		);
		expect(() => compilePattern(pattern)).toThrow(TypeError);
	});
});
