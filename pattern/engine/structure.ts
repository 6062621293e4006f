// Flattens patterns and events: `$or` and nesting become alternatives of paths and leaves.
import type { EventPatternDocument } from "../../runtime/event.ts";
import { isObject, type Scalar } from "../../runtime/json.ts";
import { type Matcher, matcherOf } from "./operators.ts";

/** A path and its matchers, of which one must accept. */
export interface Condition {
	readonly path: string;
	/** Equal conditions have equal keys. */
	readonly key: string;
	readonly matchers: readonly Matcher[];
}

/** One combination of a pattern's `$or` alternatives. All conditions must hold. Sorted by path, as the engine evaluates them. */
export type SubRule = readonly Condition[];

export const join = (path: string, key: string) =>
	path ? `${path}.${key}` : key;

/** The sub-rules of a valid pattern: all combinations of `$or` alternatives. A path's later list replaces an earlier one. */
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

/** The array elements that contain a leaf, innermost first. Only elements that are objects or arrays count. */
export interface Elements {
	readonly array: number;
	readonly index: number;
	readonly around: Elements | null;
}

/** The paths of a pattern, as a tree of their segments. */
export interface PathTree {
	readonly children: Map<string, PathTree>;
	/** The path's index in the list that the tree was built from; -1 if no path ends here. */
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

/** The service's JSON parser rejects deeper events: https://github.com/FasterXML/jackson-core, StreamReadConstraints */
const levelsMax = 1_000;

/** Calls `found` for each leaf of an event at one of the tree's paths. */
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
			// JSON omits undefined.
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
				// A dotted key is equivalent to nested keys. An empty key is visited at the top level only.
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

/** Whether two leaves can match together: they are not in different elements of the same array. */
function consistent(a: Elements | null, b: Elements | null): boolean {
	for (let own = a; own; own = own.around)
		for (let other = b; other; other = other.around)
			if (own.array === other.array && own.index !== other.index) return false;
	return true;
}

/** The union of both. */
export function joined(
	a: Elements | null,
	b: Elements | null,
): Elements | null {
	let all = a;
	for (let next = b; next; next = next.around)
		if (!isIn(all, next.array)) all = { ...next, around: all };
	return all;
}

export function keep(
	elements: Elements | null,
	isWanted: (element: Elements) => boolean,
): Elements | null {
	if (elements === null) return null;
	const around = keep(elements.around, isWanted);
	return isWanted(elements) ? { ...elements, around } : around;
}

/** Whether one of the elements is of this array. */
function isIn(elements: Elements | null, array: number): boolean {
	for (let next = elements; next; next = next.around)
		if (next.array === array) return true;
	return false;
}

/** The leaves of one path, indexed by array element: of thousands, few are consistent with a choice. */
export class Standing {
	readonly elements: readonly (Elements | null)[];
	/** Array → element index → the leaves in that element. */
	#byArray: Map<number, Map<number, number[]>> | undefined;
	readonly #without = new Map<number, readonly number[]>();

	constructor(elements: readonly (Elements | null)[]) {
		this.elements = elements;
	}

	/** Whether any leaf is in the array. */
	isIn(array: number): boolean {
		return this.#arrays().has(array);
	}

	/** The indexes of the leaves that are consistent with the chosen elements. */
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
		// No leaf is in an array with a chosen element.
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

/** A key for a set of elements, independent of their order. */
export function keyOf(chosen: Elements | null): string {
	const parts: string[] = [];
	for (let next = chosen; next; next = next.around)
		parts.push(`:${next.array}.${next.index}`);
	return parts.sort().join("");
}
