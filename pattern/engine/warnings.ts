// Constructs that EventBridge accepts but evaluates unexpectedly.

import type { EventPatternDocument } from "../../runtime/event.ts";
import { isObject, parseJson } from "../../runtime/json.ts";
import { token } from "../../runtime/json-pointer.ts";
import { isOperatorName, numberTests, quote } from "./operators.ts";
import { type SubRule, subRulesOf } from "./structure.ts";
import {
	listsOf,
	type PatternIssue,
	patternQuotas,
	wildcardTexts,
} from "./validate.ts";

/** A valid construct with unexpected behaviour. */
export interface PatternWarning extends PatternIssue {
	readonly code: keyof typeof patternWarnings;
}

/** The reason for each warning. */
export const patternWarnings = {
	"or-overlap":
		"an alternative of $or that shares a value on every field with an earlier one may be silently dropped",
	"or-overrides":
		"the lists of a field inside and outside $or are not combined: the later one replaces the earlier one",
	"wildcard-and-ignore-case":
		"a wildcard and a case-insensitive matcher on the same field are known to give wrong results",
	"ignore-case-letters":
		"case is ignored per UTF-16 code unit, so these letters match unexpected ones",
	"quotation-mark":
		"strings are compared with their enclosing quotation marks, so this also matches strings without this quotation mark",
	"every-address":
		"the range of all addresses also matches numbers and addresses of the other IP version",
	"operator-as-field": "outside a list, an operator's name is a field name",
	"accepts-everything":
		"the matchers in a list are alternatives, so several anything-but match everything",
	"number-range":
		"the documented range of numbers is -5,000,000,000 to 5,000,000,000, with 15 digits",
	"empty-name": "a field with an empty name is not always matched",
	"star-in-text":
		"in a plain value, * stands for itself; a wildcard or a prefix is an operator",
	"operator-in-text":
		"a text that looks like an operator is compared as text; write it without the quotation marks",
	"no-such-field":
		"events have no field of this name, so the pattern never matches",
	"raised-quota": "a pattern of this size needs a quota increase",
} as const;

/** Warnings about a valid pattern. */
export function warningsOf(
	pattern: EventPatternDocument,
): readonly PatternWarning[] {
	const warnings: PatternWarning[] = [];
	const warn = (
		code: PatternWarning["code"],
		path: string,
		what: string,
	): void => {
		warnings.push({
			code,
			path,
			message: `${what}: ${patternWarnings[code]}`,
		});
	};
	const lists = listsOf(pattern);
	for (const { pointer, path, list } of lists) {
		const own = path.split(".").at(-1) ?? "";
		if (pointer.split("/").slice(1).includes(""))
			warn("empty-name", pointer, quote(path));
		if (isOperatorName(own) || Object.hasOwn(numberTests, own))
			warn("operator-as-field", pointer, quote(own));
		const butCount = list.filter(
			(matcher) => isObject(matcher) && "anything-but" in matcher,
		).length;
		if (butCount > 1)
			warn("accepts-everything", pointer, `${butCount} anything-but`);
		list.forEach((matcher, i) => {
			warnOfMatcher(matcher, pointer + token(i), warn);
		});
	}
	for (const [path, at] of Map.groupBy(lists, ({ path }) => path)) {
		const matchers = at.flatMap(({ list }) => list);
		if (
			matchers.some((matcher) => wildcardTexts(matcher).length > 0) &&
			matchers.some(ignoresCase)
		)
			warn("wildcard-and-ignore-case", at[0]?.pointer ?? "", path);
		const inner = at.find(({ pointer }) => pointer.includes("/$or/"));
		const outer = at.find(({ pointer }) => !isBeside(pointer, inner?.pointer));
		if (inner && outer) warn("or-overrides", outer.pointer, path);
	}
	for (const name of Object.keys(pattern)) {
		const meant = meantField(name);
		if (meant !== undefined)
			warn(
				"no-such-field",
				token(name),
				`${quote(name)} instead of ${quote(meant)}`,
			);
	}
	const overlap = overlapOf(subRulesOf(pattern));
	if (overlap !== undefined) warn("or-overlap", "", overlap);
	const { length } = JSON.stringify(pattern);
	if (length > patternQuotas.characters)
		warn(
			"raised-quota",
			"",
			`${length} characters, ${patternQuotas.characters} by default`,
		);
	return warnings;
}

/** Whether two lists are the same or in different alternatives of one `$or`. */
function isBeside(pointer: string, other: string | undefined): boolean {
	if (other === undefined || pointer === other) return true;
	const a = pointer.split("/");
	const b = other.split("/");
	const split = a.findIndex((part, i) => part !== b[i]);
	return a[split - 1] === "$or" && b[split - 1] === "$or";
}

function warnOfMatcher(
	matcher: unknown,
	at: string,
	warn: (code: PatternWarning["code"], path: string, what: string) => void,
): void {
	const numbers = isObject(matcher)
		? [matcher.numeric, matcher["anything-but"]].flat()
		: [matcher];
	const large = numbers.find(
		(number) =>
			typeof number === "number" &&
			(Math.abs(number) > 5e9 ||
				String(number).replace(/\D|e.*$/g, "").length > 15),
	);
	if (large !== undefined) warn("number-range", at, String(large));
	if (typeof matcher === "string") {
		if (isOperatorText(matcher)) warn("operator-in-text", at, quote(matcher));
		else if (matcher.includes("*")) warn("star-in-text", at, quote(matcher));
	}
	if (!isObject(matcher)) return;
	const [name, operand] = Object.entries(matcher)[0] ?? [];
	if (
		(name === "prefix" &&
			typeof operand === "string" &&
			operand.endsWith('"')) ||
		(name === "suffix" &&
			typeof operand === "string" &&
			operand.startsWith('"'))
	)
		warn("quotation-mark", at, quote(operand));
	if (name === "cidr" && /\/\+?0+$/.test(String(operand)))
		warn("every-address", at, String(operand));
	const odd = ignoredTexts(matcher).find((text) =>
		text
			.split("")
			.some(
				(unit) =>
					/[\ud800-\udfff]/.test(unit) ||
					![unit.toLowerCase(), unit.toUpperCase()].includes(unit) ||
					unit.toUpperCase().toLowerCase() !== unit.toLowerCase() ||
					unit.toLowerCase().toUpperCase() !== unit.toUpperCase(),
			),
	);
	if (odd !== undefined) warn("ignore-case-letters", at, quote(odd));
}

/** Fields of every event: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
const envelopeFields = [
	"version",
	"id",
	"detail-type",
	"source",
	"account",
	"time",
	"region",
	"resources",
	"detail",
];

/** The field that a misspelt name means: in another case, as one word, in the plural or the singular. */
function meantField(name: string): string | undefined {
	if (envelopeFields.includes(name)) return undefined;
	const plain = (text: string) =>
		text
			.toLowerCase()
			.replace(/[^a-z]/g, "")
			.replace(/s$/, "");
	return envelopeFields.find((field) => plain(field) === plain(name));
}

function isOperatorText(text: string): boolean {
	if (!/^\s*\{/.test(text)) return false;
	const parsed = parseJson(text);
	return (
		parsed.ok &&
		isObject(parsed.value) &&
		Object.keys(parsed.value).some(isOperatorName)
	);
}

const ignoresCase = (matcher: unknown) => ignoredTexts(matcher).length > 0;

/** The strings that a matcher compares case-insensitively. */
function ignoredTexts(matcher: unknown): readonly string[] {
	if (!isObject(matcher)) return [];
	return Object.entries(matcher).flatMap(([name, operand]) =>
		name === "equals-ignore-case"
			? ([operand].flat() as string[])
			: ignoredTexts(operand),
	);
}

/** The fields of an alternative that shares a matcher with an earlier one on every field, and has other matchers, too. */
function overlapOf(rules: readonly SubRule[]): string | undefined {
	const limit = 200;
	const keys = rules.slice(0, limit).map((rule) =>
		rule.map(({ path, matchers }) => ({
			path,
			summaries: new Set(matchers.map(({ summary }) => summary)),
		})),
	);
	for (const [i, later] of keys.entries())
		for (const earlier of keys.slice(0, i)) {
			if (
				earlier.length !== later.length ||
				!later.every(({ path }, k) => earlier[k]?.path === path)
			)
				continue;
			const pairs = later.map(
				({ summaries }, k) =>
					[summaries, earlier[k]?.summaries ?? new Set<string>()] as const,
			);
			if (
				pairs.every(([own, other]) => [...own].some((one) => other.has(one))) &&
				!pairs.every(([own, other]) => [...own].every((one) => other.has(one)))
			)
				return later.map(({ path }) => path).join(", ");
		}
	return undefined;
}
