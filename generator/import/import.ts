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
	// YAML's aliases can refer to themselves.
	for (const { file, value } of documents)
		if (nestsDeeperThan(value, depthMax))
			throw new Error(
				`${file}: the document nests deeper than ${depthMax} levels`,
			);
	const places = placesOf(documents, options);
	const files = new Map<string, string>();
	const parts: Imported[] = [];
	for (const { file, value } of documents) {
		if (isIndex(value, documents)) continue;
		try {
			const part = importDocument(value, options, file, {
				isTaken: (path) => files.has(path),
				place: places.get(file),
			});
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
		} catch (error) {
			throw new Error(`${file}: ${(error as Error).message}`);
		}
	}
	return {
		files,
		eventTypes: parts.flatMap(({ eventTypes }) => eventTypes).sort(),
		annotated: [...new Set(parts.flatMap(({ annotated }) => annotated))].sort(),
		slips: parts.flatMap(({ slips }) => slips),
		typed: parts.flatMap(({ typed }) => typed),
	};
}

/** What an import knows of the others of its run. */
interface Surroundings {
	readonly isTaken: (path: string) => boolean;
	readonly place?: Place | undefined;
}

/**
 * Imports a document: an OpenApi3 or JSONSchemaDraft4 entry of the EventBridge schema registry, an OpenAPI or AsyncAPI document, a
 * schema, or a bundle of schemas, which is a document whose root says nothing itself. Throws an `Error` that names the problem.
 */
export function importDocument(
	document: unknown,
	options: ImportOptions = {},
	file = "document.json",
	around: Surroundings = { isTaken: () => false },
): Imported {
	if (!isObject(document)) throw new Error("the document is not an object");
	if (nestsDeeperThan(document, depthMax))
		throw new Error(`the document nests deeper than ${depthMax} levels`);
	// The AWS CLI prints an entry with the document as a string.
	if (typeof document.Content === "string" && "SchemaName" in document) {
		const content = parseJson(document.Content);
		if (!content.ok)
			throw new Error(
				`the Content of the entry is not JSON: ${content.message}`,
			);
		return importDocument(content.value, options, file, around);
	}
	if (typeof document.asyncapi === "string")
		return importAsyncApi(document, options);
	if (typeof document.openapi === "string")
		return importOpenApi(document, options, around);
	const { properties } = document;
	if (sourceKey in document && isObject(properties) && "detail" in properties)
		return importEvent(
			document,
			document,
			"definitions",
			options,
			around.isTaken,
		);
	const holders = definitionKeywords.filter((name) => isObject(document[name]));
	if (around.place?.isShared !== true && !describes(document)) {
		const isEarly = !/2019-09|2020-12/.test(String(document.$schema ?? latest));
		if (holders.length > 0)
			return importBundle(
				bundleOf(
					document,
					holders.map((name) => `/${name}`),
					isEarly,
				),
				options,
			);
		throw new Error(
			"the document is neither an EventBridge registry entry, nor a schema, nor a bundle with $defs or definitions",
		);
	}
	const place =
		around.place ?? placesOf([{ file, value: document }], options).get(file);
	return importSchemaFile(document, place as Place, options);
}

function importOpenApi(
	document: SchemaObject,
	options: ImportOptions,
	around: Surroundings,
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
			around.isTaken,
		);
	if (Object.keys(all).length === 0)
		throw new Error("the document has no schemas in components");
	const isEarly = String(document.openapi).startsWith("3.0");
	return importBundle(
		bundleOf(document, ["/components/schemas"], isEarly),
		options,
	);
}
