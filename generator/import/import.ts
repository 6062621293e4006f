// Converts external schemas to schema files for the generator.
import { isObject, nestsDeeperThan, parseJson } from "../../runtime/json.ts";
import {
	definitionKeywords,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import { importAsyncApi } from "./async-api.ts";
import { bundleOf, importBundle } from "./bundle.ts";
import { type Imported, type ImportOptions, latest } from "./imported.ts";
import { type Document, describes, isIndex, placesOf } from "./places.ts";
import { importEvent } from "./registry-entry.ts";
import { importSchemaFile, type Place } from "./schema-file.ts";

const depthMax = 500;

/** Imports documents that may refer to each other. Throws an `Error` that names the document and the problem. */
export function importDocuments(
	documents: readonly Document[],
	options: ImportOptions = {},
): Imported {
	const read = documents.map(({ file, value }) => ({
		file,
		value: named(file, () => schemasIn(value)),
	}));
	const places = placesOf(read, options);
	const files = new Map<string, string>();
	const parts: Imported[] = [];
	for (const { file, value } of read) {
		if (isIndex(value, read)) continue;
		named(file, () => {
			const part = importDocument(
				value,
				options,
				places.get(file) as Place,
				(path) => files.has(path),
			);
			for (const [path, text] of part.files) {
				if (files.has(path))
					throw new Error(`another document also becomes ${path}`);
				files.set(path, text);
			}
			parts.push({
				...part,
				slips: part.slips.map((slip) => ({
					...slip,
					pointer: `${file}#${slip.pointer}`,
				})),
			});
		});
	}
	return {
		files,
		eventTypes: parts.flatMap(({ eventTypes }) => eventTypes).sort(),
		annotated: [...new Set(parts.flatMap(({ annotated }) => annotated))].sort(),
		slips: parts.flatMap(({ slips }) => slips),
		typed: parts.flatMap(({ typed }) => typed),
	};
}

/** Names the document in what is thrown about it. */
function named<T>(file: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw new Error(`${file}: ${(error as Error).message}`);
	}
}

/** A document's object. The AWS CLI prints a registry entry with the document as a string. */
function schemasIn(document: unknown): SchemaObject {
	if (!isObject(document)) throw new Error("the document is not an object");
	// YAML's aliases can refer to themselves.
	if (nestsDeeperThan(document, depthMax))
		throw new Error(`the document nests deeper than ${depthMax} levels`);
	if (typeof document.Content !== "string" || !("SchemaName" in document))
		return document;
	const content = parseJson(document.Content);
	if (!content.ok)
		throw new Error(`the Content of the entry is not JSON: ${content.message}`);
	return schemasIn(content.value);
}

/**
 * Imports an OpenApi3 or JSONSchemaDraft4 entry of the EventBridge schema registry, an OpenAPI or AsyncAPI document, a schema, or
 * a bundle of schemas, which is a document whose root says nothing itself.
 */
function importDocument(
	document: SchemaObject,
	options: ImportOptions,
	place: Place,
	isTaken: (path: string) => boolean,
): Imported {
	if (typeof document.asyncapi === "string")
		return importAsyncApi(document, options);
	if (typeof document.openapi === "string")
		return importOpenApi(document, options, isTaken);
	const { properties } = document;
	if (sourceKey in document && isObject(properties) && "detail" in properties)
		return importEvent(document, document, "definitions", options, isTaken);
	if (place.isShared || describes(document))
		return importSchemaFile(document, place, options);
	const holders = definitionKeywords.filter((name) => isObject(document[name]));
	if (holders.length === 0)
		throw new Error(
			"the document is neither an EventBridge registry entry, nor a schema, nor a bundle with $defs or definitions",
		);
	const isEarly = !/2019-09|2020-12/.test(String(document.$schema ?? latest));
	return importBundle(
		bundleOf(
			document,
			holders.map((name) => `/${name}`),
			isEarly,
		),
		options,
	);
}

function importOpenApi(
	document: SchemaObject,
	options: ImportOptions,
	isTaken: (path: string) => boolean,
): Imported {
	const components = isObject(document.components) ? document.components : {};
	const all = isObject(components.schemas) ? components.schemas : {};
	const envelope = Object.values(all).find(
		(schema): schema is SchemaObject => isObject(schema) && sourceKey in schema,
	);
	if (envelope)
		return importEvent(
			document,
			envelope,
			"components/schemas",
			options,
			isTaken,
		);
	if (Object.keys(all).length === 0)
		throw new Error("the document has no schemas in components");
	const isEarly = String(document.openapi).startsWith("3.0");
	return importBundle(
		bundleOf(document, ["/components/schemas"], isEarly),
		options,
	);
}
