// Where the files of an import go, so that they can still refer to each other.
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
export interface Document<Value = unknown> {
	readonly file: string;
	readonly value: Value;
}

/** A document that only lists others. */
export function isIndex(
	value: SchemaObject,
	documents: readonly Document[],
): boolean {
	if (documents.length === 1 || describes(value)) return false;
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
	documents: readonly Document<SchemaObject>[],
	options: ImportOptions,
): ReadonlyMap<string, Place> {
	const places = new Map<string, Place>();
	const known = new Set(documents.map(({ file }) => file));
	// What a relative reference is relative to: the file's own URI, or where it is.
	const bases = new Map(
		documents.map(({ file, value }) => {
			const at = `file:///${encodeURI(file)}`;
			const id = value.$id ?? value.id;
			const uri = typeof id === "string" ? URL.parse(id, at) : null;
			return [file, (uri?.href ?? at).replace(/#.*$/, "")] as const;
		}),
	);
	const byUri = new Map([...bases].map(([file, uri]) => [uri, file]));
	const targetOf = (from: string, ref: string): string | undefined => {
		const [address = ""] = ref.split("#");
		if (address === "") return undefined;
		const byId = byUri.get(URL.parse(address, bases.get(from))?.href ?? "");
		if (byId !== undefined || /^[a-z][a-z0-9+.-]*:|^\/\//i.test(address))
			return byId;
		const url = URL.parse(
			percentDecoded(address),
			`file:///${encodeURI(from)}`,
		);
		const target = percentDecoded(url?.pathname ?? "").slice(1);
		return known.has(target) ? target : undefined;
	};
	const referred = sharedFiles(
		new Map(
			documents
				// A list of event types makes none of them a definition.
				.filter(({ value }) => describes(value))
				.map(({ file, value }) => [
					file,
					referencesIn(value).flatMap((ref) => targetOf(file, ref) ?? []),
				]),
		),
	);
	const isAlone = documents.length === 1;
	const titles = titlesOf(documents);
	const pathOf = (file: string, value: SchemaObject) => {
		const source = String(value[sourceKey] ?? options.source ?? "");
		const folder = options.domain ?? (kebabCase(source) || "events");
		return isAlone
			? `${folder}/${kebabCase(titles.get(file) as string)}.json`
			: `${folder}/${file
					.replace(/\.(?:json|ya?ml)$/, "")
					.split("/")
					.map((step) => (isPlain(step) ? step : kebabCase(step)))
					.join("/")}.json`;
	};
	const paths = new Map(
		documents.map(({ file, value }) => [file, pathOf(file, value)]),
	);
	const renames = new Map(
		documents.map(({ file, value }) => [file, rootOf(value).rename]),
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
					(hash < 0 ? "" : (renames.get(target)?.(ref.slice(hash)) ?? ""))
				);
			},
		});
	}
	return places;
}

/** Whether a name can be part of an import path. */
const isPlain = (name: string): boolean =>
	/^[\p{L}\p{N}_-][\p{L}\p{N}._-]*$/u.test(name) &&
	!/\.d(?:\.|$)|\.(?:ts|js|json)$/.test(name);

/** The files to which others refer that they do not refer back to. */
function sharedFiles(
	references: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
	const known = new Map<string, ReadonlySet<string>>();
	const reachOf = (start: string): ReadonlySet<string> => {
		const reached = new Set(references.get(start));
		for (const file of reached)
			for (const next of references.get(file) ?? []) reached.add(next);
		known.set(start, reached);
		return reached;
	};
	const reaches = (from: string, to: string): boolean =>
		(known.get(from) ?? reachOf(from)).has(to);
	return new Set(
		[...references].flatMap(([from, targets]) =>
			targets.filter((to) => to !== from && !reaches(to, from)),
		),
	);
}

/** A title for each file. Equal ones get the name of the folder before them, or a number. */
function titlesOf(
	documents: readonly Document<SchemaObject>[],
): ReadonlyMap<string, string> {
	const own = documents.map(({ file, value }) => {
		const { root, named } = rootOf(value);
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
