import type { Finding } from "../diagnostics.ts";
import { closureOf, type EventModel, type Model } from "../schema/model.ts";
import { detailTypeKey, sourceKey } from "../schema/outline.ts";
import { contentCharactersMax, registryName } from "../schema/registry-name.ts";
import { convert, type Dialect } from "./draft-04.ts";
import type { Emitter } from "./emitter.ts";

const draft04: Dialect = {
	name: "draft-04",
	references: "#/definitions/",
	annotations: true,
};
const openApi: Dialect = {
	name: "openapi-3.0",
	references: "#/components/schemas/",
	annotations: true,
};

/**
 * Registry entries, one per event type and format: `FORMAT/SCHEMA_NAME.json` is the content that the registry stores.
 * Entries of read-only events are in `ReadOnly`: filters are checked against them, but they are never published.
 */
export const registry: Emitter = (model) => {
	const findings: Finding[] = [];
	const files = model.events.flatMap((event) => {
		const name = registryName(event);
		const draft4 = jsonSchemaDraft4(event, model);
		const contents = event.readOnly
			? { ReadOnly: draft4 }
			: { OpenApi3: openApi3(event, model), JSONSchemaDraft4: draft4 };
		return Object.entries(contents).map(([format, content]) => {
			const text = `${JSON.stringify(content, null, 2)}\n`;
			const characters =
				text.length > contentCharactersMax
					? JSON.stringify(content).length
					: text.length;
			if (characters > contentCharactersMax && !event.readOnly)
				findings.push({
					code: "registry-too-large",
					file: event.file,
					pointer: "",
					message: `the ${format} entry has ${characters} characters, the limit is ${contentCharactersMax}`,
				});
			return [`${format}/${name}.json`, text] as const;
		});
	});
	return { files, findings };
};

const envelope = {
	account: { type: "string" },
	"detail-type": { type: "string" },
	id: { type: "string" },
	region: { type: "string" },
	resources: { type: "array", items: { type: "string" } },
	source: { type: "string" },
	time: { type: "string", format: "date-time" },
	version: { type: "string" },
};

function eventSchema(event: EventModel, dialect: Dialect) {
	return {
		type: "object",
		required: [
			"detail-type",
			"resources",
			"detail",
			"id",
			"source",
			"time",
			"region",
			"version",
			"account",
		],
		[detailTypeKey]: event.detailType,
		[sourceKey]: event.source,
		properties: {
			detail: { $ref: `${dialect.references}${event.name}` },
			...envelope,
		},
	};
}

function details(event: EventModel, model: Model, dialect: Dialect) {
	const all = [
		event,
		...closureOf(model.schemas, event).filter(
			({ name }) => name !== event.name,
		),
	];
	return Object.fromEntries(
		all.map((named) => [
			named.name,
			convert(named, model.schemas, dialect).schema,
		]),
	);
}

function openApi3(event: EventModel, model: Model) {
	const { description } = event.schema;
	return {
		openapi: "3.0.0",
		info: {
			version: "1.0.0",
			title: event.name,
			...(typeof description === "string" ? { description } : {}),
		},
		paths: {},
		components: {
			schemas: {
				AWSEvent: eventSchema(event, openApi),
				...details(event, model, openApi),
			},
		},
	};
}

function jsonSchemaDraft4(event: EventModel, model: Model) {
	const { description } = event.schema;
	return {
		$schema: "http://json-schema.org/draft-04/schema#",
		title: event.name,
		...(typeof description === "string" ? { description } : {}),
		...eventSchema(event, draft04),
		definitions: details(event, model, draft04),
	};
}
