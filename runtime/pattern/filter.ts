// The type of a content filter: what a detail's type has, with the operators that fit.
import type { IsAny } from "./about-types.ts";
import type { NumberTest, OfText, Operators, Own } from "./operators.ts";
import type { otherReservedNames } from "./validate.ts";

/** What an operator takes of a property with these values. */
type OperandFor<Operand, Values> = Operand extends Own
	? Values
	: Operand extends readonly [Own, ...Own[]]
		? readonly Values[]
		: Operand extends OfText<infer Inner>
			? Values extends string
				? Inner
				: never
			: Operand;

type OperandOf<Name extends keyof Operators> = Exclude<
	Operators[Name]["operand"],
	undefined
>;

type MatchersOn<Kind extends "string" | "number" | "any", Values> = {
	[Name in keyof Operators]: Kind extends Operators[Name]["on"][number]
		? {
				readonly [K in Name]: OperandFor<OperandOf<Name>, Values>;
			} & NoText<Name>
		: never;
}[keyof Operators];

/** A text or a number has members, too, and is no operator of their names. */
type NoText<Name> = Name extends keyof string | keyof number ? object : unknown;

type IfAny<Values, Then> = [Values] extends [never] ? never : Then;

/** One item of a field's list: a value that the property has, or an operator that fits it. */
type FieldMatcher<Value> =
	| Value
	| MatchersOn<"any", never>
	| IfAny<Extract<Value, string>, MatchersOn<"string", Extract<Value, string>>>
	| IfAny<Extract<Value, number>, MatchersOn<"number", Extract<Value, number>>>;

// Not recursive: a type may hold itself.
type Item<Value> = Value extends readonly (infer Inner)[] ? Inner : Value;
export type Items<Value> = Item<Item<Item<Value>>>;

type ScalarOf<Value> = Extract<Value, string | number | boolean | null>;
export type ObjectOf<Value> = Exclude<
	Value,
	string | number | boolean | null | undefined
>;

type FieldFilter<Value, Reserved extends string> = unknown extends Value
	? OpenFilter<Reserved>
	:
			| IfAny<ScalarOf<Value>, readonly FieldMatcher<ScalarOf<Value>>[]>
			| IfAny<ObjectOf<Value>, DetailFilter<ObjectOf<Value>, Reserved>>;

/** Of a property that may be anything. */
type OpenFilter<Reserved extends string> =
	| readonly OpenMatcher[]
	| ([Reserved] extends [never] ? OpenObject : OpenBranch);
interface OpenObject {
	readonly $or?: never;
	// `undefined` for compilers that take a property that may be absent to be that, too.
	readonly [name: string]: OpenFilter<never> | undefined;
}
interface OpenBranch
	extends Readonly<Partial<Record<ReservedInOr | "$or", never>>> {
	readonly [name: string]: OpenFilter<ReservedInOr> | undefined;
}
type OpenMatcher = FieldMatcher<string> | FieldMatcher<number> | boolean | null;

/** The properties of a union's members, not only of all of them. */
export type KeyOf<Value> = Value extends object ? keyof Value & string : never;
export type At<Value, Key> = Value extends object
	? Key extends keyof Value
		? Value[Key]
		: never
	: never;

/** The names that fields inside `$or` cannot have, however deep. */
export type ReservedInOr =
	| keyof Operators
	| NumberTest
	| (typeof otherReservedNames)[number];

/** Of records, whose names are not known one by one. */
type NotIn<Detail, Reserved extends string> =
	string extends KeyOf<Detail>
		? { readonly [Name in Reserved]?: never }
		: unknown;

/** A content filter: the properties that a detail has, each with the values and operators that fit it; in arrays, of one element. */
export type DetailFilter<Detail, Reserved extends string = never> = {
	readonly [Name in Exclude<KeyOf<Detail>, Reserved>]?:
		| FieldFilter<Items<At<Detail, Name>>, Reserved>
		| Inherited<Name>
		// A record's names are not known one by one, so that each may be it.
		| (string extends Name ? Alternatives<Detail> : never);
} & NotIn<Detail, Reserved> & {
		/** Alternatives: one of at least two must hold. */
		readonly $or?: Alternatives<Detail>;
	};

type Alternatives<Detail> = readonly DetailFilter<Detail, ReservedInOr>[];

/** What an object that has no such property has all the same: without it, no other filter would fit. */
type Inherited<Name> = Name extends keyof typeof Object.prototype
	? (typeof Object.prototype)[Name]
	: never;

/**
 * Whether it is the type of all filters, of which nobody knows how many alternatives they have: a variable's, or what tsc takes a
 * filter for that does not fit, whose own faults it says first.
 */
export type IsAnyFilter<Filter> = Filter extends {
	readonly $or?: infer Branches;
}
	? Exclude<Branches, undefined> extends readonly unknown[]
		? number extends Exclude<Branches, undefined>["length"]
			? Record<never, 1> extends Pick<Filter, "$or" & keyof Filter>
				? true
				: false
			: false
		: false
	: false;

/** Of any properties, or as recursive as the type of all filters. */
export type IsOpen<Value> = string extends keyof Value
	? true
	: Value extends (...args: never) => unknown
		? true
		: IsAnyFilter<Value>;

/** Whether something in it is `any`, of which nothing is known. */
export type HasAny<Value> =
	IsAny<Value> extends true
		? true
		: Value extends string | number | boolean | null | undefined
			? false
			: Value extends readonly unknown[]
				? HasAny<Value[number]>
				: IsOpen<Value> extends true
					? false
					: { [Name in keyof Value]-?: HasAny<Value[Name]> }[keyof Value];
