// The required tests of the official JSON Schema Test Suite, as schema files for the generator. See vectors/json-schema/README.md.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Source } from "../../generator/schema/parse.ts";

export interface SuiteGroup {
	/** The suite's file, without its extension. */
	readonly file: string;
	readonly description: string;
	readonly schema: unknown;
	readonly tests: readonly {
		readonly description: string;
		readonly data: unknown;
		readonly valid: boolean;
	}[];
}

export const drafts = {
	"draft-04": "http://json-schema.org/draft-04/schema#",
	"draft-06": "http://json-schema.org/draft-06/schema#",
	"draft-07": "http://json-schema.org/draft-07/schema#",
	"2019-09": "https://json-schema.org/draft/2019-09/schema",
	"2020-12": "https://json-schema.org/draft/2020-12/schema",
} as const;
export type DraftName = keyof typeof drafts;

const folder = path.join(import.meta.dirname, "../vectors/json-schema");
const lines = <T>(file: string): readonly T[] =>
	readFileSync(path.join(folder, file), "utf8")
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));

export const groupsOf = (draft: DraftName): readonly SuiteGroup[] =>
	lines(`${draft}.jsonl`);
export const formatGroupsOf = (draft: DraftName): readonly SuiteGroup[] =>
	lines(`${draft}.format.jsonl`);

type SchemaObject = Readonly<Record<string, unknown>>;
const remotes = lines<{ path: string; schema: SchemaObject }>("remotes.jsonl");

const metaSchemas: Readonly<Record<DraftName, readonly string[]>> = {
	"draft-04": ["ajv-draft-04/dist/refs/json-schema-draft-04.json"],
	"draft-06": ["ajv/dist/refs/json-schema-draft-06.json"],
	"draft-07": ["ajv/dist/refs/json-schema-draft-07.json"],
	"2019-09": [
		"ajv/dist/refs/json-schema-2019-09/schema.json",
		...[
			"applicator",
			"content",
			"core",
			"format",
			"meta-data",
			"validation",
		].map((name) => `ajv/dist/refs/json-schema-2019-09/meta/${name}.json`),
	],
	"2020-12": [
		"ajv/dist/refs/json-schema-2020-12/schema.json",
		...[
			"applicator",
			"content",
			"core",
			"format-annotation",
			"meta-data",
			"unevaluated",
			"validation",
		].map((name) => `ajv/dist/refs/json-schema-2020-12/meta/${name}.json`),
	],
};

/** The draft's meta-schema, followed by its vocabularies. */
export function metaSchemasOf(draft: DraftName): readonly SchemaObject[] {
	return metaSchemas[draft].map((file) =>
		JSON.parse(readFileSync(path.join("node_modules", file), "utf8")),
	);
}

/** The remote schemas that a schema refers to, directly or transitively, each with its URL as `$id`. */
export function servedFor(
	draft: DraftName,
	schema: unknown,
): readonly SchemaObject[] {
	const text = JSON.stringify(schema);
	const served: SchemaObject[] = [];
	const waiting = [text];
	const other = [
		...Object.keys(drafts)
			.filter((name) => name !== draft)
			.map((name) => `draft${name.replace("draft-0", "")}/`),
		"draft3/",
		"v1/",
	];
	for (let asking = waiting.pop(); asking; asking = waiting.pop())
		for (const { path: address, schema: remote } of remotes) {
			const $id = `http://localhost:1234/${address}`;
			if (
				!asking.includes(path.posix.basename(address)) ||
				other.some((prefix) => address.startsWith(prefix)) ||
				served.some((known) => known.servedAt === $id)
			)
				continue;
			served.push({
				$schema: drafts[draft],
				[draft === "draft-04" ? "id" : "$id"]: $id,
				...remote,
				servedAt: $id,
			});
			waiting.push(JSON.stringify(remote));
		}
	if (
		/json-schema\.org\/draft[^"]*\/schema#?"/.test(
			text.replaceAll(/"\$schema":"[^"]*"/g, ""),
		)
	)
		served.push(...metaSchemasOf(draft));
	return served.map(({ servedAt: _, ...schema }) => schema);
}

/** An event type whose detail has a property `value` with the group's schema. */
export function sourcesOf(
	draft: DraftName,
	{ schema }: SuiteGroup,
): readonly Source[] {
	const isBoolean = typeof schema === "boolean";
	const event = {
		title: "Case",
		"x-amazon-events-source": "suite",
		"x-amazon-events-detail-type": "Case",
		type: "object",
		properties: { value: isBoolean ? schema : { $ref: "schema.json" } },
	};
	const file = (name: string, value: unknown): Source => ({
		file: `${name}.json`,
		text: JSON.stringify(value),
	});
	return [
		file("case", event),
		...(isBoolean
			? []
			: [file("schema", { $schema: drafts[draft], ...(schema as object) })]),
		...servedFor(draft, schema).map((remote, i) =>
			file(`served/s${i}`, remote),
		),
	];
}
