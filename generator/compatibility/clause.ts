// A case of a question: what must hold for a value of one kind, without alternatives.
import { evaluates } from "./evaluate.ts";
import { type Atom, kinds, type Node, type Place } from "./node.ts";

/** A schema that a value must be accepted or refused by. */
export interface Literal {
	readonly node: Node;
	readonly not?: boolean;
	/** The writer's: the properties that it names may be written. */
	readonly isWriter?: boolean;
	/** The schemas with an `unevaluated…` keyword that see what this one evaluates. */
	readonly scopes?: readonly number[];
}

/** One keyword that must hold or not. */
export interface Fact {
	readonly atom: Atom;
	readonly not?: boolean;
	readonly isWriter?: boolean;
	readonly scopes?: readonly number[];
	/** Of an `unevaluated…` keyword that must hold: its own scope. */
	readonly scope?: number;
}

/** A property or an item that must be there, with what its value must be like. */
export interface Wanted {
	/** Whether a property name or an item index can be it. */
	readonly fits: (step: string | number) => boolean;
	/** If only one can be it. */
	readonly step?: string | number;
	/** The patterns that its name must match, and must not. */
	readonly patterns?: readonly string[];
	readonly notPatterns?: readonly string[];
	readonly value: readonly Literal[];
	/** What its name must be like. */
	readonly name?: readonly Literal[];
	/** Keywords that must not evaluate it. */
	readonly unevaluatedBy?: readonly Atom[];
	/** The keyword that it breaks. */
	readonly atom: Atom;
}

/** How many items a schema accepts. */
export interface Count {
	readonly node: Node;
	readonly min: number;
	readonly max: number;
	readonly isWriter: boolean;
	/** The scopes in which the items that it finds count as evaluated. */
	readonly scopes: readonly number[];
}

export type Item =
	| { readonly literal: Literal }
	| { readonly fact: Fact }
	| { readonly wanted: Wanted }
	| { readonly count: Count }
	/** A schema that may hold, too: then what it evaluates counts. */
	| { readonly possible: Literal }
	/** A schema that must refuse the value, as most values are: it is taken apart only if a value turns out to fit it. */
	| { readonly other: Node }
	| { readonly choice: Choice };

export type Option = readonly Item[];

export type Choice =
	| { readonly kind: "some"; readonly options: readonly Option[] }
	| {
			readonly kind: "any" | "one";
			readonly nodes: readonly Node[];
			readonly isWriter: boolean;
			readonly scopes: readonly number[];
	  }
	| { readonly kind: "notOne"; readonly nodes: readonly Node[] };

export interface Clause {
	readonly kind: number;
	readonly accepted: Map<number, Node>;
	/** Literals that have been taken apart. */
	readonly done: Set<string>;
	readonly refused: Map<number, Node>;
	readonly facts: readonly Fact[];
	readonly wanted: readonly Wanted[];
	readonly counts: readonly Count[];
	readonly possible: readonly Literal[];
	readonly choices: readonly Choice[];
	readonly others: readonly Node[];
}

/** Something that could not be decided. */
export interface Doubt {
	readonly keyword: string;
	readonly place?: Place;
	readonly why: string;
}

export type Fields = Extract<Atom, { is: "fields" }>;

/** What the search offers to those who put objects and arrays together. */
export interface Search {
	/** Whether values are those that a writer writes. */
	readonly isWriting: boolean;
	/** A value that all literals want, if there is one. */
	readonly solve: (
		literals: readonly Literal[],
	) => { readonly value: unknown } | undefined;
	/** The same question with more that must hold. */
	readonly also: (
		clause: Clause,
		items: readonly Item[],
	) => { readonly value: unknown } | undefined;
	readonly doubt: (doubt: Doubt) => void;
	readonly step: () => void;
	/** A value that was put together, unless it is too large to be of use. */
	readonly made: (value: object) => { readonly value: unknown } | undefined;
	/** A node that accepts exactly one value. */
	readonly constant: (value: unknown) => Node;
	readonly nodeOf: (atom: Atom) => Node;
}

/** Whether a schema may evaluate a property or an item where it accepts the value: surely, perhaps, or not. */
export function covers(
	node: Node,
	step: string | number,
	by: (atom: Atom, step: string | number) => boolean = evaluates,
	depth = 0,
): "surely" | "perhaps" | "no" {
	let found: "surely" | "perhaps" | "no" = "no";
	const perhaps = (inner: Node) => {
		if (found === "no" && covers(inner, step, by, depth + 1) !== "no")
			found = "perhaps";
	};
	if (depth > 20) return "perhaps";
	for (const atom of node.atoms) {
		if (by(atom, step)) return "surely";
		switch (atom.is) {
			case "all": {
				const inner = covers(atom.target(), step, by, depth + 1);
				if (inner === "surely") return inner;
				if (inner === "perhaps") found = inner;
				break;
			}
			case "any":
			case "one":
				atom.nodes.forEach(perhaps);
				break;
			case "if":
				perhaps(atom.condition);
				perhaps(atom.then);
				perhaps(atom.else);
				break;
			case "dependent":
				perhaps(atom.node);
				break;
			case "contains":
				if (atom.evaluates && typeof step === "number") found = "perhaps";
				break;
			default:
		}
	}
	return found;
}

/**
 * What must also hold so that some keywords do not evaluate a step; undefined if they surely do.
 */
export function unevaluatedItems(
	beside: readonly Atom[],
	step: string | number,
	search: Search,
	asking: Atom,
):
	| { readonly items: readonly Item[]; readonly value: readonly Literal[] }
	| undefined {
	const items: Item[] = [];
	const value: Literal[] = [];
	/** Whether a schema may evaluate it. If only a condition or an alternative in it does, not every case is looked at. */
	const mayCover = (node: Node): boolean => {
		const found = covers(node, step);
		if (found === "perhaps")
			search.doubt({
				keyword: asking.keyword,
				place: asking.place,
				why: "what conditions inside of conditions evaluate is not followed",
			});
		return found !== "no";
	};
	/** What must hold so that a schema does not evaluate it: the schema refuses the value. */
	const refused = (node: Node): readonly Item[] => {
		if (!mayCover(node)) return [];
		return [{ literal: { node, not: true } }];
	};
	for (const atom of beside) {
		if (evaluates(atom, step)) return undefined;
		switch (atom.is) {
			case "all": {
				const inner = unevaluatedItems(
					atom.target().atoms,
					step,
					search,
					asking,
				);
				if (!inner) return undefined;
				items.push(...inner.items);
				value.push(...inner.value);
				break;
			}
			case "any":
			case "one":
				items.push(...atom.nodes.flatMap(refused));
				break;
			case "if": {
				const { condition, then, else: other } = atom;
				if (
					[condition, then, other].every((node) => covers(node, step) === "no")
				)
					break;
				const options: Option[] = [
					[{ literal: { node: condition, not: true } }, ...refused(other)],
				];
				if (!mayCover(condition))
					options.push([{ literal: { node: condition } }, ...refused(then)]);
				items.push({ choice: { kind: "some", options } });
				break;
			}
			case "dependent":
				if (covers(atom.node, step) !== "no")
					items.push({
						choice: {
							kind: "some",
							options: [[{ fact: absence(atom.name) }], refused(atom.node)],
						},
					});
				break;
			case "contains":
				if (atom.evaluates && typeof step === "number")
					value.push({ node: atom.node, not: true });
				break;
			default:
		}
	}
	return { items, value };
}

/** That a property is not there, or is. */
export const absence = (name: string, isThere = false): Fact => ({
	atom: {
		keyword: "required",
		place: { file: "", pointer: "" },
		applies: kinds.object,
		key: `required:${JSON.stringify(name)}`,
		is: "required",
		name,
	},
	...(isThere ? {} : { not: true }),
});

/** The property names and patterns that keywords mention, and the positions of items, those of alternatives and conditions too. */
export function mentionedIn(atoms: readonly Atom[]): {
	readonly names: ReadonlySet<string>;
	readonly patterns: ReadonlySet<string>;
	/** From here on, all positions are alike. */
	readonly positions: number;
} {
	const names = new Set<string>();
	const patterns = new Set<string>();
	let positions = 0;
	const visited = new Set<Node>();
	const visit = (node: Node): void => {
		if (visited.has(node)) return;
		visited.add(node);
		node.atoms.forEach(add);
	};
	const add = (atom: Atom): void => {
		switch (atom.is) {
			case "fields":
				for (const name of atom.fields.keys()) names.add(name);
				for (const { pattern } of atom.patterns) patterns.add(pattern);
				break;
			case "items":
				positions = Math.max(positions, atom.prefix.length);
				break;
			case "required":
				names.add(atom.name);
				break;
			case "dependent":
				names.add(atom.name);
				visit(atom.node);
				break;
			case "all":
				visit(atom.target());
				break;
			case "any":
			case "one":
				atom.nodes.forEach(visit);
				break;
			case "not":
				visit(atom.node);
				break;
			case "if":
				[atom.condition, atom.then, atom.else].forEach(visit);
				break;
			case "unevaluatedProperties":
			case "unevaluatedItems":
				atom.beside.forEach(add);
				break;
			default:
		}
	};
	atoms.forEach(add);
	return { names, patterns, positions };
}
