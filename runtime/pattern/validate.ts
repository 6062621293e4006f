// What the service refuses of a pattern, and what it takes and yet decides as nobody expects.
import { isObject, isScalar, nestsDeeperThan, token } from "../json.ts";
import { wildcardComplexity } from "./complexity.ts";
import { isOperatorName, numberTests, operators, quote } from "./operators.ts";
import {
	type EventPatternDocument,
	join,
	type SubRule,
	subRulesOf,
} from "./structure.ts";

export interface PatternIssue {
	/** JSON pointer into the pattern. */
	readonly path: string;
	readonly message: string;
}

export type PatternCheck =
	| { readonly ok: true }
	| { readonly ok: false; readonly issues: readonly PatternIssue[] };

/** A construct that is valid and whose verdict surprises. */
export interface PatternWarning extends PatternIssue {
	readonly code: keyof typeof patternWarnings;
}

/** The quotas of a pattern: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
export const patternQuotas = {
	/** The default, and what it can be raised to. */
	characters: 2_048,
	charactersRaised: 4_096,
	/** The product of the branches of all `$or`. */
	orCombinations: 1_000,
	/** Fields in one combination; more are taken and then fail as a rule. */
	fields: 256,
	/** Of one field; the service's error says no number, which is found by trial: 9 was accepted, 11 not. */
	wildcardComplexity: 10,
} as const;

/** Why each warning is one. */
export const patternWarnings = {
	"or-overlap":
		"a branch of $or that shares a value on every field with one before it may be dropped in silence",
	"or-overrides":
		"a field outside of $or and in it is not both: the later list replaces the earlier",
	"wildcard-and-ignore-case":
		"a wildcard beside a matcher that ignores case, on one field, is known to decide wrongly",
	"ignore-case-letters":
		"case is ignored one UTF-16 unit at a time, so these letters match other ones than expected",
	"quotation-mark":
		"texts are compared with their quotation marks, so this matches less than it says, too",
	"every-address":
		"an address range of all bits matches numbers and the other kind of addresses, too",
	"operator-as-field": "an operator outside of a list is the name of a field",
	"accepts-everything":
		"the matchers of a list are alternatives, so several anything-but accept everything",
	"number-range":
		"numbers are documented from -5,000,000,000 to 5,000,000,000, with 15 digits",
	"empty-name": "a field without a name is not always seen",
	"raised-quota": "a pattern of so many characters needs a raised quota",
} as const;

/** More than a pattern of the largest size can have and still say something. */
export const levelsMax = 500;

/** Whether EventBridge takes a pattern as a rule's, its quotas included. */
export function validate(pattern: unknown): PatternCheck {
	const issues = structureIssues(pattern);
	if (issues.length === 0) checkQuotas(pattern as EventPatternDocument, issues);
	return issues.length === 0 ? { ok: true } : { ok: false, issues };
}

/** What no language that filters by patterns takes, however small the pattern. */
export function structureIssues(pattern: unknown): PatternIssue[] {
	const issues: PatternIssue[] = [];
	if (nestsDeeperThan(pattern, levelsMax))
		issues.push({
			path: "",
			message: `a pattern nests at most ${levelsMax} levels deep`,
		});
	else if (isObject(pattern)) checkObject(pattern, "", false, issues);
	else issues.push({ path: "", message: "a pattern must be an object" });
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
		issues.push({ path, message: "empty objects are not allowed" });
	for (const [key, value] of entries) {
		const at = path + token(key);
		if (key === "$or") checkOr(value, at, issues);
		else if (insideOr && reservedInsideOr.has(key))
			issues.push({
				path: at,
				message: `${key} is a reserved field name, which cannot be used inside $or`,
			});
		else if (isObject(value)) checkObject(value, at, insideOr, issues);
		else if (!Array.isArray(value))
			issues.push({
				path: at,
				message: `must be an object or an array, got ${quote(value)}`,
			});
		else if (value.length === 0)
			issues.push({ path: at, message: "empty arrays are not allowed" });
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
		issues.push({ path: at, message: "$or takes at least two objects" });
		return;
	}
	// A place of a list that nothing was put into counts, too.
	Array.from(value).forEach((branch, i) => {
		if (isObject(branch)) checkObject(branch, at + token(i), true, issues);
		else
			issues.push({ path: at + token(i), message: "$or takes objects only" });
	});
}

function refuseMatcher(matcher: unknown): PatternIssue | undefined {
	if (!isObject(matcher)) {
		return isScalar(matcher)
			? undefined
			: {
					path: "",
					message: `a value must be a string, a number, true, false, null or an operator, got ${quote(matcher)}`,
				};
	}
	const [name, ...others] = Object.keys(matcher);
	if (name === undefined || others.length > 0)
		return { path: "", message: "an operator object has exactly one key" };
	if (!isOperatorName(name))
		return {
			path: token(name),
			message: `${quote(name)} is not an operator; the operators are ${Object.keys(operators).join(", ")}`,
		};
	const message = operators[name].refuse(matcher[name]);
	return message === undefined ? undefined : { path: token(name), message };
}

/** Besides operators, what no field inside `$or` can be called. */
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
			message: `a pattern has at most ${patternQuotas.charactersRaised} characters, got ${length}`,
		});
	const combinations = combinationsOf(pattern, () => 1);
	if (combinations > patternQuotas.orCombinations) {
		issues.push({
			path: "",
			message: `the branches of $or make at most ${patternQuotas.orCombinations} combinations, got ${combinations}`,
		});
		return;
	}
	const rules = subRulesOf(pattern);
	const fields = Math.max(...rules.map((rule) => rule.length));
	if (fields > patternQuotas.fields)
		issues.push({
			path: "",
			message: `a rule asks for at most ${patternQuotas.fields} fields, got ${fields}`,
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

/** A product over all fields, of what each list counts and of the sum of each `$or`. */
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

/** Each list and where it stands: its JSON pointer, and the field's path. */
function listsOf(
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

/** The wildcards of each field, by a pointer to a list that has some. */
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

function wildcardTexts(matcher: unknown): readonly string[] {
	if (!isObject(matcher)) return [];
	const { wildcard } = matcher;
	if (typeof wildcard === "string") return [wildcard];
	const but = matcher["anything-but"];
	return isObject(but) ? ([but.wildcard ?? []].flat() as string[]) : [];
}

/** What a bus takes of rules, by default; those with wildcards cannot be raised. */
export const busQuotas = { rules: 300, rulesWithWildcards: 30 } as const;

/** The quotas that the valid patterns of a bus's rules pass, in words. */
export function busProblems(
	patterns: readonly EventPatternDocument[],
): readonly string[] {
	const wild = patterns.filter((pattern) => wildcardsOf(pattern).size > 0);
	return [
		...(patterns.length > busQuotas.rules
			? [
					`has ${patterns.length} rules, the quota is ${busQuotas.rules} unless raised`,
				]
			: []),
		...(wild.length > busQuotas.rulesWithWildcards
			? [
					`has ${wild.length} rules with wildcards, the quota is ${busQuotas.rulesWithWildcards} and cannot be raised`,
				]
			: []),
	];
}

/** What surprises about a pattern that is valid. */
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
		if (path === "" || path.split(".").includes(""))
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
	const overlap = overlapOf(subRulesOf(pattern));
	if (overlap !== undefined) warn("or-overlap", "", overlap);
	const { length } = JSON.stringify(pattern);
	if (length > patternQuotas.characters)
		warn("raised-quota", "", `${length} of ${patternQuotas.characters}`);
	return warnings;
}

/** Whether two lists are in different branches of one `$or`, or are the same. */
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

const ignoresCase = (matcher: unknown) => ignoredTexts(matcher).length > 0;

/** The texts that a matcher compares without their case. */
function ignoredTexts(matcher: unknown): readonly string[] {
	if (!isObject(matcher)) return [];
	return Object.entries(matcher).flatMap(([name, operand]) =>
		name === "equals-ignore-case"
			? ([operand].flat() as string[])
			: ignoredTexts(operand),
	);
}

/** The fields on which a later alternative shares a matcher with an earlier one, if that is all of its fields and it says more. */
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
