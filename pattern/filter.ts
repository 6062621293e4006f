// The type of a content filter: the properties of a detail, each with the values and operators that its type allows.
import type { OfText, Operators, Own } from "./engine/operators.ts";

/**
 * A content filter. Each property of a detail has a list of values and operators, of which one must match, or a nested
 * filter. A filter on an array of objects must match at least one element.
 */
export type DetailFilter<Detail> = Fields<Detail> & {
	/** At least two alternatives, of which one must match. */
	readonly $or?: Alternatives<Detail>;
};

/** Distributes over unions, so that a filter may use the properties of any member. */
type Fields<Detail> = {
	readonly [Name in keyof Detail]?:
		| FieldFilter<Items<Detail[Name]>>
		| Inherited<Name>
		// An index signature also covers $or.
		| (string extends Name ? Alternatives<Detail> : never);
};

type Alternatives<Detail> = readonly DetailFilter<Detail>[];

/** Every object inherits these members, so they must be allowed for a filter without the property. */
type Inherited<Name> = Name extends keyof typeof Object.prototype
	? (typeof Object.prototype)[Name]
	: never;

// Not recursive, because a type may contain itself.
type Item<Value> = Value extends readonly (infer Inner)[] ? Inner : Value;
type Items<Value> = Item<Item<Item<Value>>>;

type FieldFilter<Value> = unknown extends Value
	? OpenFilter
	:
			| ValueFilter<Extract<Value, Scalar>>
			| ObjectFilter<Exclude<Value, Scalar | undefined>>;

type Scalar = string | number | boolean | null;

type ValueFilter<Value> = [Value] extends [never]
	? never
	: readonly (Value | MatcherOf<Value>)[];

type ObjectFilter<Value> = [Value] extends [never]
	? never
	: DetailFilter<Value>;

/** The filter of a property with any value. */
type OpenFilter =
	| readonly (Scalar | Matcher<"string", string> | Matcher<"number", number>)[]
	| OpenObject;
interface OpenObject {
	readonly [name: string]: OpenFilter | readonly OpenObject[] | undefined;
}

type MatcherOf<Value> =
	| (Extract<Value, string> extends never
			? never
			: Matcher<"string", Extract<Value, string>>)
	| (Extract<Value, number> extends never
			? never
			: Matcher<"number", Extract<Value, number>>)
	| (Extract<Value, string | number> extends never
			? Matcher<"any", never>
			: never);

/** An operator for properties with these values: an object with one of these keys. */
type Matcher<Kind extends "string" | "number" | "any", Values> = {
	readonly [Name in keyof Operators as OperatorOn<Name, Kind>]?: OperandFor<
		OperandOf<Name>,
		Values
	>;
} & NotScalar;

type OperatorOn<Name extends keyof Operators, Kind> = [
	Extract<Operators[Name]["on"][number], Kind | "any">,
] extends [never]
	? never
	: Name;

type OperandOf<Name extends keyof Operators> = Exclude<
	Operators[Name]["operand"],
	undefined
>;

/** The operator's operand for a property with these values. */
type OperandFor<Operand, Values> = Operand extends Own
	? Values
	: Operand extends readonly Own[]
		? readonly Values[]
		: Operand extends OfText<infer Inner>
			? Values extends string
				? Inner
				: never
			: Operand;

/** Excludes strings and numbers if an operator has the name of one of their members. */
type NotScalar =
	Extract<keyof Operators, keyof string | keyof number> extends never
		? unknown
		: object;
