import {
	appendPointer,
	percentDecoded,
	resolvePointer,
} from "../../runtime/json-pointer.ts";
import type { Finding } from "../diagnostics.ts";
import { type Schema, walkSchema } from "./keywords.ts";
import type { Outline, Reference } from "./outline.ts";
import type { SchemaDocument, Source } from "./parse.ts";

/** The location of a schema. */
export interface Target {
	readonly file: string;
	readonly pointer: string;
}

/** The target of a reference. A dynamic one resolves to the outermost anchor of that name in its dynamic scope, if any. */
export interface Link extends Target {
	readonly dynamic?: string;
}

/** The name and location of a dynamic anchor. */
export type DynamicAnchor = readonly [name: string, place: Target];

export interface Links {
	/** The target of the reference at a location. */
	readonly linkOf: (
		file: string,
		pointer: string,
		keyword: Reference["keyword"],
	) => Link;
	/** The targets of a file's references. */
	readonly linksOf: (file: string) => readonly Link[];
	/** The dynamic anchors of the resource that contains a location. */
	readonly dynamicAnchorsOf: (target: Target) => readonly DynamicAnchor[];
	/** The names of the dynamic anchors that a file and its transitive dependencies refer to. */
	readonly dynamicNamesFrom: (file: string) => ReadonlySet<string>;
	/** A file and its transitive dependencies. */
	readonly reachFrom: (file: string) => ReadonlySet<string>;
}

export const placeOf = (file: string, pointer: string): string =>
	`${file}#${pointer}`;

interface Located {
	readonly outline: Outline;
	readonly resource: number;
}

/**
 * Resolves every reference: by pointer or anchor, in the same file, another file or a resource named by its `$id`.
 * `hasSchema` returns whether a target is a schema. A reference to an unreadable file is neither resolved nor a finding.
 */
export function link(
	outlines: readonly Outline[],
	hasSchema: (target: Target) => boolean,
	unreadable: readonly Source[],
): {
	readonly links: Links;
	readonly findings: readonly Finding[];
	/** The files with references that are not resolved. */
	readonly unresolved: ReadonlySet<string>;
} {
	const findings: Finding[] = [];
	const files = new Map(outlines.map((outline) => [outline.file, outline]));
	const bases = new Map(
		outlines.map((outline) => [outline.file, basesOf(outline)]),
	);
	const ids = new Map<string, Located>();
	for (const outline of outlines)
		outline.resources.forEach(({ id, pointer }, resource) => {
			const uri = bases.get(outline.file)?.[resource];
			if (id === undefined || uri === undefined) return;
			const other = ids.get(uri);
			if (other)
				findings.push({
					code: "id-duplicate",
					file: outline.file,
					pointer: appendPointer(pointer, "$id"),
					message: `the $id ${JSON.stringify(id)} is already used in ${other.outline.file}`,
				});
			ids.set(uri, { outline, resource });
		});

	const paths = new Map<string, string>();
	const unresolved = new Set<string>();
	const isUnreadable = ({ code }: Unresolved, to: string): boolean => {
		const [address = ""] = to.split("#");
		return (
			address !== "" &&
			(code === "ref-not-found" || code === "ref-remote") &&
			unreadable.some(
				({ file, text }) =>
					file.endsWith(address.split("/").at(-1) || file) ||
					text.includes(address),
			)
		);
	};
	const links = new Map<string, Link>();
	const byFile = new Map<string, readonly Link[]>();
	for (const outline of outlines) {
		const own: Link[] = [];
		for (const reference of outline.references) {
			const found = resolve(
				reference,
				outline,
				bases.get(outline.file)?.[reference.resource] ?? "",
				files,
				ids,
				paths,
			);
			const resolved =
				"code" in found || isKnownPlace(found, files) || hasSchema(found)
					? found
					: notFound(reference, found.file);
			if ("code" in resolved) {
				unresolved.add(outline.file);
				if (!isUnreadable(resolved, reference.to))
					findings.push({
						...resolved,
						file: outline.file,
						pointer: appendPointer(reference.pointer, reference.keyword),
					});
			} else {
				links.set(
					`${reference.keyword} ${placeOf(outline.file, reference.pointer)}`,
					resolved,
				);
				own.push(resolved);
			}
		}
		byFile.set(outline.file, own);
	}
	const linkOf: Links["linkOf"] = (file, pointer, keyword) => {
		const found = links.get(`${keyword} ${placeOf(file, pointer)}`);
		if (!found) throw new Error(`no ${keyword} at ${placeOf(file, pointer)}`);
		return found;
	};
	const linksOf = (file: string) => byFile.get(file) ?? [];
	return {
		links: {
			linkOf,
			linksOf,
			dynamicAnchorsOf: (target) => dynamicAnchorsOf(target, files),
			...transitive(outlines, linksOf),
		},
		findings,
		unresolved,
	};
}

type Unresolved = Pick<Finding, "code" | "message">;

const root = "schemas:/";

/** The absolute URI of each resource if it can be resolved. A file's URI is relative to the schemas folder. */
function basesOf({ file, resources }: Outline): readonly string[] {
	const bases: string[] = [];
	for (const { id, parent } of resources) {
		const around =
			parent === undefined ? root + encodeURI(file) : (bases[parent] ?? root);
		bases.push(
			id === undefined ? around : (absolute(id, around) ?? withoutFragment(id)),
		);
	}
	return bases;
}

function absolute(uri: string, base: string): string | undefined {
	const parsed = URL.parse(uri, base);
	return parsed === null ? undefined : withoutFragment(parsed.href);
}

function resolve(
	{ keyword, to, resource }: Reference,
	from: Outline,
	base: string,
	files: ReadonlyMap<string, Outline>,
	ids: ReadonlyMap<string, Located>,
	paths: Map<string, string>,
): Link | Unresolved {
	const hash = to.indexOf("#");
	const address = hash < 0 ? to : to.slice(0, hash);
	const fragment = percentDecoded(hash < 0 ? "" : to.slice(hash + 1));
	const located =
		address === ""
			? { outline: from, resource }
			: locate(keyword, address, from, base, files, ids, paths);
	if ("code" in located) return located;
	const { outline } = located;
	const start = outline.resources[located.resource]?.pointer ?? "";
	const { file } = outline;
	if (fragment === "") {
		const recursive =
			keyword === "$recursiveRef" &&
			outline.anchors.some(
				({ name, pointer }) => name === "" && pointer === start,
			);
		return { file, pointer: start, ...(recursive ? { dynamic: "" } : {}) };
	}
	if (fragment.startsWith("/")) return { file, pointer: start + fragment };
	const anchor = outline.anchors.find(
		({ name, resource: of }) => name === fragment && of === located.resource,
	);
	if (!anchor) return notFound({ keyword, to }, file);
	return {
		file,
		pointer: anchor.pointer,
		...(keyword === "$dynamicRef" && anchor.dynamic
			? { dynamic: anchor.name }
			: {}),
	};
}

/** Roots, definitions and anchors are known to be schemas. */
function isKnownPlace(
	{ file, pointer }: Target,
	files: ReadonlyMap<string, Outline>,
): boolean {
	const outline = files.get(file);
	return (
		outline !== undefined &&
		(outline.resources.some((resource) => resource.pointer === pointer) ||
			outline.definitions.includes(pointer) ||
			outline.anchors.some((anchor) => anchor.pointer === pointer))
	);
}

function notFound(
	{ keyword, to }: Pick<Reference, "keyword" | "to">,
	file: string,
): Unresolved {
	return {
		code: "ref-not-found",
		message: `${keyword} is ${JSON.stringify(to)}: ${file} has no schema there`,
	};
}

function locate(
	keyword: string,
	address: string,
	from: Outline,
	base: string,
	files: ReadonlyMap<string, Outline>,
	ids: ReadonlyMap<string, Located>,
	/** Relative addresses that were resolved before. */
	paths: Map<string, string>,
): Located | Unresolved {
	const uri = ids.size > 0 ? absolute(address, base) : undefined;
	const byId = ids.get(address) ?? (uri ? ids.get(uri) : undefined);
	if (byId) return byId;
	if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(address))
		return {
			code: "ref-remote",
			message: `${keyword} refers to ${JSON.stringify(address)}, which is not the $id of any schema in the folder`,
		};
	const folder = from.file.slice(0, from.file.lastIndexOf("/") + 1);
	const written = folder + address;
	const path = paths.get(written) ?? joinPath(folder, percentDecoded(address));
	if (path !== undefined) paths.set(written, path);
	if (path === undefined)
		return {
			code: "ref-outside",
			message: `${keyword} refers to ${JSON.stringify(address)}, which is outside the schemas folder`,
		};
	const outline = files.get(path);
	return outline
		? { outline, resource: 0 }
		: {
				code: "ref-not-found",
				message: `${keyword} refers to ${JSON.stringify(address)}: there is no schema file ${path}`,
			};
}

/** Resolves a relative path from a folder; `undefined` if it leaves the root. */
function joinPath(folder: string, relative: string): string | undefined {
	if (relative.startsWith("/") || relative.includes("\\")) return undefined;
	const path = folder.split("/").slice(0, -1);
	for (const step of relative.split("/")) {
		if (step === "" || step === ".") continue;
		if (step !== "..") path.push(step);
		else if (path.pop() === undefined) return undefined;
	}
	return path.join("/");
}

const isWithin = (pointer: string, around: string): boolean =>
	pointer === around || pointer.startsWith(`${around}/`);

function dynamicAnchorsOf(
	{ file, pointer }: Target,
	files: ReadonlyMap<string, Outline>,
): readonly DynamicAnchor[] {
	const outline = files.get(file);
	if (!outline?.anchors.some(({ dynamic }) => dynamic)) return [];
	const resource = outline.resources.reduce(
		(deepest, { pointer: at }, i) => (isWithin(pointer, at) ? i : deepest),
		0,
	);
	return outline.anchors
		.filter((anchor) => anchor.dynamic && anchor.resource === resource)
		.map(({ name, pointer: at }) => [name, { file, pointer: at }]);
}

function transitive(
	outlines: readonly Outline[],
	linksOf: Links["linksOf"],
): Pick<Links, "dynamicNamesFrom" | "reachFrom"> {
	const asked = new Map<string, ReadonlySet<string>>();
	for (const { file, references } of outlines) {
		if (references.every(({ keyword }) => keyword === "$ref")) continue;
		const names = linksOf(file).flatMap(({ dynamic }) => dynamic ?? []);
		if (names.length > 0) asked.set(file, new Set(names));
	}
	const everything = new Set(
		[...asked.values()].flatMap((names) => [...names]),
	);
	// A dynamic reference may resolve to any file with an anchor of that name.
	const holders = outlines
		.filter(({ anchors }) =>
			anchors.some(({ name, dynamic }) => dynamic && everything.has(name)),
		)
		.map(({ file }) => file);
	const known = new Map<string, ReadonlySet<string>>();
	const reachFrom = (start: string) => {
		const before = known.get(start);
		if (before) return before;
		const reached = new Set([start]);
		for (const file of reached) {
			for (const to of linksOf(file)) reached.add(to.file);
			if (asked.has(file)) for (const holder of holders) reached.add(holder);
		}
		if (everything.size > 0) known.set(start, reached);
		return reached;
	};
	const none: ReadonlySet<string> = new Set();
	const names = new Map<string, ReadonlySet<string>>();
	return {
		reachFrom,
		dynamicNamesFrom: (start) => {
			if (everything.size === 0) return none;
			const found =
				names.get(start) ??
				new Set(
					[...reachFrom(start)].flatMap((file) => [...(asked.get(file) ?? [])]),
				);
			names.set(start, found);
			return found;
		},
	};
}

const withoutFragment = (uri: string) => uri.replace(/#.*$/, "");

/** Returns whether a location is a schema, not some other JSON value in a file. */
export function schemaPlaces(
	documentOf: (file: string) => SchemaDocument,
): (target: Target) => boolean {
	const byFile = new Map<string, ReadonlySet<string>>();
	return ({ file, pointer }) => {
		const { schema } = documentOf(file);
		if (typeof resolvePointer(schema, pointer) === "boolean") return true;
		const known = byFile.get(file) ?? new Set(pointersOf(schema));
		byFile.set(file, known);
		return known.has(pointer);
	};
}

function pointersOf(schema: Schema): readonly string[] {
	const pointers: string[] = [];
	walkSchema(schema, "", (_, pointer) => pointers.push(pointer));
	return pointers;
}
