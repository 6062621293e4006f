// biome-ignore-all lint/suspicious/noThenProperty: a JSON Schema keyword
// Generated code compiles, and its validators agree with Ajv.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import AjvDraft04Module from "ajv-draft-04";
import addFormatsModule from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { readSources } from "../../generator/codegen/read.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Source } from "../../generator/schema/parse.ts";
import type { Validator } from "../../runtime/validator/rules.ts";
import { check } from "../../runtime/validator/validate.ts";
import { newFolder, typeErrorsIn, writeFiles } from "./generated-files.ts";
import { random } from "./random.ts";

const casesFolder = path.join(import.meta.dirname, "cases");
const good = readdirSync(casesFolder).filter((name) =>
	readdirSync(path.join(casesFolder, name)).includes("expected"),
);
let folder: string;
beforeAll(() => {
	folder = newFolder("generated");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeAll(name: string, files: ReadonlyMap<string, string>): string {
	const root = path.join(folder, name);
	writeFiles(root, files);
	return root;
}

test("the generated code of every case passes tsc in strict mode", async () => {
	const examples: string[] = [];
	for (const name of good) {
		const analysis = analyse(
			readSources([path.join(casesFolder, name, "schemas")]),
		);
		writeAll(name, generate(analysis).files);
		for (const event of analysis.model.events)
			for (const example of (event.schema.examples ?? []) as unknown[])
				examples.push(
					`{ const example: import("./${name}/events/${event.module}.js").${event.name} = ${JSON.stringify(example)}; void example; }`,
				);
	}
	expect(examples.length).toBeGreaterThan(5);
	writeFileSync(path.join(folder, "examples.ts"), examples.join("\n"));
	writeFileSync(
		path.join(folder, "use.ts"),
		`import { TeamNamed } from "./inherited-names/events/team.js";
import { where } from "eventwright/pattern";
export const named: TeamNamed = { team: "a", toString: "b" };
export const filtered = where(TeamNamed, { team: ["a"], toString: ["b"] });

import { OwnerSet } from "./conditional-properties/events/a.js";
import { DoorMoved } from "./conditional-properties/events/b.js";
import { GuestSeen } from "./untyped-objects/events/a.js";
export const filters = [
	where(OwnerSet, { firmName: ["Acme"], zip: ["1"] }),
	where(DoorMoved, { guest: ["Ann"], room: [{ numeric: [">", 1] }], way: ["in"] }),
	where(GuestSeen, { guest: { name: ["Ann"] }, at: [{ prefix: "2026" }] }),
];
export const nameOf = (owner: OwnerSet) => (owner.kind === "firm" ? owner.firmName.trim() : "");
export const owner: OwnerSet = { kind: "person", card: "x", zip: "1" };
// @ts-expect-error: a firm has a name
export const nameless: OwnerSet = { kind: "firm" };
// @ts-expect-error: there is no such property
export const misspelled: OwnerSet = { kind: "person", crad: "x" };
`,
	);
	expect(
		await typeErrorsIn(folder, {
			include: [...good, "use.ts", "examples.ts"],
		}),
	).toBe("");
});

/** Every check that the compiler has. */
const strictest = {
	target: "es2022",
	lib: ["es2022"],
	types: [],
	module: "nodenext",
	noEmit: true,
	strict: true,
	allowUnreachableCode: false,
	allowUnusedLabels: false,
	allowImportingTsExtensions: true,
	erasableSyntaxOnly: true,
	exactOptionalPropertyTypes: true,
	isolatedModules: true,
	noFallthroughCasesInSwitch: true,
	noImplicitOverride: true,
	noImplicitReturns: true,
	noPropertyAccessFromIndexSignature: true,
	noUncheckedIndexedAccess: true,
	noUncheckedSideEffectImports: true,
	noUnusedLocals: true,
	noUnusedParameters: true,
	skipLibCheck: false,
	verbatimModuleSyntax: true,
};

test("the generated code of every case passes tsc with every check and no platform's types", async () => {
	expect(
		await typeErrorsIn(folder, { compilerOptions: strictest, include: good }),
	).toBe("");
});

test("every generated module can be imported", async () => {
	for (const name of good) {
		const root = writeAll(
			name,
			generate(analyse(readSources([path.join(casesFolder, name, "schemas")])))
				.files,
		);
		for (const file of readdirSync(root, { recursive: true, encoding: "utf8" }))
			if (file.endsWith(".js")) await import(path.join(root, file));
	}
});

test("generated code suppresses no error and imports only its own modules and codegen-v1", () => {
	for (const name of good) {
		const { files } = generate(
			analyse(readSources([path.join(casesFolder, name, "schemas")])),
		);
		for (const [file, text] of files) {
			if (!/\.(js|ts)$/.test(file)) continue;
			expect(text).not.toMatch(/@ts-|eslint-|biome-ignore/);
			for (const [, from = ""] of text.matchAll(
				/^(?:import|export) .* from "(.*)";$/gm,
			))
				expect(
					files.has(path.posix.join(path.posix.dirname(file), from)) ||
						from === "eventwright/codegen-v1" ||
						(from === "eventwright/codegen-v1/aws" &&
							file.startsWith("publishers/")),
					`${file} imports ${from}`,
				).toBe(true);
		}
	}
});

type Json = Record<string, unknown>;

async function validatorOf(
	name: string,
	schema: Json,
	others: readonly Source[] = [],
): Promise<{ validate: Validator; model: Json }> {
	const { files, diagnostics } = generate(
		analyse([
			...others,
			{
				file: "e.json",
				text: JSON.stringify({
					title: "E",
					"x-amazon-events-source": "s",
					"x-amazon-events-detail-type": "d",
					type: "object",
					...schema,
				}),
			},
		]),
	);
	expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual(
		[],
	);
	const root = writeAll(name, files);
	const { E } = await import(path.join(root, "events/e.js"));
	return {
		validate: E.validate,
		model: JSON.parse(files.get("api-models/e.json") ?? ""),
	};
}

const schemas: readonly (readonly [string, Json, readonly unknown[]])[] = [
	[
		"patterns next to anyOf",
		{
			properties: {
				c: {
					type: "object",
					patternProperties: { "^x-": {} },
					anyOf: [
						{ properties: { kind: {} }, anyOf: [{ required: ["kind"] }] },
					],
				},
			},
		},
		[{ c: { "x-a": 0 } }, { c: { kind: 1, "x-a": 0 } }],
	],
	[
		"unevaluated after an error",
		{
			patternProperties: { "^x-": { type: "string" } },
			if: { properties: { kind: { const: "a" } } },
			then: { unevaluatedProperties: false },
		},
		[{ "x-a": "s", kind: "a" }, { "x-a": "s" }, { "x-a": 1, kind: "b" }],
	],
	[
		"unevaluated next to oneOf",
		{
			oneOf: [
				{ required: ["kind"] },
				{ anyOf: [{ required: ["legacy"], patternProperties: { "^x-": {} } }] },
			],
			properties: { kind: {} },
			unevaluatedProperties: false,
		},
		[{ kind: 1, "x-a": 1 }, { kind: 1 }, {}],
	],
	[
		"names of Object.prototype",
		{
			properties: {
				constructor: { type: "string" },
				toString: { type: "number" },
			},
			required: ["toString"],
		},
		[
			{},
			{ toString: 1 },
			{ constructor: "a", toString: 1 },
			{ constructor: 1, toString: 1 },
		],
	],
	[
		"tuples",
		{
			properties: {
				t: {
					type: "array",
					prefixItems: [{ type: "string" }, { type: "number" }],
					items: false,
					minItems: 1,
				},
			},
		},
		[{ t: ["a"] }, { t: ["a", 1] }, { t: ["a", 1, 2] }, { t: [] }, { t: [1] }],
	],
	[
		"enum and const together, in a not",
		{ properties: { a: { not: { enum: [1, 2], const: 3 } } } },
		[{ a: 3 }, { a: 1 }, {}],
	],
	[
		"oneOf with a branch that draft-04 cannot express",
		{
			properties: {
				a: {
					oneOf: [
						{ type: "array", contains: { const: 1 } },
						{ type: "array", maxItems: 1 },
					],
				},
			},
		},
		[{ a: [1, 2] }, { a: [2] }, { a: [1] }, { a: [2, 3] }],
	],
	[
		"not with a lost keyword",
		{ properties: { a: { not: { contains: { const: 1 } } } } },
		[{ a: [1] }, { a: [2] }, { a: 1 }],
	],
	[
		"exclusive bounds",
		{
			properties: {
				a: { exclusiveMinimum: 1, minimum: 0, maximum: 5, exclusiveMaximum: 9 },
			},
		},
		[{ a: 1 }, { a: 2 }, { a: 5 }, { a: 6 }],
	],
	[
		"dependencies of both kinds",
		{
			dependentRequired: { a: ["b"] },
			dependentSchemas: { a: { required: ["c"] } },
		},
		[{ a: 1 }, { a: 1, b: 1 }, { a: 1, b: 1, c: 1 }, {}],
	],
	[
		"lengths in code points",
		{ properties: { a: { type: "string", maxLength: 2 } } },
		[{ a: "😀😀" }, { a: "abc" }],
	],
	[
		"uniqueness",
		{ properties: { a: { type: "array", uniqueItems: true } } },
		[
			{ a: [{ b: [1] }, { b: [1] }] },
			{ a: [{ b: 1 }, { b: 2 }] },
			{ a: [1, "1"] },
		],
	],
	[
		"formats",
		{
			properties: {
				at: { format: "date-time" },
				url: { format: "uri" },
				n: { format: "int32" },
			},
		},
		[
			{ at: "2026-02-29T00:00:00Z" },
			{ at: "2024-02-29T00:00:00Z" },
			{ url: "a b" },
			{ url: "https://a.example" },
			{ n: 2 ** 31 },
		],
	],
	[
		"a type inside a type guard",
		{
			allOf: [{ properties: { a: { type: ["number", "string"] } } }],
			properties: {
				a: { type: "object", allOf: [{ type: ["number", "string"] }] },
				b: { type: "string", allOf: [{ type: "boolean" }] },
				c: { type: "number", if: { minimum: 1 }, then: { type: "null" } },
				d: { type: "object", if: { required: ["x"] }, then: { type: "null" } },
			},
			dependentSchemas: { e: { type: "null" } },
		},
		[
			{},
			{ a: {} },
			{ a: 1 },
			{ b: "b" },
			{ c: 1 },
			{ c: 0 },
			{ d: { x: 1 } },
			{ d: {} },
			{ e: 1 },
		],
	],
	[
		"names of properties next to additionalProperties: false",
		{
			properties: {
				o: {
					properties: { a: {}, bb: {} },
					additionalProperties: false,
					propertyNames: { minLength: 2 },
				},
			},
		},
		[{ o: { a: 1 } }, { o: { bb: 1 } }, { o: {} }, { o: { ccc: 1 } }],
	],
	[
		"names that must not be strings",
		{ propertyNames: { type: ["number", "null"] } },
		[{}, { a: 1 }],
	],
	[
		"__proto__ in a const and an enum",
		JSON.parse(
			'{"properties":{"a":{"const":{"__proto__":{"x":1}}},"b":{"enum":[{"__proto__":1},{}]}}}',
		),
		[
			JSON.parse('{"a":{"__proto__":{"x":1}}}'),
			{ a: {} },
			JSON.parse('{"b":{"__proto__":1}}'),
			{ b: {} },
			JSON.parse('{"b":{"__proto__":2}}'),
		],
	],
	[
		"an unpaired surrogate in a pattern",
		{ properties: { a: { type: "string", pattern: "^[\ud800-\udfff]$" } } },
		[{ a: "\ud800" }, { a: "\ufffd" }, { a: "😀" }],
	],
	[
		"a discriminator that is missing, unknown or not a string",
		{
			properties: {
				a: {
					oneOf: ["x", "y"].map((kind) => ({
						type: "object",
						properties: { kind: { const: kind }, [kind]: { type: "number" } },
						required: ["kind", kind],
					})),
				},
			},
		},
		[
			{ a: {} },
			{ a: 1 },
			{ a: { kind: "z" } },
			{ a: { kind: "x" } },
			{ a: { kind: "x", x: 1 } },
			{ a: { kind: "y", x: 1 } },
			{ a: { kind: ["x"] } },
			{ a: { kind: "toString" } },
		],
	],
	[
		"recursion",
		{
			properties: { tree: { $ref: "#/$defs/Tree" } },
			$defs: {
				Tree: {
					type: "object",
					properties: {
						kids: { type: "array", items: { $ref: "#/$defs/Tree" } },
					},
					additionalProperties: false,
				},
			},
		},
		[{ tree: { kids: [{ kids: [] }] } }, { tree: { kids: [{ kid: 1 }] } }],
	],
];

describe("a generated validator agrees with Ajv, and the API model accepts every value that it accepts", () => {
	test.each(schemas)("%s", async (name, schema, values) => {
		const { validate, model } = await validatorOf(name, schema);
		const ajv = new Ajv2020({
			strict: false,
			ownProperties: name.startsWith("names of"),
		});
		addFormatsModule.default(ajv);
		const reference = ajv.compile({ type: "object", ...schema });
		const gateway = new AjvDraft04Module.default({
			strict: false,
			ownProperties: true,
		}).compile(model);
		for (const value of values) {
			const accepted = check(validate, value).ok;
			expect(accepted, JSON.stringify(value)).toBe(reference(value));
			if (accepted)
				expect(gateway(value), `the model, on ${JSON.stringify(value)}`).toBe(
					true,
				);
		}
	});

	test("in 2019-09, dependencies can be used along with their successors", async () => {
		const { files } = generate(
			analyse([
				{
					file: "e.json",
					text: JSON.stringify({
						$schema: "https://json-schema.org/draft/2019-09/schema",
						title: "E",
						"x-amazon-events-source": "s",
						"x-amazon-events-detail-type": "d",
						type: "object",
						dependencies: { a: ["b"], x: { required: ["y"] } },
						dependentRequired: { c: ["d"] },
						dependentSchemas: { x: { required: ["z"] } },
					}),
				},
			]),
		);
		const root = writeAll("dependents", files);
		const { E } = await import(path.join(root, "events/e.js"));
		const accepted = (value: unknown) => check(E.validate, value).ok;
		expect(
			[{ a: 1 }, { c: 1 }, { x: 1, y: 1 }, { x: 1, z: 1 }].map(accepted),
		).toEqual([false, false, false, false]);
		expect(
			[
				{ a: 1, b: 1 },
				{ c: 1, d: 1 },
				{ x: 1, y: 1, z: 1 },
			].map(accepted),
		).toEqual([true, true, true]);
	});

	test("reports all issues, or only the first", async () => {
		const { validate } = await validatorOf("issues", {
			properties: {
				a: { type: "string" },
				b: {
					anyOf: [
						{ type: "number", minimum: 5, multipleOf: 2 },
						{ type: "string" },
					],
				},
			},
			required: ["a"],
			additionalProperties: false,
		});
		const issues = (value: unknown, wanted?: "first") => {
			const result = check(validate, value, wanted);
			return result.ok
				? []
				: result.issues.map(({ path: at, rule }) => `${at} ${rule}`);
		};
		// A missing property does not offset an additional one.
		expect(issues({ c: 1 })).toEqual([
			"/c additionalProperties",
			"/a required",
		]);
		expect(issues({ a: "a", b: 3 })).toEqual(["/b minimum", "/b multipleOf"]);
		expect(issues({ a: "a", b: 3 }, "first")).toEqual(["/b minimum"]);
		expect(check(validate, { a: 7 })).toMatchObject({
			issues: [
				{
					path: "/a",
					rule: "type",
					expected: "string",
					found: 7,
					message: "must be string, found number",
				},
			],
		});
		expect(check(validate, { a: "a", c: undefined }).ok).toBe(true);
	});

	test("neither the order of properties nor earlier events affect the result", async () => {
		const names = ["a", "b", "c", "d", "constructor", "__proto__"];
		const schema = {
			properties: JSON.parse(
				`{${names.map((name) => `"${name}": {"type": "integer", "minimum": 0}`)}}`,
			),
			required: ["a", "c", "constructor"],
			additionalProperties: false,
		};
		const { validate } = await validatorOf("orders", schema);
		const next = random(5);
		const all = [...names, "e", "toString"];
		for (let i = 0; i < 5_000; i++) {
			const chosen = all.filter(() => next(9) > 0);
			chosen.sort(() => next(3) - 1);
			const numbers = chosen.map(() => (next(20) > 0 ? 1 : -1));
			const text = `{${chosen.map((name, at) => `"${name}": ${numbers[at]}`)}}`;
			const fits =
				schema.required.every((name) => chosen.includes(name)) &&
				chosen.every((name) => names.includes(name)) &&
				!numbers.includes(-1);
			expect(check(validate, JSON.parse(text)).ok, text).toBe(fits);
		}
		const complete = { a: 1, c: 1, constructor: 1 };
		const accepted = (value: unknown) => check(validate, value).ok;
		expect(accepted({ e: undefined, ...complete, b: undefined })).toBe(true);
		expect(accepted({ ...complete, a: undefined })).toBe(false);
		// Inherited properties are not part of the JSON.
		expect(accepted(Object.assign(Object.create({ e: 1 }), complete))).toBe(
			true,
		);
	});

	test("an issue's path includes array indexes and record keys", async () => {
		const { validate } = await validatorOf("paths", {
			properties: {
				"a/b": {
					type: "array",
					items: { type: "array", items: { type: "string", maxLength: 2 } },
				},
				records: {
					type: "object",
					additionalProperties: { type: "array", items: { type: "null" } },
					propertyNames: { maxLength: 3 },
				},
				pair: { prefixItems: [true, { properties: { c: { const: 1 } } }] },
			},
		});
		const result = check(validate, {
			"a/b": [["ok"], ["ok", "long"]],
			records: { "x~": [null, 1], long: [] },
			pair: [0, { c: 2 }],
		});
		expect(
			result.ok ? [] : result.issues.map(({ path: at, rule }) => [at, rule]),
		).toEqual([
			["/a~1b/1/1", "maxLength"],
			["/records/x~0/1", "type"],
			["/records/long", "maxLength"],
			["/pair/1/c", "const"],
		]);
	});

	test("the time to report issues does not grow exponentially with depth", async () => {
		const { validate } = await validatorOf("levels", {
			properties: { n: { $ref: "#/$defs/N" } },
			$defs: {
				N: {
					anyOf: ["a", "b", "c"].map((kind) => ({
						type: "object",
						properties: { k: { const: kind }, next: { $ref: "#/$defs/N" } },
					})),
				},
			},
		});
		let n: object = { k: "z" };
		for (let i = 0; i < 40; i++) n = { k: "c", next: n };
		for (const isTolerant of [false, true]) {
			const result = check(validate, { n }, "all", isTolerant);
			expect(result.ok ? [] : result.issues).toHaveLength(1);
		}
	});

	const tagged = (ops: readonly unknown[], required: readonly string[]) =>
		ops.map((op) => ({
			type: "object",
			properties: { op: { const: op }, of: { $ref: "#/$defs/N" } },
			required,
		}));
	test.each<[string, Json, object]>([
		[
			"discriminators next to unevaluatedProperties",
			{
				oneOf: tagged(["and", "or", "not"], ["op"]),
				unevaluatedProperties: false,
			},
			{ op: "not" },
		],
		[
			"numbers as discriminator values",
			{ oneOf: tagged([1, 2, 3], ["op"]) },
			{ op: 3 },
		],
		["optional discriminators", { anyOf: tagged(["a", "b"], []) }, { op: "b" }],
		[
			"discriminator values in definitions",
			{
				oneOf: ["A", "B", "C"].map((name) => ({
					type: "object",
					properties: {
						op: { $ref: `#/$defs/${name}` },
						of: { $ref: "#/$defs/N" },
					},
					required: ["op"],
				})),
				unevaluatedProperties: false,
			},
			{ op: "C" },
		],
		[
			"property names unique to a branch, next to unevaluatedProperties",
			{
				anyOf: ["a", "b", "c"].map((name) => ({
					type: "object",
					properties: { of: { $ref: "#/$defs/N" }, [name]: true },
					additionalProperties: false,
				})),
				unevaluatedProperties: false,
			},
			{ c: 1 },
		],
		[
			"property names unique to a branch",
			{
				oneOf: ["a", "b", "c"].map((name) => ({
					type: "object",
					properties: { of: { $ref: "#/$defs/N" }, [name]: true },
					additionalProperties: false,
				})),
			},
			{ b: 1 },
		],
		...(["oneOf", "anyOf"] as const).flatMap(
			(union): [string, Json, object][] =>
				(
					[
						["types", [{ type: "string" }, { type: "number" }], 1],
						["limits", [{ maximum: 0 }, { minimum: 1 }], 5],
						["patterns", [{ pattern: "^x" }, { pattern: "^y" }], "y"],
						[
							"nested properties",
							[{ required: ["b"] }, { required: ["c"] }],
							{ c: 1 },
						],
					] as const
				).map(([what, forms, value]) => [
					`${what} of a property, in ${union}`,
					{
						[union]: forms.map((form) => ({
							type: "object",
							properties: {
								of: { $ref: "#/$defs/N" },
								list: { type: "array", items: { $ref: "#/$defs/N" } },
								a: form,
							},
							required: ["a"],
							additionalProperties: false,
						})),
					},
					{ a: value },
				]),
		),
		[
			"not of not, in a union",
			{
				anyOf: [["x"], []].map((required) => ({
					type: "object",
					properties: { of: { not: { not: { $ref: "#/$defs/N" } } } },
					required,
				})),
			},
			{ b: 1 },
		],
		[
			"if, then and else",
			{
				type: "object",
				if: { properties: { of: { $ref: "#/$defs/N" } }, required: ["of"] },
				then: { properties: { of: { $ref: "#/$defs/N" } } },
				else: { properties: { of: { $ref: "#/$defs/N" } } },
			},
			{ b: 1 },
		],
		[
			"allOf and dependentSchemas",
			{
				type: "object",
				allOf: [1, 2].map(() => ({
					properties: { of: { $ref: "#/$defs/N" } },
				})),
				dependentSchemas: { b: { properties: { of: { $ref: "#/$defs/N" } } } },
			},
			{ b: 1 },
		],
		[
			"contains, in a union",
			{
				anyOf: [
					{
						type: "object",
						properties: {
							of: {
								if: { type: "array" },
								then: {
									contains: { $ref: "#/$defs/N" },
									items: { $ref: "#/$defs/N" },
								},
								else: { $ref: "#/$defs/N" },
							},
						},
					},
					{ type: "null" },
				],
			},
			{ b: 1 },
		],
		["a missing discriminator", { oneOf: tagged([1, 2, 3], ["op"]) }, {}],
		[
			"required properties",
			{
				anyOf: ["a", "b"].map((name) => ({
					type: "object",
					properties: { of: { $ref: "#/$defs/N" } },
					required: [name],
				})),
			},
			{ b: 1 },
		],
	])(
		"the time to validate does not grow exponentially with depth: %s",
		async (name, schema, more) => {
			const { validate } = await validatorOf(
				`order-${name.replaceAll(" ", "-")}`,
				{
					properties: { n: { $ref: "#/$defs/N" } },
					$defs: {
						N: schema,
						A: { const: "A" },
						B: { const: "B" },
						C: { const: "C" },
					},
				},
			);
			const nested = (innermost: object) => {
				let n = innermost;
				for (let i = 0; i < 60; i++) n = { of: n, ...more };
				return { n };
			};
			const fits = Object.keys(more).length > 0;
			for (const isTolerant of [false, true]) {
				const accepts = (value: unknown) =>
					check(validate, value, "all", isTolerant).ok;
				expect(accepts(nested(more))).toBe(fits);
				expect(accepts(nested({ ...more, of: 1 }))).toBe(false);
				expect(accepts(nested({ ...more, z: 1 }))).toBe(
					fits && (isTolerant || accepts({ n: { ...more, z: 1 } })),
				);
			}
		},
	);

	test("a definition named like a variant of another does not collide", async () => {
		const definition = (more: Json): Source => ({
			file: "tree.json",
			text: JSON.stringify({
				title: "Tree",
				$id: "https://a.example/tree.json",
				type: "object",
				properties: { kid: { $dynamicRef: "#n" } },
				$defs: { d: { $dynamicAnchor: "n", type: "integer" }, ...more },
			}),
		});
		const { validate } = await validatorOf(
			"within",
			{
				$id: "https://a.example/e",
				properties: { t: { $ref: "tree.json" } },
				$defs: {
					leaf: { $dynamicAnchor: "n", title: "Leaf", type: "string" },
					TreeWithinLeaf: { type: "number" },
				},
			},
			[definition({})],
		);
		expect(check(validate, { t: { kid: "s" } }).ok).toBe(true);
		expect(check(validate, { t: { kid: 1 } }).ok).toBe(false);
	});

	test("multipleOf is exact in decimal, for large numbers too", async () => {
		const { validate } = await validatorOf("multiples", {
			properties: { a: { type: "number", multipleOf: 3 } },
		});
		const fits = [0, -0, 9, -9, 3e23];
		const wrong = [1, 1e23, 1e24, 0.3, 3.5];
		expect(fits.filter((a) => !check(validate, { a }).ok)).toEqual([]);
		expect(wrong.filter((a) => check(validate, { a }).ok)).toEqual([]);
	});

	test("the message names a non-finite number", async () => {
		const { validate } = await validatorOf("infinite", {
			properties: { a: { type: "number" } },
		});
		expect(check(validate, { a: Number.POSITIVE_INFINITY })).toMatchObject({
			issues: [{ message: "must be number, found Infinity" }],
		});
	});

	test("a value that nests too deep for a recursive schema is refused without an exception", async () => {
		const [, schema = {}] =
			schemas.find(([name]) => name === "recursion") ?? [];
		const { validate } = await validatorOf("deep", schema as Json);
		const tree = JSON.parse(
			`${'{"kids":['.repeat(50_000)}${"]}".repeat(50_000)}`,
		);
		expect(check(validate, { tree })).toMatchObject({
			ok: false,
			issues: [{ rule: "depth" }],
		});
	});
});
