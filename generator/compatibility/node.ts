// What a schema means, as atoms: each keyword is one, or several if each says something of its own.
import type { Fraction } from "./fraction.ts";

/** Kinds of JSON values, as bits. A number is an integer or not. */
export const kinds = {
	null: 1,
	boolean: 2,
	integer: 4,
	fraction: 8,
	string: 16,
	array: 32,
	object: 64,
} as const;
export const everyKind = 127;
export const numberKinds = kinds.integer | kinds.fraction;
export const kindList: readonly number[] = Object.values(kinds);

/** Where a schema or a keyword is written. */
export interface Place {
	readonly file: string;
	readonly pointer: string;
}

/** A schema. Schemas with the same id accept the same values, in the same words. */
export interface Node {
	readonly id: number;
	readonly atoms: readonly Atom[];
	/** The kinds of values that it may accept. */
	readonly mask: number;
	/** All values that it accepts at most. */
	readonly values?: readonly unknown[];
	readonly place: Place;
}

interface PatternField {
	readonly pattern: string;
	readonly node: Node;
}

export type Atom = {
	/** The keyword that a person reads. */
	readonly keyword: string;
	readonly place: Place;
	/** Kinds of values that it can refuse. */
	readonly applies: number;
	/** Equal atoms have equal keys. */
	readonly key: string;
} & Meaning;

export type Meaning =
	| { readonly is: "kinds"; readonly mask: number }
	| { readonly is: "enum"; readonly values: readonly unknown[] }
	| {
			readonly is: "minimum" | "maximum";
			readonly value: Fraction;
			readonly isOpen: boolean;
	  }
	| { readonly is: "multipleOf"; readonly of: Fraction }
	| {
			readonly is:
				| "minLength"
				| "maxLength"
				| "minItems"
				| "maxItems"
				| "minProperties"
				| "maxProperties";
			readonly count: number;
	  }
	| { readonly is: "pattern"; readonly pattern: string }
	| { readonly is: "format"; readonly format: string }
	| { readonly is: "uniqueItems" }
	| {
			readonly is: "items";
			readonly prefix: readonly Node[];
			readonly rest?: Node;
	  }
	| {
			readonly is: "contains";
			readonly node: Node;
			readonly min: number;
			readonly max: number;
			/** Whether the items that it finds count as evaluated. */
			readonly evaluates: boolean;
	  }
	| { readonly is: "required"; readonly name: string }
	| {
			readonly is: "fields";
			readonly fields: ReadonlyMap<string, Node>;
			readonly patterns: readonly PatternField[];
			/** Of properties that are neither named nor match a pattern; `names` is whether it announces them. */
			readonly rest?: { readonly node: Node; readonly names: boolean };
	  }
	| { readonly is: "propertyNames"; readonly node: Node }
	| { readonly is: "dependent"; readonly name: string; readonly node: Node }
	| {
			readonly is: "unevaluatedProperties" | "unevaluatedItems";
			readonly node: Node;
			readonly names: boolean;
			/** The other atoms of the schema. */
			readonly beside: readonly Atom[];
	  }
	/** A reference, or a member of `allOf`, that is not written out here. */
	| { readonly is: "all"; readonly target: () => Node }
	| { readonly is: "any" | "one"; readonly nodes: readonly Node[] }
	| { readonly is: "not"; readonly node: Node }
	| {
			readonly is: "if";
			readonly condition: Node;
			readonly then: Node;
			readonly else: Node;
	  };

/** Text that is equal for equal JSON values. */
export function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
	if (typeof value === "object" && value !== null)
		return `{${Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
			.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`)
			.join()}}`;
	// -0 and 0 are the same number.
	return JSON.stringify(value === 0 ? 0 : value);
}

const keys = new WeakMap<readonly unknown[], ReadonlySet<string>>();

/** Whether a list has a value. What the list has is remembered: it may be long. */
export function isListed(list: readonly unknown[], value: unknown): boolean {
	const known = keys.get(list) ?? new Set(list.map(canonical));
	keys.set(list, known);
	return known.has(canonical(value));
}

/** The values without those that equal an earlier one. */
export const distinct = (values: readonly unknown[]): readonly unknown[] => [
	...new Map(values.map((value) => [canonical(value), value])).values(),
];

export function kindOf(value: unknown): number {
	if (value === null) return kinds.null;
	if (Array.isArray(value)) return kinds.array;
	switch (typeof value) {
		case "boolean":
			return kinds.boolean;
		case "string":
			return kinds.string;
		case "number":
			return Number.isInteger(value) ? kinds.integer : kinds.fraction;
		default:
			return kinds.object;
	}
}
