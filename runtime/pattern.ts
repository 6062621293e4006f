// Event patterns as Amazon EventBridge decides them: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
import { isObject, type Scalar } from "./json.ts";
import {
	ipAddress,
	isOperatorName,
	isString,
	numberTests,
	type OperatorName,
	operators,
	quote,
} from "./pattern-operators.ts";

/** A pattern as rules hold it: fields with lists of matchers, nested as the event is. */
export type EventPatternDocument = { readonly [field: string]: unknown };

/** Where an event and a pattern part, in the pattern's own words. */
export interface Mismatch {
	/** The field's path, as `detail.channel`. */
	readonly field: string;
	readonly wanted: string;
	readonly got: string;
}

export type PatternCheck =
	| { readonly ok: true }
	| {
			readonly ok: false;
			readonly issues: readonly {
				readonly path: string;
				readonly message: string;
			}[];
	  };

interface Matcher {
	readonly accepts: (leaf: Scalar) => boolean;
	readonly acceptsAbsence: boolean;
	readonly summary: string;
}

/** One way through the pattern's `$or`s: every path must find a leaf that one of its matchers accepts. */
type SubRule = ReadonlyMap<string, readonly Matcher[]>;

interface Leaf {
	readonly value: Scalar;
	/** Array → the element of it that holds this leaf: conditions under one array must hold in one element. */
	readonly elements: ReadonlyMap<number, number>;
}

export interface CompiledPattern {
	readonly matches: (event: unknown) => boolean;
	/** Nothing where the event matches; else each field that does not, of the alternative that comes closest. */
	readonly mismatches: (event: unknown) => readonly Mismatch[];
}

/** Compiles a pattern that `validatePattern` accepts; throws a `TypeError` with the first issue on any other. */
export function compilePattern(pattern: EventPatternDocument): CompiledPattern {
	const checked = validatePattern(pattern);
	if (!checked.ok) {
		const [issue] = checked.issues;
		throw new TypeError(
			`the event pattern is not valid: ${issue?.path || "(root)"}: ${issue?.message}`,
		);
	}
	const subRules = subRulesOf(pattern, "", [])
		.filter((rule) => rule.size > 0)
		.map((rule) => new Map([...rule].sort(([a], [b]) => (a < b ? -1 : 1))));
	return {
		matches: (event) => {
			const leaves = leavesOf(event);
			return subRules.some((rule) => walk([...rule], 0, new Map(), leaves));
		},
		mismatches: (event) => {
			const leaves = leavesOf(event);
			if (subRules.some((rule) => walk([...rule], 0, new Map(), leaves)))
				return [];
			return subRules
				.map((rule) => mismatchesOf(rule, leaves))
				.reduce((best, next) => (next.length < best.length ? next : best));
		},
	};
}

export function validatePattern(pattern: unknown): PatternCheck {
	const issues: { path: string; message: string }[] = [];
	if (!isObject(pattern))
		issues.push({ path: "", message: "a pattern must be an object" });
	else checkObject(pattern, "", false, issues);
	return issues.length === 0 ? { ok: true } : { ok: false, issues };
}

type Issues = { path: string; message: string }[];

function checkObject(
	object: Record<string, unknown>,
	path: string,
	insideOr: boolean,
	issues: Issues,
): void {
	const entries = Object.entries(object);
	if (entries.length === 0)
		issues.push({ path, message: "empty objects are not allowed" });
	for (const [key, value] of entries) {
		const at = join(path, key);
		if (key === "$or") checkOr(value, path, issues);
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
			for (const matcher of value) {
				const message = refuseMatcher(matcher);
				if (message) issues.push({ path: at, message });
			}
	}
}

function checkOr(value: unknown, path: string, issues: Issues): void {
	const at = join(path, "$or");
	if (!Array.isArray(value) || value.length < 2) {
		issues.push({ path: at, message: "$or takes at least two objects" });
		return;
	}
	for (const branch of value) {
		if (isObject(branch)) checkObject(branch, path, true, issues);
		else issues.push({ path: at, message: "$or takes objects only" });
	}
}

function refuseMatcher(matcher: unknown): string | undefined {
	if (!isObject(matcher))
		return Array.isArray(matcher)
			? "a value must be a string, a number, true, false, null or an operator"
			: undefined;
	const [name, ...others] = Object.keys(matcher);
	if (name === undefined || others.length > 0)
		return "an operator object has exactly one key";
	if (!isOperatorName(name))
		return `${quote(name)} is not an operator; the operators are ${Object.keys(operators).join(", ")}`;
	return operators[name].refuse(matcher[name]);
}

const reservedInsideOr = new Set([
	...Object.keys(operators),
	...Object.keys(numberTests),
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
]);

const join = (path: string, key: string) => (path ? `${path}.${key}` : key);

/** `$or` multiplies the sub-rules; a later list for a path replaces an earlier one, in document order. */
function subRulesOf(
	object: Record<string, unknown>,
	path: string,
	start: readonly SubRule[],
): readonly SubRule[] {
	let rules = start.length > 0 ? start : [new Map<string, Matcher[]>()];
	for (const [key, value] of Object.entries(object)) {
		if (key === "$or") {
			const before = rules;
			rules = (value as Record<string, unknown>[]).flatMap((branch) =>
				subRulesOf(branch, path, before),
			);
		} else if (isObject(value))
			rules = subRulesOf(value, join(path, key), rules);
		else {
			const matchers = (value as unknown[]).map(compileMatcher);
			rules = rules.map((rule) => new Map(rule).set(join(path, key), matchers));
		}
	}
	return rules;
}

function compileMatcher(matcher: unknown): Matcher {
	if (isObject(matcher)) {
		const [name, argument] = Object.entries(matcher)[0] as [
			OperatorName,
			never,
		];
		return {
			accepts: operators[name].compile(argument),
			acceptsAbsence: name === "exists" && argument === false,
			summary: operators[name].summary(argument),
		};
	}
	const wanted = matcher as Scalar;
	const address = isString(wanted) ? ipAddress(wanted) : undefined;
	return {
		accepts: address
			? (leaf) => {
					const got = isString(leaf) ? ipAddress(leaf) : undefined;
					return got?.bits === address.bits && got.value === address.value;
				}
			: (leaf) => leaf === wanted,
		acceptsAbsence: false,
		summary: quote(wanted),
	};
}

function leavesOf(event: unknown): ReadonlyMap<string, readonly Leaf[]> {
	const leaves = new Map<string, Leaf[]>();
	let arrays = 0;
	const visit = (
		value: unknown,
		path: string,
		elements: ReadonlyMap<number, number>,
	): void => {
		if (Array.isArray(value)) {
			const array = arrays++;
			value.forEach((item, i) => {
				const nested = typeof item === "object" && item !== null;
				visit(item, path, nested ? new Map(elements).set(array, i) : elements);
			});
		} else if (isObject(value)) {
			for (const [key, child] of Object.entries(value))
				visit(child, join(path, key), elements);
		} else {
			const leaf = { value: value as Scalar, elements };
			const there = leaves.get(path);
			if (there) there.push(leaf);
			else leaves.set(path, [leaf]);
		}
	};
	visit(event, "", new Map());
	return leaves;
}

function walk(
	paths: readonly (readonly [string, readonly Matcher[]])[],
	index: number,
	chosen: ReadonlyMap<number, number>,
	leaves: ReadonlyMap<string, readonly Leaf[]>,
): boolean {
	const next = paths[index];
	if (!next) return true;
	const [path, matchers] = next;
	const candidates = (leaves.get(path) ?? []).filter(({ elements }) =>
		[...elements].every(([array, i]) => (chosen.get(array) ?? i) === i),
	);
	if (
		candidates.length === 0 &&
		matchers.some(({ acceptsAbsence }) => acceptsAbsence) &&
		walk(paths, index + 1, chosen, leaves)
	)
		return true;
	return candidates.some(
		({ value, elements }) =>
			matchers.some(({ accepts }) => accepts(value)) &&
			walk(paths, index + 1, new Map([...chosen, ...elements]), leaves),
	);
}

function mismatchesOf(
	rule: SubRule,
	leaves: ReadonlyMap<string, readonly Leaf[]>,
): readonly Mismatch[] {
	const alone = [...rule]
		.filter((entry) => !walk([entry], 0, new Map(), leaves))
		.map(([field, matchers]) => ({
			field,
			wanted: matchers.map(({ summary }) => summary).join(" or "),
			got: describeLeaves(leaves.get(field) ?? []),
		}));
	if (alone.length > 0) return alone;
	return [
		{
			field: [...rule.keys()].join(" with "),
			wanted: "all of them in one element of the array",
			got: "each of them in another",
		},
	];
}

function describeLeaves(leaves: readonly Leaf[]): string {
	if (leaves.length === 0) return "no value";
	const shown = leaves.slice(0, 5).map(({ value }) => quote(value));
	return `${shown.join(", ")}${leaves.length > 5 ? ", …" : ""}`;
}
