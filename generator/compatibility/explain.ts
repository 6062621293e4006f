// Where and why a reader refuses what a writer writes: every keyword that can refuse it, each with a smallest example.
import {
	type Aligned,
	alignedWith,
	alternativesOf,
	counterpartOf,
	flat,
	type Step,
	takenBy,
} from "./align.ts";
import type { Literal } from "./clause.ts";
import { accepts, isWritten, withoutOne } from "./evaluate.ts";
import { type Atom, everyKind, kinds, type Node, type Place } from "./node.ts";
import { type Direction, ruleOf } from "./rules.ts";
import type { Answer, Solver } from "./search.ts";
import { isNever, pathOf, said } from "./words.ts";

/** The schemas of one direction. */
export interface Sides {
	readonly writer: Node;
	/** What the reader accepts exactly. */
	readonly reader: Node;
	/** What it accepts with closed objects opened; the same as `reader` if only exact values are read. */
	readonly open: Node;
	/** What our parser accepts. */
	readonly tolerant: Node;
	readonly isTolerant: boolean;
}

/** A way in which a reader refuses a value. */
export interface Break {
	readonly rule: string;
	/** Where the reader's keyword is. */
	readonly reader: Place;
	/** Where the writer's schema has what corresponds to it. */
	readonly writer: Place;
	/** A pointer into the values; see `pathOf`. */
	readonly path: string;
	readonly message: string;
	readonly counterexample: unknown;
}

/** The way from the root to a value in it, with the reader's schema at the end of each step. */
type Path = readonly {
	readonly step: Step;
	readonly atom: Atom;
	readonly inner: Node;
}[];

/** What is asked of the solver for a direction: what the writer writes, and each of some schemas refuses. */
export const question = (
	{ writer, isTolerant }: Sides,
	readers: readonly Node[],
): readonly Literal[] => [
	{ node: writer, ...(isTolerant ? { isWriter: true } : {}) },
	...[...new Map(readers.map((node) => [node.id, node])).values()].map(
		(node) => ({ node, not: true }),
	),
];

/** Whether the writer writes a value that the reader refuses. */
export const isCounterexample = (
	{ writer, reader, open, tolerant, isTolerant }: Sides,
	value: unknown,
): boolean =>
	accepts(writer, value) &&
	!accepts(reader, value) &&
	(!isTolerant ||
		(!accepts(open, value) &&
			!accepts(tolerant, value) &&
			isWritten([writer], value)));

/** The value without all that can be left out. */
export function smallest(sides: Sides, value: unknown): unknown {
	let current = value;
	for (;;) {
		let next: { readonly value: unknown } | undefined;
		for (const smaller of withoutOne(current, [sides.writer]))
			if (isCounterexample(sides, smaller)) {
				next = { value: smaller };
				break;
			}
		if (!next) return current;
		current = next.value;
	}
}

/** At most this many are looked for. */
const breaksMax = 60;
/** More than this many steps down are not explained. */
const depthMax = 80;

/** What has been explained of schemas that other schemas share, by both schemas. */
export type Explained = Map<
	string,
	{ readonly path: string; readonly breaks: readonly Break[] }
>;

export interface Explanation {
	/** In the order of the schema. */
	readonly breaks: readonly Break[];
	/** Breaks that were explained before, of a shared schema, with the path that leads to them here. */
	readonly shared: readonly { readonly found: Break; readonly path: string }[];
}

/** The breaks of one direction. */
export function explain(
	sides: Sides,
	solver: Solver,
	direction: Direction,
	before: Explained = new Map(),
): Explanation {
	const breaks = new Map<string, Break>();
	const shared: { found: Break; path: string }[] = [];
	const explained: Explained = new Map();
	const nodeFrom = (atom: Atom): Node => solver.nodeFrom([atom], atom.place);
	/** The alternatives that are looked at, of unions at the root. */
	let focus = { writer: sides.writer, reader: sides.open };
	const anything = solver.nodeFrom([], sides.open.place);
	/** A schema that refuses what both refuse. */
	const either = (one: Node, other: Node | undefined): Node =>
		other && other.id !== one.id
			? nodeFrom({
					keyword: "anyOf",
					place: one.place,
					applies: everyKind,
					key: `either ${one.id} ${other.id}`,
					is: "any",
					nodes: [one, other],
				})
			: one;
	/**
	 * A schema that refuses a value if `inner` refuses what is at the end of the path. It also names what that breaks on the way,
	 * so that nothing else is broken for it.
	 */
	const below = (path: Path, inner: Node): Node =>
		wrapped(path, either(inner, path.at(-1)?.inner), either);
	/** A schema that says something of all values at the end of a path. */
	const wrapped = (
		path: Path,
		inner: Node,
		combined: (node: Node, around: Node) => Node = (node) => node,
	): Node => {
		let node = inner;
		for (const [i, { step, atom }] of [...path.entries()].reverse()) {
			const key = `${JSON.stringify(step)} ${atom.key} of ${node.id}`;
			const say = (meaning: object, applies: number) =>
				nodeFrom({
					keyword: atom.keyword,
					place: atom.place,
					applies,
					key,
					...meaning,
				} as Atom);
			if (atom.is === "fields") {
				node = say(
					{
						is: "fields",
						fields:
							step.kind === "property"
								? new Map([[step.name, node]])
								: step.kind === "pattern"
									? new Map()
									: new Map(
											[...atom.fields.keys()].map((name) => [name, anything]),
										),
						patterns: atom.patterns
							.filter(
								({ pattern }) =>
									step.kind === "otherProperty" ||
									(step.kind === "pattern" && step.pattern === pattern),
							)
							.map(({ pattern }) => ({
								pattern,
								node: step.kind === "pattern" ? node : anything,
							})),
						...(step.kind === "otherProperty"
							? { rest: { node, names: false } }
							: {}),
					},
					kinds.object,
				);
			} else if (atom.is === "items") {
				const prefix = atom.prefix.map((_, i) =>
					step.kind === "item" && step.index === i ? node : anything,
				);
				node = say(
					{
						is: "items",
						prefix:
							step.kind === "item" ? prefix.slice(0, step.index + 1) : prefix,
						...(step.kind === "otherItem" ? { rest: node } : {}),
					},
					kinds.array,
				);
			}
			node = combined(node, path[i - 1]?.inner ?? focus.reader);
		}
		return node;
	};
	/** Where the writer's schema is known: at the root, or at the union whose alternative is looked at. */
	let anchor = { nodes: [sides.writer] as readonly Node[], depth: 0 };
	const aligned = (path: Path): Aligned =>
		alignedWith(anchor.nodes, path.slice(anchor.depth));
	/** The alternatives that are looked at, of unions below the root. */
	let within: readonly Literal[] = [];
	const asked = (): Literal => ({
		node: focus.writer,
		...(sides.isTolerant ? { isWriter: true } : {}),
	});
	/** Whether the alternative that is looked at may break something. Mostly, what breaks one alternative fits no other. */
	const quickly = (path: Path, node: Node): Answer =>
		solver.solve([asked(), ...within, { node: below(path, node), not: true }]);
	const mayBreak = (path: Path, node: Node): boolean => {
		const answer = quickly(path, node);
		return "value" in answer || answer.doubts.length > 0;
	};
	const example = (path: Path, node: Node): unknown => {
		const quick = quickly(path, node);
		if (!("value" in quick) && quick.doubts.length === 0) return undefined;
		if ("value" in quick && isCounterexample(sides, quick.value))
			return quick.value;
		const { reader, open, tolerant } = sides;
		const answer = solver.solve([
			...question(sides, [reader, open, tolerant, below(path, node)]),
			asked(),
			...within,
		]);
		return "value" in answer ? answer.value : undefined;
	};
	/** The same for a schema wherever it is referred to. */
	const keyOf = ({ atoms, id }: Node, { nodes }: Aligned) =>
		`${id} ${atoms
			.slice(0, 4)
			.map(({ place }) => `${place.file}#${place.pointer}`)
			.join()} ${nodes.map((node) => node.id).join()}`;
	const explainNode = (node: Node, path: Path): number => {
		const writers = aligned(path);
		const key = keyOf(node, writers);
		if (explained.has(key)) return 1;
		const here = pathOf(path.map(({ step }) => step));
		const known = before.get(key);
		if (known && known.breaks.length > 0) {
			for (const found of known.breaks)
				shared.push({
					found,
					path: here + found.path.slice(known.path.length),
				});
			return known.breaks.length;
		}
		const own: Break[] = [];
		explained.set(key, { path: here, breaks: own });
		const first = breaks.size;
		let count = 0;
		for (const atom of node.atoms) {
			if (breaks.size >= breaksMax) break;
			count += explainAtom(atom, path, writers);
		}
		own.push(...[...breaks.values()].slice(first));
		return count;
	};

	const explainAtom = (atom: Atom, path: Path, writers: Aligned): number => {
		if (atom.is === "all") {
			const target = atom.target();
			return mayBreak(path, target) ? explainNode(target, path) : 0;
		}
		// What the writer's schema says, too, it keeps to.
		if (surely(writers).has(atom.key)) return 0;
		if (!mayBreak(path, nodeFrom(atom))) return 0;
		if (path.length < depthMax) {
			let count = 0;
			if (atom.is === "fields" || atom.is === "items")
				count = explainParts(atom, path, writers);
			if (atom.is === "any" || atom.is === "one")
				count = explainUnion(atom, path, writers);
			if (count > 0) return count;
		}
		const value = example(path, nodeFrom(atom));
		return value === undefined ? 0 : report(atom, path, writers, value);
	};

	const explainParts = (
		atom: Extract<Atom, { is: "fields" | "items" }>,
		path: Path,
		writers: Aligned,
	): number => {
		let count = 0;
		for (const [step, inner] of stepsOf(atom)) {
			const there = [...path, { step, atom, inner }];
			if (!isNever(inner)) {
				if (isKept(inner, step, writers)) continue;
				if (mayBreak(there, inner)) count += explainNode(inner, there);
				continue;
			}
			const value = example(there, inner);
			if (value === undefined) continue;
			// What closes an object or a list is said where the object or the list is.
			const isClosing =
				step.kind === "otherProperty" || step.kind === "otherItem";
			count += isClosing
				? report(atom, path, writers, value, step)
				: report(inner.atoms[0] ?? atom, there, aligned(there), value);
		}
		return count;
	};

	const sure = new Map<Aligned, ReadonlySet<string>>();
	/** Keywords of the writer's schema that apply in any case. */
	const surely = (writers: Aligned): ReadonlySet<string> => {
		const known =
			sure.get(writers) ??
			new Set(
				writers.isDescribed && writers.nodes.length === 1
					? writers.nodes.flatMap((node) => flat(node)).map(({ key }) => key)
					: [],
			);
		sure.set(writers, known);
		return known;
	};
	/** Whether the writer's schema of a property or an item is the same. */
	const isKept = (
		inner: Node,
		step: Step,
		{ nodes, isDescribed }: Aligned,
	): boolean => {
		const [only] = nodes;
		return (
			isDescribed &&
			nodes.length === 1 &&
			only !== undefined &&
			flat(only).some((atom) =>
				takenBy(atom, step).some(({ id }) => id === inner.id),
			)
		);
	};

	/** If one alternative of the reader is what the writer means, the reason lies in it. */
	const explainUnion = (
		atom: Extract<Atom, { is: "any" | "one" }>,
		path: Path,
		writers: Aligned,
	): number => {
		const meant = writers.nodes.flatMap((writer) => alternativesOf(writer));
		const [sole] = writers.nodes;
		const candidates = meant.length > 0 ? meant : sole ? [sole] : [];
		const isKept = ({ id }: Node, nodes: readonly Node[]) =>
			nodes.some((node) => node.id === id);
		const open = candidates.filter((one) => !isKept(one, atom.nodes));
		const left = atom.nodes.filter((one) => !isKept(one, candidates));
		let count = 0;
		for (const candidate of open) {
			const only = counterpartOf(candidate, open, left);
			if (!only) continue;
			const before = { focus, anchor, within };
			if (path.length === 0) focus = { writer: candidate, reader: only };
			else within = [...within, { node: wrapped(path, candidate) }];
			anchor = { nodes: [candidate], depth: path.length };
			if (mayBreak(path, only)) count += explainNode(only, path);
			({ focus, anchor, within } = before);
		}
		return count;
	};

	const report = (
		atom: Atom,
		path: Path,
		writers: Aligned,
		value: unknown,
		closing?: Step,
	): number => {
		const counterexample = smallest(sides, value);
		const { keyword } = atom;
		const alike = writers.isDescribed
			? writers.nodes
					.flatMap((writer) => flat(writer))
					.filter(
						(other) =>
							other.keyword === keyword &&
							other.is === atom.is &&
							(!("name" in other && "name" in atom) ||
								other.name === atom.name),
					)
			: [];
		const counterpart =
			alike.find(({ place }) => place.pointer === atom.place.pointer) ??
			(alike.length === 1 ? alike[0] : undefined);
		const isWhole = (atom.is === "fields" || atom.is === "items") && !closing;
		const rule = ruleOf(
			keyword === "false" && path.at(-1)?.step.kind.endsWith("tem")
				? "items"
				: isWhole
					? "schema"
					: closing
						? closing.kind === "otherItem"
							? "items"
							: "additionalProperties"
						: keyword,
			direction,
		);
		const steps = path.map(({ step }) => step);
		const object = pathOf(steps);
		const where =
			atom.is === "required"
				? pathOf([...steps, { kind: "property", name: atom.name }])
				: object;
		const made: Break = {
			rule,
			reader: atom.place,
			writer:
				counterpart?.place ?? writers.nodes[0]?.place ?? sides.writer.place,
			path: where,
			message: said(atom, counterpart, writers, object, direction, closing),
			counterexample,
		};
		const key = `${rule} ${made.reader.file}#${made.reader.pointer} ${made.writer.file}#${made.writer.pointer} ${where}`;
		if (!breaks.has(key)) breaks.set(key, made);
		return 1;
	};

	explainNode(sides.open, []);
	for (const [key, found] of explained) before.set(key, found);
	return { breaks: [...breaks.values()], shared };
}

/** The schemas of properties or items, each with its step. */
function stepsOf(
	atom: Extract<Atom, { is: "fields" | "items" }>,
): readonly (readonly [Step, Node])[] {
	if (atom.is === "items")
		return [
			...atom.prefix.map(
				(node, index) => [{ kind: "item", index }, node] as const,
			),
			...(atom.rest
				? [
						[
							{ kind: "otherItem", from: atom.prefix.length },
							atom.rest,
						] as const,
					]
				: []),
		];
	return [
		...[...atom.fields].map(
			([name, node]) => [{ kind: "property", name }, node] as const,
		),
		...atom.patterns.map(
			({ pattern, node }) => [{ kind: "pattern", pattern }, node] as const,
		),
		...(atom.rest
			? [[{ kind: "otherProperty" }, atom.rest.node] as const]
			: []),
	];
}
