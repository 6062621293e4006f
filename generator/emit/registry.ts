import type { Finding } from "../diagnostics.ts";
import { detailTypeKey, sourceKey } from "../schema/keywords.ts";
import { closureOf, type EventModel, type Model } from "../schema/model.ts";
import { contentCharactersMax, registryName } from "../schema/registry-name.ts";
import { convert, type Dialect } from "./draft-04.ts";
import type { Emitter, RegistryFormat } from "./emitter.ts";
import { inWords, sizeWithClosure } from "./size.ts";

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

/** Registry entries, one per event type and format: `FORMAT/SCHEMA_NAME.json` is the content that the registry stores. */
export const registry: Emitter = (model, { registryFormats }) => {
	const findings: Finding[] = [];
	const refuse = ({ file }: EventModel, format: string, size: number) => {
		findings.push({
			code: "registry-too-large",
			file,
			pointer: "",
			message: `the ${format} entry is not written: it has at least ${inWords(size)} characters, the limit is ${inWords(contentCharactersMax)}`,
		});
		return [];
	};
	const published = model.events.filter((event) => !event.readOnly);
	const files = published.flatMap((event) => {
		const name = registryName(event);
		return registryFormats.flatMap((format) => {
			const size = sizeWithClosure(
				model,
				event,
				(named) => convert(named, model.schemas, dialects[format]).schema,
			);
			if (size > contentCharactersMax) return refuse(event, format, size);
			const content = JSON.stringify(entries[format](event, model));
			return content.length > contentCharactersMax
				? refuse(event, format, content.length)
				: [[`${format}/${name}.json`, `${content}\n`] as const];
		});
	});
	return { files, findings };
};

const dialects: Readonly<Record<RegistryFormat, Dialect>> = {
	OpenApi3: openApi,
	JSONSchemaDraft4: draft04,
};

const entries: Readonly<
	Record<RegistryFormat, (event: EventModel, model: Model) => object>
> = { OpenApi3: openApi3, JSONSchemaDraft4: jsonSchemaDraft4 };

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
