// The operators of event patterns: each one's check, its meaning and its words.
import { isObject, type Scalar } from "./json.ts";

interface Operator {
	/** Why the argument is refused, or nothing. */
	readonly refuse: (argument: unknown) => string | undefined;
	readonly compile: (argument: never) => (leaf: Scalar) => boolean;
	/** The matcher in words, after "wants". */
	readonly summary: (argument: never) => string;
}

export const quote = (value: unknown) => JSON.stringify(value);
const listOf = <T>(value: T | readonly T[]): readonly T[] =>
	Array.isArray(value) ? value : [value as T];
export const isString = (value: unknown): value is string =>
	typeof value === "string";

type Affix = string | { readonly "equals-ignore-case": string };

function affix(
	name: "prefix" | "suffix",
	plain: (leaf: string, text: string) => boolean,
): Operator {
	return {
		refuse: (argument) => {
			if (isString(argument)) return undefined;
			if (!isObject(argument)) return `${name} must be a string`;
			const [key, ...others] = Object.keys(argument);
			if (key !== "equals-ignore-case" || others.length > 0)
				return `${name} takes a string or { "equals-ignore-case": string }`;
			return isString(argument[key])
				? undefined
				: "equals-ignore-case must be a string";
		},
		compile: (argument: Affix) => {
			if (isString(argument))
				return (leaf) => isString(leaf) && plain(leaf, argument);
			const text = argument["equals-ignore-case"];
			return (leaf) =>
				isString(leaf) &&
				(name === "prefix"
					? ignoreCaseEnds(text, leaf, 0).size > 0
					: Array.from({ length: leaf.length + 1 }, (_, start) => start).some(
							(start) => ignoreCaseEnds(text, leaf, start).has(leaf.length),
						));
		},
		summary: (argument: Affix) =>
			isString(argument)
				? `${name} ${quote(argument)}`
				: `${name} ${quote(argument["equals-ignore-case"])} in any case`,
	};
}

export const numberTests = {
	"=": (a: number, b: number) => a === b,
	"<": (a: number, b: number) => a < b,
	"<=": (a: number, b: number) => a <= b,
	">": (a: number, b: number) => a > b,
	">=": (a: number, b: number) => a >= b,
};
type NumberTest = keyof typeof numberTests;

const textOperators = {
	prefix: affix("prefix", (leaf, text) => leaf.startsWith(text)),
	suffix: affix("suffix", (leaf, text) => leaf.endsWith(text)),
	"equals-ignore-case": {
		refuse: (argument) =>
			isString(argument) ? undefined : "equals-ignore-case must be a string",
		compile: (text: string) => (leaf) =>
			isString(leaf) && ignoreCaseEnds(text, leaf, 0).has(leaf.length),
		summary: (text: string) => `${quote(text)} in any case`,
	},
	wildcard: {
		refuse: refuseWildcard,
		compile: (text: string) => {
			const tokens = wildcardTokens(text);
			return (leaf) => isString(leaf) && wildcardMatches(tokens, leaf);
		},
		summary: (text: string) => `wildcard ${quote(text)}`,
	},
} as const satisfies Record<string, Operator>;

type TextOperatorName = keyof typeof textOperators;

type AnythingBut =
	| string
	| number
	| readonly string[]
	| readonly number[]
	| { readonly [K in TextOperatorName]?: string | readonly string[] };

/** Every operator of a leaf's matcher, once: its check, its meaning and its words. `exists` decides on a field's absence too, which the walk does. */
export const operators = {
	...textOperators,
	exactly: {
		refuse: (argument) =>
			isString(argument) ? undefined : "exactly must be a string",
		compile: (text: string) => (leaf) => leaf === text,
		summary: (text: string) => quote(text),
	},
	"anything-but": {
		refuse: refuseAnythingBut,
		compile: (argument: AnythingBut) => {
			if (!isObject(argument)) {
				const excluded = listOf<Scalar>(argument as Scalar);
				return (leaf) => !excluded.includes(leaf);
			}
			const [name, texts] = Object.entries(argument)[0] as [
				TextOperatorName,
				string | readonly string[],
			];
			const tests = listOf(texts).map((text) =>
				textOperators[name].compile(text as never),
			);
			return (leaf) => !tests.some((test) => test(leaf));
		},
		summary: (argument: AnythingBut) => `anything but ${quote(argument)}`,
	},
	numeric: {
		refuse: refuseNumeric,
		compile: (terms: readonly (NumberTest | number)[]) => (leaf) =>
			typeof leaf === "number" &&
			terms.every(
				(term, i) =>
					i % 2 === 1 ||
					numberTests[term as NumberTest](leaf, terms[i + 1] as number),
			),
		summary: (terms: readonly unknown[]) => terms.join(" "),
	},
	cidr: {
		refuse: refuseCidr,
		compile: (argument: string) => {
			const { address, bits } = cidrOf(argument);
			return (leaf) => {
				const ip = isString(leaf) ? ipAddress(leaf) : undefined;
				return (
					ip !== undefined &&
					ip.bits === address.bits &&
					ip.value >> BigInt(ip.bits - bits) ===
						address.value >> BigInt(ip.bits - bits)
				);
			};
		},
		summary: (argument: string) => `an address in ${argument}`,
	},
	exists: {
		refuse: (argument) =>
			typeof argument === "boolean"
				? undefined
				: "exists must be either true or false",
		compile: (present: boolean) => () => present,
		summary: (present: boolean) => (present ? "any value" : "no value"),
	},
} as const satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators & string;

export function isOperatorName(name: string): name is OperatorName {
	return Object.hasOwn(operators, name);
}

/** Where a case-insensitive `text` can end in `leaf`: each unit of the text stands for its lower or its upper mapping. */
function ignoreCaseEnds(
	text: string,
	leaf: string,
	start: number,
): ReadonlySet<number> {
	let ends = new Set([start]);
	for (const unit of text.split("")) {
		const next = new Set<number>();
		for (const mapped of new Set([unit.toLowerCase(), unit.toUpperCase()]))
			for (const end of ends)
				if (leaf.startsWith(mapped, end)) next.add(end + mapped.length);
		ends = next;
	}
	return ends;
}

function refuseWildcard(argument: unknown): string | undefined {
	if (!isString(argument)) return "wildcard must be a string";
	for (let i = 0; i < argument.length; i++) {
		if (argument[i] === "\\") {
			i++;
			if (argument[i] !== "*" && argument[i] !== "\\")
				return `invalid escape character at position ${i}`;
		} else if (argument[i] === "*" && argument[i + 1] === "*")
			return `consecutive wildcard characters at position ${i + 1}`;
	}
	return undefined;
}

type WildcardToken = { readonly literal: string } | "any";

function wildcardTokens(text: string): readonly WildcardToken[] {
	const tokens: WildcardToken[] = [];
	for (let i = 0; i < text.length; i++) {
		if (text[i] === "*") tokens.push("any");
		else tokens.push({ literal: text[text[i] === "\\" ? ++i : i] as string });
	}
	return tokens;
}

function wildcardMatches(
	tokens: readonly WildcardToken[],
	leaf: string,
): boolean {
	let token = 0;
	let star = -1;
	let starAt = 0;
	let i = 0;
	while (i < leaf.length) {
		const current = tokens[token];
		if (current === "any") {
			star = token++;
			starAt = i;
		} else if (current && current.literal === leaf[i]) {
			token++;
			i++;
		} else if (star >= 0) {
			token = star + 1;
			i = ++starAt;
		} else return false;
	}
	while (tokens[token] === "any") token++;
	return token === tokens.length;
}

function refuseAnythingBut(argument: unknown): string | undefined {
	if (isString(argument) || typeof argument === "number") return undefined;
	if (Array.isArray(argument)) {
		const kind = typeof argument[0];
		return (kind === "string" || kind === "number") &&
			argument.every((item) => typeof item === kind)
			? undefined
			: "inside anything-but, a list is all strings or all numbers";
	}
	if (!isObject(argument))
		return "anything-but takes a string, a number, a list of either or an operator";
	const [name, ...others] = Object.keys(argument);
	const exceptions = Object.keys(textOperators) as TextOperatorName[];
	const known = exceptions.find((exception) => exception === name);
	if (!known || others.length > 0)
		return `anything-but takes one of ${exceptions.join(", ")}`;
	const texts = listOf(argument[known]);
	if (texts.length === 0 || !texts.every(isString))
		return `anything-but ${known} takes a string or a list of strings`;
	if ((known === "prefix" || known === "suffix") && texts.includes(""))
		return `an empty ${known} is not allowed in anything-but`;
	return known === "wildcard"
		? texts.map(refuseWildcard).find(Boolean)
		: undefined;
}

function refuseNumeric(argument: unknown): string | undefined {
	if (!Array.isArray(argument)) return "numeric must be an array";
	const [test, bound, ...range] = argument;
	if (!isString(test) || !Object.hasOwn(numberTests, test))
		return `numeric begins with one of ${Object.keys(numberTests).join(" ")}, got ${quote(test)}`;
	if (typeof bound !== "number" || !Number.isFinite(bound))
		return `numeric ${test} takes a number, got ${quote(bound)}`;
	if (range.length === 0) return undefined;
	const [upper, top] = range;
	if (!test.startsWith(">") || (upper !== "<" && upper !== "<="))
		return "a numeric range is > or >= with a number, then < or <= with a number";
	if (typeof top !== "number" || !Number.isFinite(top) || range.length > 2)
		return "a numeric range has two numbers";
	return bound < top
		? undefined
		: `a numeric range's bottom must be less than its top, got ${bound} and ${top}`;
}

interface IpAddress {
	readonly value: bigint;
	readonly bits: 32 | 128;
}

const mappedIpv4 = 0xffffn;

export function ipAddress(text: string): IpAddress | undefined {
	if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
		const octets = text.split(".").map(Number);
		if (octets.some((octet) => octet > 255)) return undefined;
		return {
			value: octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n),
			bits: 32,
		};
	}
	if (!/^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(text)) return undefined;
	const halves = text.split("::");
	if (halves.length > 2) return undefined;
	const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
	const [head = [], tail = []] = groups;
	const missing = 8 - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const all = [...head, ...Array<string>(missing).fill("0"), ...tail];
	if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
	const value = all.reduce(
		(sum, group) => (sum << 16n) + BigInt(`0x${group}`),
		0n,
	);
	return value >> 32n === mappedIpv4
		? { value: value & 0xffffffffn, bits: 32 }
		: { value, bits: 128 };
}

function cidrOf(text: string): { address: IpAddress; bits: number } {
	const [address = "", bits = ""] = text.split("/");
	return { address: ipAddress(address) as IpAddress, bits: Number(bits) };
}

function refuseCidr(argument: unknown): string | undefined {
	if (!isString(argument)) return "cidr must be a string";
	const [text, bits, ...others] = argument.split("/");
	if (text === undefined || bits === undefined || others.length > 0)
		return `cidr is an address, one "/" and the mask's bits, got ${quote(argument)}`;
	const address = ipAddress(text);
	if (!address) return `${quote(text)} is not an IP address`;
	if (!/^\+?\d+$/.test(bits)) return "a mask's bits must be an integer";
	return Number(bits) < address.bits
		? undefined
		: `an IPv${address.bits === 32 ? 4 : 6} mask's bits must be less than ${address.bits}, got ${bits}`;
}
