// biome-ignore-all lint/suspicious/noThenProperty: a JSON Schema keyword
// Schemas are untrusted input: any schema results in harmless code or a diagnostic, within a time limit.
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Source } from "../../generator/schema/parse.ts";
import { newFolder, writeFiles } from "./generated-files.ts";
import { random } from "./random.ts";

const cpuMsMax = 5_000;
let folder: string;
beforeAll(() => {
	folder = newFolder("hostile");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const event = (schema: object, title = "Hostile") => ({
	title,
	"x-amazon-events-source": "s",
	"x-amazon-events-detail-type": "d",
	type: "object",
	...schema,
});
const json = (value: unknown, file = "hostile.json"): Source => ({
	file,
	text: JSON.stringify(value),
});

let made = 0;

/** Generates code and loads every validator. Returns the error codes and the generated code. */
async function outcome(
	sources: readonly Source[],
): Promise<{ codes: readonly string[]; text: string }> {
	const start = process.cpuUsage();
	const { files, diagnostics } = generate(analyse(sources));
	const { user, system } = process.cpuUsage(start);
	expect((user + system) / 1_000).toBeLessThan(cpuMsMax);
	const root = path.join(folder, String(made++));
	writeFiles(root, files, "events/");
	for (const file of files.keys())
		if (/^events\/.*\.js$/.test(file)) await import(path.join(root, file));
	expect((globalThis as { hacked?: boolean }).hacked).toBeUndefined();
	const errors = diagnostics.filter(({ severity }) => severity === "error");
	for (const { message, line, column } of errors) {
		expect(message).not.toMatch(/\n\s+at |undefined is not|Cannot read/);
		expect(line * column).toBeGreaterThan(0);
	}
	expect(files.size > 0).toBe(errors.length === 0);
	return {
		codes: errors.map(({ code }) => code),
		text: [...files.values()].join("\n"),
	};
}

const attack = "globalThis.hacked = true";
const texts = [
	`*/ ${attack}; /*`,
	`\`\${${attack}}\``,
	`"; ${attack}; "`,
	`'; ${attack}; '`,
	`\n${attack}\n`,
	`\r${attack}\r`,
	`\u2028${attack}\u2028`,
	`\u2029${attack}\u2029`,
	`\\"; ${attack}; //`,
	`\\u0022; ${attack}; //`,
	`</script><script>${attack}</script>`,
	`{{${attack}}}`,
	`\u0000${attack}`,
	`\ud800${attack}`,
	`/; ${attack}; /`,
	`]/; ${attack}; /[`,
	"__proto__",
	"constructor",
	"toString",
	"prototype",
	"// @ts-nocheck",
	"<!--",
	"",
];

const places: Readonly<Record<string, (text: string) => object>> = {
	"a title": (text) => event({}, `T${text}`),
	"a description": (text) => event({ description: text }),
	"a property name": (text) =>
		event({
			properties: { [text]: { type: "string", description: text } },
			required: [text],
			additionalProperties: false,
		}),
	"an enum": (text) =>
		event({ properties: { a: { enum: [text, { [text]: [text] }] } } }),
	"a large enum": (text) =>
		event({
			properties: { a: { enum: [text, "1", "2", "3", "4", "5", "6", "7"] } },
		}),
	"a const": (text) => event({ properties: { a: { const: text } } }),
	"a pattern": (text) =>
		event({
			properties: { a: { type: "string", pattern: text } },
			patternProperties: { [text]: { type: "string" } },
		}),
	"dependent names": (text) =>
		event({
			dependentRequired: { [text]: [text] },
			dependentSchemas: { [text]: { required: [text] } },
		}),
	"a definition name": (text) =>
		event({
			properties: {
				a: {
					$ref: `#/$defs/${encodeURIComponent(text.toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1"))}`,
				},
			},
			$defs: { [text]: { type: "string" } },
		}),
	"a source and detail-type": (text) => ({
		...event({}),
		"x-amazon-events-source": `s${text}`,
		"x-amazon-events-detail-type": `d${text}`,
	}),
	"an example and a default": (text) =>
		event({
			properties: { [text]: { default: text } },
			examples: [{ [text]: text }],
		}),
	"a discriminator": (text) =>
		event({
			oneOf: ["a", text].map((kind) => ({
				type: "object",
				properties: { kind: { const: kind } },
				required: ["kind"],
			})),
		}),
	"a custom keyword": (text) => event({ [`x-${text}`]: text }),
	"a format": (text) => event({ properties: { a: { format: text } } }),
	"an anchor and an $id": (text) =>
		event({ $id: text, $defs: { a: { $anchor: text } } }),
};

describe.each(Object.entries(places))("%s", (_, schemaOf) => {
	test.each(texts)("%j", async (text) => {
		await outcome([json(schemaOf(text))]);
	});
});

const nested = (levels: number, open: string, inner: string, close: string) =>
	open.repeat(levels) + inner + close.repeat(levels);
const head =
	'"title":"Hostile","x-amazon-events-source":"s","x-amazon-events-detail-type":"d","type":"object"';

const manyWords = (count: number) =>
	Array.from({ length: count }, (_, i) => `word number ${i} of many`);

const refused: readonly (readonly [
	what: string,
	sources: readonly Source[],
	code: string,
])[] = [
	[
		"5,000 levels of JSON",
		[
			{
				file: "hostile.json",
				text: `{${head},"properties":{"a":${nested(5_000, '{"items":', "{}", "}")}}}`,
			},
		],
		"too-deep",
	],
	[
		"a million levels",
		[{ file: "hostile.json", text: "[".repeat(1_000_000) }],
		"syntax-error",
	],
	[
		"5,000 levels of YAML",
		[{ file: "hostile.yaml", text: nested(5_000, "{items: ", "{}", "}") }],
		"too-deep",
	],
	[
		"200,000 levels of YAML",
		[{ file: "hostile.yaml", text: "[".repeat(200_000) }],
		"too-deep",
	],
	[
		"exponentially expanding aliases",
		[
			{
				file: "hostile.yaml",
				text: `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from(
					{ length: 12 },
					(_, i) =>
						`a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`,
				).join("\n")}\n`,
			},
		],
		"syntax-error",
	],
	[
		"an enum of 10 MB",
		[json(event({ properties: { a: { enum: manyWords(400_000) } } }))],
		"too-large",
	],
	[
		"40,000 misspelled keywords",
		[
			json(
				event({
					properties: Object.fromEntries(
						manyWords(40_000).map((word) => [word, { typ: "string" }]),
					),
				}),
			),
		],
		"keyword-unknown",
	],
	[
		"a system file",
		[json(event({ properties: { a: { $ref: "../../etc/passwd" } } }))],
		"ref-outside",
	],
	[
		"a system file, percent-encoded",
		[json(event({ properties: { a: { $ref: "%2e%2e/%2e%2e/etc/passwd" } } }))],
		"ref-outside",
	],
	[
		"an absolute path",
		[json(event({ properties: { a: { $ref: "/etc/passwd" } } }))],
		"ref-outside",
	],
	[
		"a file URL",
		[json(event({ properties: { a: { $ref: "file:///etc/passwd" } } }))],
		"ref-remote",
	],
	[
		"an http URL",
		[json(event({ properties: { a: { $ref: "http://127.0.0.1:1/x.json" } } }))],
		"ref-remote",
	],
	[
		"a cycle of $refs",
		[
			json(
				event({
					properties: { a: { $ref: "#/$defs/A" } },
					$defs: { A: { $ref: "#/$defs/B" }, B: { $ref: "#/$defs/A" } },
				}),
			),
		],
		"ref-loop",
	],
	[
		"a cycle through allOf, across files",
		[
			json(event({ allOf: [{ $ref: "b.json" }] })),
			json({ allOf: [{ $ref: "hostile.json" }] }, "b.json"),
		],
		"ref-loop",
	],
	[
		"a cycle of $dynamicRef",
		[
			json(
				event({
					$dynamicAnchor: "n",
					anyOf: [{ $dynamicRef: "#n" }],
				}),
			),
		],
		"ref-loop",
	],
	[
		"a cycle of $recursiveRef",
		[
			json(
				event({
					$schema: "https://json-schema.org/draft/2019-09/schema",
					$recursiveAnchor: true,
					not: { $recursiveRef: "#" },
				}),
			),
		],
		"ref-loop",
	],
	[
		"a pattern of exponential time",
		[
			json(
				event({
					properties: { a: { type: "string", pattern: "^(a+)+$" } },
					examples: [{ a: `${"a".repeat(60)}!` }],
				}),
			),
		],
		"pattern-slow",
	],
	[
		"a property pattern of exponential time",
		[
			json(
				event({
					patternProperties: { "^(a|a)*$": { type: "number" } },
					examples: [{ [`${"a".repeat(60)}!`]: 1 }],
				}),
			),
		],
		"pattern-slow",
	],
	[
		"a number too large for JavaScript",
		[
			{
				file: "hostile.json",
				text: `{${head},"properties":{"a":{"maximum":1e999}}}`,
			},
		],
		"not-a-schema",
	],
	[
		"a negative length",
		[json(event({ properties: { a: { minLength: -1 } } }))],
		"not-a-schema",
	],
	[
		"an empty list of types",
		[json(event({ properties: { a: { type: [] } } }))],
		"not-a-schema",
	],
	["an array", [json([])], "not-a-schema"],
	["an empty file", [{ file: "hostile.json", text: "" }], "syntax-error"],
	[
		"another character encoding",
		[{ file: "hostile.json", text: "\ufffd\ufffd{\u0000}\u0000" }],
		"syntax-error",
	],
	[
		"a chain of 20,000 references",
		[
			json(
				event({
					type: undefined,
					$ref: "#/$defs/D0",
					$defs: Object.fromEntries(
						Array.from({ length: 20_000 }, (_, i) => [
							`D${i}`,
							i < 19_999 ? { $ref: `#/$defs/D${i + 1}` } : { type: "object" },
						]),
					),
				}),
			),
		],
		"too-deep",
	],
	[
		"a folder with the name of a generated file",
		[json(event({}), "a.json"), json(event({}, "Other"), "a.ts/b.json")],
		"module-invalid",
	],
	[
		"many slow examples, none of them too slow alone",
		[
			json(
				event({
					properties: { a: { pattern: "^(a+)+$" } },
					examples: Array(60).fill({ a: `${"a".repeat(24)}!` }),
				}),
			),
		],
		"pattern-slow",
	],
	[
		"a nested schema of another draft",
		[
			json(
				event({
					$defs: {
						a: {
							$id: "https://a.example/a",
							$schema: "https://json-schema.org/draft/2019-09/schema",
						},
					},
				}),
			),
		],
		"keyword-unsupported",
	],
	[
		"a large schema with many variants by dynamic scope",
		[
			json(
				event({
					$id: "https://a.example/e",
					properties: Object.fromEntries(
						manyWords(250).map((word) => [word, { $ref: `${word}` }]),
					),
					$defs: {
						shared: {
							$id: "https://a.example/shared",
							$defs: { n: { $dynamicAnchor: "n" } },
							properties: {
								...Object.fromEntries(
									manyWords(4_000).map((word) => [word, { type: "string" }]),
								),
								n: { $dynamicRef: "#n" },
							},
						},
						...Object.fromEntries(
							manyWords(250).map((word) => [
								word,
								{
									$id: `https://a.example/${word}`,
									$ref: "shared",
									$defs: { n: { $dynamicAnchor: "n", title: `N${word}` } },
								},
							]),
						),
					},
				}),
			),
		],
		"keyword-unsupported",
	],
	[
		"a YAML key that is an array",
		[{ file: "hostile.yaml", text: `{${head},"default": {? [a] : b}}` }],
		"syntax-error",
	],
	[
		"a YAML tag that would create an object",
		[{ file: "hostile.yaml", text: `{${head},"default": !!js/function "x"}` }],
		"",
	],
];

test.each(refused)("%s", async (_, sources, code) => {
	const { codes } = await outcome(sources);
	if (code !== "") expect(codes).toContain(code);
});

const large: Readonly<Record<string, () => object>> = {
	"an enum of 1 MB": () =>
		event({
			properties: { a: { enum: manyWords(40_000) } },
		}),
	"20,000 properties": () =>
		event({
			properties: Object.fromEntries(
				manyWords(20_000).map((word) => [word, { type: "string" }]),
			),
			additionalProperties: false,
		}),
	"40,000 dependent names": () =>
		event({
			dependentRequired: Object.fromEntries(
				manyWords(40_000).map((word) => [word, ["a"]]),
			),
		}),
	"5,000 branches": () =>
		event({
			properties: {
				a: {
					oneOf: Array.from({ length: 5_000 }, (_, i) => ({
						type: "object",
						properties: { [`p${i}`]: { type: "string" } },
						required: [`p${i}`],
					})),
				},
			},
		}),
	"20,000 fast examples": () =>
		event({
			properties: { a: { type: "string" } },
			examples: Array.from({ length: 20_000 }, (_, i) => ({ a: `${i}` })),
		}),
	"3,000 branches that refer to one definition of 3,000 properties": () =>
		event({
			properties: {
				a: {
					oneOf: Array.from({ length: 3_000 }, () => ({ $ref: "#/$defs/A" })),
				},
			},
			$defs: {
				A: {
					type: "object",
					properties: Object.fromEntries(
						manyWords(3_000).map((word) => [word, { enum: [word] }]),
					),
					required: manyWords(3_000),
				},
			},
		}),
	"2,000 definitions that refer to each other": () =>
		event({
			properties: { a: { $ref: "#/$defs/D0" } },
			$defs: Object.fromEntries(
				Array.from({ length: 2_000 }, (_, i) => [
					`D${i}`,
					{
						type: "object",
						properties: {
							next: { $ref: `#/$defs/D${(i + 1) % 2_000}` },
							other: { $ref: `#/$defs/D${(i * 7) % 2_000}` },
						},
					},
				]),
			),
		}),
};

test.each(Object.entries(large))("%s", async (_, schemaOf) => {
	expect((await outcome([json(schemaOf())])).codes).toEqual([]);
});

describe("randomly mutated schemas", () => {
	const values: readonly unknown[] = [
		null,
		true,
		-1,
		1.5,
		1e308,
		"",
		...texts,
		[],
		{},
		[[]],
		{ $ref: "#" },
		{ type: "object" },
	];
	const keywords = [
		"type properties required items prefixItems enum const pattern format allOf anyOf oneOf not if then else",
		"$ref $dynamicRef $id $anchor $dynamicAnchor $defs contains minContains unevaluatedProperties unevaluatedItems",
		"dependentRequired dependentSchemas propertyNames patternProperties additionalProperties minimum multipleOf",
		"minLength uniqueItems examples default title description deprecated readOnly x-amazon-events-source",
	]
		.join(" ")
		.split(" ");
	const whole = event({
		properties: {
			a: { type: "string", pattern: "^a", maxLength: 9 },
			b: {
				type: "array",
				items: { $ref: "#/$defs/D" },
				contains: { const: 1 },
			},
			c: { oneOf: [{ type: "null" }, { $ref: "#/$defs/D" }] },
		},
		required: ["a"],
		patternProperties: { "^x": { minimum: 1 } },
		if: { required: ["b"] },
		then: { properties: { c: true } },
		unevaluatedProperties: false,
		examples: [{ a: "a" }],
		$defs: { D: { type: "object", properties: { d: { $ref: "#/$defs/D" } } } },
	});

	test.each(Array.from({ length: 400 }, (_, i) => i))("%i", async (seed) => {
		const next = random(seed);
		const schema = structuredClone(whole) as Record<string, unknown>;
		for (let changes = 1 + next(3); changes > 0; changes--) {
			let holder = schema;
			for (;;) {
				const inner = Object.values(holder).filter(
					(value) =>
						typeof value === "object" &&
						value !== null &&
						Object.keys(value).length > 0,
				);
				if (inner.length === 0 || next(3) === 0) break;
				holder = inner[next(inner.length)] as Record<string, unknown>;
			}
			const keys = Object.keys(holder);
			const key =
				next(2) === 0 && keys.length > 0
					? (keys[next(keys.length)] as string)
					: (keywords[next(keywords.length)] as string);
			if (next(6) === 0) delete holder[key];
			else holder[key] = structuredClone(values[next(values.length)]);
		}
		await outcome([json(schema)]);
	});
});

test("examples of a recursive union whose branches differ only in a type are checked in time", async () => {
	const branch = (type: string) => ({
		type: "object",
		properties: { next: { $ref: "#/$defs/N" }, a: { type } },
		required: ["a"],
		additionalProperties: false,
	});
	const nested = (levels: number): object =>
		levels === 0 ? { a: 1 } : { next: nested(levels - 1), a: 1 };
	const { codes } = await outcome([
		json(
			event({
				properties: { v: { $ref: "#/$defs/N" } },
				$defs: { N: { oneOf: [branch("string"), branch("number")] } },
				examples: [{ v: nested(60) }],
			}),
		),
	]);
	expect(codes).toEqual([]);
});
