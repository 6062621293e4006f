// The operators of event patterns: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
import { isObject, type Scalar } from "../../runtime/json.ts";
import {
	type AddressPrefix,
	type IpAddress,
	ipAddress,
	prefixOf,
} from "./ip-address.ts";

/** Placeholder in an operand's type for the values of the filtered property. */
export interface Own {
	readonly own: never;
}

/** Marks an operand's type as allowed only for properties that can be strings. */
export interface OfText<Operand> {
	readonly ofText: Operand;
}

/** A superset of the values that a matcher accepts. */
export type Within =
	/** Exactly these. */
	| { readonly kind: "values"; readonly values: readonly Scalar[] }
	/** Strings whose lower case is `text`. */
	| { readonly kind: "folded"; readonly text: string }
	/** Strings with this prefix, suffix and minimum length. Without any of them, every string. */
	| {
			readonly kind: "text";
			readonly prefix: string;
			readonly suffix: string;
			readonly lengthMin: number;
	  }
	/** Numbers from `low` to `high`, both included. */
	| { readonly kind: "numbers"; readonly low: number; readonly high: number }
	/** Addresses of one IP version that begin with these bits. The matcher accepts exactly these. */
	| {
			readonly kind: "addresses";
			readonly bits: 32 | 128;
			readonly mask: number;
			readonly prefix: AddressPrefix;
	  }
	/** Everything but these values; without `values`, everything but some that cannot be listed. */
	| { readonly kind: "but"; readonly values?: readonly Scalar[] }
	| { readonly kind: "anything" };

/** Filter languages besides EventBridge's rules. */
export type FilterLanguage = "sns" | "lambda";

/** The complete definition of an operator. All code that processes patterns uses it. */
export interface Operator<On extends "string" | "number" | "any", Operand> {
	/** Property types for which a typed filter offers the operator. */
	readonly on: readonly On[];
	/** Only for type inference: the operand in a typed filter. */
	readonly operand?: Operand;
	/** The values that it accepts, as a phrase that follows "a value". */
	readonly meaning: string;
	readonly example: unknown;
	/** Why an operand is invalid, or undefined. */
	readonly refuse: (operand: unknown) => string | undefined;
	readonly compile: (operand: never) => (leaf: Scalar) => boolean;
	/** Describes the matcher, as a phrase that follows "wants". */
	readonly summary: (operand: never) => string;
	readonly within: (operand: never) => Within;
	/** Why a language does not support the operand; undefined if it does. */
	readonly lacking: (
		language: FilterLanguage,
		operand: never,
	) => string | undefined;
}

const operator =
	<Operand>() =>
	<const On extends "string" | "number" | "any">(
		row: Omit<Operator<On, Operand>, "operand">,
	): Operator<On, Operand> =>
		row;

/** Formats a value for a message: as JSON, or by its type if that is not possible. */
export function quote(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return `a ${typeof value}`;
	}
}
const listOf = <T>(value: T | readonly T[]): readonly T[] =>
	Array.isArray(value) ? value : [value as T];
const isString = (value: unknown): value is string => typeof value === "string";
const nowhereElse = () => "uses an operator that only EventBridge supports";
const everywhere = () => undefined;

type Affix = string | { readonly "equals-ignore-case": string };

function affix(
	name: "prefix" | "suffix",
	meaning: string,
	example: string,
	plain: (leaf: string, text: string) => boolean,
) {
	return operator<Affix>()({
		on: ["string"],
		meaning,
		example,
		refuse: (operand) => {
			if (isString(operand)) return undefined;
			if (!isObject(operand)) return "must be a string";
			const [key, ...others] = Object.keys(operand);
			if (key !== "equals-ignore-case" || others.length > 0)
				return 'must be a string or { "equals-ignore-case": string }';
			return isString(operand[key])
				? undefined
				: "must have a string for equals-ignore-case";
		},
		compile: (operand: Affix) => {
			if (isString(operand))
				return (leaf) => isString(leaf) && plain(leaf, operand);
			const text = operand["equals-ignore-case"];
			return (leaf) =>
				isString(leaf) &&
				(name === "prefix"
					? ignoreCaseEnds(text, leaf, 0).size > 0
					: endsIgnoringCase(text, leaf));
		},
		summary: (operand: Affix) =>
			isString(operand)
				? `${name} ${quote(operand)}`
				: `${name} ${quote(operand["equals-ignore-case"])} ignoring case`,
		within: (operand: Affix) => {
			const text = isString(operand) ? operand : "";
			const lengthMin = isString(operand)
				? [...operand].length
				: Math.min(operand["equals-ignore-case"].length, 1);
			return {
				kind: "text",
				prefix: name === "prefix" ? text : "",
				suffix: name === "suffix" ? text : "",
				lengthMin,
			};
		},
		lacking: (_, operand: Affix) =>
			isString(operand)
				? undefined
				: `uses ${name} with equals-ignore-case, which only EventBridge supports`,
	});
}

export const numberTests = {
	"=": (a: number, b: number) => a === b,
	"<": (a: number, b: number) => a < b,
	"<=": (a: number, b: number) => a <= b,
	">": (a: number, b: number) => a > b,
	">=": (a: number, b: number) => a >= b,
};
export type NumberTest = keyof typeof numberTests;

const textOperators = {
	prefix: affix(
		"prefix",
		"that begins with this string",
		"app-",
		(leaf, text) => leaf.startsWith(text),
	),
	suffix: affix("suffix", "that ends with this string", ".png", (leaf, text) =>
		leaf.endsWith(text),
	),
	"equals-ignore-case": operator<string>()({
		on: ["string"],
		meaning: "that equals this string, ignoring case",
		example: "Web",
		refuse: (operand) => (isString(operand) ? undefined : "must be a string"),
		compile: (text: string) => {
			const units = foldedUnits(text);
			return (leaf) => {
				if (!isString(leaf)) return false;
				if (!units) return ignoreCaseEnds(text, leaf, 0).has(leaf.length);
				return (
					leaf.length === units.length &&
					units.every((both, i) => both.includes(leaf[i] as string))
				);
			};
		},
		summary: (text: string) => `${quote(text)} ignoring case`,
		within: (text: string) =>
			/^[\0-\x7f]*$/.test(text)
				? { kind: "folded", text: text.toLowerCase() }
				: {
						kind: "text",
						prefix: "",
						suffix: "",
						lengthMin: Math.min(text.length, 1),
					},
		lacking: everywhere,
	}),
	wildcard: operator<string>()({
		on: ["string"],
		meaning: "that matches; * stands for any number of characters",
		example: "*/img/*.png",
		refuse: refuseWildcard,
		compile: (text: string) => {
			const tokens = wildcardTokens(text);
			return (leaf) => isString(leaf) && wildcardMatches(tokens, leaf);
		},
		summary: (text: string) => `wildcard ${quote(text)}`,
		within: (text: string) => {
			const tokens = wildcardTokens(text);
			const literals = (part: readonly WildcardToken[]) =>
				part.map((token) => (token === "any" ? "" : token.literal)).join("");
			const first = tokens.indexOf("any");
			if (first < 0) return { kind: "values", values: [literals(tokens)] };
			return {
				kind: "text",
				prefix: literals(tokens.slice(0, first)),
				suffix: literals(tokens.slice(tokens.lastIndexOf("any"))),
				lengthMin: [...literals(tokens)].length,
			};
		},
		lacking: nowhereElse,
	}),
};

type TextOperatorName = keyof typeof textOperators;

type AnythingBut =
	| string
	| number
	| readonly string[]
	| readonly number[]
	| { readonly [K in TextOperatorName]?: string | readonly string[] };

type OneTextOperator = {
	[K in TextOperatorName]: {
		readonly [Name in K]: string | readonly string[];
	};
}[TextOperatorName];

/** All operators by name. `exists: false` also matches absent fields, which the walk handles. */
export const operators = {
	...textOperators,
	exactly: operator<never>()({
		on: [],
		meaning:
			"that equals this string, compared as a string even if it is an IP address",
		example: "10.0.0.1",
		refuse: (operand) => (isString(operand) ? undefined : "must be a string"),
		compile: (text: string) => (leaf) => leaf === text,
		summary: (text: string) => quote(text),
		within: (text: string) => ({ kind: "values", values: [text] }),
		lacking: nowhereElse,
	}),
	"anything-but": operator<Own | readonly Own[] | OfText<OneTextOperator>>()({
		on: ["string", "number"],
		meaning:
			"of any type that is none of these, or that the prefix, suffix, equals-ignore-case or wildcard does not match",
		example: ["web", "tv"],
		refuse: refuseAnythingBut,
		compile: (operand: AnythingBut) => {
			if (!isObject(operand)) {
				const excluded = new Set(listOf<Scalar>(operand as Scalar));
				return (leaf) => !excluded.has(leaf);
			}
			const [name, texts] = Object.entries(operand)[0] as [
				TextOperatorName,
				string | readonly string[],
			];
			const tests = listOf(texts).map((text) =>
				textOperators[name].compile(text as never),
			);
			return (leaf) => !tests.some((test) => test(leaf));
		},
		summary: (operand: AnythingBut) => `anything but ${quote(operand)}`,
		within: (operand: AnythingBut) =>
			isObject(operand)
				? { kind: "but" }
				: { kind: "but", values: listOf<Scalar>(operand as Scalar) },
		lacking: (language, operand: AnythingBut) => {
			if (!isObject(operand)) return undefined;
			const [name] = Object.keys(operand);
			return language === "sns" && name === "prefix" && isString(operand.prefix)
				? undefined
				: `uses anything-but with ${name}${language === "sns" && name === "prefix" ? " and a list" : ""}, which only EventBridge supports`;
		},
	}),
	numeric: operator<
		| readonly ["=" | "<" | "<=" | ">" | ">=", number]
		| readonly [">" | ">=", number, "<" | "<=", number]
	>()({
		on: ["number"],
		meaning: "that is a number and satisfies the comparisons",
		example: [">", 0, "<=", 1000],
		refuse: refuseNumeric,
		compile: (terms: readonly (NumberTest | number)[]) => {
			const tests = terms.flatMap((term, i) =>
				i % 2 === 0
					? [[numberTests[term as NumberTest], terms[i + 1] as number] as const]
					: [],
			);
			return (leaf) =>
				typeof leaf === "number" &&
				tests.every(([test, bound]) => test(leaf, bound));
		},
		summary: (terms: readonly unknown[]) => terms.join(" "),
		within: (terms: readonly (NumberTest | number)[]) => {
			let low = Number.NEGATIVE_INFINITY;
			let high = Number.POSITIVE_INFINITY;
			for (let i = 0; i < terms.length; i += 2) {
				const test = terms[i] as NumberTest;
				const bound = terms[i + 1] as number;
				if (test !== "<" && test !== "<=") low = bound;
				if (test !== ">" && test !== ">=") high = bound;
			}
			return { kind: "numbers", low, high };
		},
		lacking: everywhere,
	}),
	cidr: operator<string>()({
		on: ["string"],
		meaning: "that is an IP address in this range",
		example: "10.0.0.0/24",
		refuse: refuseCidr,
		compile: (operand: string) => {
			const { address, mask } = cidrOf(operand);
			const prefix = prefixOf(address, mask);
			return (leaf) => {
				const ip = isString(leaf) ? ipAddress(leaf) : undefined;
				return ip?.bits === address.bits && prefixOf(ip, mask) === prefix;
			};
		},
		summary: (operand: string) => `an address in ${operand}`,
		within: (operand: string) => {
			const { address, mask } = cidrOf(operand);
			return addressesIn(address, mask);
		},
		lacking: (language) =>
			language === "sns"
				? undefined
				: "uses cidr, which Lambda's event filters do not support",
	}),
	exists: operator<boolean>()({
		on: ["any"],
		meaning:
			"of any type, including null (true), or no value (false); an object and an empty list count as no value",
		example: true,
		refuse: (operand) =>
			typeof operand === "boolean" ? undefined : "must be either true or false",
		compile: (present: boolean) => () => present,
		summary: (present: boolean) => (present ? "any value" : "no value"),
		within: (present: boolean) =>
			present ? { kind: "anything" } : { kind: "values", values: [] },
		lacking: everywhere,
	}),
};

export type Operators = typeof operators;
export type OperatorName = keyof Operators & string;

export function isOperatorName(name: string): name is OperatorName {
	return Object.hasOwn(operators, name);
}

/** A compiled matcher of a list. */
export interface Matcher {
	readonly accepts: (leaf: Scalar) => boolean;
	readonly acceptsAbsence: boolean;
	readonly within: Within;
	readonly summary: string;
}

/** Compiles a list item. A plain value accepts itself, or the same IP address in another notation. */
export function matcherOf(item: unknown): Matcher {
	if (isObject(item)) {
		const [name, operand] = Object.entries(item)[0] as [OperatorName, never];
		return {
			accepts: operators[name].compile(operand),
			acceptsAbsence: name === "exists" && operand === false,
			within: operators[name].within(operand),
			summary: operators[name].summary(operand),
		};
	}
	const wanted = item as Scalar;
	const address = isString(wanted) ? ipAddress(wanted) : undefined;
	return {
		accepts: address
			? (leaf) => {
					const got = isString(leaf) ? ipAddress(leaf) : undefined;
					return got?.bits === address.bits && got.value === address.value;
				}
			: (leaf) => leaf === wanted,
		acceptsAbsence: false,
		within: address
			? addressesIn(address, address.bits)
			: { kind: "values", values: [wanted] },
		summary: quote(wanted),
	};
}

/** The lower and upper case of each UTF-16 code unit; undefined if one of them is longer than one unit. */
function foldedUnits(text: string): readonly string[] | undefined {
	const units = text
		.split("")
		.map((unit) => [unit.toLowerCase(), unit.toUpperCase()]);
	return units.every((both) => both.every(({ length }) => length === 1))
		? units.map((both) => both.join(""))
		: undefined;
}

/** A code unit's case mapping has at most three code units. */
function endsIgnoringCase(text: string, leaf: string): boolean {
	const first = Math.max(0, leaf.length - 3 * text.length);
	for (let start = first; start <= leaf.length; start++)
		if (ignoreCaseEnds(text, leaf, start).has(leaf.length)) return true;
	return false;
}

/** The positions in `leaf` where `text` can end, ignoring case: each code unit matches its lower or upper mapping. */
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
	if (!isString(argument)) return "must be a string";
	for (let i = 0; i < argument.length; i++) {
		if (argument[i] === "\\") {
			i++;
			if (argument[i] !== "*" && argument[i] !== "\\")
				return `has an invalid escape character at position ${i}: only * and \\ can be escaped`;
		} else if (argument[i] === "*" && argument[i + 1] === "*")
			return `has consecutive wildcard characters at position ${i + 1}: use a single *`;
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
	if (isString(argument) || Number.isFinite(argument)) return undefined;
	if (Array.isArray(argument)) {
		const isKind = isString(argument[0]) ? isString : Number.isFinite;
		return argument.length > 0 && argument.every(isKind)
			? undefined
			: "must be a non-empty list of only strings or only numbers";
	}
	if (!isObject(argument))
		return "must be a string, a number, a list of either or an operator";
	const [name, ...others] = Object.keys(argument);
	const exceptions = Object.keys(textOperators) as TextOperatorName[];
	const known = exceptions.find((exception) => exception === name);
	if (!known || others.length > 0)
		return `must have exactly one of the keys ${exceptions.join(", ")}`;
	const texts = listOf(argument[known]);
	if (texts.length === 0 || !texts.every(isString))
		return `must have a string or a non-empty list of strings for ${known}`;
	if ((known === "prefix" || known === "suffix") && texts.includes(""))
		return `must not have an empty ${known}, which excludes every string`;
	return known === "wildcard"
		? texts.map(refuseWildcard).find(Boolean)
		: undefined;
}

function refuseNumeric(argument: unknown): string | undefined {
	if (!Array.isArray(argument)) return 'must be a list such as [">", 0]';
	const [test, bound, ...range] = argument;
	if (!isString(test) || !Object.hasOwn(numberTests, test))
		return `must begin with one of ${Object.keys(numberTests).join(" ")}, got ${quote(test)}`;
	if (typeof bound !== "number" || !Number.isFinite(bound))
		return `must have a number after ${test}, got ${quote(bound)}`;
	if (range.length === 0) return undefined;
	const [upper, top] = range;
	if (!test.startsWith(">") || (upper !== "<" && upper !== "<="))
		return "must be a range of > or >= with a number, then < or <= with a number";
	if (typeof top !== "number" || !Number.isFinite(top) || range.length > 2)
		return "must be a range of exactly two numbers";
	return bound < top
		? undefined
		: `must have a lower bound less than its upper bound, got ${bound} and ${top}`;
}

function cidrOf(text: string): { address: IpAddress; mask: number } {
	const [address = "", mask = ""] = text.split("/");
	return { address: ipAddress(address) as IpAddress, mask: Number(mask) };
}

const addressesIn = (address: IpAddress, mask: number): Within => ({
	kind: "addresses",
	bits: address.bits,
	mask,
	prefix: prefixOf(address, mask),
});

function refuseCidr(argument: unknown): string | undefined {
	if (!isString(argument)) return "must be a string";
	const [text, bits, ...others] = argument.split("/");
	if (text === undefined || bits === undefined || others.length > 0)
		return `must be an address, a "/" and a mask length, got ${quote(argument)}`;
	const address = ipAddress(text);
	if (!address)
		return `must begin with an IP address: ${quote(text)} is not an IP address`;
	if (!/^\+?\d+$/.test(bits)) return "must have an integer as mask length";
	return Number(bits) < address.bits
		? undefined
		: `must have an IPv${address.bits === 32 ? 4 : 6} mask length less than ${address.bits}, got ${bits}`;
}
