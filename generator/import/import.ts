// Converts external schemas to schema files for the generator.
import { isObject, nestsDeeperThan, parseJson } from "../../runtime/json.ts";
import {
	appendPointer,
	percentDecoded,
	pointerTokens,
	resolvePointer,
} from "../../runtime/json-pointer.ts";
import {
	detailTypeKey,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import { pascalCase } from "../schema/name.ts";
import { modernSchema } from "./dialect.ts";

export interface ImportOptions {
	/** The event source, if the document does not name it. */
	readonly source?: string;
	/** The folder of the new files; by default named after the source. */
	readonly domain?: string;
}

export interface Imported {
	/** Content by path, relative to the schemas folder. */
	readonly files: ReadonlyMap<string, string>;
	/** Titles of the event types in the files. */
	readonly eventTypes: readonly string[];
	/** Unknown keywords and formats that became annotations. */
	readonly annotated: readonly string[];
}

const depthMax = 500;
const latest = "https://json-schema.org/draft/2020-12/schema";

/**
 * Imports an OpenApi3 or JSONSchemaDraft4 document of the EventBridge schema registry, or a bundle of JSON Schemas.
 * A bundle's event types are the definitions in its root's `oneOf` or `anyOf` or, if it has neither, those that no other
 * definition refers to. Each definition of a bundle gets its own file. Throws an `Error` that names the problem.
 */
export function importDocument(
	document: unknown,
	options: ImportOptions = {},
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
		return importDocument(content.value, options);
	}
	if (typeof document.openapi === "string")
		return importOpenApi(document, options);
	const { properties } = document;
	if (sourceKey in document && isObject(properties) && "detail" in properties)
		return importEvent(document, document, "definitions", options);
	return importBundle(document, options);
}

function importOpenApi(
	document: SchemaObject,
	options: ImportOptions,
): Imported {
	const components = isObject(document.components) ? document.components : {};
	const all = isObject(components.schemas) ? components.schemas : {};
	const envelope = Object.values(all).find(
		(schema): schema is SchemaObject => isObject(schema) && sourceKey in schema,
	);
	if (!envelope)
		throw new Error(
			`no schema in components has ${sourceKey}: the document is not an EventBridge registry entry`,
		);
	return importEvent(document, envelope, "components/schemas", options);
}

/** Imports a single event type, with its definitions in `$defs`. */
function importEvent(
	document: SchemaObject,
	envelope: SchemaObject,
	holder: string,
	options: ImportOptions,
): Imported {
	const source = String(envelope[sourceKey]);
	if (options.source !== undefined && options.source !== source)
		throw new Error(
			`the document already names its source, ${source}: omit --source`,
		);
	const detailType = String(envelope[detailTypeKey] ?? "");
	if (detailType === "") throw new Error(`the event has no ${detailTypeKey}`);
	const properties = isObject(envelope.properties) ? envelope.properties : {};
	const detail = (properties.detail ?? {}) as Schema;
	const prefix = `#/${holder}/`;
	const keyOf = (ref: string) => {
		if (!ref.startsWith(prefix))
			throw new Error(`$ref ${JSON.stringify(ref)} points outside ${prefix}`);
		const [key = "", ...more] = pointerTokens(
			`/${percentDecoded(ref.slice(prefix.length))}`,
		);
		if (more.length > 0)
			throw new Error(
				`$ref ${JSON.stringify(ref)} points inside a definition: make its target a separate definition`,
			);
		return key;
	};
	const annotated = new Set<string>();
	const needed = new Set<string>();
	const convert = (schema: Schema) =>
		modernSchema(schema, {
			reference: (ref) => {
				needed.add(keyOf(ref));
				return `#${appendPointer("", "$defs", keyOf(ref))}`;
			},
			annotated: (name) => annotated.add(name),
			refStandsAlone: true,
		});
	const at = (key: string) =>
		resolvePointer(document, appendPointer(`/${holder}`, key)) as
			| Schema
			| undefined;
	const target =
		isObject(detail) && typeof detail.$ref === "string"
			? keyOf(detail.$ref)
			: undefined;
	const root = target === undefined ? detail : (at(target) ?? {});
	const body = asObject(convert(root));
	const definitions = new Map<string, Schema>();
	for (const key of needed) {
		const schema = at(key);
		if (schema === undefined) throw new Error(`there is no ${prefix}${key}`);
		definitions.set(key, convert(schema));
	}
	const title = titleOf(target, detailType);
	const described = isObject(document.info)
		? document.info.description
		: document.description;
	const { description = described, title: _, ...rest } = body;
	const event = {
		$schema: latest,
		title,
		...(typeof description === "string" ? { description } : {}),
		[sourceKey]: source,
		[detailTypeKey]: detailType,
		...ownedByAws(source),
		...rest,
		...(needed.size > 0 ? { $defs: Object.fromEntries(definitions) } : {}),
	};
	const folder = options.domain ?? kebabCase(source);
	return {
		files: new Map([[`${folder}/${kebabCase(title)}.json`, textOf(event)]]),
		eventTypes: [title],
		annotated: [...annotated].sort(),
	};
}

function titleOf(component: string | undefined, detailType: string): string {
	const candidates = [component ?? "", detailType, `Event${detailType}`].map(
		pascalCase,
	);
	return (
		candidates.find((name) => /^\p{ID_Start}\p{ID_Continue}*$/u.test(name)) ??
		"Event"
	);
}

/** Only AWS can publish events with a source of AWS. */
function ownedByAws(source: string): SchemaObject {
	return source.startsWith("aws.") ? { readOnly: true } : {};
}

function importBundle(
	document: SchemaObject,
	options: ImportOptions,
): Imported {
	const holder = ["$defs", "definitions"].find((name) =>
		isObject(document[name]),
	);
	if (!holder)
		throw new Error(
			"the document is neither an EventBridge registry entry nor a bundle with $defs or definitions",
		);
	const { source, domain } = options;
	if (source === undefined)
		throw new Error(
			"a bundle does not name the event source: specify it with --source",
		);
	const definitions = document[holder] as Record<string, Schema>;
	const prefix = `#/${holder}/`;
	const keyOf = (ref: string) => {
		const key = ref.startsWith(prefix)
			? pointerTokens(`/${percentDecoded(ref.slice(prefix.length))}`)
			: [];
		if (key.length !== 1 || !Object.hasOwn(definitions, key[0] as string))
			throw new Error(
				`$ref ${JSON.stringify(ref)} does not point to a definition of the bundle`,
			);
		return key[0] as string;
	};
	const isEarly = !/2019-09|2020-12/.test(String(document.$schema ?? latest));
	const $schema = isEarly ? latest : String(document.$schema ?? latest);
	const events = eventKeys(document, definitions, keyOf);
	const folder = domain ?? kebabCase(source);
	const paths = pathsOf(definitions, events, folder);
	const annotated = new Set<string>();
	const files = new Map<string, string>();
	const titles: string[] = [];
	for (const [key, schema] of Object.entries(definitions)) {
		const path = paths.get(key) as string;
		const converted = modernSchema(schema, {
			reference: (ref) => relative(path, paths.get(keyOf(ref)) as string),
			annotated: (name) => annotated.add(name),
			refStandsAlone: isEarly,
		});
		const title = pascalCase(key);
		// The title comes from the file's name; the old title becomes the description if there is none.
		const { title: old, description = old, ...rest } = asObject(converted);
		if (events.has(key)) titles.push(title);
		files.set(
			path,
			textOf({
				$schema,
				title: events.has(key) ? title : titleOfFile(path),
				...(typeof description === "string" ? { description } : {}),
				...(events.has(key)
					? { [sourceKey]: source, [detailTypeKey]: key, ...ownedByAws(source) }
					: {}),
				...rest,
			}),
		);
	}
	return { files, eventTypes: titles.sort(), annotated: [...annotated].sort() };
}

function eventKeys(
	document: SchemaObject,
	definitions: Readonly<Record<string, Schema>>,
	keyOf: (ref: string) => string,
): ReadonlySet<string> {
	const named = [document.oneOf, document.anyOf]
		.flatMap((list) => (Array.isArray(list) ? list : []))
		.flatMap((branch) =>
			isObject(branch) && typeof branch.$ref === "string"
				? keyOf(branch.$ref)
				: [],
		);
	if (named.length > 0) return new Set(named);
	const referred = new Set(
		Object.entries(definitions).flatMap(([key, schema]) =>
			referencesIn(schema)
				.map(keyOf)
				.filter((target) => target !== key),
		),
	);
	return new Set(Object.keys(definitions).filter((key) => !referred.has(key)));
}

function referencesIn(value: unknown): readonly string[] {
	if (Array.isArray(value)) return value.flatMap(referencesIn);
	if (!isObject(value)) return [];
	return [
		...(typeof value.$ref === "string" ? [value.$ref] : []),
		...Object.values(value).flatMap(referencesIn),
	];
}

/** The file of each definition. Names that differ only in case or punctuation get a number. */
function pathsOf(
	definitions: Readonly<Record<string, Schema>>,
	events: ReadonlySet<string>,
	folder: string,
): ReadonlyMap<string, string> {
	const taken = new Set<string>();
	return new Map(
		Object.keys(definitions).map((key) => {
			const place = events.has(key) ? folder : `${folder}/definitions`;
			const base = kebabCase(key) || "definition";
			let path = `${place}/${base}.json`;
			for (let i = 2; taken.has(path); i++) path = `${place}/${base}-${i}.json`;
			taken.add(path);
			return [key, path];
		}),
	);
}

/** The default title of a file. */
const titleOfFile = (path: string) =>
	pascalCase(path.slice(path.lastIndexOf("/") + 1, -".json".length));

function relative(from: string, to: string): string {
	const up = from.split("/").length - 1;
	const folder = from.slice(0, from.lastIndexOf("/") + 1);
	return to.startsWith(folder)
		? to.slice(folder.length)
		: `${"../".repeat(up)}${to}`;
}

export function kebabCase(text: string): string {
	return text
		.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1-$2")
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== "")
		.join("-")
		.toLowerCase();
}

const asObject = (schema: Schema): SchemaObject =>
	isObject(schema) ? schema : schema ? {} : { not: {} };

const textOf = (schema: SchemaObject) => `${JSON.stringify(schema, null, 2)}\n`;
