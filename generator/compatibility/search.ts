// Finds a value that some schemas accept and others refuse, or shows that there is none.
//
// A question is a set of literals. It is taken apart by kind of value: what must hold is collected in a clause, alternatives are
// tried one by one, those that are left with one possibility first. What is below a property or an item is a question of its own, so
// there are finitely many of them; a smallest value never contains an answer to its own question, which is why a question that comes
// up inside itself has none there.
import { apartness, nodesOf } from "./apart.ts";
import { solveArray } from "./arrays.ts";
import type {
	Choice,
	Clause,
	Doubt,
	Fact,
	Item,
	Literal,
	Option,
	Search,
} from "./clause.ts";
import { accepts, fieldNodes, holds, isWritten } from "./evaluate.ts";
import { type Languages, languages } from "./language.ts";
import { nodeMaker } from "./made-nodes.ts";
import {
	type Atom,
	everyKind,
	kindList,
	kindOf,
	kinds,
	type Node,
	numberKinds,
	type Place,
} from "./node.ts";
import { solveObject } from "./objects.ts";
import { solveNumber, solveString } from "./scalars.ts";
import { takenApart } from "./take-apart.ts";
import { TooLarge } from "./too-large.ts";

type Found = { readonly value: unknown };
export type Answer = Found | { readonly doubts: readonly Doubt[] };

/** At most this many steps are taken for one question. */
const stepsMax = 60_000;

class TooManySteps extends Error {}

export interface Solver {
	/** A value that all literals want, or what could not be decided: without a doubt, there is none. */
	readonly solve: (literals: readonly Literal[]) => Answer;
	/** A schema of some keywords that no model has. Keywords with equal keys mean the same. */
	readonly nodeFrom: (atoms: readonly Atom[], place: Place) => Node;
}

interface Frame {
	readonly doubts: Doubt[];
	/** The outermost question in progress that the answer depends on. */
	outermost: number;
}

/** Remembers answers; `isWriting` restricts values to what a writer writes. */
export function solver(isWriting: boolean): Solver {
	const texts: Languages = languages();
	const answers = new Map<string, Answer>();
	const inProgress = new Map<string, number>();
	const frames: Frame[] = [];
	const { areObjectsApart, isApart, isDisjoint, shapeOf } = apartness();
	let steps = 0;
	let scopes = 0;

	const step = () => {
		if (++steps > stepsMax) throw new TooManySteps();
	};
	const doubt = (one: Doubt) => {
		frames.at(-1)?.doubts.push(one);
	};

	const { nodeFrom, nodeOf, constant } = nodeMaker();

	const keyOf = ({ node, not, isWriter }: Literal) =>
		`${not ? "-" : "+"}${node.id}${isWriter ? "w" : ""}`;

	const solveGoal = (all: readonly Literal[]): Answer => {
		const byKey = new Map<string, Literal>();
		let mask = everyKind;
		for (const literal of all) {
			const { node, not } = literal;
			if (node.atoms.length === 0) {
				if (not) return { doubts: [] };
				continue;
			}
			if (!not) mask &= node.mask;
			byKey.set(keyOf(literal), literal);
		}
		if (mask === 0) return { doubts: [] };
		const literals = [...byKey.values()].filter(
			({ node, not }) => !not || (node.mask & mask) !== 0,
		);
		for (const { node, not } of literals)
			if (not && (byKey.has(`+${node.id}`) || byKey.has(`+${node.id}w`)))
				return { doubts: [] };
		const key = literals.map(keyOf).sort().join(" ");
		const known = answers.get(key);
		if (known) return known;
		const depth = inProgress.get(key);
		if (depth !== undefined) {
			const frame = frames.at(-1);
			if (frame) frame.outermost = Math.min(frame.outermost, depth);
			return { doubts: [] };
		}
		const own = frames.length;
		if (own > depthMax) {
			doubt({ keyword: "schema", why: "it nests too deeply" });
			return { doubts: [] };
		}
		inProgress.set(key, own);
		const frame: Frame = { doubts: [], outermost: Number.POSITIVE_INFINITY };
		frames.push(frame);
		const found = byKinds(literals, mask);
		frames.pop();
		inProgress.delete(key);
		const answer = found ?? { doubts: distinctDoubts(frame.doubts) };
		if (found || frame.outermost >= own) answers.set(key, answer);
		else {
			const parent = frames.at(-1);
			if (parent)
				parent.outermost = Math.min(parent.outermost, frame.outermost);
		}
		return answer;
	};

	/** An inner question; its doubts are those of the outer one. */
	const inner = (literals: readonly Literal[]): Found | undefined => {
		const answer = solveGoal(literals);
		if ("value" in answer) return answer;
		frames.at(-1)?.doubts.push(...answer.doubts);
		return undefined;
	};

	const fits = (literals: readonly Literal[], value: unknown) =>
		literals.every(
			({ node, not }) => accepts(node, value) !== (not === true),
		) &&
		(!isWriting ||
			isWritten(
				literals.flatMap(({ node, isWriter, not }) =>
					isWriter && !not ? node : [],
				),
				value,
			));

	/** A value of a list. That a format refuses it is no proof: elsewhere, a format is an annotation. */
	const listed = (
		list: readonly unknown[],
		literals: readonly Literal[],
	): Found | undefined => {
		const value = list.find((item) => fits(literals, item));
		if (value !== undefined) return { value };
		const format = literals
			.flatMap(({ node, not }) => (not ? [] : node.atoms))
			.find(
				(atom) =>
					atom.is === "format" && list.some((item) => !holds(atom, item)),
			);
		if (format)
			doubt({
				keyword: format.keyword,
				place: format.place,
				why: "no listed value has the format",
			});
		return undefined;
	};

	const byKinds = (
		literals: readonly Literal[],
		mask: number,
	): Found | undefined => {
		const list = literals.find(
			({ node, not }) => !not && node.values !== undefined,
		)?.node.values;
		if (list) return listed(list, literals);
		for (const kind of kindList) {
			if ((kind & mask) === 0) continue;
			step();
			if (kind === kinds.null || kind === kinds.boolean) {
				const values = kind === kinds.null ? [null] : [false, true];
				const value = values.find((item) => fits(literals, item));
				if (value !== undefined) return { value };
				continue;
			}
			const found = expand(
				{
					kind,
					accepted: new Map(),
					done: new Set(),
					refused: new Map(),
					facts: [],
					wanted: [],
					counts: [],
					possible: [],
					choices: [],
					others: [],
				},
				literals.map((literal) => ({ literal })),
				literals,
			);
			if (found) return found;
		}
		return undefined;
	};

	/** Takes items apart into a copy of the clause, decides what has one possibility, and tries the rest. */
	const expand = (
		from: Clause,
		items: readonly Item[],
		goal: readonly Literal[],
	): Found | undefined => {
		step();
		const { kind } = from;
		const facts = [...from.facts];
		const wanted = [...from.wanted];
		const counts = [...from.counts];
		const possible = [...from.possible];
		let choices = [...from.choices];
		let others = [...from.others];
		const accepted = new Map(from.accepted);
		const refused = new Map(from.refused);
		const done = new Set(from.done);
		const queue = [...items];
		const clause = (): Clause => ({
			kind,
			accepted,
			refused,
			done,
			facts,
			wanted,
			counts,
			possible,
			choices,
			others,
		});

		const isAlwaysTrue = (node: Node) =>
			node.atoms.every(
				(atom) =>
					(atom.applies & kind) === 0 ||
					(atom.is === "kinds" && (atom.mask & kind) !== 0),
			);
		const there = new Map<string, boolean>();
		let counted = 0;
		/** The properties that are there, and those that are not, as far as that is a fact. */
		const presence = (): ReadonlyMap<string, boolean> => {
			for (; counted < facts.length; counted++) {
				const { atom, not } = facts[counted] as Fact;
				if (atom.is === "required" && !there.has(atom.name))
					there.set(atom.name, !not);
			}
			return there;
		};
		const areShapesApart = (a: Node, b: Node) =>
			(a.mask & b.mask & kind) === 0 ||
			(kind === kinds.object && areObjectsApart(a, b, 0));
		/** Whether a property that is there has no value that fits a schema, too. Those of conditions name few properties. */
		const isApartHere = (node: Node): boolean => {
			if (kind !== kinds.object) return false;
			const shape = shapeOf(node);
			return shape.fields.some(
				(atom) =>
					atom.fields.size <= tagsMax &&
					[...atom.fields].some(
						([name, inner]) =>
							presence().get(name) === true &&
							[...accepted.values()].some((other) =>
								nodesOf(shapeOf(other), name).some((one) =>
									isApart(one, inner, 1),
								),
							),
					),
			);
		};
		/** Whether no value of this clause fits a schema, for a reason that stays a fact of the clause. */
		const isRuledOut = (node: Node): boolean =>
			refused.has(node.id) ||
			(node.mask & kind) === 0 ||
			isApartHere(node) ||
			[...accepted.values()].some((other) => areShapesApart(node, other));
		/** Whether a literal already holds or cannot. */
		const statusOf = (item: Item): "holds" | "fails" | "open" => {
			if ("literal" in item || "other" in item) {
				const { node, not } =
					"literal" in item ? item.literal : { node: item.other, not: true };
				const isPossible = (node.mask & kind) !== 0;
				if (not) {
					if (accepted.has(node.id) || isAlwaysTrue(node)) return "fails";
					if (refused.has(node.id) || !isPossible) return "holds";
					// Only what stays a fact of the clause is taken as a reason: lists of values may be refused by this very literal.
					return isRuledOut(node) ? "holds" : "open";
				}
				if (refused.has(node.id) || !isPossible) return "fails";
				if (accepted.has(node.id) || isAlwaysTrue(node)) return "holds";
				for (const other of accepted.values())
					if (isDisjoint(node, other, kind)) return "fails";
				return isApartHere(node) ? "fails" : "open";
			}
			if ("fact" in item) {
				const { atom, not } = item.fact;
				if (atom.is === "kinds")
					return ((atom.mask & kind) !== 0) === !not ? "holds" : "fails";
				if (atom.is === "required") {
					const isThere = presence().get(atom.name);
					if (isThere !== undefined)
						return isThere === !not ? "holds" : "fails";
				}
				return "open";
			}
			if ("wanted" in item) {
				const { step: name, value, unevaluatedBy } = item.wanted;
				if (name === undefined || unevaluatedBy) return "open";
				// Something that is wanted already wants the same.
				for (const other of wanted)
					if (
						other.step === name &&
						value.every(
							({ node, not }) =>
								not &&
								other.value.some(
									(one) => one.not && refuses(one.node, node.id),
								),
						)
					)
						return "holds";
				if (presence().get(String(name)) === false) return "fails";
				for (const { atom, not } of facts) {
					if (not || atom.is === "required") continue;
					for (const node of nodesAt(atom, name))
						for (const literal of value)
							if (
								(literal.not && literal.node.id === node.id) ||
								(!literal.not && isApart(literal.node, node, 0))
							)
								return "fails";
				}
				for (const { node, not } of value)
					if (not && node.atoms.length === 0) return "fails";
			}
			return "open";
		};

		const addFact = (fact: Fact): boolean => {
			const parts = takenApart(fact, kind, constant);
			if (!parts) return false;
			if (parts.isKept) facts.push(fact);
			for (const item of parts.items)
				if ("choice" in item) choices.push(item.choice);
				else queue.push(item);
			return true;
		};

		const addLiteral = (literal: Literal): boolean => {
			const { node, not, isWriter, scopes: around } = literal;
			const status = statusOf({ literal });
			if (status === "fails") return false;
			if (not) {
				if (status === "holds") return true;
				refused.set(node.id, node);
				const relevant = node.atoms.filter(
					(atom) => (atom.applies & kind) !== 0,
				);
				choices.push({
					kind: "some",
					options: relevant.map((atom) => [{ fact: { atom, not: true } }]),
				});
				return true;
			}
			const key = `${node.id}${isWriter ? "w" : ""}${around?.join() ?? ""}`;
			if (done.has(key)) return true;
			done.add(key);
			accepted.set(node.id, node);
			const last = node.atoms.findLast(
				({ is }) => is === "unevaluatedProperties" || is === "unevaluatedItems",
			);
			const scope = last ? ++scopes : undefined;
			const inside = scope === undefined ? around : [...(around ?? []), scope];
			for (const atom of node.atoms) {
				const isLast =
					atom.is === "unevaluatedProperties" || atom.is === "unevaluatedItems";
				const fact: Fact = {
					atom,
					...(isWriter ? { isWriter } : {}),
					...(isLast
						? {
								...(around ? { scopes: around } : {}),
								...(scope === undefined ? {} : { scope }),
							}
						: inside
							? { scopes: inside }
							: {}),
				};
				if (!addFact(fact)) return false;
			}
			return true;
		};

		const addItem = (item: Item): boolean => {
			if ("literal" in item) return addLiteral(item.literal);
			if ("fact" in item) {
				const status = statusOf(item);
				if (status === "fails") return false;
				return status === "holds" && item.fact.isWriter !== true
					? true
					: addFact(item.fact);
			}
			if ("wanted" in item) {
				const status = statusOf(item);
				if (status === "open") wanted.push(item.wanted);
				return status !== "fails";
			}
			if ("count" in item) {
				counts.push(item.count);
				return true;
			}
			if ("choice" in item) {
				choices.push(item.choice);
				return true;
			}
			if ("other" in item) {
				const status = statusOf(item);
				if (status === "open") others.push(item.other);
				return status !== "fails";
			}
			possible.push(item.possible);
			return true;
		};

		/** The options that are left of a choice; undefined if it is already made. */
		const optionsOf = (choice: Choice): readonly Option[] | undefined => {
			const literal = (
				node: Node,
				not: boolean,
				own: { isWriter: boolean; scopes: readonly number[] } | undefined,
			): Item => ({
				literal: {
					node,
					...(not ? { not } : {}),
					...(own?.isWriter ? { isWriter: true } : {}),
					...(own && own.scopes.length > 0 ? { scopes: own.scopes } : {}),
				},
			});
			if (choice.kind === "some") return left(choice.options);
			const open = choice.nodes.filter(
				(node) => statusOf({ literal: { node } }) !== "fails",
			);
			if (choice.kind === "notOne") {
				const sure = open.filter((node) => accepted.has(node.id));
				const options: Option[] = [];
				if (sure.length === 0)
					options.push(
						choice.nodes
							.filter((other) => !isRuledOut(other))
							.map((other) => ({ other })),
					);
				for (const [i, first] of open.entries())
					for (const second of open.slice(i + 1)) {
						if (
							sure.some((node) => node !== first && node !== second) &&
							sure.length < 2
						)
							continue;
						if (!isDisjoint(first, second, kind))
							options.push([
								literal(first, false, undefined),
								literal(second, false, undefined),
							]);
					}
				return left(options);
			}
			const interest = choice.isWriter || choice.scopes.length > 0;
			// One that already holds makes the choice; the others may hold, too.
			const holding =
				choice.kind === "any" && interest
					? open.find((node) => statusOf({ literal: { node } }) === "holds")
					: undefined;
			const options = (holding ? [holding] : open).map((node): Option => {
				// What is refused may only be left out for a reason that stays a fact of the clause.
				const others = choice.nodes.filter(
					(other) => other !== node && !isRuledOut(other),
				);
				return [
					literal(node, false, choice),
					...others
						.filter((other) =>
							choice.kind === "one" ? !areShapesApart(node, other) : interest,
						)
						.map((other): Item => {
							if (choice.kind === "one") return { other };
							const { literal: one } = literal(other, false, choice) as {
								literal: Literal;
							};
							return { possible: one };
						}),
				];
			});
			return interest ? options : left(options);
		};
		const left = (
			options: readonly Option[],
		): readonly Option[] | undefined => {
			const open: Option[] = [];
			for (const option of options) {
				const states = option.map(statusOf);
				if (states.includes("fails")) continue;
				if (states.every((state) => state === "holds")) {
					// It makes the choice; what a writer names in it must still be seen.
					return option.some(isOfInterest) ? [option] : undefined;
				}
				open.push(option);
			}
			return open;
		};

		for (;;) {
			for (let item = queue.shift(); item; item = queue.shift())
				if (!addItem(item)) return undefined;
			const open: { choice: Choice; options: readonly Option[] }[] = [];
			let isForced = false;
			for (const choice of choices) {
				const options = optionsOf(choice);
				if (!options) continue;
				const [only] = options;
				if (!only) return undefined;
				if (options.length === 1) {
					queue.push(...only);
					isForced = true;
				} else open.push({ choice, options });
			}
			choices = open.map(({ choice }) => choice);
			if (others.some(({ id }) => accepted.has(id))) return undefined;
			if (isForced) continue;
			const [best] = open.toSorted(
				(a, b) => a.options.length - b.options.length,
			);
			if (!best) {
				const found = finish(clause(), goal);
				const fitting = found
					? others.filter((node) => accepts(node, found.value))
					: [];
				if (!found || fitting.length === 0) return found;
				others = others.filter((node) => !fitting.includes(node));
				for (const node of fitting)
					queue.push({ literal: { node, not: true } });
				continue;
			}
			choices = choices.filter((choice) => choice !== best.choice);
			for (const option of best.options) {
				const found = expand(clause(), option, goal);
				if (found) return found;
			}
			return undefined;
		}
	};

	const finish = (
		clause: Clause,
		goal: readonly Literal[],
	): Found | undefined => {
		const { kind, facts } = clause;
		const list = facts.find(({ atom, not }) => atom.is === "enum" && !not);
		if (list?.atom.is === "enum") {
			return listed(
				list.atom.values.filter((item) => kindOf(item) === kind),
				goal,
			);
		}
		if (kind & numberKinds) return solveNumber(clause, doubt);
		if (kind === kinds.string) return solveString(clause, texts, doubt);
		const search: Search = {
			isWriting,
			solve: inner,
			also: (from, items) => expand(from, items, goal),
			doubt,
			step,
			constant,
			nodeOf,
			made: (value) => {
				const size = sizeOf(value);
				if (size <= sizeMax) return { value };
				doubt({
					keyword: "schema",
					why: `the values that it accepts have more than ${sizeMax.toLocaleString("en")} parts`,
				});
				return undefined;
			},
		};
		return kind === kinds.array
			? solveArray(clause, search)
			: solveObject(clause, search);
	};

	return {
		nodeFrom: (atoms, place) => nodeFrom(atoms, everyKind, place),
		solve: (literals) => {
			steps = 0;
			try {
				return solveGoal(literals);
			} catch (error) {
				frames.length = 0;
				inProgress.clear();
				if (
					!(
						error instanceof TooManySteps ||
						error instanceof TooLarge ||
						error instanceof RangeError
					)
				)
					throw error;
				const [first] = literals;
				return {
					doubts: [
						{
							keyword: "schema",
							...(first ? { place: first.node.place } : {}),
							why:
								error instanceof TooManySteps
									? `more than ${stepsMax.toLocaleString("en")} steps would be needed`
									: "it nests too deeply, or has strings that are too long for its patterns",
						},
					],
				};
			}
		},
	};
}

const isOfInterest = (item: Item): boolean =>
	"literal" in item &&
	!item.literal.not &&
	(item.literal.isWriter === true || item.literal.scopes !== undefined);

/** Whether a value that one schema refuses is refused by another, since that is one of its alternatives. */
const refuses = ({ id, atoms }: Node, other: number): boolean => {
	const [only] = atoms;
	return (
		id === other ||
		(atoms.length === 1 &&
			only?.is === "any" &&
			only.nodes.some((node) => refuses(node, other)))
	);
};

/** The schemas of a property or an item. */
function nodesAt(atom: Atom, step: string | number): readonly Node[] {
	if (atom.is === "fields") return fieldNodes(atom, String(step));
	if (atom.is !== "items") return [];
	return [atom.prefix[Number(step)] ?? atom.rest ?? []].flat();
}

/** Schemas with more properties than this are not looked into. */
const tagsMax = 4;

/** Values with more parts than this are of no use as an example. */
const sizeMax = 50_000;

const sizes = new WeakMap<object, number>();

/** How many parts a value has, those that it has several times counted each time. */
function sizeOf(value: unknown): number {
	if (typeof value !== "object" || value === null) return 1;
	const known = sizes.get(value);
	if (known !== undefined) return known;
	let size = 1;
	for (const inner of Object.values(value)) size += sizeOf(inner);
	sizes.set(value, size);
	return size;
}

/** Questions inside of questions, at most. */
const depthMax = 400;

function distinctDoubts(doubts: readonly Doubt[]): readonly Doubt[] {
	const byText = new Map(
		doubts.map((doubt) => [
			`${doubt.keyword} ${doubt.place?.file} ${doubt.place?.pointer} ${doubt.why}`,
			doubt,
		]),
	);
	return [...byText.values()].slice(0, 5);
}
