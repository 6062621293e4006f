// One run reports the faults of all files, and nothing that is not one.
import { expect, test } from "vitest";
import { realisticSources } from "../../bench/realistic.ts";
import { generate } from "../../generator/codegen/generate.ts";
import { lint } from "../../generator/lint/lint.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Source } from "../../generator/schema/parse.ts";
import { random } from "./random.ts";

type Mutable = Record<string, unknown>;

const dialects = [
	"http://json-schema.org/draft-04/schema#",
	"http://json-schema.org/draft-06/schema#",
	"http://json-schema.org/draft-07/schema#",
	"https://json-schema.org/draft/2019-09/schema",
	"https://json-schema.org/draft/2020-12/schema",
];

const with_ = (more: Mutable) => (schema: Mutable) => ({ ...schema, ...more });
const property = (value: unknown) => (schema: Mutable) => ({
	...schema,
	properties: { ...(schema.properties as object), fault: value },
});
const without = (key: string) => (schema: Mutable) =>
	Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));

/** Each is made in its own file; `other` is a sound event type of the same folder. */
const faults: Readonly<
	Record<string, [code: string, (schema: Mutable, other: Mutable) => unknown]>
> = {
	truncated: ["syntax-error", (s) => JSON.stringify(s).slice(0, -9)],
	"a key twice": [
		"duplicate-key",
		(s) => JSON.stringify(s).replace("{", '{"title":"Twice",'),
	],
	minumum: ["keyword-unknown", property({ type: "number", minumum: 1 })],
	propertys: ["keyword-unknown", with_({ propertys: { a: {} } })],
	"an annotation of ours": [
		"keyword-unknown",
		with_({ "x-amazon-events-sorce": "a" }),
	],
	nullable: [
		"keyword-unsupported",
		property({ type: "string", nullable: true }),
	],
	"a keyword of a later draft": [
		"keyword-unsupported",
		(s) => property({ prefixItems: [{}] })({ ...s, $schema: dialects[2] }),
	],
	"const in draft-04": [
		"keyword-unsupported",
		(s) => property({ const: 1 })({ ...s, $schema: dialects[0] }),
	],
	strnig: ["not-a-schema", property({ type: "strnig" })],
	"required that is text": ["not-a-schema", with_({ required: "a" })],
	"a definition that is text": ["not-a-schema", with_({ $defs: { a: "b" } })],
	"no such file": ["ref-not-found", property({ $ref: "no-such-file.json" })],
	"no such definition": ["ref-not-found", property({ $ref: "#/$defs/Nope" })],
	"a remote schema": [
		"ref-remote",
		property({ $ref: "https://schemas.example/a.json" }),
	],
	"a file outside": ["ref-outside", property({ $ref: "../../../a.json" })],
	"a loop": [
		"ref-loop",
		with_({ $defs: { Loop: { allOf: [{ $ref: "#/$defs/Loop" }] } } }),
	],
	"the same event": [
		"event-duplicate",
		(s, other) => ({
			...s,
			"x-amazon-events-source": other["x-amazon-events-source"],
			"x-amazon-events-detail-type": other["x-amazon-events-detail-type"],
		}),
	],
	"no detail-type": [
		"event-incomplete",
		without("x-amazon-events-detail-type"),
	],
	"a source of AWS": [
		"source-invalid",
		with_({ "x-amazon-events-source": "aws.shop" }),
	],
	"a long detail-type": [
		"detail-type-invalid",
		with_({ "x-amazon-events-detail-type": "x".repeat(129) }),
	],
	"an array": ["detail-not-object", with_({ type: "array" })],
	"a broken pattern": ["pattern-invalid", property({ pattern: "(" })],
	"a slow pattern": ["pattern-slow", property({ pattern: "^(a+)+$" })],
	"a wrong example": ["example-invalid", with_({ examples: [1] })],
	"draft-03": [
		"draft-unknown",
		with_({ $schema: "http://json-schema.org/draft-03/schema#" }),
	],
	"the same title": ["name-collision", (s, { title }) => ({ ...s, title })],
	"a title that is a number": ["name-invalid", with_({ title: "42" })],
	"no title": ["title-missing", without("title")],
	"an empty list": [
		"extensible-enum-invalid",
		property({ "x-extensible-enum": [] }),
	],
	"an unknown code": [
		"acknowledge-invalid",
		with_({ "x-eventwright-acknowledge": { nothing: "so" } }),
	],
};

test("50 faults in 1,000 schemas of five drafts", () => {
	const texts = new Map(
		realisticSources(1_000).map(({ file, text }, i) => [
			file,
			JSON.stringify({ ...JSON.parse(text), $schema: dialects[i % 5] }),
		]),
	);
	expect(
		analyse([...texts].map(([file, text]) => ({ file, text }))).diagnostics,
	).toEqual([]);
	const kinds = Object.entries(faults);
	const made = new Map<string, readonly [code: string, other: string]>();
	for (let i = 0; i < 50; i++) {
		const [, [code, change]] = kinds[i % kinds.length] as (typeof kinds)[0];
		// Events 20 apart are in the same folder.
		const number = i * 18;
		const file = `domain-${number % 20}/event-${number}.json`;
		const sound = (number + 20 * 7 + 1) % 1_000;
		const other = `domain-${sound % 20}/event-${sound}.json`;
		const same = `domain-${number % 20}/event-${(number + 500) % 1_000}.json`;
		const partner = made.has(same) ? other : same;
		const changed = change(
			JSON.parse(texts.get(file) as string),
			JSON.parse(texts.get(partner) as string),
		);
		texts.set(
			file,
			typeof changed === "string" ? changed : JSON.stringify(changed),
		);
		made.set(file, [code, partner]);
	}
	const { diagnostics } = generate(
		analyse([...texts].map(([file, text]) => ({ file, text }))),
	);
	const missed = [...made].filter(
		([file, [code, other]]) =>
			!diagnostics.some(
				(found) =>
					found.code === code && (found.file === file || found.file === other),
			),
	);
	expect(missed).toEqual([]);
	const expected = new Set(
		[...made].flatMap(([file, [, other]]) => [file, other]),
	);
	expect(
		diagnostics.filter(
			({ severity, file }) => severity === "error" && !expected.has(file),
		),
	).toEqual([]);
}, 60_000);

/** Replaces, removes or moves a random part of a value. */
function mutilated(value: unknown, next: (below: number) => number): unknown {
	const junk = [
		null,
		true,
		-1,
		"",
		"#/x",
		[],
		{},
		[{}],
		{ $ref: "#" },
		{ type: 1 },
		"\u0000",
		1e308,
	];
	if (next(6) === 0) return junk[next(junk.length)];
	if (Array.isArray(value)) {
		if (value.length === 0) return [junk[next(junk.length)]];
		const at = next(value.length);
		return value.map((item, i) => (i === at ? mutilated(item, next) : item));
	}
	if (typeof value !== "object" || value === null)
		return junk[next(junk.length)];
	const entries = Object.entries(value);
	if (entries.length === 0) return { [names[next(names.length)] as string]: 1 };
	const at = next(entries.length);
	return Object.fromEntries(
		entries.map(([key, item], i) =>
			i !== at
				? [key, item]
				: next(3) === 0
					? [names[next(names.length)] as string, item]
					: [key, mutilated(item, next)],
		),
	);
}
const names =
	"$ref $id id $anchor $dynamicRef $recursiveRef $defs definitions allOf not if then items prefixItems additionalItems properties patternProperties dependencies dependentSchemas dependentRequired unevaluatedProperties contains propertyNames enum const type required format pattern examples __proto__ constructor".split(
		" ",
	);

test("10,000 mutilated schemas: each finding has a file, a line and a pointer", () => {
	const next = random(5);
	const originals = realisticSources(60).map(({ text }, i) => ({
		...JSON.parse(text),
		$schema: dialects[i % 5],
		$defs: {
			A: { type: "object", properties: { a: { $ref: "#/$defs/B" } } },
			B: {},
		},
		definitions: {
			C: { allOf: [{ $ref: "#/$defs/A" }], dependencies: { a: ["b"] } },
		},
		examples: [{}],
	}));
	let refused = 0;
	for (let i = 0; i < 10_000; i++) {
		let schema: unknown = originals[next(originals.length)];
		for (let times = 1 + next(3); times > 0; times--)
			schema = mutilated(schema, next);
		const source: Source = { file: "a.json", text: JSON.stringify(schema) };
		const text = next(20) === 0 ? source.text.slice(0, next(400)) : source.text;
		const analysis = analyse([{ ...source, text }]);
		const { diagnostics } = generate(analysis);
		for (const found of [...diagnostics, ...lint(analysis, [])]) {
			expect(found.file).toBe("a.json");
			expect(found.line).toBeGreaterThan(0);
			expect(found.column).toBeGreaterThan(0);
			expect(found.pointer).toMatch(/^(\/|$)/);
			expect(found.message).not.toBe("");
		}
		if (diagnostics.some(({ severity }) => severity === "error")) refused++;
	}
	expect(refused).toBeGreaterThan(3_000);
	expect(refused).toBeLessThan(9_990);
}, 300_000);
