// Whether a number lies between limits, is a multiple of some numbers and none of others.
import {
	add,
	compareFractions,
	type Fraction,
	floor,
	fraction,
	fractionOf,
	gcd,
	isMultiple,
	leastCommonMultiple,
	numberOf,
	times,
} from "./fraction.ts";

export interface NumberLimits {
	readonly min?: { readonly value: Fraction; readonly isOpen: boolean };
	readonly max?: { readonly value: Fraction; readonly isOpen: boolean };
	readonly multiplesOf: readonly Fraction[];
	readonly notMultiplesOf: readonly Fraction[];
}

/** At most this many numbers are tried for one question. */
const triesMax = 20_000;

/**
 * Numbers within the limits, the simplest first. `isComplete` is whether the numbers are all there are; a caller who has refused
 * all of them knows nothing otherwise.
 */
export function* numbersWithin(
	limits: NumberLimits,
): Generator<number, { readonly isComplete: boolean }> {
	const { min, max } = limits;
	if (min && max) {
		const order = compareFractions(min.value, max.value);
		if (order > 0 || (order === 0 && (min.isOpen || max.isOpen)))
			return { isComplete: true };
	}
	const [first, ...others] = limits.multiplesOf;
	return first
		? yield* steps(limits, others.reduce(leastCommonMultiple, first))
		: yield* dense(limits);
}

function isWithin({ min, max }: NumberLimits, value: Fraction): boolean {
	const low = min ? compareFractions(value, min.value) : 1;
	const high = max ? compareFractions(value, max.value) : -1;
	return (
		(low > 0 || (low === 0 && !min?.isOpen)) &&
		(high < 0 || (high === 0 && !max?.isOpen))
	);
}

const isExcluded = ({ notMultiplesOf }: NumberLimits, value: Fraction) =>
	notMultiplesOf.some((of) => isMultiple(value, of));

const zero = fraction(0n);

function* steps(
	limits: NumberLimits,
	step: Fraction,
): Generator<number, { readonly isComplete: boolean }> {
	// If all multiples of the step are multiples of an excluded number, there is none.
	if (limits.notMultiplesOf.some((of) => isMultiple(step, of)))
		return { isComplete: true };
	// Whether a multiple is excluded repeats after so many steps.
	const period = limits.notMultiplesOf.reduce((product, of) => {
		const every = leastCommonMultiple(step, of);
		const count = (every.n * step.d) / (every.d * step.n);
		return (product / gcd(product, count)) * count;
	}, 1n);
	const inverse = fraction(step.d, step.n);
	const lowest = limits.min
		? -floor(times(times(limits.min.value, inverse), fraction(-1n)))
		: undefined;
	const highest = limits.max
		? floor(times(limits.max.value, inverse))
		: undefined;
	const isEndless = lowest === undefined || highest === undefined;
	let tries = 0;
	let isExact = true;
	for (const k of outward(lowest, highest)) {
		if (++tries > triesMax) return { isComplete: false };
		const value = times(step, fraction(k));
		if (isWithin(limits, value) && !isExcluded(limits, value)) {
			const made = numberOf(value);
			// A number that JSON text of JavaScript cannot state exactly is not tried.
			if (compareFractions(fractionOf(made), value) === 0) yield made;
			else isExact = false;
		}
		if (isEndless && BigInt(tries) > period * 2n + 1_000n) break;
	}
	return { isComplete: isExact && !isEndless };
}

/** Integers between two limits, those next to zero first. */
function* outward(
	lowest: bigint | undefined,
	highest: bigint | undefined,
): Generator<bigint> {
	let up = lowest !== undefined && lowest > 0n ? lowest : 0n;
	if (highest !== undefined && highest < up) up = highest;
	let down = up - 1n;
	for (;;) {
		const canUp = highest === undefined || up <= highest;
		const canDown = lowest === undefined || down >= lowest;
		if (!canUp && !canDown) return;
		if (canUp && (lowest === undefined || up >= lowest)) yield up;
		if (canUp) up += 1n;
		if (canDown) {
			yield down;
			down -= 1n;
		}
	}
}

function* dense(
	limits: NumberLimits,
): Generator<number, { readonly isComplete: boolean }> {
	const { min, max } = limits;
	const one = fraction(1n);
	const low =
		min?.value ?? (max ? add(max.value, fraction(-1000n)) : fraction(-500n));
	const high = max?.value ?? add(low, fraction(1000n));
	if (compareFractions(low, high) === 0) {
		if (!isExcluded(limits, low)) yield numberOf(low);
		return { isComplete: true };
	}
	const width = add(high, times(low, fraction(-1n)));
	const candidates = [
		...[zero, one, low, high].filter((value) => isWithin(limits, value)),
		// Between the limits, there are numbers with any number of decimals.
		...[fraction(1n, 2n), fraction(1n, 10n), fraction(1n, 100n)]
			.flatMap((part) => [part, add(low, part)])
			.filter((value) => isWithin(limits, value)),
		...[2n, 4n, 5n, 8n, 10n, 1_000n, 100_000n, 10_000_019n].map((parts) =>
			add(low, times(width, fraction(1n, parts))),
		),
	];
	for (const value of candidates) {
		const made = numberOf(value);
		const exact = fractionOf(made);
		if (isWithin(limits, exact) && !isExcluded(limits, exact)) yield made;
	}
	return { isComplete: false };
}
