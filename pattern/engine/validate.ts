// Checks whether EventBridge accepts a pattern.

import type { EventPatternDocument } from "../../runtime/event.ts";
import { isObject, isScalar, nestsDeeperThan } from "../../runtime/json.ts";
import { token } from "../../runtime/json-pointer.ts";
import { wildcardComplexity } from "./complexity.ts";
import { isOperatorName, numberTests, operators, quote } from "./operators.ts";
import { join, subRulesOf } from "./structure.ts";

export interface PatternIssue {
	/** JSON pointer into the pattern. */
	readonly path: string;
	readonly message: string;
}

export type PatternCheck =
	| { readonly ok: true }
	| { readonly ok: false; readonly issues: readonly PatternIssue[] };

/** Quotas of a pattern: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
export const patternQuotas = {
	/** The default quota, and the most it can be increased to. */
	characters: 2_048,
	charactersRaised: 4_096,
	/** The product of the numbers of alternatives of all `$or`. */
	orCombinations: 1_000,
	/** Fields in one combination. A pattern with more is accepted, but fails as a rule. */
	fields: 256,
	/** Per field. The service's error has no number; by experiment, 9 was accepted and 11 was not. */
	wildcardComplexity: 10,
} as const;

/** More levels than a meaningful pattern of the maximum size can have. */
export const levelsMax = 500;

/** Checks whether EventBridge accepts a rule's pattern, including quotas. */
export function validate(pattern: unknown): PatternCheck {
	const issues = structureIssues(pattern);
	if (issues.length === 0) checkQuotas(pattern as EventPatternDocument, issues);
	return issues.length === 0 ? { ok: true } : { ok: false, issues };
}

/** Issues that make a pattern invalid in every filter language, regardless of limits. */
export function structureIssues(pattern: unknown): PatternIssue[] {
	const issues: PatternIssue[] = [];
	if (nestsDeeperThan(pattern, levelsMax))
		issues.push({
			path: "",
			message: `is nested too deeply: at most ${levelsMax} levels are allowed`,
		});
	else if (isObject(pattern)) checkObject(pattern, "", false, issues);
	else issues.push({ path: "", message: "must be an object" });
	return issues;
}

function checkObject(
	object: Record<string, unknown>,
	path: string,
	insideOr: boolean,
	issues: PatternIssue[],
): void {
	const entries = Object.entries(object);
	if (entries.length === 0)
		issues.push({
			path,
			message: "is an empty object: add a field or leave it out",
		});
	for (const [key, value] of entries) {
		const at = path + token(key);
		if (key === "$or") checkOr(value, at, issues);
		else if (insideOr && reservedInsideOr.has(key))
			issues.push({
				path: at,
				message:
					"is a reserved field name inside $or: use the field outside $or",
			});
		else if (isObject(value)) checkObject(value, at, insideOr, issues);
		else if (!Array.isArray(value))
			issues.push({
				path: at,
				message: `must be a list of values or an object, got ${quote(value)}`,
			});
		else if (value.length === 0)
			issues.push({
				path: at,
				message:
					"is an empty list, which matches nothing: list at least one value or leave the field out",
			});
		else
			Array.from(value).forEach((matcher, i) => {
				const issue = refuseMatcher(matcher);
				if (issue)
					issues.push({
						path: at + token(i) + issue.path,
						message: issue.message,
					});
			});
	}
}

function checkOr(value: unknown, at: string, issues: PatternIssue[]): void {
	if (!Array.isArray(value) || value.length < 2) {
		issues.push({
			path: at,
			message: "must be a list of at least two alternatives",
		});
		return;
	}
	// `Array.from` includes the holes of a sparse array.
	Array.from(value).forEach((branch, i) => {
		if (isObject(branch)) checkObject(branch, at + token(i), true, issues);
		else
			issues.push({
				path: at + token(i),
				message: "must be an object, like every alternative of $or",
			});
	});
}

function refuseMatcher(matcher: unknown): PatternIssue | undefined {
	if (!isObject(matcher)) {
		return isScalar(matcher)
			? undefined
			: {
					path: "",
					message: `must be a string, a number, true, false, null or an operator, got ${quote(matcher)}`,
				};
	}
	const [name, ...others] = Object.keys(matcher);
	if (name === undefined || others.length > 0)
		return {
			path: "",
			message:
				"must have exactly one key, the operator: write one object per operator",
		};
	if (!isOperatorName(name))
		return {
			path: token(name),
			message: `is not an operator; the operators are ${Object.keys(operators).join(", ")}`,
		};
	const message = operators[name].refuse(matcher[name]);
	return message === undefined ? undefined : { path: token(name), message };
}

/** Names besides operators that a field inside `$or` cannot have. */
const otherReservedNames = [
	"regex",
	"not-wildcard",
	"not-equals-ignore-case",
	"date-after",
	"date-on-or-after",
	"date-before",
	"date-on-or-before",
	"in-date-range",
	"ip-address-in-range",
	"ip-address-not-in-range",
] as const;

const reservedInsideOr = new Set<string>([
	...Object.keys(operators),
	...Object.keys(numberTests),
	...otherReservedNames,
]);

function checkQuotas(
	pattern: EventPatternDocument,
	issues: PatternIssue[],
): void {
	const { length } = JSON.stringify(pattern);
	if (length > patternQuotas.charactersRaised)
		issues.push({
			path: "",
			message: `must have at most ${patternQuotas.charactersRaised} characters, got ${length}`,
		});
	const combinations = combinationsOf(pattern, () => 1);
	if (combinations > patternQuotas.orCombinations) {
		issues.push({
			path: "",
			message: `must have at most ${patternQuotas.orCombinations} combinations of $or alternatives, got ${combinations}`,
		});
		return;
	}
	const rules = subRulesOf(pattern);
	const fields = Math.max(...rules.map((rule) => rule.length));
	if (fields > patternQuotas.fields)
		issues.push({
			path: "",
			message: `must have at most ${patternQuotas.fields} fields, got ${fields}`,
		});
	for (const [path, texts] of wildcardsOf(pattern)) {
		const complexity = wildcardComplexity(
			texts,
			patternQuotas.wildcardComplexity,
		);
		if (complexity > patternQuotas.wildcardComplexity)
			issues.push({
				path,
				message:
					"is too complex: use fewer wildcard characters, or fewer repeated characters after one",
			});
	}
}

/** The number of combinations: the product of the count of each list and of the sum over the alternatives of each `$or`. */
export function combinationsOf(
	object: EventPatternDocument,
	ofList: (list: readonly unknown[], depth: number) => number,
	depth = 1,
): number {
	return Object.entries(object).reduce((product, [key, value]) => {
		if (key === "$or")
			return (
				product *
				(value as EventPatternDocument[]).reduce(
					(sum, branch) => sum + combinationsOf(branch, ofList, depth),
					0,
				)
			);
		return isObject(value)
			? product * combinationsOf(value, ofList, depth + 1)
			: product * ofList(value as readonly unknown[], depth);
	}, 1);
}

/** Each list of a pattern, with its JSON pointer and its field's path. */
export function listsOf(
	pattern: EventPatternDocument,
): readonly { pointer: string; path: string; list: readonly unknown[] }[] {
	const found: { pointer: string; path: string; list: readonly unknown[] }[] =
		[];
	const visit = (
		object: EventPatternDocument,
		pointer: string,
		path: string,
	) => {
		for (const [key, value] of Object.entries(object)) {
			const at = pointer + token(key);
			if (key === "$or")
				(value as EventPatternDocument[]).forEach((branch, i) => {
					visit(branch, at + token(i), path);
				});
			else if (isObject(value)) visit(value, at, join(path, key));
			else
				found.push({
					pointer: at,
					path: join(path, key),
					list: value as readonly unknown[],
				});
		}
	};
	visit(pattern, "", "");
	return found;
}

/** The wildcards of each field, by the pointer to the field's first list with a wildcard. */
function wildcardsOf(
	pattern: EventPatternDocument,
): ReadonlyMap<string, readonly string[]> {
	const byField = new Map<string, { pointer: string; texts: string[] }>();
	for (const { pointer, path, list } of listsOf(pattern)) {
		const texts = list.flatMap(wildcardTexts);
		if (texts.length === 0) continue;
		const field = byField.get(path) ?? { pointer, texts: [] };
		field.texts.push(...texts);
		byField.set(path, field);
	}
	return new Map(
		[...byField.values()].map(({ pointer, texts }) => [pointer, texts]),
	);
}

export function wildcardTexts(matcher: unknown): readonly string[] {
	if (!isObject(matcher)) return [];
	const { wildcard } = matcher;
	if (typeof wildcard === "string") return [wildcard];
	const but = matcher["anything-but"];
	return isObject(but) ? ([but.wildcard ?? []].flat() as string[]) : [];
}

/** Default quotas of a bus. The quota of rules with wildcards cannot be increased. */
export const busQuotas = { rules: 300, rulesWithWildcards: 30 } as const;

/** Describes the quotas that the rules of a bus exceed. The patterns are valid. */
export function busProblems(
	patterns: readonly EventPatternDocument[],
	rulesMax: number = busQuotas.rules,
): readonly string[] {
	const wild = patterns.filter((pattern) => wildcardsOf(pattern).size > 0);
	return [
		...(patterns.length > rulesMax
			? [`has ${patterns.length} rules, the quota is ${rulesMax} unless raised`]
			: []),
		...(wild.length > busQuotas.rulesWithWildcards
			? [
					`has ${wild.length} rules with wildcards, the quota is ${busQuotas.rulesWithWildcards} and cannot be raised`,
				]
			: []),
	];
}
