// A document whose definitions are the schemas: each gets a file of its own.
import { isObject } from "../../runtime/json.ts";
import { appendPointer, percentDecoded } from "../../runtime/json-pointer.ts";
import {
	detailTypeKey,
	isGroup,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
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
import {
	kebabCase,
	relative,
	titleOfFile,
	typeName,
	untaken,
	usableName,
} from "./names.ts";
import { branchesOf, referencesIn } from "./references.ts";

export interface Definition {
	/** Its name, and its detail-type if it is an event type. */
	readonly key: string;
	readonly schema: Schema;
}

export interface Bundle {
	/** By their pointers in the document. */
	readonly definitions: ReadonlyMap<string, Definition>;
	/** The pointers of the event types. By default, those of objects that no other definition refers to. */
	readonly events?: readonly string[];
	/** Other pointers of definitions. */
	readonly aliases?: ReadonlyMap<string, string>;
	/** URI of the document. */
	readonly id?: unknown;
	/** `$ref` overrides its siblings, as before 2019-09. */
	readonly refStandsAlone: boolean;
}

/** The bundle of a document whose root says nothing: its definitions, and those that its root lists in place. */
export function bundleOf(
	document: SchemaObject,
	holders: readonly string[],
	refStandsAlone: boolean,
): Bundle {
	const definitions = new Map<string, Definition>();
	const collect = (value: unknown, pointer: string): void => {
		for (const [key, item] of Object.entries(isObject(value) ? value : {})) {
			const at = appendPointer(pointer, key);
			if (isGroup(item)) collect(item, at);
			else definitions.set(at, { key, schema: item as Schema });
		}
	};
	for (const holder of holders) {
		let value: unknown = document;
		for (const step of holder.split("/").slice(1))
			value = (value as SchemaObject)[step];
		collect(value, holder);
	}
	const inline: string[] = [];
	for (const keyword of ["oneOf", "anyOf"] as const)
		for (const [i, branch] of asList(document[keyword]).entries()) {
			if (!isObject(branch) || "$ref" in branch) continue;
			const at = appendPointer("", keyword, i);
			const { title } = branch;
			const key = typeof title === "string" ? title : `Variant ${i + 1}`;
			definitions.set(at, { key, schema: branch });
			inline.push(at);
		}
	const bundle = { definitions, id: document.$id, refStandsAlone };
	const listed = branchesOf(document).map(
		(ref) => targetIn(bundle, ref).pointer,
	);
	return listed.length + inline.length > 0
		? { ...bundle, events: [...listed, ...inline] }
		: bundle;
}

const asList = (value: unknown): readonly unknown[] =>
	Array.isArray(value) ? value : [];

/** Imports a bundle. Throws an `Error` that names the problem. */
export function importBundle(
	bundle: Bundle,
	{ source, domain }: ImportOptions,
): Imported {
	if (source === undefined)
		throw new Error(
			"a bundle does not name the event source: specify it with --source",
		);
	const { definitions, refStandsAlone } = bundle;
	const events = new Set(bundle.events ?? unreferenced(bundle));
	if (events.size === 0)
		throw new Error(
			"each definition is referred to: list the event types in a oneOf at the root",
		);
	const paths = pathsOf(definitions, events, domain ?? kebabCase(source));
	const notes = new Notes();
	const files = new Map<string, string>();
	const titles = new Set<string>();
	for (const [pointer, { key, schema }] of definitions) {
		const path = paths.get(pointer) as string;
		const converted = modernSchema(
			schema,
			{
				reference: (ref) => {
					const target = targetIn(bundle, ref);
					const to = paths.get(target.pointer) as string;
					return relative(path, to) + target.inside;
				},
				annotated: (...note) => notes.annotate(...note),
				refStandsAlone,
			},
			pointer,
		);
		// The title comes from the key; the old title becomes the description if there is none.
		const { title: old, description = old, ...rest } = asObject(converted);
		const isEvent = events.has(pointer);
		const title = isEvent
			? untaken(typeName(key, `Event ${key}`), (name) => titles.has(name))
			: usableName(titleOfFile(path));
		if (isEvent) titles.add(title as string);
		files.set(
			path,
			textOf({
				$schema: latest,
				...(title === undefined ? {} : { title }),
				...(typeof description === "string" ? { description } : {}),
				...(isEvent
					? {
							[sourceKey]: source,
							[detailTypeKey]: key,
							...ownedByAws(source),
							...(isTyped(bundle, pointer)
								? rest
								: notes.object(title as string, rest)),
						}
					: rest),
			}),
		);
	}
	return notes.imported(files, [...titles]);
}

/** The definition that a reference points to, or into. Throws an `Error` if there is none. */
function targetIn(
	{ definitions, aliases, id }: Bundle,
	ref: string,
): { readonly pointer: string; readonly inside: string } {
	const own = typeof id === "string" ? id.replace(/#.*$/, "") : "";
	const local =
		own !== "" && ref.startsWith(`${own}#`) ? ref.slice(own.length) : ref;
	const found = local.startsWith("#/")
		? around(
				percentDecoded(local.slice(1)),
				(pointer) => definitions.has(pointer) || aliases?.has(pointer) === true,
			)
		: identified(local, definitions);
	if (found === undefined)
		throw new Error(
			`$ref ${JSON.stringify(ref)} does not point to a definition of the bundle`,
		);
	return { ...found, pointer: aliases?.get(found.pointer) ?? found.pointer };
}

/** The definition at a pointer or around it. */
function around(
	pointer: string,
	isKnown: (pointer: string) => boolean,
): { readonly pointer: string; readonly inside: string } | undefined {
	let found = pointer;
	while (found !== "" && !isKnown(found))
		found = found.slice(0, found.lastIndexOf("/"));
	if (found === "") return undefined;
	const inside = pointer.slice(found.length);
	return { pointer: found, inside: inside === "" ? "" : `#${inside}` };
}

/** The definition with an id or an anchor, which may be relative. */
function identified(
	ref: string,
	definitions: Bundle["definitions"],
): { readonly pointer: string; readonly inside: string } | undefined {
	for (const [pointer, { schema }] of definitions) {
		if (!isObject(schema)) continue;
		const { $id, id, $anchor } = schema;
		const names = [$id, id].filter((name) => typeof name === "string");
		if (
			names.some((name) => name === ref || name.endsWith(`/${ref}`)) ||
			`#${$anchor}` === ref
		)
			return { pointer, inside: "" };
	}
	return undefined;
}

/** Objects that no object refers to. Other values cannot be the detail of an event. */
function unreferenced(bundle: Bundle): readonly string[] {
	const objects = [...bundle.definitions].filter(([, { schema }]) =>
		canBeObject(schema),
	);
	const referred = new Set(
		objects.flatMap(([pointer, { schema }]) =>
			referencesIn(schema)
				.map((ref) => targetIn(bundle, ref).pointer)
				.filter((target) => target !== pointer),
		),
	);
	return objects
		.map(([pointer]) => pointer)
		.filter((pointer) => !referred.has(pointer));
}

const canBeObject = (schema: Schema): boolean =>
	isObject(schema) &&
	(schema.type === undefined || [schema.type].flat().includes("object")) &&
	!("const" in schema) &&
	!("enum" in schema);

/** Whether a definition says its type, or what it refers to does. */
function isTyped(bundle: Bundle, start: string): boolean {
	const seen = new Set<string>();
	for (let pointer = start; !seen.has(pointer); ) {
		seen.add(pointer);
		const schema = bundle.definitions.get(pointer)?.schema;
		if (!isObject(schema)) return false;
		if ("type" in schema) return true;
		if (typeof schema.$ref !== "string") return false;
		pointer = targetIn(bundle, schema.$ref).pointer;
	}
	return false;
}

/** The file of each definition. Names that differ only in case or punctuation get a number. */
function pathsOf(
	definitions: Bundle["definitions"],
	events: ReadonlySet<string>,
	folder: string,
): ReadonlyMap<string, string> {
	const taken = new Set<string>();
	return new Map(
		[...definitions].map(([pointer, { key }]) => {
			const place = events.has(pointer) ? folder : `${folder}/definitions`;
			const path = untaken(
				`${place}/${kebabCase(key) || "definition"}`,
				(name) => taken.has(name),
				".json",
				"-",
			);
			taken.add(path);
			return [pointer, path];
		}),
	);
}
