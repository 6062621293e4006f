// Facts about a file that other schemas need: its kind, its names and its references. Small enough to cache.
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import {
	type Draft,
	definitionKeywords,
	detailTypeKey,
	eachSchema,
	idKeyword,
	refStandsAlone,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "./keywords.ts";
import type { SchemaDocument } from "./parse.ts";

/** A schema resource: a file's root, or a schema with `$id`. */
export interface Resource {
	readonly pointer: string;
	readonly id?: string;
	/** The index of the enclosing resource. */
	readonly parent?: number;
}

export interface Anchor {
	/** "" for a `$recursiveAnchor`. */
	readonly name: string;
	readonly pointer: string;
	readonly resource: number;
	readonly dynamic: boolean;
}

export type ReferenceKeyword = "$ref" | "$dynamicRef" | "$recursiveRef";

export interface Reference {
	readonly keyword: ReferenceKeyword;
	readonly to: string;
	readonly pointer: string;
	readonly resource: number;
}

export interface Outline {
	readonly file: string;
	readonly draft: Draft;
	readonly title?: string;
	/** Published by another system. */
	readonly readOnly?: boolean;
	/** As written in the schema, not validated. */
	readonly source?: unknown;
	readonly detailType?: unknown;
	readonly type?: unknown;
	/** The root contains only `$defs`, no schema. */
	readonly onlyDefinitions: boolean;
	/** Pointers of the root's definitions. */
	readonly definitions: readonly string[];
	/** The root resource is first. */
	readonly resources: readonly Resource[];
	readonly anchors: readonly Anchor[];
	readonly references: readonly Reference[];
}

export function outline({ file, draft, schema }: SchemaDocument): Outline {
	const resources: Resource[] = [];
	const anchors: Anchor[] = [];
	const references: Reference[] = [];
	const visit = (inner: Schema, pointer: string, around: number): void => {
		if (!isObject(inner)) return;
		const id = idOf(inner, draft);
		let resource = around;
		if (pointer === "" || id !== undefined) {
			resource = resources.length;
			resources.push({
				pointer,
				...(id === undefined ? {} : { id }),
				...(pointer === "" ? {} : { parent: around }),
			});
		}
		anchors.push(...anchorsOf(inner, pointer, resource, draft));
		for (const keyword of referenceKeywords)
			if (typeof inner[keyword] === "string")
				references.push({
					keyword,
					to: inner[keyword],
					pointer,
					resource,
				});
		for (const [keyword, value] of Object.entries(inner))
			eachSchema(keyword, value, appendPointer(pointer, keyword), (next, at) =>
				visit(next, at, resource),
			);
	};
	visit(schema, "", 0);
	const { title, readOnly, type } = schema;
	return {
		file,
		draft,
		...(typeof title === "string" ? { title } : {}),
		...(readOnly === true ? { readOnly } : {}),
		...(sourceKey in schema ? { source: schema[sourceKey] } : {}),
		...(detailTypeKey in schema ? { detailType: schema[detailTypeKey] } : {}),
		...(type === undefined ? {} : { type }),
		onlyDefinitions: onlyDefinitions(schema),
		definitions: definitionsIn(schema),
		resources,
		anchors,
		references,
	};
}

function definitionsIn(schema: SchemaObject): readonly string[] {
	const pointers: string[] = [];
	for (const holder of definitionKeywords)
		if (holder in schema)
			eachSchema(
				holder,
				schema[holder],
				appendPointer("", holder),
				(_, pointer) => pointers.push(pointer),
			);
	return pointers;
}

/** Documentation of a schema: displayed elsewhere, with no effect on validation. */
export interface Doc {
	readonly description?: string;
	readonly deprecated?: boolean;
}

export function docOf({ schema }: SchemaDocument): Doc {
	const { description, deprecated } = schema;
	return {
		...(typeof description === "string" ? { description } : {}),
		...(deprecated === true ? { deprecated } : {}),
	};
}

const referenceKeywords: readonly ReferenceKeyword[] = [
	"$ref",
	"$dynamicRef",
	"$recursiveRef",
];

/** Whether a schema file describes an event type. */
export const describesEvent = (schema: SchemaObject): boolean =>
	sourceKey in schema || detailTypeKey in schema;

/** Whether a file describes an event type. With only one of the two keys, it is an invalid event type. */
export const isEvent = (facts: {
	readonly source?: unknown;
	readonly detailType?: unknown;
}): boolean => "source" in facts || "detailType" in facts;

function idOf(schema: SchemaObject, draft: Draft): string | undefined {
	const id = schema[idKeyword(draft)];
	if (typeof id !== "string") return undefined;
	if (refStandsAlone(draft) && ("$ref" in schema || id.startsWith("#")))
		return undefined;
	return id;
}

function anchorsOf(
	schema: SchemaObject,
	pointer: string,
	resource: number,
	draft: Draft,
): readonly Anchor[] {
	const at = { pointer, resource };
	if (refStandsAlone(draft)) {
		const id = schema[idKeyword(draft)];
		return typeof id === "string" && id.startsWith("#") && id !== "#"
			? [{ name: id.slice(1), ...at, dynamic: false }]
			: [];
	}
	const found: Anchor[] = [];
	if (typeof schema.$anchor === "string")
		found.push({ name: schema.$anchor, ...at, dynamic: false });
	if (typeof schema.$dynamicAnchor === "string")
		found.push({ name: schema.$dynamicAnchor, ...at, dynamic: true });
	if (schema.$recursiveAnchor === true)
		found.push({ name: "", ...at, dynamic: true });
	return found;
}

function onlyDefinitions(schema: SchemaObject): boolean {
	const own = Object.keys(schema).filter(
		(key) =>
			!["$schema", "$id", "$comment", "title", "description"].includes(key),
	);
	return (
		own.length > 0 &&
		own.every((key) => key === "$defs" || key === "definitions")
	);
}
