// Values that only run time knows, for typed filters: looked at where they come from.
import { isArray, isScalar, type Scalar } from "../json.ts";
import { quote } from "./operators.ts";

/** Has at most so many characters as JSON. */
export interface CheckedOperand<Characters extends number = number> {
	readonly [characters]: Characters;
}
/** Exists for the type only; no name, which the editor would offer. */
declare const characters: unique symbol;

/** What `checked` has let through: a value, or a list of at least one. */
export type Checked<
	Value,
	Characters extends number,
> = (Value extends readonly (infer Item)[]
	? readonly [Item, ...Item[]]
	: Value) &
	CheckedOperand<Characters>;

/**
 * A text, a number or a list of values that only run time knows, for a typed filter. No type tells how long a variable's text is,
 * or that its number is not `NaN`: so `where` takes literals, and what has been through here. Answers the value as it is, a list as
 * a frozen copy. Throws a `RangeError` for what has more than `most` characters as JSON, is empty or has an empty text among its
 * items, and for a number that is not finite.
 *
 * @example
 * OrderPlaced.where({ tenant: [checked(config.tenant)], sku: checked(config.skus, 1_000) })
 */
export function checked<
	const Value extends string | number | readonly Scalar[],
	const Most extends number = 256,
>(value: Value, most?: Most): Checked<Value, Most>;
export function checked(
	value: string | number | readonly Scalar[],
	most = 256,
): unknown {
	const items: readonly unknown[] = isArray(value)
		? Array.from(value)
		: [value];
	if (items.length === 0 || items.includes(""))
		throw new RangeError(
			`a value for a filter must not be empty, got ${quote(value)}`,
		);
	const strange = items.findIndex((item) => !isScalar(item));
	if (strange >= 0)
		throw new RangeError(
			`a value for a filter must be a text or a finite number, got ${String(items[strange])}`,
		);
	const taken = isArray(value) ? Object.freeze(items) : value;
	const { length } = JSON.stringify(taken);
	if (length > most)
		throw new RangeError(
			`a value for a filter has at most ${most} characters as JSON, got ${length}; a second argument allows more`,
		);
	return taken;
}
