// What a node says about a value, asked directly.
import * as formatChecks from "../../runtime/validator/formats.ts";
import type { Validator } from "../../runtime/validator/rules.ts";
import { growthOf } from "../schema/expressions.ts";
import { formats } from "../schema/formats.ts";
import { compareFractions, fractionOf, isMultiple } from "./fraction.ts";
import { languages } from "./language.ts";
import {
	type Atom,
	canonical,
	isListed,
	kindOf,
	kinds,
	type Node,
} from "./node.ts";
import { TooLarge } from "./too-large.ts";

export function accepts(node: Node, value: unknown): boolean {
	const kind = kindOf(value);
	if ((node.mask & kind) === 0) return false;
	if (typeof value !== "object" || value === null)
		return node.atoms.every((atom) => holds(atom, value, kind));
	const ofValue = answers.get(value) ?? new Map<Node, boolean>();
	answers.set(value, ofValue);
	const known = ofValue.get(node);
	if (known !== undefined) return known;
	const found = node.atoms.every((atom) => holds(atom, value, kind));
	ofValue.set(node, found);
	return found;
}

/** Candidates for counterexamples share most of their parts. No value is changed once it has been asked about. */
const answers = new WeakMap<object, Map<Node, boolean>>();

const expressions = new Map<string, RegExp>();

/** Longer strings are matched without backtracking, which could take minutes. */
const charactersMax = 24;

const texts = languages();

/** Patterns are compiled without anchors, in Unicode mode, as JSON Schema says. Throws `TooLarge` if it could take minutes. */
export function matches(pattern: string, text: string): boolean {
	if (text.length > charactersMax) {
		const term = texts.ofPattern(pattern);
		if (term) return texts.accepts(term, text);
		if (growthOf(pattern) !== "linear") throw new TooLarge();
	}
	const known = expressions.get(pattern) ?? new RegExp(pattern, "u");
	expressions.set(pattern, known);
	return known.test(text);
}

const checks: Readonly<Record<string, Validator>> = { ...formatChecks };

/** Whether a value has a format. Values of kinds that it is not about do; so do all values, if it is not known. */
function hasFormat(format: string, value: unknown): boolean {
	const known = formats.get(format);
	if (!known?.check || typeof value !== known.type) return true;
	return checks[known.check]?.(value, null) ?? true;
}

export const lengthOf = (text: string): number => [...text].length;

export function holds(
	atom: Atom,
	value: unknown,
	kind = kindOf(value),
): boolean {
	if ((atom.applies & kind) === 0) return true;
	const fields = value as Readonly<Record<string, unknown>>;
	const items = value as readonly unknown[];
	switch (atom.is) {
		case "kinds":
			return (atom.mask & kind) !== 0;
		case "enum":
			return isListed(atom.values, value);
		case "minimum": {
			const order = compareFractions(fractionOf(value as number), atom.value);
			return order > 0 || (order === 0 && !atom.isOpen);
		}
		case "maximum": {
			const order = compareFractions(fractionOf(value as number), atom.value);
			return order < 0 || (order === 0 && !atom.isOpen);
		}
		case "multipleOf":
			return isMultiple(fractionOf(value as number), atom.of);
		case "minLength":
			return lengthOf(value as string) >= atom.count;
		case "maxLength":
			return lengthOf(value as string) <= atom.count;
		case "pattern":
			return matches(atom.pattern, value as string);
		case "format":
			return hasFormat(atom.format, value);
		case "minItems":
			return items.length >= atom.count;
		case "maxItems":
			return items.length <= atom.count;
		case "uniqueItems":
			return new Set(items.map(canonical)).size === items.length;
		case "items":
			return items.every((item, i) => {
				const node = atom.prefix[i] ?? atom.rest;
				return !node || accepts(node, item);
			});
		case "contains": {
			const count = items.filter((item) => accepts(atom.node, item)).length;
			return count >= atom.min && count <= atom.max;
		}
		case "required":
			return Object.hasOwn(fields, atom.name);
		case "minProperties":
			return Object.keys(fields).length >= atom.count;
		case "maxProperties":
			return Object.keys(fields).length <= atom.count;
		case "fields":
			return Object.entries(fields).every(([name, inner]) =>
				fieldNodes(atom, name).every((node) => accepts(node, inner)),
			);
		case "propertyNames":
			return Object.keys(fields).every((name) => accepts(atom.node, name));
		case "dependent":
			return !Object.hasOwn(fields, atom.name) || accepts(atom.node, value);
		case "unevaluatedProperties": {
			const evaluated = evaluatedIn(atom.beside, value);
			return Object.entries(fields).every(
				([name, inner]) => evaluated(name) || accepts(atom.node, inner),
			);
		}
		case "unevaluatedItems": {
			const evaluated = evaluatedIn(atom.beside, value);
			return items.every(
				(inner, i) => evaluated(i) || accepts(atom.node, inner),
			);
		}
		case "all":
			return accepts(atom.target(), value);
		case "any":
			return atom.nodes.some((node) => accepts(node, value));
		case "one":
			return atom.nodes.filter((node) => accepts(node, value)).length === 1;
		case "not":
			return !accepts(atom.node, value);
		case "if":
			return accepts(
				accepts(atom.condition, value) ? atom.then : atom.else,
				value,
			);
	}
}

type Fields = Extract<Atom, { is: "fields" }>;

/** The schemas of a property's value. */
export function fieldNodes(
	{ fields, patterns, rest }: Fields,
	name: string,
): readonly Node[] {
	const own = fields.get(name);
	const nodes = own ? [own] : [];
	for (const { pattern, node } of patterns)
		if (matches(pattern, name)) nodes.push(node);
	if (nodes.length > 0 || !rest) return nodes;
	return [rest.node];
}

/** Whether a property or an item is evaluated by atoms that accept the value. */
function evaluatedIn(
	atoms: readonly Atom[],
	value: unknown,
): (step: string | number) => boolean {
	const applied = appliedIn(atoms, value);
	return (step) =>
		applied.some((atom) =>
			atom.is === "contains"
				? typeof step === "number" &&
					atom.evaluates &&
					accepts(atom.node, (value as readonly unknown[])[step])
				: evaluates(atom, step),
		);
}

/** All atoms that apply to a value and accept it, those of its unions and conditions too. */
function appliedIn(atoms: readonly Atom[], value: unknown): readonly Atom[] {
	const kind = kindOf(value);
	const into: Atom[] = [];
	const addNode = (node: Node) => {
		if (accepts(node, value)) node.atoms.forEach(add);
	};
	const add = (atom: Atom): void => {
		into.push(atom);
		switch (atom.is) {
			case "all":
				addNode(atom.target());
				break;
			case "any":
			case "one":
				atom.nodes.forEach(addNode);
				break;
			case "if":
				addNode(atom.condition);
				addNode(accepts(atom.condition, value) ? atom.then : atom.else);
				break;
			case "dependent":
				if (kind === kinds.object && Object.hasOwn(value as object, atom.name))
					addNode(atom.node);
				break;
			default:
		}
	};
	atoms.forEach(add);
	return into;
}

/** Whether a writer of some schemas, all of which accept the value, writes it: each property is one that they name. */
export function isWritten(nodes: readonly Node[], value: unknown): boolean {
	if (typeof value !== "object" || value === null) return true;
	const applied = appliedIn(
		nodes.flatMap(({ atoms }) => atoms),
		value,
	);
	if (Array.isArray(value))
		return value.every((item, i) =>
			isWritten(
				applied.flatMap((atom) => {
					if (atom.is === "items") return atom.prefix[i] ?? atom.rest ?? [];
					if (atom.is === "unevaluatedItems") return atom.node;
					return atom.is === "contains" && accepts(atom.node, item)
						? atom.node
						: [];
				}),
				item,
			),
		);
	return Object.entries(value).every(([name, inner]) => {
		let isNamed = false;
		const below: Node[] = [];
		for (const atom of applied) {
			const isCovered =
				atom.is === "unevaluatedProperties" &&
				evaluatedIn(atom.beside, value)(name);
			if (isCovered) continue;
			isNamed ||= names(atom, name);
			if (atom.is === "fields") below.push(...fieldNodes(atom, name));
			if (atom.is === "unevaluatedProperties") below.push(atom.node);
		}
		return isNamed && isWritten(below, inner);
	});
}

/** Whether a keyword evaluates a property or an item wherever it holds. */
export function evaluates(atom: Atom, step: string | number): boolean {
	switch (atom.is) {
		case "fields":
			return typeof step === "string" && fieldNodes(atom, step).length > 0;
		case "items":
			return (
				typeof step === "number" &&
				(step < atom.prefix.length || atom.rest !== undefined)
			);
		case "unevaluatedProperties":
			return typeof step === "string";
		case "unevaluatedItems":
			return typeof step === "number";
		default:
			return false;
	}
}

/** Whether a keyword names a property for a writer. */
export function names(atom: Atom, step: string | number): boolean {
	const name = String(step);
	switch (atom.is) {
		case "required":
			return atom.name === name;
		case "fields":
			return namesIn(atom, name);
		case "unevaluatedProperties":
			return atom.names;
		default:
			return false;
	}
}

/** Whether an object's schema announces a property. */
function namesIn({ fields, patterns, rest }: Fields, name: string): boolean {
	if (fields.has(name)) return true;
	if (patterns.some(({ pattern }) => matches(pattern, name))) return true;
	return rest?.names ?? false;
}

/**
 * Every part of a value that can be left out, as the value without it. What the schemas surely need is not tried: they all apply to
 * the value.
 */
export function* withoutOne(
	value: unknown,
	nodes: readonly Node[],
): Generator<unknown> {
	if (typeof value !== "object" || value === null) return;
	const atoms = nodes.flatMap((node) => sureAtoms(node, value));
	if (Array.isArray(value)) {
		for (let i = 0; i < value.length; i++) yield value.toSpliced(i, 1);
		for (const [i, item] of value.entries()) {
			const below = atoms.flatMap((atom) =>
				atom.is === "items" ? (atom.prefix[i] ?? atom.rest ?? []) : [],
			);
			for (const smaller of withoutOne(item, below))
				yield value.with(i, smaller);
		}
		return;
	}
	const needed = new Set(
		atoms.flatMap((atom) => (atom.is === "required" ? atom.name : [])),
	);
	const entries = Object.entries(value);
	for (const [name] of entries)
		if (!needed.has(name))
			yield Object.fromEntries(entries.filter(([other]) => other !== name));
	for (const [name, inner] of entries) {
		const below = atoms.flatMap((atom) =>
			atom.is === "fields" ? fieldNodes(atom, name) : [],
		);
		for (const smaller of withoutOne(inner, below))
			yield { ...value, [name]: smaller };
	}
}

/** The keywords that every part of a value must keep to, so that a schema accepts it. */
function sureAtoms(node: Node, value: object): readonly Atom[] {
	return node.atoms.flatMap((atom): readonly Atom[] => {
		switch (atom.is) {
			case "all":
				return sureAtoms(atom.target(), value);
			case "any":
			case "one": {
				const left = atom.nodes.filter((one) => mayFitPart(one, value));
				const [only] = left;
				return left.length === 1 && only ? sureAtoms(only, value) : [];
			}
			default:
				return [atom];
		}
	});
}

/** Whether a schema may accept the value, or the value without one of its parts. */
function mayFitPart(node: Node, value: unknown): boolean {
	if ((node.mask & kindOf(value)) === 0) return false;
	if (typeof value !== "object" || value === null) return accepts(node, value);
	const ofValue = parts.get(value) ?? new Map<Node, boolean>();
	parts.set(value, ofValue);
	const known = ofValue.get(node);
	if (known !== undefined) return known;
	// A recursive schema that comes back to the same value says no more.
	ofValue.set(node, true);
	const found = node.atoms.every((atom) => {
		switch (atom.is) {
			case "all":
				return mayFitPart(atom.target(), value);
			case "any":
			case "one":
				return atom.nodes.some((one) => mayFitPart(one, value));
			case "required": {
				if (Array.isArray(value)) return true;
				if (!Object.hasOwn(value, atom.name)) return false;
				const inner = (value as Record<string, unknown>)[atom.name];
				return node.atoms.every(
					(other) =>
						other.is !== "fields" ||
						fieldNodes(other, atom.name).every((one) => mayFitPart(one, inner)),
				);
			}
			case "fields": {
				if (Array.isArray(value)) return true;
				const forbidden = Object.keys(value).filter((name) =>
					fieldNodes(atom, name).some(({ mask }) => mask === 0),
				);
				return forbidden.length <= 1;
			}
			default:
				return true;
		}
	});
	ofValue.set(node, found);
	return found;
}

const parts = new WeakMap<object, Map<Node, boolean>>();
