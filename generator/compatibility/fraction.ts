// Exact arithmetic on the decimal numbers of JSON.

export interface Fraction {
	readonly n: bigint;
	/** Positive. */
	readonly d: bigint;
}

export function fraction(n: bigint, d = 1n): Fraction {
	const divisor = gcd(n < 0n ? -n : n, d);
	return divisor === 1n ? { n, d } : { n: n / divisor, d: d / divisor };
}

/** The decimal number that JSON text has for a value. */
export function fractionOf(value: number): Fraction {
	const [digits = "0", exponent = "0"] = String(value).split("e");
	const [whole = "0", decimals = ""] = digits.split(".");
	const power = Number(exponent) - decimals.length;
	const n = BigInt(whole + decimals);
	return power >= 0
		? { n: n * 10n ** BigInt(power), d: 1n }
		: fraction(n, 10n ** BigInt(-power));
}

/** The nearest number. */
export function numberOf({ n, d }: Fraction): number {
	const sign = n < 0n ? "-" : "";
	const positive = n < 0n ? -n : n;
	const whole = positive / d;
	let rest = positive % d;
	let decimals = "";
	for (let i = 0; i < 25 && rest > 0n; i++) {
		rest *= 10n;
		decimals += rest / d;
		rest %= d;
	}
	return Number(`${sign}${whole}.${decimals || "0"}`);
}

export const compareFractions = (a: Fraction, b: Fraction): number => {
	const left = a.n * b.d;
	const right = b.n * a.d;
	return left < right ? -1 : left > right ? 1 : 0;
};

export const add = (a: Fraction, b: Fraction): Fraction =>
	fraction(a.n * b.d + b.n * a.d, a.d * b.d);

export const times = (a: Fraction, b: Fraction): Fraction =>
	fraction(a.n * b.n, a.d * b.d);

export const isMultiple = (value: Fraction, of: Fraction): boolean =>
	(value.n * of.d) % (of.n * value.d) === 0n;

/** The least common multiple of two positive numbers. */
export function leastCommonMultiple(a: Fraction, b: Fraction): Fraction {
	const left = a.n * b.d;
	const right = b.n * a.d;
	return fraction((left / gcd(left, right)) * right, a.d * b.d);
}

export function gcd(a: bigint, b: bigint): bigint {
	let [x, y] = [a, b];
	while (y > 0n) [x, y] = [y, x % y];
	return x;
}

/** The greatest integer that is not greater than a / b. */
export function floor({ n, d }: Fraction): bigint {
	const whole = n / d;
	return n % d < 0n ? whole - 1n : whole;
}
