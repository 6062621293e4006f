// A document whose definitions are the schemas: each gets a file of its own.
import { isObject } from "../../runtime/json.ts";
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
} from "./names.ts";

/**
 * Imports the definitions at a pointer. Its event types are those in the root's `oneOf` or `anyOf` or, if it has neither, those
 * that no other definition refers to.
 */
export function importBundle(
	document: SchemaObject,
	holder: string,
	{ source, domain }: ImportOptions,
): Imported {
	if (source === undefined)
		throw new Error(
			"a bundle does not name the event source: specify it with --source",
		);
	const definitions = resolvePointer(document, holder) as Readonly<
		Record<string, Schema>
	>;
	const prefix = `#${holder}/`;
	const ids = new Map(
		Object.entries(definitions).flatMap(([key, schema]) =>
			isObject(schema) && typeof schema.$id === "string"
				? [[schema.$id, key] as const]
				: [],
		),
	);
	const targetOf = (ref: string): readonly [key: string, inside: string] => {
		const [key = "", ...more] = ref.startsWith(prefix)
			? pointerTokens(`/${percentDecoded(ref.slice(prefix.length))}`)
			: [ids.get(ref) ?? ""];
		if (!Object.hasOwn(definitions, key))
			throw new Error(
				`$ref ${JSON.stringify(ref)} does not point to a definition of the bundle`,
			);
		return [key, more.length > 0 ? `#${appendPointer("", ...more)}` : ""];
	};
	const keyOf = (ref: string) => targetOf(ref)[0];
	const version = String(document.openapi ?? "");
	const isEarly =
		version === ""
			? !/2019-09|2020-12/.test(String(document.$schema ?? latest))
			: version.startsWith("3.0");
	const $schema =
		isEarly || version !== "" ? latest : String(document.$schema ?? latest);
	const events = eventKeys(document, definitions, keyOf);
	const folder = domain ?? kebabCase(source);
	const paths = pathsOf(definitions, events, folder);
	const notes = new Notes();
	const files = new Map<string, string>();
	const titles = new Set<string>();
	for (const [key, schema] of Object.entries(definitions)) {
		const path = paths.get(key) as string;
		const converted = modernSchema(
			schema,
			{
				reference: (ref) => {
					const [target, inside] = targetOf(ref);
					return relative(path, paths.get(target) as string) + inside;
				},
				annotated: (...note) => notes.annotate(...note),
				refStandsAlone: isEarly,
			},
			appendPointer(holder, key),
		);
		// The title comes from the key; the old title becomes the description if there is none.
		const { title: old, description = old, ...rest } = asObject(converted);
		const isEvent = events.has(key);
		const title = isEvent
			? untaken(typeName(key, `Event ${key}`), (name) => titles.has(name))
			: titleOfFile(path);
		if (isEvent) titles.add(title);
		files.set(
			path,
			textOf({
				$schema,
				title,
				...(typeof description === "string" ? { description } : {}),
				...(isEvent
					? {
							[sourceKey]: source,
							[detailTypeKey]: key,
							...ownedByAws(source),
							...notes.object(title, rest),
						}
					: rest),
			}),
		);
	}
	return notes.imported(files, [...titles]);
}

function eventKeys(
	document: SchemaObject,
	definitions: Readonly<Record<string, Schema>>,
	keyOf: (ref: string) => string,
): ReadonlySet<string> {
	const named = branchesOf(document).map(keyOf);
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

/** The references that a root lists as alternatives. */
export const branchesOf = ({ oneOf, anyOf }: SchemaObject): readonly string[] =>
	[oneOf, anyOf]
		.flatMap((list) => (Array.isArray(list) ? list : []))
		.flatMap((branch) =>
			isObject(branch) && typeof branch.$ref === "string" ? branch.$ref : [],
		);

export function referencesIn(value: unknown): readonly string[] {
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
			const path = untaken(
				`${place}/${kebabCase(key) || "definition"}`,
				(name) => taken.has(name),
				".json",
				"-",
			);
			taken.add(path);
			return [key, path];
		}),
	);
}
