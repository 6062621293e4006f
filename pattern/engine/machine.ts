// Matches many patterns at once. Shared conditions are evaluated once, and matchers are looked up by the event's value.

import type { EventPatternDocument } from "../../runtime/event.ts";
import type { Scalar } from "../../runtime/json.ts";
import {
	type AddressPrefix,
	type IpAddress,
	ipAddress,
	prefixOf,
} from "./ip-address.ts";
import type { Matcher } from "./operators.ts";
import {
	type Condition,
	type Elements,
	joined,
	keep,
	keyOf,
	pathTree,
	Standing,
	type SubRule,
	subRulesOf,
	visitLeaves,
} from "./structure.ts";

/** A state reached by a sequence of conditions that patterns share. */
interface Node {
	readonly id: number;
	readonly edges: Edge[];
	/** Indexes of the patterns that match at this node. */
	readonly matched: number[];
	/** The indexes of all paths with conditions from this node on. */
	readonly asked: Set<number>;
	/** The last lookup that reached this node. */
	stamp: number;
}

/** The conditions on one path that continue from a node. */
interface Edge {
	readonly path: string;
	readonly place: number;
	readonly byCondition: Map<string, Node>;
	readonly byValue: Map<Scalar, Node[]>;
	readonly byFolded: Map<string, Candidate[]>;
	readonly byPrefix: Affixes;
	readonly bySuffix: Affixes;
	readonly ranges: Ranges;
	readonly byAddress: AddressRange[];
	readonly others: Candidate[];
	readonly absent: Node[];
}

interface Candidate {
	readonly accepts: Matcher["accepts"];
	readonly node: Node;
}

interface Affixes {
	readonly lengths: number[];
	readonly candidates: Map<string, Candidate[]>;
}

interface Range extends Candidate {
	readonly low: number;
	readonly high: number;
}

/** The address ranges of one IP version with the same mask length. */
interface AddressRange {
	readonly bits: 32 | 128;
	readonly mask: number;
	readonly byPrefix: Map<AddressPrefix, Node[]>;
}

interface Ranges {
	/** Ranges without a lower bound, by descending upper bound. */
	readonly open: Range[];
	/** Ranges by ascending lower bound. */
	readonly bounded: Range[];
}

/** Returns a function from an event to the indexes of the patterns that match, in ascending order. The patterns are valid. */
export function machine(
	patterns: readonly EventPatternDocument[],
): (event: unknown) => readonly number[] {
	const places = new Map<string, number>();
	let nodes = 0;
	const newNode = (): Node => ({
		id: nodes++,
		edges: [],
		matched: [],
		asked: new Set(),
		stamp: 0,
	});
	const root = newNode();
	const placeOf = (path: string) => {
		const place = places.get(path) ?? places.size;
		places.set(path, place);
		return place;
	};
	const rules = patterns.map(subRulesOf);
	const uses = new Map<string, number>();
	for (const { key } of rules.flat(2)) uses.set(key, (uses.get(key) ?? 0) + 1);
	rules.forEach((alternatives, i) => {
		for (const rule of alternatives.map((each) => sharedFirst(each, uses))) {
			let node = root;
			rule.forEach((condition, from) => {
				for (const { path } of rule.slice(from)) node.asked.add(placeOf(path));
				node = follow(node, condition);
			});
			if (node.matched.at(-1) !== i) node.matched.push(i);
		}
	});
	sortRanges(root);
	const paths = [...places.keys()];
	const tree = pathTree(paths);
	const values: Scalar[][] = paths.map(() => []);
	const elements: (Elements | null)[][] = paths.map(() => []);

	function follow(from: Node, condition: Condition): Node {
		const { path, key } = condition;
		let edge = from.edges.find((known) => known.path === path);
		if (!edge) {
			edge = newEdge(path, placeOf(path));
			from.edges.push(edge);
		}
		const known = edge.byCondition.get(key);
		if (known) return known;
		const node = newNode();
		edge.byCondition.set(key, node);
		for (const matcher of condition.matchers) enter(edge, matcher, node);
		return node;
	}

	return (event) => {
		for (const list of values) list.length = 0;
		for (const list of elements) list.length = 0;
		let inElements = false;
		visitLeaves(event, tree, (place, value, own) => {
			values[place]?.push(value);
			elements[place]?.push(own);
			if (own !== null) inElements = true;
		});
		const matched: number[] = [];
		if (inElements) {
			const standing = elements.map((own) => new Standing(own));
			walkChosen(root, null, { values, standing, matched });
		} else walk(root, values, matched);
		const isSorted = matched.every(
			(pattern, i) => i === 0 || pattern > (matched[i - 1] as number),
		);
		return isSorted ? matched : [...new Set(matched)].sort((a, b) => a - b);
	};
}

/** For events without leaves in arrays of objects: any leaves can match together. */
function walk(
	node: Node,
	values: readonly (readonly Scalar[])[],
	matched: number[],
): void {
	for (const pattern of node.matched) matched.push(pattern);
	for (const edge of node.edges) {
		const leaves = values[edge.place] as readonly Scalar[];
		if (leaves.length === 0) {
			for (const next of edge.absent) walk(next, values, matched);
			continue;
		}
		const reached: Node[] = [];
		const stamp = ++stamps;
		for (const leaf of leaves) reach(edge, leaf, reached, stamp);
		for (const next of reached) walk(next, values, matched);
	}
}

/** Moves common conditions on the envelope to the front. The rest keeps its order, so that fields of one array stay together. */
function sharedFirst(
	rule: SubRule,
	uses: ReadonlyMap<string, number>,
): SubRule {
	const isFree = ({ path, matchers }: Condition) =>
		!path.includes(".") &&
		!matchers.some(({ acceptsAbsence }) => acceptsAbsence);
	return [
		...rule
			.filter(isFree)
			.toSorted((a, b) => (uses.get(b.key) ?? 0) - (uses.get(a.key) ?? 0)),
		...rule.filter((condition) => !isFree(condition)),
	];
}

interface Choosing {
	readonly values: readonly (readonly Scalar[])[];
	readonly standing: readonly Standing[];
	readonly matched: number[];
	/** Visited nodes, each with the elements chosen so far. */
	readonly seen?: Set<string>;
}

/** Conditions on one array of objects must hold in the same element, so the walk passes on the chosen elements. */
function walkChosen(
	node: Node,
	soFar: Elements | null,
	choosing: Choosing,
): void {
	const { values, standing, matched, seen = new Set<string>() } = choosing;
	// Long lists reach a node many times. Visits differ only by choices that can still conflict with a later condition.
	const chosen = keep(soFar, ({ array }) =>
		[...node.asked].some((place) => standing[place]?.isIn(array)),
	);
	const key = `${node.id}${keyOf(chosen)}`;
	if (seen.has(key)) return;
	seen.add(key);
	for (const pattern of node.matched) matched.push(pattern);
	for (const edge of node.edges) {
		const leaves = values[edge.place] as readonly Scalar[];
		const own = standing[edge.place] as Standing;
		let there = false;
		for (const i of own.consistentWith(chosen)) {
			const at = own.elements[i] ?? null;
			there = true;
			const reached: Node[] = [];
			reach(edge, leaves[i] as Scalar, reached, ++stamps);
			for (const next of reached)
				walkChosen(next, joined(chosen, at), { ...choosing, seen });
		}
		if (!there)
			for (const next of edge.absent)
				walkChosen(next, chosen, { ...choosing, seen });
	}
}

let stamps = 0;

/** Adds the nodes that a value reaches, each once per stamp. */
function reach(edge: Edge, leaf: Scalar, reached: Node[], stamp: number): void {
	const add = (node: Node) => {
		if (node.stamp === stamp) return;
		node.stamp = stamp;
		reached.push(node);
	};
	const exact = edge.byValue.get(leaf);
	if (exact) for (const node of exact) add(node);
	const test = ({ accepts, node }: Candidate) => {
		if (accepts(leaf)) add(node);
	};
	if (typeof leaf === "string") {
		if (edge.byFolded.size > 0)
			edge.byFolded.get(leaf.toLowerCase())?.forEach(test);
		for (const length of edge.byPrefix.lengths)
			if (length <= leaf.length)
				edge.byPrefix.candidates.get(leaf.slice(0, length))?.forEach(test);
		for (const length of edge.bySuffix.lengths)
			if (length <= leaf.length)
				edge.bySuffix.candidates
					.get(leaf.slice(leaf.length - length))
					?.forEach(test);
		if (edge.byAddress.length > 0) reachByAddress(edge, leaf, add);
	} else if (typeof leaf === "number") {
		for (const range of edge.ranges.open) {
			if (range.high < leaf) break;
			test(range);
		}
		for (const range of edge.ranges.bounded) {
			if (range.low > leaf) break;
			if (range.high >= leaf) test(range);
		}
	}
	for (const other of edge.others) test(other);
}

function reachByAddress(
	{ byAddress }: Edge,
	leaf: string,
	add: (node: Node) => void,
): void {
	const address = addressOf(leaf);
	if (!address) return;
	for (const { bits, mask, byPrefix } of byAddress)
		if (bits === address.bits)
			byPrefix.get(prefixOf(address, mask))?.forEach(add);
}

let lastText = "";
let lastAddress: IpAddress | undefined;

/** Caches the last address: several conditions in a row parse the same value. */
function addressOf(text: string): IpAddress | undefined {
	if (text === lastText) return lastAddress;
	lastText = text;
	lastAddress = ipAddress(text);
	return lastAddress;
}

function newEdge(path: string, place: number): Edge {
	return {
		path,
		place,
		byCondition: new Map(),
		byValue: new Map(),
		byFolded: new Map(),
		byPrefix: { lengths: [], candidates: new Map() },
		bySuffix: { lengths: [], candidates: new Map() },
		ranges: { open: [], bounded: [] },
		byAddress: [],
		others: [],
		absent: [],
	};
}

function enter(edge: Edge, matcher: Matcher, node: Node): void {
	const { accepts, acceptsAbsence, within } = matcher;
	if (acceptsAbsence) {
		edge.absent.push(node);
		return;
	}
	const candidate = { accepts, node };
	switch (within.kind) {
		case "values":
			for (const value of within.values) append(edge.byValue, value, node);
			return;
		case "folded":
			append(edge.byFolded, within.text, candidate);
			return;
		case "numbers": {
			const { low, high } = within;
			const { open, bounded } = edge.ranges;
			(Number.isFinite(low) ? bounded : open).push({ ...candidate, low, high });
			return;
		}
		case "text":
			if (within.prefix !== "")
				enterAffix(edge.byPrefix, within.prefix, candidate);
			else if (within.suffix !== "")
				enterAffix(edge.bySuffix, within.suffix, candidate);
			else edge.others.push(candidate);
			return;
		case "addresses": {
			const { bits, mask, prefix } = within;
			let range = edge.byAddress.find(
				(known) => known.bits === bits && known.mask === mask,
			);
			if (!range) {
				range = { bits, mask, byPrefix: new Map() };
				edge.byAddress.push(range);
			}
			append(range.byPrefix, prefix, node);
			return;
		}
		case "but":
		case "anything":
			edge.others.push(candidate);
	}
}

function enterAffix(
	{ lengths, candidates }: Affixes,
	text: string,
	candidate: Candidate,
): void {
	if (!lengths.includes(text.length)) lengths.push(text.length);
	append(candidates, text, candidate);
}

function append<Key, Item>(
	lists: Map<Key, Item[]>,
	key: Key,
	item: Item,
): void {
	const list = lists.get(key);
	if (list) list.push(item);
	else lists.set(key, [item]);
}

function sortRanges({ edges }: Node): void {
	for (const { ranges, byCondition } of edges) {
		ranges.open.sort((a, b) => b.high - a.high);
		ranges.bounded.sort((a, b) => a.low - b.low);
		for (const next of byCondition.values()) sortRanges(next);
	}
}
