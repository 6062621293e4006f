// Values that only run time knows, for typed filters: looked at where they come from.
import { isArray, isObject, isScalar, type Scalar } from "../json.ts";
import type { IsOne } from "./about-types.ts";
import type { HasAny } from "./filter.ts";
import { quote } from "./operators.ts";

/** Has at most so many characters as JSON; of two such numbers, both stay. */
export interface CheckedOperand<Characters extends number = never> {
	readonly [characters]: { readonly [Most in Characters]: true };
}
/** So many at most. */
export type CharactersOf<Value> = Value extends {
	readonly [characters]: infer Sizes;
}
	? keyof Sizes & number
	: never;
/** Exists for the type only; no name, which the editor would offer. */
declare const characters: unique symbol;

/** What `checked` has let through: a value, or a list of at least one. */
export type Checked<Value, Characters extends number> =
	true extends HasAny<Value>
		? Unfit<"is any, or has it in it: give it a type, as in checked(config.tenant as string)">
		: (Value extends readonly (infer Item)[]
				? readonly [Item, ...Item[]]
				: Value) &
				CheckedOperand<Characters>;

/** Fits nowhere: of `any`, nobody knows whether it is a list, or fits the property. */
interface Unfit<Why> {
	readonly [unfit]: Why;
}
declare const unfit: unique symbol;

/**
 * A text, a number or a list that only run time knows, for a typed filter. No type tells how long a variable's text is, or that its
 * number is not `NaN`: so `where` takes literals, and what has been through here. A list may have operators, too. Answers the value
 * as it is, a list as a copy that nothing changes. Throws a `RangeError` for what has more than `most` characters as JSON, for an
 * empty text or list, also for an empty text in a list, and for a number that is not finite.
 *
 * @example
 * OrderPlaced.where({
 * 	tenant: [checked(config.tenant)],
 * 	country: checked(["NL", ...config.countries], 1_000),
 * 	sku: checked(config.prefixes.map((prefix) => ({ prefix }))),
 * })
 */
export function checked<
	const Value extends string | number | readonly (Scalar | object)[],
>(value: Value): Checked<Value, 256>;
export function checked<
	const Value extends string | number | readonly (Scalar | object)[],
	const Most extends number,
>(
	value: Value,
	most: Most,
): Checked<Value, IsOne<Most> extends true ? Most : number>;
export function checked(value: unknown, most = 256): unknown {
	const taken = frozenCopy(value);
	if (taken === "" || (isArray(taken) && taken.length === 0))
		throw refused(`must not be empty, got ${quote(taken)}`);
	if (isArray(taken) && taken.includes(""))
		throw refused(
			`must not have an empty text, as item ${taken.indexOf("")} is`,
		);
	const { length } = JSON.stringify(taken);
	if (!(length <= most))
		throw refused(
			`has at most the ${most} characters as JSON that checked is told, got ${length}`,
		);
	return taken;
}

function frozenCopy(value: unknown): unknown {
	if (isArray(value)) return Object.freeze(Array.from(value, frozenCopy));
	if (isObject(value))
		return Object.freeze(
			Object.fromEntries(
				Object.entries(value).flatMap(([name, inner]) =>
					inner === undefined ? [] : [[name, frozenCopy(inner)]],
				),
			),
		);
	if (!isScalar(value))
		throw refused(
			`must be a text or a finite number, got ${typeof value === "number" ? value : quote(value)}`,
		);
	return value;
}

const refused = (why: string) => new RangeError(`a value for a filter ${why}`);
