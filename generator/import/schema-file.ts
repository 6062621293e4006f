// A JSON Schema file whose root is the schema: it stays one file, of its own draft.
import { isObject } from "../../runtime/json.ts";
import {
	percentDecoded,
	pointerTokens,
	resolvePointer,
} from "../../runtime/json-pointer.ts";
import { draftOf } from "../schema/check-keywords.ts";
import { formats } from "../schema/formats.ts";
import {
	affectsValidity,
	type Draft,
	definitionKeywords,
	detailTypeKey,
	drafts,
	keywordStatus,
	keywords,
	mapKeyword,
	refStandsAlone,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import { annotationName, suspicion } from "./dialect.ts";
import {
	type Imported,
	type ImportOptions,
	latest,
	Notes,
	ownedByAws,
	textOf,
} from "./imported.ts";
import { titleOfFile, typeName } from "./names.ts";

/** Where a file goes, and where the files that it refers to go. */
export interface Place {
	readonly path: string;
	/** The title, which no other file of the run has. */
	readonly title: string;
	/** Rewrites a reference to another file. */
	readonly reference: (ref: string) => string;
	/** Other files refer to it: it is no event type. */
	readonly isShared: boolean;
}

/** Imports a file that describes one schema. Its definitions stay its own. */
export function importSchemaFile(
	document: SchemaObject,
	{ path, title, reference, isShared }: Place,
	options: ImportOptions,
): Imported {
	const { root, rename } = rootOf(document);
	const notes = new Notes();
	const draft = readingOf(root, notes);
	const cleaned = clean(root, "", {
		draft,
		notes,
		reference: (ref) => {
			const target = ref.startsWith("#") ? ref : reference(ref);
			return target.startsWith("#") ? rename(target) : target;
		},
	}) as SchemaObject;
	const { $schema: _, title: old, description = old, ...rest } = cleaned;
	const head = {
		$schema: uriOf(draft),
		title,
		...(typeof description === "string" ? { description } : {}),
	};
	if (isShared && !(sourceKey in root))
		return notes.imported(new Map([[path, textOf({ ...head, ...rest })]]), []);
	const source = root[sourceKey] ?? options.source;
	if (typeof source !== "string")
		throw new Error(
			"a schema does not name the event source: specify it with --source",
		);
	if (options.source !== undefined && options.source !== source)
		throw new Error(
			`the document already names its source, ${source}: omit --source`,
		);
	const event = {
		...head,
		[sourceKey]: source,
		[detailTypeKey]: root[detailTypeKey] ?? title,
		...ownedByAws(source),
		// Before 2019-09, a type beside a reference has no effect.
		...("$ref" in rest && refStandsAlone(draft)
			? rest
			: notes.object(title, rest)),
	};
	return notes.imported(new Map([[path, textOf(event)]]), [title]);
}

/** The name of the type: the title, the definition that the root refers to, or the file's name. */
export const titleOf = (
	file: string,
	{ title }: SchemaObject,
	definition = "",
): string =>
	typeName(
		typeof title === "string" && title.length <= titleMax ? title : "",
		definition,
		titleOfFile(file),
		`Event ${titleOfFile(file)}`,
	);

/** Longer titles are sentences. */
const titleMax = 64;

/** A root that only refers to a definition is that definition. */
export function rootOf(document: SchemaObject): {
	readonly root: SchemaObject;
	/** Rewrites a reference within the file. */
	readonly rename: (ref: string) => string;
	readonly named?: string;
} {
	const { $ref } = document;
	const says = Object.keys(document).filter(
		(keyword) => keyword !== "$ref" && affectsValidity(keyword),
	);
	const asIs = { root: document, rename: (ref: string) => ref };
	if (typeof $ref !== "string" || says.length > 0) return asIs;
	const pointer = percentDecoded($ref.slice(1));
	const [holder = "", key = "", ...more] = $ref.startsWith("#/")
		? pointerTokens(pointer)
		: [];
	const target = resolvePointer(document, pointer);
	if (
		!definitionKeywords.some((keyword) => keyword === holder) ||
		more.length > 0 ||
		!isObject(target)
	)
		return asIs;
	const { $ref: _, [holder]: definitions, ...own } = document;
	const { [key]: __, ...others } = definitions as SchemaObject;
	const inner = isObject(target[holder]) ? target[holder] : {};
	if (Object.keys(inner).some((name) => name in others)) return asIs;
	const all = { ...others, ...inner };
	return {
		root: {
			...own,
			...target,
			...(own.title === undefined ? {} : { title: own.title }),
			...(Object.keys(all).length > 0 ? { [holder]: all } : {}),
		},
		rename: (ref) =>
			ref === $ref
				? "#"
				: ref.startsWith(`${$ref}/`)
					? `#${ref.slice($ref.length)}`
					: ref,
		named: key,
	};
}

/** The draft of a document. For an unknown `$schema`, draft-04 if it has that draft's keywords, else draft-07. */
function readingOf({ $schema, ...root }: SchemaObject, notes: Notes): Draft {
	const known = draftOf({ $schema });
	if (known) return known;
	notes.annotate(`$schema ${JSON.stringify($schema)}`, "/$schema");
	return /"exclusiveM(?:in|ax)imum":(?:true|false)/.test(JSON.stringify(root))
		? "draft-04"
		: "draft-07";
}

const uriOf = (draft: Draft): string => {
	const uri = Object.entries(drafts).find(([, name]) => name === draft)?.[0];
	return uri === undefined
		? latest
		: draft.startsWith("draft")
			? `${uri}#`
			: uri;
};

interface Cleaning {
	readonly draft: Draft;
	readonly notes: Notes;
	readonly reference: (ref: string) => string;
}

/** A schema whose unknown keywords and formats are annotations with the prefix `x-`. */
function clean(schema: Schema, pointer: string, cleaning: Cleaning): Schema {
	if (!isObject(schema)) return schema;
	const { draft, notes, reference } = cleaning;
	const out: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(schema)) {
		const at = `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
		const status = keywordStatus(name, draft);
		if (status === "annotation") out[name] = value;
		else if (status !== "known") {
			if (name === "nullable") continue;
			notes.annotate(name, pointer, suspicion(name, draft));
			out[annotationName(name, schema)] = value;
		} else if (name === "$ref" && typeof value === "string")
			out.$ref = reference(value);
		else if (
			name === "format" &&
			typeof value === "string" &&
			!formats.has(value)
		) {
			notes.annotate(`format ${JSON.stringify(value)}`, at);
			out["x-format"] = value;
		} else if (name === "required" && draft === "draft-04" && isEmpty(value)) {
			// draft-04 allows no empty list.
		} else
			out[name] = isWalkable(name, value)
				? mapKeyword(name, value, at, (inner, to) => clean(inner, to, cleaning))
				: value;
	}
	if (schema.nullable === true && out.type !== undefined)
		out.type = [...new Set([out.type, "null"].flat())];
	return out;
}

const isEmpty = (value: unknown): boolean =>
	Array.isArray(value) && value.length === 0;

/** Whether a keyword's value has the shape that it should have; codegen reports what has not. */
function isWalkable(name: string, value: unknown): boolean {
	switch (keywords.get(name)?.holds) {
		case "schemas":
			return Array.isArray(value);
		case "schema-map":
		case "dependencies":
			return isObject(value);
		default:
			return true;
	}
}
