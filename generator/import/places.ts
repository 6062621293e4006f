// Where the files of an import go, so that they can still refer to each other.
import { isObject } from "../../runtime/json.ts";
import { percentDecoded } from "../../runtime/json-pointer.ts";
import {
	affectsValidity,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import type { ImportOptions } from "./imported.ts";
import { kebabCase, relative, typeName, untaken } from "./names.ts";
import { branchesOf, referencesIn } from "./references.ts";
import { type Place, rootOf, titleOf } from "./schema-file.ts";

/** A document, and the path that it was read from, relative to where the documents are. */
export interface Document {
	readonly file: string;
	readonly value: unknown;
}

/** A document that only lists others. */
export function isIndex(
	value: unknown,
	documents: readonly Document[],
): boolean {
	if (!isObject(value) || documents.length === 1 || describes(value))
		return false;
	const listed = branchesOf(value);
	return (
		listed.length > 0 &&
		listed.every((ref) => /^[^#:]+\.(?:json|ya?ml)$/.test(ref))
	);
}

/** Whether a root describes something: it constrains values by more than a choice of definitions. */
export function describes(document: SchemaObject): boolean {
	const says = Object.keys(document).filter(affectsValidity);
	return branchesOf(document).length > 0
		? says.some((keyword) => !["oneOf", "anyOf", "type"].includes(keyword))
		: says.length > 0;
}

/** Where each schema file goes. Files of a folder keep their places, so that they may refer to each other. */
export function placesOf(
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
