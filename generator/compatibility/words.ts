// What keywords say, in words.
import { appendPointer } from "../../runtime/json-pointer.ts";
import type { Aligned, Step } from "./align.ts";
import { numberOf } from "./fraction.ts";
import {
	type Atom,
	distinct,
	everyKind,
	isListed,
	kinds,
	type Node,
	numberKinds,
} from "./node.ts";
import type { Direction } from "./rules.ts";

const valuesMax = 8;
const textMax = 160;

export function short(value: unknown): string {
	const text = JSON.stringify(value);
	return text.length > textMax ? `${text.slice(0, textMax - 1)}…` : text;
}

export const listed = (values: readonly unknown[]): string =>
	values.length > valuesMax
		? `${values.slice(0, valuesMax).map(short).join(", ")} and ${values.length - valuesMax} more`
		: values.map(short).join(", ");

/** The types of a mask, as `type` writes them. */
export function typesOf(mask: number): string {
	const names = Object.entries(kinds).flatMap(([name, kind]) => {
		if ((mask & numberKinds) === numberKinds && kind & numberKinds)
			return kind === kinds.integer ? ["number"] : [];
		if ((mask & kind) === 0) return [];
		return [kind === kinds.fraction ? "number that is not an integer" : name];
	});
	return names.join(" or ") || "nothing";
}

/** What a keyword asks of a value, after "must": `have maxLength 8`. */
export function inWords(atom: Atom): string {
	switch (atom.is) {
		case "kinds":
			return atom.mask === 0 ? "not be there" : `be ${typesOf(atom.mask)}`;
		case "enum":
			return atom.values.length === 1
				? `be ${listed(atom.values)}`
				: `be one of ${listed(atom.values)}`;
		case "minimum":
		case "maximum":
			return `have ${atom.keyword} ${numberOf(atom.value)}`;
		case "multipleOf":
			return `be a multiple of ${numberOf(atom.of)}`;
		case "minLength":
		case "maxLength":
		case "minItems":
		case "maxItems":
		case "minProperties":
		case "maxProperties":
			return `have ${atom.is} ${atom.count}`;
		case "pattern":
			return `match ${short(atom.pattern)}`;
		case "format":
			return `have the format ${atom.format}`;
		case "uniqueItems":
			return "not have an item twice";
		case "items":
			return atom.rest?.mask === 0
				? `have at most ${atom.prefix.length} ${atom.prefix.length === 1 ? "item" : "items"}`
				: "have other items";
		case "contains":
			return `have ${atom.min}${atom.max === Number.POSITIVE_INFINITY ? " or more" : atom.max === atom.min ? "" : ` to ${atom.max}`} of the items that contains describes`;
		case "required":
			return `have the property ${short(atom.name)}`;
		case "fields":
			return "have no other properties";
		case "propertyNames":
			return "have other property names";
		case "dependent":
			return `be as ${atom.keyword} says if it has ${short(atom.name)}`;
		case "unevaluatedProperties":
			return "have no other properties";
		case "unevaluatedItems":
			return "have no other items";
		case "all":
			return "be as another schema says";
		case "any":
			return `be one of ${atom.nodes.length} alternatives (anyOf)`;
		case "one":
			return `be exactly one of ${atom.nodes.length} alternatives (oneOf)`;
		case "not":
			return "not be what is excluded (not)";
		case "if":
			return "be as its condition says (if)";
	}
}

/** A path of steps, as a pointer into values: `*` stands for any property, `[]` for any item. */
export function pathOf(steps: readonly Step[]): string {
	let path = "";
	for (const step of steps)
		path = appendPointer(path, ...[nameOf(step)].flat());
	return path;
}

function nameOf(step: Step): string | number {
	switch (step.kind) {
		case "property":
			return step.name;
		case "pattern":
			return `{${step.pattern}}`;
		case "otherProperty":
			return "*";
		case "item":
			return step.index;
		case "otherItem":
			return "[]";
	}
}

/** Whether a node is only what closes an object or a list. */
export const isNever = (node: Node): boolean => node.mask === 0;

/** What breaks where, as a sentence. `closing` is the step that a closed object or list refuses. */
export function said(
	atom: Atom,
	counterpart: Atom | undefined,
	writers: Aligned,
	path: string,
	direction: Direction,
	closing: Step | undefined,
): string {
	const value = path === "" ? "the value" : path;
	const [reader, writer] =
		direction === "backward" ? ["new", "old"] : ["old", "new"];
	const asks =
		closing?.kind === "otherProperty"
			? "have no other properties"
			: inWords(atom);
	const values = writers.isDescribed
		? distinct(writers.nodes.flatMap((node) => node.values ?? []))
		: [];
	if (atom.is === "enum" && values.length > 0) {
		const refused = values.filter((item) => !isListed(atom.values, item));
		if (refused.length > 0)
			return `${value} may be ${listed(refused)} from ${writer} writers; for ${reader} readers, it must ${asks}`;
	}
	if (atom.is === "required")
		return `${value} may come without ${short(atom.name)} from ${writer} writers; ${reader} readers require it`;
	if (!writers.isDescribed)
		return `${value} must ${asks} for ${reader} readers; the ${writer} schema does not describe it`;
	const kept = counterpart ? inWords(counterpart) : asks;
	const mask = writers.nodes[0]?.mask ?? everyKind;
	const was =
		kept !== asks
			? `; ${writer} writers: it must ${kept}`
			: atom.is === "kinds" && mask !== everyKind
				? `; ${writer} writers write ${typesOf(mask)}`
				: "";
	return `${value} must ${asks} for ${reader} readers${was}`;
}
