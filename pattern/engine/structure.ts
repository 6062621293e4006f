// What patterns and events are made of once `$or` and nesting are gone: paths and leaves.
import type { EventPatternDocument } from "../../runtime/event.ts";
import { isObject, type Scalar } from "../../runtime/json.ts";
import { type Matcher, matcherOf } from "./operators.ts";

/** A path and the matchers of which one must accept. */
export interface Condition {
	readonly path: string;
	/** Equal conditions have the same. */
	readonly key: string;
	readonly matchers: readonly Matcher[];
}

/** One way through a pattern's `$or`s: all of its conditions must hold; sorted by path, as the engine walks them. */
export type SubRule = readonly Condition[];

export const join = (path: string, key: string) =>
	path ? `${path}.${key}` : key;

/** Of a pattern that is valid. `$or` multiplies; a later list for a path replaces an earlier one, in document order. */
export function subRulesOf(pattern: EventPatternDocument): readonly SubRule[] {
	const conditions = new Map<unknown, Condition>();
	const conditionOf = (path: string, list: readonly unknown[]): Condition => {
		const known = conditions.get(list);
		if (known?.path === path) return known;
		const made = {
			path,
			key: JSON.stringify([path, list]),
			matchers: list.map(matcherOf),
		};
		conditions.set(list, made);
		return made;
	};
	type Paths = ReadonlyMap<string, readonly unknown[]>;
	const multiply = (
		object: EventPatternDocument,
		path: string,
		start: readonly Paths[],
	): readonly Paths[] => {
		let rules = start;
		for (const [key, value] of Object.entries(object)) {
			const at = join(path, key);
			if (key === "$or") {
				const before = rules;
				rules = (value as EventPatternDocument[]).flatMap((branch) =>
					multiply(branch, path, before),
				);
			} else if (isObject(value)) rules = multiply(value, at, rules);
			else
				rules = rules.map((rule) =>
					new Map(rule).set(at, value as readonly unknown[]),
				);
		}
		return rules;
	};
	return multiply(pattern, "", [new Map()]).map((paths) =>
		[...paths]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([path, list]) => conditionOf(path, list)),
	);
}

/** The elements of arrays of objects that a leaf stands in: array, index, and those around. */
export interface Elements {
	readonly array: number;
	readonly index: number;
	readonly around: Elements | null;
}

/** The paths that are asked for, as a tree of their segments. */
export interface PathTree {
	readonly children: Map<string, PathTree>;
	/** The path's place in the list that the tree was made of; -1 where none ends here. */
	place: number;
}

export function pathTree(paths: readonly string[]): PathTree {
	const root: PathTree = { children: new Map(), place: -1 };
	paths.forEach((path, place) => {
		let node = root;
		for (const segment of path.split(".")) {
			let child = node.children.get(segment);
			if (!child) {
				child = { children: new Map(), place: -1 };
				node.children.set(segment, child);
			}
			node = child;
		}
		node.place = place;
	});
	return root;
}

/** The service's JSON parser takes no event that is deeper: https://github.com/FasterXML/jackson-core, StreamReadConstraints */
const levelsMax = 1_000;

/** Hands on each leaf of an event that stands at one of the tree's paths. */
export function visitLeaves(
	event: unknown,
	tree: PathTree,
	found: (place: number, value: Scalar, elements: Elements | null) => void,
): void {
	let arrays = 0;
	const visit = (
		value: unknown,
		node: PathTree,
		elements: Elements | null,
		level: number,
	): void => {
		if (level > levelsMax) return;
		if (typeof value !== "object" || value === null) {
			// JSON does not carry what is undefined.
			if (node.place >= 0 && value !== undefined)
				found(node.place, value as Scalar, elements);
		} else if (Array.isArray(value)) {
			const array = arrays++;
			for (let index = 0; index < value.length; index++) {
				const item = value[index];
				visit(
					item,
					node,
					typeof item === "object" && item !== null
						? { array, index, around: elements }
						: elements,
					level + 1,
				);
			}
		} else if (node.children.size > 0)
			for (const key of Object.keys(value)) {
				// A dotted key is the same as nested ones; an empty one is seen at the top only.
				const child = node.children.get(key) ?? descend(node, key);
				if (child && (key !== "" || node === tree))
					visit(
						(value as Record<string, unknown>)[key],
						child,
						elements,
						level + 1,
					);
			}
	};
	visit(event, tree, null, 0);
}

function descend(node: PathTree, key: string): PathTree | undefined {
	if (!key.includes(".")) return undefined;
	let next: PathTree | undefined = node;
	for (const segment of key.split(".")) next = next?.children.get(segment);
	return next;
}

/** Whether two leaves can be of one choice: in no array of objects do they stand in different elements. */
function consistent(a: Elements | null, b: Elements | null): boolean {
	for (let own = a; own; own = own.around)
		for (let other = b; other; other = other.around)
			if (own.array === other.array && own.index !== other.index) return false;
	return true;
}

/** Both together. */
export function joined(
	a: Elements | null,
	b: Elements | null,
): Elements | null {
	let all = a;
	for (let next = b; next; next = next.around)
		if (!isIn(all, next.array)) all = { ...next, around: all };
	return all;
}

/** Those that are wanted. */
export function keep(
	elements: Elements | null,
	isWanted: (element: Elements) => boolean,
): Elements | null {
	if (elements === null) return null;
	const around = keep(elements.around, isWanted);
	return isWanted(elements) ? { ...elements, around } : around;
}

/** Whether an array is among them. */
function isIn(elements: Elements | null, array: number): boolean {
	for (let next = elements; next; next = next.around)
		if (next.array === array) return true;
	return false;
}

/** Leaves of one path, found by the elements that they stand in: of thousands, few can be of one choice. */
export class Standing {
	readonly elements: readonly (Elements | null)[];
	/** Array → index in it → the leaves there. */
	#byArray: Map<number, Map<number, number[]>> | undefined;
	readonly #without = new Map<number, readonly number[]>();

	constructor(elements: readonly (Elements | null)[]) {
		this.elements = elements;
	}

	/** Whether a leaf stands in an array. */
	isIn(array: number): boolean {
		return this.#arrays().has(array);
	}

	/** The leaves that can be of one choice with others, by their places among these. */
	*consistentWith(chosen: Elements | null): Iterable<number> {
		for (let next = chosen; next; next = next.around) {
			const inArray = this.#arrays().get(next.array);
			if (!inArray) continue;
			for (const leaves of [
				inArray.get(next.index) ?? [],
				this.#outside(next.array),
			])
				for (const i of leaves)
					if (consistent(this.elements[i] ?? null, chosen)) yield i;
			return;
		}
		// None stands where another choice was made.
		yield* this.elements.keys();
	}

	#arrays(): ReadonlyMap<number, ReadonlyMap<number, readonly number[]>> {
		if (this.#byArray) return this.#byArray;
		const made = new Map<number, Map<number, number[]>>();
		this.elements.forEach((own, i) => {
			for (let next = own; next; next = next.around) {
				const inArray = made.get(next.array) ?? new Map<number, number[]>();
				made.set(next.array, inArray);
				const leaves = inArray.get(next.index) ?? [];
				inArray.set(next.index, leaves);
				leaves.push(i);
			}
		});
		this.#byArray = made;
		return made;
	}

	#outside(array: number): readonly number[] {
		const known = this.#without.get(array);
		if (known) return known;
		const found = [...this.elements.keys()].filter(
			(i) => !isIn(this.elements[i] ?? null, array),
		);
		this.#without.set(array, found);
		return found;
	}
}

/** The same for the same elements, in whatever order. */
export function keyOf(chosen: Elements | null): string {
	const parts: string[] = [];
	for (let next = chosen; next; next = next.around)
		parts.push(`:${next.array}.${next.index}`);
	return parts.sort().join("");
}
