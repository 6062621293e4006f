import { describe, expect, test } from "vitest";
import {
	formatDiagnostic,
	githubAnnotation,
	jsonReport,
	sarifReport,
} from "../../cli/report.ts";
import { generate } from "../../generator/codegen/generate.ts";
import { readSources } from "../../generator/codegen/read.ts";
import { type Diagnostic, lintRemedies } from "../../generator/diagnostics.ts";
import { lint as lintAnalysis } from "../../generator/lint/lint.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Source } from "../../generator/schema/parse.ts";

function lint(sources: readonly Source[]): readonly Diagnostic[] {
	const analysis = analyse(sources);
	return lintAnalysis(analysis, generate(analysis).diagnostics);
}

/** Without colours. */
const plain = { style: (_: unknown, text: string) => text };

const event = {
	title: "OrderPlaced",
	description: "An order was placed.",
	"x-amazon-events-source": "orders",
	"x-amazon-events-detail-type": "Order-Placed",
	type: "object",
};
const linted = (schema: object, file = "order.json") =>
	lint([{ file, text: JSON.stringify(schema, null, 2) }]);
const property = (x: unknown) => ({ ...event, properties: { x } });

/** For each code, a bad schema, the pointer of the finding, and a similar good schema. */
const cases: Readonly<
	Record<
		keyof typeof lintRemedies,
		readonly [bad: object, pointer: string, good: object]
	>
> = {
	"title-recommended": [
		{ description: "A size.", type: "number" },
		"",
		{ title: "Size", description: "A size.", type: "number" },
	],
	"description-missing": [{ ...event, description: " " }, "", event],
	"sunset-invalid": [
		{ ...event, "x-sunset": "2027-02-30", deprecated: true },
		"/x-sunset",
		{ ...event, deprecated: true },
	],
	"sunset-ahead": [
		{ ...event, "x-sunset": "2027-02-28", deprecated: true },
		"/x-sunset",
		{ ...event, deprecated: true },
	],
	"type-missing": [
		property({ properties: { a: { type: "string" } } }),
		"/properties/x",
		{
			...event,
			allOf: [{ required: ["x"] }],
			if: { properties: { x: {} } },
			properties: { x: { type: ["object", "null"], required: ["a"] } },
		},
	],
	"type-unknown": [
		property({ type: "array", items: { minLength: 1 } }),
		"/properties/x/items",
		property({ description: "Anything." }),
	],
	"enum-open": [
		property({ anyOf: [{ enum: ["a"] }, { type: "string" }] }),
		"/properties/x/anyOf",
		property({ anyOf: [{ enum: ["a"] }, { type: "number" }] }),
	],
	"name-refused": [
		{ ...event, title: "Bestellungsgröße" },
		"/title",
		{ ...event, title: "order placed" },
	],
	"name-changed": [
		{ ...event, "x-amazon-events-detail-type": "Order Placed" },
		"",
		{ ...event, "x-amazon-events-detail-type": "Order_Placed.1" },
	],
	"schema-impossible": [
		property({ type: "string", enum: [1, null] }),
		"/properties/x/enum",
		property({ type: ["string", "null"], enum: [1, null] }),
	],
	"required-impossible": [
		{ ...event, required: ["x"], additionalProperties: false },
		"/required",
		{
			...event,
			required: ["x"],
			patternProperties: { "^x$": true },
			additionalProperties: false,
		},
	],
	"example-wrong": [
		property({ type: "string", examples: ["a", 1] }),
		"/properties/x/examples/1",
		property({ type: "string", examples: ["a"], default: "b" }),
	],
	"number-unsafe": [
		property({ type: "integer", format: "int64" }),
		"/properties/x/format",
		property({ type: "integer", format: "int64", minimum: 0, maximum: 9e15 }),
	],
	"pattern-risky": [
		property({ type: "string", pattern: "^\\s*a?\\s*$" }),
		"/properties/x/pattern",
		property({ type: "string", pattern: "^[a-z]+(-[a-z]+)*$" }),
	],
	"pattern-unchecked": [
		property({ type: "string", pattern: "^(a|b)c*\\1$" }),
		"/properties/x/pattern",
		property({ type: "string", pattern: "^[a-z]{1,64}(\\.[a-z]{1,64})*$" }),
	],
};

test.each(Object.entries(cases))("%s", (code, [bad, pointer, good]) => {
	const found = linted(bad);
	expect(found.map((finding) => [finding.code, finding.pointer])).toEqual([
		[code, pointer],
	]);
	expect(linted(good)).toEqual([]);
});

const closed = (name: string) => ({
	type: "object",
	properties: { [name]: { type: "string" } },
	required: [name],
	additionalProperties: false,
});

test("closed schemas that apply to the same object", () => {
	const found = linted({
		...event,
		allOf: [{ $ref: "#/$defs/Sum" }, closed("kind")],
		$defs: { Sum: closed("sum") },
	});
	expect(
		found.map(({ code, pointer, message }) => [code, pointer, message]).sort(),
	).toEqual([
		[
			"required-impossible",
			"/allOf",
			'"kind" is required by one branch and not allowed by another',
		],
		[
			"required-impossible",
			"/allOf",
			'"sum" is required by one branch and not allowed by another',
		],
	]);
	// Closed around a reference.
	expect(
		linted({
			...event,
			properties: { a: {} },
			additionalProperties: false,
			$ref: "#/$defs/Sum",
			$defs: { Sum: { ...closed("sum"), additionalProperties: true } },
		}),
	).toMatchObject([{ code: "required-impossible", pointer: "/$ref" }]);
	expect(
		linted({
			...event,
			allOf: [
				{ ...closed("a"), properties: { a: {}, b: {} } },
				{ required: ["b"] },
			],
		}),
	).toEqual([]);
});

test.each([
	[{ type: "number", minimum: 2, maximum: 1 }, "/properties/x/minimum"],
	[{ type: "string", minLength: 9, maxLength: 8 }, "/properties/x/minLength"],
	[{ enum: [] }, "/properties/x/enum"],
	[{ type: "integer", const: 1.5 }, "/properties/x/const"],
	[
		{ type: "string", allOf: [{ type: ["number", "null"] }] },
		"/properties/x/allOf",
	],
])("%j has no valid value", (schema, pointer) => {
	expect(linted(property(schema))).toMatchObject([
		{ code: "schema-impossible", pointer },
	]);
});

test.each([
	{ type: ["array", "null"], minItems: 3, maxItems: 1 },
	{ type: "string", not: { type: "string", const: 1 } },
	{ type: "string", minimum: 5, maximum: 1 },
	{ type: "string", anyOf: [{ enum: [] }, { maxLength: 1 }] },
	{ type: ["string", "object"], required: ["p"], additionalProperties: false },
])("%j is not said to have no valid value", (schema) => {
	expect(linted(property(schema))).toEqual([]);
});

test("limits that leave one value, and a type that another includes", () => {
	expect(
		linted(
			property({
				type: "number",
				minimum: 1,
				maximum: 1,
				allOf: [{ type: "integer" }],
			}),
		),
	).toEqual([]);
});

test.each([
	{ $ref: "#/$defs/Q", required: ["z"] },
	{ $ref: "#/$defs/Q", properties: { r: { type: "string" } } },
	{ allOf: [{ type: "object" }, { properties: { q: { type: "string" } } }] },
	{ properties: { q: { type: "string" } }, allOf: [{ type: "object" }] },
	{ enum: [{ a: 1 }], properties: { a: { type: "number" } } },
	{
		type: "object",
		properties: { s: { type: "string" }, q: { $ref: "#/$defs/Q" } },
		if: { required: ["s"] },
		// biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
		then: { properties: { s: { minLength: 3 }, q: { required: ["z"] } } },
	},
])("the type of %j is known", (schema) => {
	expect(
		linted({
			...property(schema),
			$defs: { Q: { type: "object", description: "x" } },
		}),
	).toEqual([]);
});

test("an untyped definition is reported if it is used where not only objects are", () => {
	const $defs = { Stamped: { properties: { at: {} }, description: "x" } };
	const $ref = "#/$defs/Stamped";
	expect(linted({ ...event, allOf: [{ $ref }], $defs })).toEqual([]);
	expect(
		linted({ ...event, properties: { x: { $ref } }, $defs }),
	).toMatchObject([{ code: "type-missing", pointer: "/$defs/Stamped" }]);
});

test.each([
	"^(?:[0-9a-f]{64},?)+$",
	"^(?:#(?:[0-9a-f]{6}|[0-9a-f]{8}),?)+$",
	"^(?: ?[0-9]{4})*$",
	"^(?:(?=[a-z]+)[a-z])+$",
	// The analysis of these takes minutes.
	"^(?:[0-9a-f]{32}|[0-9a-f]{64})(?:,(?:[0-9a-f]{32}|[0-9a-f]{64}))*$",
	"^(@every (\\d+(ns|us|ms|s|m|h))+)|((((\\d+,)+\\d+|(\\d+(\\/|-)\\d+)|\\d+|\\*) ?){5,7})$",
])("%s is not taken to be exponential", (pattern) => {
	expect(patternErrors(pattern)).toEqual([]);
});

test.each([
	"^(?:[a-z]{1,64}\\s?)+$",
	"^(?:[a-z]{1,64}-?){2,}$",
	"^(?:[a-z0-9]+-?)+$",
])("%s is", (pattern) => {
	expect(patternErrors(pattern)).toEqual([
		expect.stringContaining("takes exponential time"),
	]);
});

const patternErrors = (pattern: string) =>
	analyse([
		{
			file: "a.json",
			text: JSON.stringify(property({ type: "string", pattern })),
		},
	]).diagnostics.map(({ message }) => message);

test("a number that JavaScript cannot represent is reported at its position", () => {
	const text = JSON.stringify(
		property({ type: "integer", maximum: 1 }),
	).replace('"maximum":1', '"maximum":9007199254740993');
	expect(lint([{ file: "a.json", text }])).toMatchObject([
		{
			code: "number-unsafe",
			pointer: "/properties/x/maximum",
			line: 1,
			column: text.indexOf("900719") + 1,
		},
	]);
	const fine = '"minimum":0.1,"multipleOf":1e-7,"maximum":9007199254740992';
	expect(
		lint([{ file: "a.json", text: text.replace(/"maximum":\d+/, fine) }]),
	).toEqual([]);
});

test("in YAML, only if it is a number, not part of a string", () => {
	const text = (more: string) =>
		`title: OrderPlaced\ndescription: Call +4915112345678901234567.\nx-amazon-events-source: orders\nx-amazon-events-detail-type: Order-Placed\ntype: object\n${more}`;
	const file = "a.yaml";
	expect(lint([{ file, text: text("# 9007199254740993\n") }])).toEqual([]);
	expect(
		lint([{ file, text: text("minProperties: 9007199254740993\n") }]),
	).toMatchObject([
		{ code: "number-unsafe", pointer: "/minProperties", line: 6, column: 16 },
	]);
	const listed = text(
		"properties:\n  x:\n    examples: [1, 9007199254740993]\n",
	);
	expect(lint([{ file, text: listed }])).toMatchObject([
		{ code: "number-unsafe", pointer: "/properties/x/examples/1" },
	]);
});

test("an invalid example of an event type is reported once", () => {
	const codes = linted({ ...event, examples: [1] }).map(({ code }) => code);
	expect(codes).toEqual(["example-invalid"]);
});

test("a definition named like a generated example schema does not collide", () => {
	const schema = {
		...event,
		$defs: { Example0: { title: "Example0", type: "string" } },
		properties: {
			a: { type: "integer", examples: [1] },
			b: { $ref: "#/$defs/Example0", examples: ["text"] },
		},
	};
	expect(linted(schema)).toEqual([]);
});

describe("a pattern of exponential time is an error and is never executed", () => {
	const text = `${"a".repeat(40)}!`;
	test.each([
		{
			...event,
			patternProperties: { "^(a+)+$": {} },
			additionalProperties: false,
			required: [text],
		},
		property({ pattern: "^(a+)+$", examples: Array(50).fill(text) }),
	])("%#", (schema) => {
		expect(linted(schema).map(({ code }) => code)).toEqual(["pattern-slow"]);
	});
});

test("errors of codegen are reported too, and the other files are still linted", () => {
	const found = lint([
		{ file: "a.json", text: "{" },
		{ file: "b.json", text: JSON.stringify({ ...event, description: "" }) },
	]);
	expect(found.map(({ code }) => code)).toEqual([
		"syntax-error",
		"description-missing",
	]);
});

test("the reference system's schemas have no findings", () => {
	expect(lint(readSources(["schemas"]))).toEqual([]);
});

const pathOf = (file: string) => `schemas/${file}`;

test("no string in a schema reaches the terminal as a control sequence", () => {
	const found = linted({ ...event, "\u001b[31mtypes\u009b2J\u202e": 1 });
	expect(found.length).toBeGreaterThan(0);
	const text = found
		.map((each) => formatDiagnostic(each, pathOf, plain, "stdout"))
		.join();
	for (const character of ["\u001b", "\u009b", "\u202e"])
		expect(text).not.toContain(character);
});

describe("machine-readable output", () => {
	const found = linted({ ...event, description: "" }, "a,b/x y.json");

	test("json", () => {
		expect(JSON.parse(jsonReport(found, pathOf))).toEqual([
			{
				code: "description-missing",
				severity: "warning",
				file: "schemas/a,b/x y.json",
				pointer: "",
				line: 1,
				column: 1,
				message: "the schema has no description",
				remedy: lintRemedies["description-missing"],
			},
		]);
	});

	test("GitHub workflow annotations", () => {
		expect(found.map((finding) => githubAnnotation(finding, pathOf))).toEqual([
			`::warning file=schemas/a%2Cb/x y.json,line=1,col=1,title=description-missing::the schema has no description. ${lintRemedies["description-missing"]}`,
		]);
	});

	test("no message ends an annotation early", () => {
		const [finding] = found;
		const hostile = { ...finding, message: "a\n::error::100%" } as Diagnostic;
		expect(githubAnnotation(hostile, pathOf)).toContain(
			"::a%0A::error::100%25. ",
		);
	});

	test("sarif", () => {
		const { version, runs } = JSON.parse(sarifReport(found, pathOf));
		expect(version).toBe("2.1.0");
		expect(runs[0].tool.driver.rules).toEqual([
			{
				id: "description-missing",
				help: { text: lintRemedies["description-missing"] },
			},
		]);
		expect(runs[0].results).toMatchObject([
			{
				ruleId: "description-missing",
				ruleIndex: 0,
				level: "warning",
				locations: [
					{
						physicalLocation: {
							artifactLocation: { uri: "schemas/a,b/x%20y.json" },
							region: { startLine: 1, startColumn: 1 },
						},
					},
				],
			},
		]);
	});
});
