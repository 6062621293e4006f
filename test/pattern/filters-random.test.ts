// Checks findings about random filters against details that Ajv accepts.
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { judgeFilter } from "../../pattern/judge/judge.ts";
import { match } from "../../pattern/match.ts";
import type { EventPatternDocument } from "../../runtime/event.ts";
import { random } from "../generator/random.ts";

type Made = Record<string, unknown>;

const texts = [
	"a",
	"ab",
	"b",
	"",
	"web",
	"WEB",
	"10.0.0.1",
	"2026-11-24",
	"2026-11-24T09:00:00Z",
	"ä",
	"abcdef",
];
const numbers = [0, 1, -1, 2, 5, 10, 2.5, 12, 24, 0.5];
const names = ["a", "b", "c"];

function samplesOf(seed: number) {
	const below = random(seed);
	const one = <Item>(items: readonly Item[]) =>
		items[below(items.length)] as Item;
	const scalar = (): Made =>
		one<() => Made>([
			() => ({ type: "string", minLength: below(3), maxLength: 1 + below(4) }),
			() => ({ type: "string", format: one(["date", "date-time", "ipv4"]) }),
			() => ({ type: "string", pattern: one(["^[a-z]+$", "^a", "b$"]) }),
			() => ({ type: "integer", minimum: below(3), maximum: 3 + below(10) }),
			() => ({
				type: "number",
				exclusiveMinimum: below(3) - 1,
				maximum: 2 + below(9),
			}),
			() => ({ type: "integer", multipleOf: one([2, 3, 5, 12]) }),
			() => ({ type: "boolean" }),
			() => ({ type: ["string", "null"] }),
			() => ({ type: ["integer", "string"], maximum: 5 }),
			() => ({
				enum: [one(texts), one(numbers), null, true].slice(0, 1 + below(4)),
			}),
			() => ({ const: one<unknown>([...texts, ...numbers]) }),
			() => ({}),
		])();
	const object = (depth: number): Made => {
		const properties: Made = {};
		for (const name of names) if (below(3)) properties[name] = schema(depth);
		return {
			type: "object",
			properties,
			required: Object.keys(properties).filter(() => below(2)),
			...(below(2)
				? { additionalProperties: below(3) ? false : scalar() }
				: {}),
			...(below(5)
				? {}
				: {
						anyOf: [
							{ properties: { a: scalar() } },
							{ properties: { b: scalar() } },
						],
					}),
		};
	};
	const schema = (depth: number): Made => {
		const kind = below(depth > 0 ? 10 : 4);
		if (kind < 4) return scalar();
		if (kind < 6) return object(depth - 1);
		if (kind < 8)
			return { type: "array", items: schema(depth - 1), minItems: below(2) };
		return {
			[one(["anyOf", "oneOf"])]: [schema(depth - 1), schema(depth - 1)],
		};
	};
	const value = (of: Made, depth = 0): unknown => {
		if ("const" in of) return of.const;
		if (of.enum) return one(of.enum as unknown[]);
		const union = (of.oneOf ?? (of.type ? undefined : of.anyOf)) as
			| Made[]
			| undefined;
		if (union) return value(one(union), depth + 1);
		const type = one([of.type].flat());
		if (type === "array")
			return Array.from({ length: below(3) }, () =>
				value(of.items as Made, depth + 1),
			);
		if (type === "object")
			return Object.fromEntries(
				names.flatMap((name) => {
					const own = (of.properties as Record<string, Made>)[name];
					if (own === undefined) return below(4) ? [] : [[name, one(texts)]];
					return (of.required as string[]).includes(name) || below(2)
						? [[name, value(own, depth + 1)]]
						: [];
				}),
			);
		if (type === "boolean") return below(2) === 0;
		if (type === "null") return null;
		if (type === "string") return one(texts);
		return type === undefined
			? one<unknown>([...texts, ...numbers, null, true])
			: one([...numbers, 3, 4, 6, 15]);
	};
	const matcher = (): unknown =>
		one<() => unknown>([
			() => one(texts),
			() => one(numbers),
			() => one([null, true, false]),
			() => ({ prefix: one(texts) }),
			() => ({ suffix: { "equals-ignore-case": one(texts) } }),
			() => ({ "equals-ignore-case": one(texts) }),
			() => ({ wildcard: one(["*", "a*", "*b", "a*c", ""]) }),
			() => ({
				"anything-but": one<unknown>([
					"a",
					["a", "web"],
					[0, 1],
					{ prefix: "a" },
				]),
			}),
			() => ({ numeric: [one([">", ">=", "<", "<=", "="]), one(numbers)] }),
			() => ({ numeric: [">", below(3), "<=", 3 + below(3)] }),
			() => ({ cidr: "10.0.0.0/8" }),
			() => ({ exists: below(2) === 0 }),
		])();
	const filter = (depth: number): Made =>
		Object.fromEntries(
			names
				.slice(below(2), 1 + below(3))
				.map((name) => [
					name,
					depth > 0 && below(3) === 0
						? filter(depth - 1)
						: Array.from({ length: 1 + below(3) }, matcher),
				]),
		);
	return { object, value, filter };
}

/** Reduces a filter to the part that a finding is about. */
function partOf(filter: EventPatternDocument, pointer: string): Made {
	const steps = pointer.split("/").slice(1);
	const found = steps.reduce<unknown>(
		(inside, step) => (inside as Made)[step],
		filter,
	);
	const isItem = /^\d+$/.test(steps.at(-1) ?? "");
	const path = isItem ? steps.slice(0, -1) : steps;
	return path.reduceRight<unknown>(
		(inside, step) => ({ [step]: inside }),
		isItem ? [found] : found,
	) as Made;
}

test("no valid detail matches a filter that can never match, and every valid detail matches one that always matches", () => {
	const ajv = new Ajv2020({ strict: false });
	addFormats.default(ajv);
	const held = { error: 0, warning: 0 };
	for (let seed = 0; seed < 250; seed++) {
		const { object, value, filter } = samplesOf(seed);
		const schema = object(2);
		const isValid = ajv.compile(schema);
		const details = Array.from({ length: 40 }, () => value(schema)).filter(
			(detail) => isValid(detail),
		);
		for (let n = 0; n < 15; n++) {
			const wanted = filter(2);
			for (const finding of judgeFilter(wanted, schema)) {
				const part = partOf(wanted, finding.path);
				for (const detail of details) {
					held[finding.severity]++;
					expect(
						match(part, detail),
						JSON.stringify({ schema, part, detail, finding }),
					).toBe(finding.severity === "warning");
				}
			}
		}
	}
	expect(held.error).toBeGreaterThan(10_000);
	expect(held.warning).toBeGreaterThan(1_000);
});
