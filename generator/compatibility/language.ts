// Regular languages as terms with derivatives, which decide intersection and complement without building automata first:
// https://doi.org/10.1017/S0956796808007090 (Owens, Reppy and Turon, Regular-expression derivatives re-examined)
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import {
	anyCharacter,
	type Characters,
	complement,
	includes,
	kindsOf,
	matchedBy,
	union,
} from "./characters.ts";
import { TooLarge } from "./too-large.ts";

/** The strings of a language. Equal terms have equal keys. */
export type Term = { readonly key: string; readonly id: number } & (
	| { readonly kind: "none" | "empty" }
	| { readonly kind: "character"; readonly set: Characters }
	| { readonly kind: "sequence"; readonly first: Term; readonly then: Term }
	| { readonly kind: "any" | "all"; readonly terms: readonly Term[] }
	| { readonly kind: "not"; readonly term: Term }
	| {
			readonly kind: "repeat";
			readonly term: Term;
			readonly min: number;
			readonly max: number;
	  }
);

type Body = Term extends infer T
	? T extends Term
		? Omit<T, "key" | "id">
		: never
	: never;

/** At most this many derivatives are taken for one question. */
const stepsMax = 60_000;
/** At most this many terms are looked at for one question: a derivative can be a union of very many. */
const workMax = 1_500_000;

/** Terms are kept as long as the one who asks. */
export interface Languages {
	/** The strings that a JSON Schema pattern accepts; undefined if it is not regular, or not in the part that is supported. */
	readonly ofPattern: (pattern: string) => Term | undefined;
	readonly ofWords: (words: readonly string[]) => Term;
	readonly not: (term: Term) => Term;
	readonly accepts: (term: Term, text: string) => boolean;
	/** Words that are in all terms, the shortest first; lengths in code points. */
	readonly words: (
		terms: readonly Term[],
		lengthMin: number,
		lengthMax: number,
	) => Generator<string>;
}

class NotRegular extends Error {}

export function languages(): Languages {
	const terms = new Map<string, Term>();
	let work = 0;
	const spend = (count: number) => {
		work += count;
		if (work > workMax) throw new TooLarge();
	};
	const make = (key: string, body: Body): Term => {
		const known = terms.get(key);
		if (known) return known;
		const made = { ...body, key, id: terms.size } as Term;
		terms.set(key, made);
		return made;
	};
	const none = make("0", { kind: "none" });
	const empty = make("1", { kind: "empty" });
	const character = (set: Characters): Term =>
		set.length === 0
			? none
			: make(`[${set.map((range) => range.join("-")).join()}]`, {
					kind: "character",
					set,
				});
	const repeat = (term: Term, min: number, max: number): Term => {
		if (max === 0 || term === empty) return empty;
		if (term === none) return min === 0 ? empty : none;
		if (min === 1 && max === 1) return term;
		if (term.kind === "repeat" && term.min === 0 && term.max === Infinity)
			return term;
		return make(`(${term.id}{${min},${max}})`, {
			kind: "repeat",
			term,
			min,
			max,
		});
	};
	const everything = repeat(character(anyCharacter), 0, Infinity);
	const sequence = (first: Term, then: Term): Term => {
		if (first === none || then === none) return none;
		if (first === empty) return then;
		if (then === empty) return first;
		if (first === everything && then === everything) return everything;
		if (first.kind === "sequence")
			return sequence(first.first, sequence(first.then, then));
		return make(`(${first.id}.${then.id})`, { kind: "sequence", first, then });
	};
	const combined = (
		kind: "any" | "all",
		list: readonly Term[],
		neutral: Term,
		absorbing: Term,
	): Term => {
		spend(list.length);
		const flat = new Map<number, Term>();
		for (const term of list)
			for (const part of term.kind === kind ? term.terms : [term])
				if (part !== neutral) flat.set(part.id, part);
		spend(flat.size);
		if (flat.has(absorbing.id)) return absorbing;
		const [only] = flat.values();
		if (!only) return neutral;
		if (flat.size === 1) return only;
		const sorted = [...flat.values()].sort((a, b) => a.id - b.id);
		return make(
			`(${sorted.map(({ id }) => id).join(kind === "any" ? "|" : "&")})`,
			{ kind, terms: sorted },
		);
	};
	const any = (list: readonly Term[]) =>
		combined("any", list, none, everything);
	const all = (list: readonly Term[]) =>
		combined("all", list, everything, none);
	const not = (term: Term): Term => {
		if (term.kind === "not") return term.term;
		if (term === none) return everything;
		if (term === everything) return none;
		return make(`(!${term.id})`, { kind: "not", term });
	};

	const nullable = new Map<Term, boolean>();
	const isNullable = (term: Term): boolean => {
		const known = nullable.get(term);
		if (known !== undefined) return known;
		const found = ((): boolean => {
			switch (term.kind) {
				case "none":
				case "character":
					return false;
				case "empty":
					return true;
				case "sequence":
					return isNullable(term.first) && isNullable(term.then);
				case "any":
					return term.terms.some(isNullable);
				case "all":
					return term.terms.every(isNullable);
				case "not":
					return !isNullable(term.term);
				case "repeat":
					return term.min === 0 || isNullable(term.term);
			}
		})();
		nullable.set(term, found);
		return found;
	};

	const derivatives = new Map<Term, Map<number, Term>>();
	const derive = (term: Term, next: number): Term => {
		spend(1);
		const known = derivatives.get(term)?.get(next);
		if (known) return known;
		const found = ((): Term => {
			switch (term.kind) {
				case "none":
				case "empty":
					return none;
				case "character":
					return includes(term.set, next) ? empty : none;
				case "sequence": {
					const through = sequence(derive(term.first, next), term.then);
					return isNullable(term.first)
						? any([through, derive(term.then, next)])
						: through;
				}
				case "any":
					return any(term.terms.map((part) => derive(part, next)));
				case "all":
					return all(term.terms.map((part) => derive(part, next)));
				case "not":
					return not(derive(term.term, next));
				case "repeat":
					return sequence(
						derive(term.term, next),
						repeat(term.term, Math.max(0, term.min - 1), term.max - 1),
					);
			}
		})();
		const ofTerm = derivatives.get(term) ?? new Map<number, Term>();
		derivatives.set(term, ofTerm);
		ofTerm.set(next, found);
		return found;
	};

	const firstSets = (term: Term, into: Set<Characters>): void => {
		spend(1);
		switch (term.kind) {
			case "none":
			case "empty":
				return;
			case "character":
				into.add(term.set);
				return;
			case "sequence":
				firstSets(term.first, into);
				if (isNullable(term.first)) firstSets(term.then, into);
				return;
			case "any":
			case "all":
				for (const part of term.terms) firstSets(part, into);
				return;
			case "not":
			case "repeat":
				firstSets(term.term, into);
		}
	};
	const steps = new Map<Term, readonly (readonly [number, Term])[]>();
	const stepsFrom = (term: Term) => {
		const known = steps.get(term);
		if (known) return known;
		const sets = new Set<Characters>();
		firstSets(term, sets);
		let limits = 0;
		for (const set of sets) limits += set.length;
		spend(sets.size * limits);
		const byTarget = new Map<Term, number>();
		for (const next of kindsOf([...sets])) {
			const target = derive(term, next);
			if (target !== none && !byTarget.has(target)) byTarget.set(target, next);
		}
		const found = [...byTarget].map(
			([target, next]) => [next, target] as const,
		);
		steps.set(term, found);
		return found;
	};

	interface Word {
		readonly term: Term;
		readonly last?: number;
		/** How often the last character comes. */
		readonly count?: number;
		readonly before?: Word;
	}
	const textOf = (word: Word): string => {
		const parts: string[] = [];
		for (let at: Word | undefined = word; at; at = at.before)
			if (at.last !== undefined)
				parts.push(String.fromCodePoint(at.last).repeat(at.count ?? 1));
		return parts.reverse().join("");
	};

	function* words(
		wanted: readonly Term[],
		lengthMin: number,
		lengthMax: number,
	): Generator<string> {
		work = 0;
		let layer: readonly Word[] = [{ term: all(wanted) }];
		let taken = 0;
		// A term that can be left to the same number of characters again gives no shorter word.
		const visits = new Map<Term, number>();
		for (let length = 0; length <= lengthMax && layer.length > 0; length++) {
			if (length >= lengthMin)
				for (const word of layer) if (isNullable(word.term)) yield textOf(word);
			const next = new Map<Term, Word>();
			for (const word of layer)
				for (const [last, term] of stepsFrom(word.term)) {
					if (++taken > stepsMax) throw new TooLarge();
					if (next.has(term)) continue;
					if (length + 1 > lengthMin) {
						const count = visits.get(term) ?? 0;
						if (count > revisitsMax) continue;
						visits.set(term, count + 1);
					}
					next.set(term, { term, last, before: word });
				}
			const [before, after] = [layer[0], next.values().next().value];
			layer = [...next.values()];
			// A character that changes nothing is repeated up to the shortest length at once.
			if (
				layer.length === 1 &&
				before?.term === after?.term &&
				after &&
				length + 1 < lengthMin
			) {
				layer = [{ ...after, count: lengthMin - length }];
				length = lengthMin - 1;
			}
		}
	}

	const ofClassElement = (
		element: AST.ClassRangesCharacterClassElement | AST.Element,
	): Characters => {
		switch (element.type) {
			case "Character":
				return [[element.value, element.value]];
			case "CharacterClassRange":
				return [[element.min.value, element.max.value]];
			case "CharacterSet":
				return matchedBy(element.raw);
			case "CharacterClass": {
				const set = union(
					...element.elements.map((inner) =>
						ofClassElement(inner as AST.ClassRangesCharacterClassElement),
					),
				);
				return element.negate ? complement(set) : set;
			}
			default:
				throw new NotRegular();
		}
	};
	/** The strings that an expression matches up to the end, if `rest` is what may come after it. */
	const ofAlternatives = (
		alternatives: readonly AST.Alternative[],
		rest: Term,
		isStart: boolean,
	): Term =>
		any(
			alternatives.map(({ elements }) => ofElements(elements, rest, isStart)),
		);
	const ofElements = (
		elements: readonly AST.Element[],
		rest: Term,
		isStart: boolean,
	): Term => {
		const [element, ...others] = elements;
		if (!element) return rest;
		const after = (start: boolean) => ofElements(others, rest, start);
		const inFront = (term: Term): Term => {
			if (!isStart || others.every(isPlain))
				return sequence(term, after(false));
			// Only if nothing was read is what follows still at the start.
			const read = sequence(all([term, not(empty)]), after(false));
			return isNullable(term) ? any([read, after(true)]) : read;
		};
		switch (element.type) {
			case "Character":
			case "CharacterSet":
			case "CharacterClass":
				return sequence(character(ofClassElement(element)), after(false));
			case "Group":
			case "CapturingGroup":
				if (hasModifiers(element)) throw new NotRegular();
				if (isPlain(element))
					return inFront(ofAlternatives(element.alternatives, empty, false));
				// What comes after it is part of each alternative, so that an assertion sees it.
				return any(
					element.alternatives.map((alternative) =>
						ofElements([...alternative.elements, ...others], rest, isStart),
					),
				);
			case "Quantifier":
				if (!isPlain(element.element)) throw new NotRegular();
				return inFront(
					repeat(
						ofElements([element.element], empty, false),
						element.min,
						element.max,
					),
				);
			case "Assertion":
				switch (element.kind) {
					case "start":
						return isStart ? after(true) : none;
					case "end":
						return all([after(isStart), empty]);
					case "lookahead": {
						const ahead = ofAlternatives(
							element.alternatives,
							everything,
							isStart,
						);
						return all([element.negate ? not(ahead) : ahead, after(isStart)]);
					}
					default:
						throw new NotRegular();
				}
			default:
				throw new NotRegular();
		}
	};

	const patterns = new Map<string, Term | undefined>();
	const ofPattern = (pattern: string): Term | undefined => {
		if (patterns.has(pattern)) return patterns.get(pattern);
		const found = termOf(pattern);
		patterns.set(pattern, found);
		return found;
	};
	const termOf = (pattern: string): Term | undefined => {
		work = 0;
		try {
			const { alternatives } = new RegExpParser().parsePattern(
				pattern,
				0,
				undefined,
				{ unicode: true },
			);
			const anywhere = ofAlternatives(alternatives, everything, false);
			return any([
				ofAlternatives(alternatives, everything, true),
				sequence(repeat(character(anyCharacter), 1, Infinity), anywhere),
			]);
		} catch (error) {
			if (
				error instanceof NotRegular ||
				error instanceof SyntaxError ||
				error instanceof TooLarge
			)
				return undefined;
			throw error;
		}
	};
	const ofWord = (word: string): Term => {
		let term: Term = empty;
		for (const point of [...word].reverse()) {
			const at = point.codePointAt(0) as number;
			term = sequence(character([[at, at]]), term);
		}
		return term;
	};
	return {
		ofPattern,
		ofWords: (list) => any(list.map(ofWord)),
		not,
		accepts: (term, text) => {
			work = 0;
			let left = term;
			for (const character of text) {
				left = derive(left, character.codePointAt(0) as number);
				if (left === none) return false;
				if (left === everything) return true;
			}
			return isNullable(left);
		},
		words,
	};
}

/** How often a search comes back to a term, so that there is more than one word. */
const revisitsMax = 3;

/** Whether a part has no assertion and no back-reference, so that it does not depend on what surrounds it. */
function isPlain(element: AST.Element): boolean {
	switch (element.type) {
		case "Character":
		case "CharacterSet":
		case "CharacterClass":
			return true;
		case "Group":
		case "CapturingGroup":
			return (
				!hasModifiers(element) &&
				element.alternatives.every(({ elements }) => elements.every(isPlain))
			);
		case "Quantifier":
			return isPlain(element.element);
		default:
			return false;
	}
}

/** Whether a group has flags of its own, as in `(?i:a)`. */
const hasModifiers = (element: AST.Group | AST.CapturingGroup): boolean =>
	element.type === "Group" && element.modifiers !== null;
