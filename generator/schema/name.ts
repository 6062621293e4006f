import { pointerTokens } from "../../runtime/json-pointer.ts";
import type { Finding } from "../diagnostics.ts";
import { type Links, placeOf, type Target } from "./link.ts";
import { isEvent, type Outline } from "./outline.ts";

/** The name of each event type, definition and other schema that is referred to. */
export interface Names {
	readonly nameOf: (place: Target) => string;
	/** The locations of all named schemas in a file. */
	readonly inFile: (file: string) => readonly Target[];
}

interface Wanted extends Target {
	readonly own: string;
	/** Prefixed with the name of the file's root. */
	readonly qualified: string;
	/** Also prefixed with the folder's name. */
	readonly full: string;
}

/**
 * A unique name stays short. Equal names are all qualified with their file, then with their folder. A definition whose name is
 * taken even so gets a number: only titles and file names are the user's choice of a type's name.
 */
export function name(
	outlines: readonly Outline[],
	links: Links,
): { readonly names: Names; readonly findings: readonly Finding[] } {
	const findings: Finding[] = [];
	const wanted = wantedNames(outlines, links, findings);
	const uses = countBy(wanted, ({ own }) => own);
	const second = wanted.map((want) => ({
		...want,
		name: uses.get(want.own) === 1 ? want.own : want.qualified,
	}));
	const secondUses = countBy(second, ({ name }) => name);
	const names = new Map<string, string>();
	const taken = new Map<string, Target>();
	const choices = second.map((want) => ({
		...want,
		name: secondUses.get(want.name) === 1 ? want.name : want.full,
	}));
	// Roots come first, so that a number is a definition's.
	for (const { name: chosen, file, pointer } of choices.filter(isRoot)) {
		const at = { file, pointer: "/title" };
		const fault = faultOf(chosen);
		if (fault) findings.push({ ...fault, ...at });
		const other = taken.get(chosen);
		if (other)
			findings.push({
				code: "name-collision",
				...at,
				message: `the name ${chosen} is already used by ${other.file}#${other.pointer}`,
			});
		taken.set(chosen, { file, pointer });
		names.set(placeOf(file, pointer), chosen);
	}
	for (const { name: chosen, file, pointer } of choices) {
		if (pointer === "") continue;
		const unique = numbered(chosen, (name) => taken.has(name));
		taken.set(unique, { file, pointer });
		names.set(placeOf(file, pointer), unique);
	}
	const byFile = Map.groupBy(wanted, ({ file }) => file);
	return {
		names: {
			nameOf: ({ file, pointer }) => {
				const found = names.get(placeOf(file, pointer));
				if (found === undefined)
					throw new Error(`no name for ${placeOf(file, pointer)}`);
				return found;
			},
			inFile: (file) => byFile.get(file) ?? [],
		},
		findings,
	};
}

const isRoot = ({ pointer }: Target): boolean => pointer === "";

export const isTypeName = (name: string): boolean =>
	/^\p{ID_Start}\p{ID_Continue}*$/u.test(name);

function faultOf(name: string): Pick<Finding, "code" | "message"> | undefined {
	if (!isTypeName(name))
		return {
			code: "name-invalid",
			message: `${JSON.stringify(name)} cannot be a type name`,
		};
	return reservedNames.has(name)
		? { code: "name-reserved", message: `${name} is reserved` }
		: undefined;
}

function numbered(name: string, isTaken: (name: string) => boolean): string {
	let unique = name;
	for (let i = 2; isTaken(unique); i++) unique = `${name}${i}`;
	return unique;
}

function wantedNames(
	outlines: readonly Outline[],
	links: Links,
	findings: Finding[],
): readonly Wanted[] {
	const wanted: Wanted[] = [];
	const planned = new Set<string>();
	const folders = new Map<string, string>();
	const roots = new Map<string, { root: string; folder: string }>();
	const targets: Target[] = outlines.flatMap(({ file }) => links.linksOf(file));
	const targeted = new Set(
		targets.map(({ file, pointer }) => placeOf(file, pointer)),
	);
	const want = (entry: Wanted) => {
		const place = placeOf(entry.file, entry.pointer);
		if (planned.has(place)) return;
		planned.add(place);
		wanted.push(entry);
	};
	for (const outline of outlines) {
		const { file, title } = outline;
		if (isEvent(outline) && title === undefined)
			findings.push({
				code: "title-missing",
				file,
				pointer: "",
				message: "the event type has no title",
			});
		const module = moduleOf(file);
		const root = title === undefined ? nameOfFile(module) : pascalCase(title);
		const parent = folderOf(module) ?? "";
		const folder = folders.get(parent) ?? pascalCase(parent);
		folders.set(parent, folder);
		roots.set(file, { root, folder });
		if (!outline.onlyDefinitions || targeted.has(placeOf(file, "")))
			want({
				file,
				pointer: "",
				own: root,
				qualified: root,
				full: folder + root,
			});
		// Names that are equal up to case and punctuation differ by a number.
		const inFile = new Set<string>();
		for (const pointer of outline.definitions) {
			const own = pascalCase(pointerTokens(pointer).at(-1) as string);
			const base = own === "" ? "Definition" : own;
			const isUsable = isTypeName(base) && !reservedNames.has(base);
			const short = numbered(isUsable ? base : root + base, (name) =>
				inFile.has(name),
			);
			inFile.add(short);
			const qualified = isUsable ? root + short : short;
			want({
				file,
				pointer,
				own: short,
				qualified,
				full: folder + qualified,
			});
		}
	}
	// Sorted, so that the order of references does not matter.
	const others = new Map<string, Target>();
	for (const { file, anchors } of outlines)
		for (const { dynamic, pointer } of anchors)
			if (dynamic) targets.push({ file, pointer });
	for (const target of targets) {
		const place = placeOf(target.file, target.pointer);
		if (!planned.has(place)) others.set(place, target);
	}
	for (const place of [...others.keys()].sort()) {
		const { file, pointer } = others.get(place) as Target;
		const { root, folder } = roots.get(file) ?? { root: "", folder: "" };
		const own = `${root}${pascalCase(pointerTokens(pointer).join("-"))}`;
		want({ file, pointer, own, qualified: own, full: folder + own });
	}
	return wanted;
}

/** A file's name is not always its author's choice of a type's name. */
function nameOfFile(module: string): string {
	const name = pascalCase(module.split("/").at(-1) as string);
	return isTypeName(name) && !reservedNames.has(name) ? name : `Schema${name}`;
}

function countBy<T>(
	items: readonly T[],
	key: (item: T) => string,
): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const item of items) {
		const counted = key(item);
		counts.set(counted, (counts.get(counted) ?? 0) + 1);
	}
	return counts;
}

/** The registry's envelope, the batch method of publishers, and `then`, which would make a publisher a thenable. */
export const reservedNames: ReadonlySet<string> = new Set([
	"AWSEvent",
	"PublishAll",
	"Then",
]);

/** `content-viewed`, `content viewed` and `contentViewed` are all `ContentViewed`. */
export function pascalCase(text: string): string {
	return text
		.split(/[^\p{L}\p{N}]+/u)
		.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
		.join("");
}

export const moduleOf = (file: string): string => file.replace(/\.[^./]+$/, "");

function folderOf(module: string): string | undefined {
	return module.split("/").slice(0, -1).join("/") || undefined;
}

/** The folder of an event type; "events" at the top level. */
export const domainOf = (module: string): string =>
	folderOf(module) ?? "events";
