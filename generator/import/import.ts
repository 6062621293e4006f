// Converts external schemas to schema files for the generator.
import { isObject, nestsDeeperThan, parseJson } from "../../runtime/json.ts";
import {
	appendPointer,
	percentDecoded,
	pointerTokens,
	resolvePointer,
} from "../../runtime/json-pointer.ts";
import {
	affectsValidity,
	definitionKeywords,
	detailTypeKey,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import { importAsyncApi } from "./async-api.ts";
import { bundleOf, importBundle } from "./bundle.ts";
import { modernSchema } from "./dialect.ts";
import {
	asObject,
	type Imported,
	type ImportOptions,
	latest,
	Notes,
	ownedByAws,
	textOf,
} from "./imported.ts";
import { kebabCase, relative, typeName, untaken } from "./names.ts";
import { branchesOf, referencesIn } from "./references.ts";
import {
	importSchemaFile,
	type Place,
	rootOf,
	titleOf,
} from "./schema-file.ts";

const depthMax = 500;

/** A document, and the path that it was read from, relative to where the documents are. */
export interface Document {
	readonly file: string;
	readonly value: unknown;
}

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

/** A document that only lists others. */
function isIndex(value: unknown, documents: readonly Document[]): boolean {
	if (!isObject(value) || documents.length === 1 || describes(value))
		return false;
	const listed = branchesOf(value);
	return (
		listed.length > 0 &&
		listed.every((ref) => /^[^#:]+\.(?:json|ya?ml)$/.test(ref))
	);
}

/** Where each schema file goes. Files of a folder keep their places, so that they may refer to each other. */
function placesOf(
	documents: readonly Document[],
	options: ImportOptions,
): ReadonlyMap<string, Place> {
	const places = new Map<string, Place>();
	const known = new Set(documents.map(({ file }) => file));
	const ids = new Map(
		documents.flatMap(({ file, value }) =>
			isObject(value) && typeof (value.$id ?? value.id) === "string"
				? [[String(value.$id ?? value.id).replace(/#$/, ""), file] as const]
				: [],
		),
	);
	const targetOf = (from: string, ref: string): string | undefined => {
		const [address = ""] = ref.split("#");
		if (address === "") return undefined;
		const base = [...ids].find(([, file]) => file === from)?.[0];
		const byId = ids.get(address) ?? ids.get(String(URL.parse(address, base)));
		if (byId !== undefined || /^[a-z][a-z0-9+.-]*:|^\/\//i.test(address))
			return byId;
		const url = URL.parse(
			percentDecoded(address),
			`file:///${encodeURI(from)}`,
		);
		const target = url ? decodeURI(url.pathname).slice(1) : "";
		return known.has(target) ? target : undefined;
	};
	const referred = sharedFiles(
		new Map(
			documents
				// A list of event types makes none of them a definition.
				.filter(({ value }) => !isObject(value) || describes(value))
				.map(({ file, value }) => [
					file,
					referencesIn(value).flatMap((ref) => targetOf(file, ref) ?? []),
				]),
		),
	);
	const isAlone = documents.length === 1;
	const titles = titlesOf(documents);
	const pathOf = (file: string, value: unknown) => {
		const root = isObject(value) ? value : {};
		const source = String(root[sourceKey] ?? options.source ?? "");
		const folder = options.domain ?? (kebabCase(source) || "events");
		return isAlone
			? `${folder}/${kebabCase(titles.get(file) as string)}.json`
			: `${folder}/${file.replace(/\.(?:json|ya?ml)$/, "")}.json`;
	};
	const paths = new Map(
		documents.map(({ file, value }) => [file, pathOf(file, value)]),
	);
	for (const { file } of documents) {
		const path = paths.get(file) as string;
		places.set(file, {
			path,
			title: titles.get(file) as string,
			isShared: referred.has(file),
			reference: (ref) => {
				const target = targetOf(file, ref);
				const hash = ref.indexOf("#");
				if (target === file && hash >= 0) return ref.slice(hash);
				if (target === undefined || /^[a-z][a-z0-9+.-]*:/i.test(ref))
					return ref;
				return (
					relative(path, paths.get(target) as string) +
					(hash < 0 ? "" : ref.slice(hash))
				);
			},
		});
	}
	return places;
}

/** The files to which others refer that they do not refer back to. */
function sharedFiles(
	references: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
	const reachOf = (start: string): ReadonlySet<string> => {
		const reached = new Set(references.get(start));
		for (const file of reached)
			for (const next of references.get(file) ?? []) reached.add(next);
		return reached;
	};
	const reach = new Map(
		[...references.keys()].map((file) => [file, reachOf(file)]),
	);
	return new Set(
		[...references].flatMap(([from, targets]) =>
			targets.filter((to) => reach.get(to)?.has(from) !== true),
		),
	);
}

/** A title for each file. Equal ones get the name of the folder before them, or a number. */
function titlesOf(documents: readonly Document[]): ReadonlyMap<string, string> {
	const own = documents.map(({ file, value }) => {
		const { root, named } = rootOf(isObject(value) ? value : {});
		return [file, titleOf(file, root, named)] as const;
	});
	const uses = Map.groupBy(own, ([, title]) => title);
	const titles = new Map<string, string>();
	const taken = new Set<string>();
	for (const [file, title] of own) {
		const folder = file.split("/").at(-2) ?? "";
		const isShort = uses.get(title)?.length === 1 || folder === "";
		const unique = untaken(
			isShort ? title : typeName(`${folder} ${title}`, title),
			(name) => taken.has(name),
		);
		taken.add(unique);
		titles.set(file, unique);
	}
	return titles;
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
		return importEvent(document, document, "definitions", options, around);
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

/** Whether a root describes something: it constrains values by more than a choice of definitions. */
function describes(document: SchemaObject): boolean {
	const says = Object.keys(document).filter(affectsValidity);
	return branchesOf(document).length > 0
		? says.some((keyword) => !["oneOf", "anyOf", "type"].includes(keyword))
		: says.length > 0;
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
			around,
		);
	if (Object.keys(all).length === 0)
		throw new Error("the document has no schemas in components");
	const isEarly = String(document.openapi).startsWith("3.0");
	return importBundle(
		bundleOf(document, ["/components/schemas"], isEarly),
		options,
	);
}

/** Imports a single event type, with its definitions in `$defs`. */
function importEvent(
	document: SchemaObject,
	envelope: SchemaObject,
	holder: string,
	options: ImportOptions,
	{ isTaken }: Surroundings,
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
	const targetOf = (
		ref: string,
	): readonly [key: string, ...inside: string[]] => {
		if (!ref.startsWith(prefix))
			throw new Error(`$ref ${JSON.stringify(ref)} points outside ${prefix}`);
		const [key = "", ...inside] = pointerTokens(
			`/${percentDecoded(ref.slice(prefix.length))}`,
		);
		return [key, ...inside];
	};
	const notes = new Notes();
	const needed = new Set<string>();
	const convert = (schema: Schema, pointer: string) =>
		modernSchema(
			schema,
			{
				reference: (ref) => {
					const [key, ...inside] = targetOf(ref);
					needed.add(key);
					return `#${appendPointer("", "$defs", key, ...inside)}`;
				},
				annotated: (...note) => notes.annotate(...note),
				refStandsAlone: true,
			},
			pointer,
		);
	const at = (key: string) =>
		resolvePointer(document, appendPointer(`/${holder}`, key)) as
			| Schema
			| undefined;
	const target =
		isObject(detail) && typeof detail.$ref === "string"
			? targetOf(detail.$ref)[0]
			: undefined;
	const root = target === undefined ? detail : (at(target) ?? {});
	const body = asObject(
		convert(
			root,
			target === undefined
				? "/properties/detail"
				: appendPointer(`/${holder}`, target),
		),
	);
	const definitions = new Map<string, Schema>();
	for (const key of needed) {
		const schema = at(key);
		if (schema === undefined) throw new Error(`there is no ${prefix}${key}`);
		definitions.set(key, convert(schema, appendPointer(`/${holder}`, key)));
	}
	const folder = options.domain ?? kebabCase(source);
	const pathOf = (name: string) => `${folder}/${kebabCase(name)}.json`;
	const byDetailType = typeName(detailType, `Event ${detailType}`);
	const byComponent = typeName(target ?? "", detailType, `Event ${detailType}`);
	const isUnclear =
		genericNames.has(byComponent) || isTaken(pathOf(byComponent));
	const title = untaken(isUnclear ? byDetailType : byComponent, (name) =>
		isTaken(pathOf(name)),
	);
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
		...notes.object(title, rest),
		...(needed.size > 0
			? {
					$defs: {
						...(rest.$defs as object | undefined),
						...Object.fromEntries(definitions),
					},
				}
			: {}),
	};
	return notes.imported(new Map([[pathOf(title), textOf(event)]]), [title]);
}

/** Names of components that say nothing of the event. */
const genericNames: ReadonlySet<string> = new Set(
	"AWSEvent Body Content Data Detail Details Event EventDetail Message Object Payload Root Schema".split(
		" ",
	),
);
