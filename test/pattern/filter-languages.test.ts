import { describe, expect, test } from "vitest";
import {
	FilterLanguageError,
	lambdaFilter,
	snsFilter,
	validateFilter,
} from "../../pattern/languages.ts";
import { rulePattern } from "../../pattern/rule-pattern.ts";
import { where } from "../../pattern/where.ts";
import { Everything } from "../types/filters/everything.ts";

const narrowed = where(Everything, {
	channel: ["web", { prefix: "app-" }],
	total: [{ numeric: [">", 1000] }],
});

test("one typed filter works in three languages", () => {
	expect(rulePattern(narrowed)).toEqual({
		source: ["shop.everything"],
		"detail-type": ["Everything"],
		detail: narrowed.filter,
	});
	expect(snsFilter(narrowed)).toEqual({
		filterPolicyScope: "MessageBody",
		filterPolicy: { detail: narrowed.filter },
	});
	expect(JSON.parse(lambdaFilter(narrowed).pattern)).toEqual({
		body: { detail: narrowed.filter },
	});
});

test("a subscription without a filter is rejected", () => {
	expect(() => snsFilter(Everything)).toThrow("has no filter");
	expect(() => lambdaFilter(Everything)).toThrow("has no filter");
});

/** Matchers, each with whether SNS and Lambda accept it. */
const rows: readonly (readonly [unknown, boolean, boolean])[] = [
	["a", true, true],
	[null, true, true],
	[{ prefix: "a" }, true, true],
	[{ prefix: { "equals-ignore-case": "a" } }, false, false],
	[{ suffix: "a" }, true, true],
	[{ suffix: { "equals-ignore-case": "a" } }, false, false],
	[{ "equals-ignore-case": "a" }, true, true],
	[{ wildcard: "a*" }, false, false],
	[{ exactly: "a" }, false, false],
	[{ "anything-but": "a" }, true, true],
	[{ "anything-but": [1, 2] }, true, true],
	[{ "anything-but": { prefix: "a" } }, true, false],
	[{ "anything-but": { prefix: ["a", "b"] } }, false, false],
	[{ "anything-but": { suffix: "a" } }, false, false],
	[{ "anything-but": { wildcard: "a*" } }, false, false],
	[{ numeric: [">", 1] }, true, true],
	[{ cidr: "10.0.0.0/8" }, true, false],
	[{ exists: true }, true, true],
	[1_000_000_001, false, true],
	[{ numeric: ["<", 0.123456] }, false, true],
];

test.each(rows)("%j", (matcher, sns, lambda) => {
	const filter = { a: [matcher] };
	expect(validateFilter("sns", filter).ok).toBe(sns);
	expect(validateFilter("lambda", filter).ok).toBe(lambda);
});

describe("limits", () => {
	test("of SNS: five keys", () => {
		const filter = { a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] };
		expect(validateFilter("sns", filter)).toMatchObject({
			ok: false,
			issues: [{ message: expect.stringContaining("5 keys, got 6") }],
		});
		expect(validateFilter("lambda", filter)).toEqual({ ok: true });
	});

	test("of SNS: 150 combinations, where deep keys count more", () => {
		const list = (length: number) => Array.from({ length }, (_, i) => i);
		expect(validateFilter("sns", { a: list(15), b: list(10) })).toEqual({
			ok: true,
		});
		expect(validateFilter("sns", { a: list(16), b: list(10) }).ok).toBe(false);
		expect(
			validateFilter("sns", { d: { a: list(15), b: list(10) } }),
		).toMatchObject({
			ok: false,
			issues: [{ message: expect.stringContaining("got 600") }],
		});
	});

	test("of SNS: alternatives are added, not multiplied", () => {
		const list = (length: number) => Array.from({ length }, (_, i) => i);
		const filter = (count: number) => ({
			a: list(3),
			$or: [{ b: list(20) }, { c: list(count) }],
		});
		expect(validateFilter("sns", filter(30))).toEqual({ ok: true });
		expect(validateFilter("sns", filter(31))).toMatchObject({
			ok: false,
			issues: [{ message: expect.stringContaining("got 153") }],
		});
	});

	test("of size differ by language", () => {
		const filter = (count: number) => ({
			a: Array.from({ length: count }, (_, i) => `a text of some length ${i}`),
		});
		expect(validateFilter("sns", filter(150))).toEqual({ ok: true });
		expect(validateFilter("lambda", filter(140))).toEqual({ ok: true });
		expect(validateFilter("lambda", filter(200))).toMatchObject({
			ok: false,
			issues: [{ message: expect.stringContaining("4096 characters") }],
		});
		const large = { a: ["x".repeat(300_000)] };
		expect(validateFilter("sns", large)).toMatchObject({
			ok: false,
			issues: [{ message: expect.stringContaining("262144 bytes") }],
		});
	});

	test("of patterns also apply", () => {
		expect(validateFilter("sns", { a: [] }).ok).toBe(false);
		expect(validateFilter("lambda", "a").ok).toBe(false);
	});
});

test("an unsupported operator is reported with its path", () => {
	const wild = where(Everything, { lines: { sku: ["a", { wildcard: "b*" }] } });
	expect(() => snsFilter(wild)).toThrow(FilterLanguageError);
	expect(() => snsFilter(wild)).toThrow(
		"the filter is not valid for SNS: /detail/lines/sku/1 uses an operator that only EventBridge supports",
	);
	expect(() => lambdaFilter(wild)).toThrow("/body/detail/lines/sku/1");
});
