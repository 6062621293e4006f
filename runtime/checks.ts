// What generated validators call. A validator answers whether to go on: with no report, the first fault ends it.
import { isObject, token } from "./json.ts";
import type { Issue } from "./validate.ts";

/** Where a validator puts what it finds; `base` is the JSON pointer of the value that it looks at. */
export interface Report {
	readonly base: string;
	readonly issues: Issue[];
	/** Go on after an issue. */
	readonly all: boolean;
	/** What is found is looked at, not kept. */
	readonly isTrial?: boolean;
}

/** False: a fault was found, and nothing more is wanted. */
export type Validator = (value: unknown, report: Report | null) => boolean;

/** The same, and it adds the property names and item indexes that it has evaluated. */
type TrackingValidator = (
	value: unknown,
	report: Report | null,
	evaluated: Set<string | number>,
) => boolean;

export { isObject, token };
export const { isArray } = Array;
export const { isFinite: isNumber, isInteger } = Number;
export const { keys } = Object;
const infinity = Number.POSITIVE_INFINITY;

/** A keyword, and what it says of a value that it refuses. Each stands alone, so that a bundle has those that it needs. */
export type Rule = readonly [
	keyword: string,
	message: (expected: unknown, found: unknown) => string,
];

const plural = (count: unknown, noun: string) =>
	`${count} ${noun}${count === 1 ? "" : "s"}`;
const json = (value: unknown) => JSON.stringify(value);

export const $required: Rule = ["required", () => "is required"];
export const $type: Rule = [
	"type",
	(expected, found) =>
		`must be ${[expected].flat().join(" or ")}, found ${kindOf(found)}`,
];
export const $enum: Rule = [
	"enum",
	(expected) => {
		const values = expected as readonly unknown[];
		return `must be one of ${values.slice(0, 20).map(json).join(", ")}${values.length > 20 ? ", …" : ""}`;
	},
];
export const $const: Rule = [
	"const",
	(expected) => `must be ${json(expected)}`,
];
export const $minLength: Rule = [
	"minLength",
	(expected) => `must have at least ${plural(expected, "character")}`,
];
export const $maxLength: Rule = [
	"maxLength",
	(expected) => `must have at most ${plural(expected, "character")}`,
];
export const $pattern: Rule = [
	"pattern",
	(expected) => `must match ${json(expected)}`,
];
export const $format: Rule = [
	"format",
	(expected) => `must be of the format ${expected}`,
];
export const $minimum: Rule = [
	"minimum",
	(expected) => `must be >= ${expected}`,
];
export const $maximum: Rule = [
	"maximum",
	(expected) => `must be <= ${expected}`,
];
export const $exclusiveMinimum: Rule = [
	"exclusiveMinimum",
	(expected) => `must be > ${expected}`,
];
export const $exclusiveMaximum: Rule = [
	"exclusiveMaximum",
	(expected) => `must be < ${expected}`,
];
export const $multipleOf: Rule = [
	"multipleOf",
	(expected) => `must be a multiple of ${expected}`,
];
export const $minItems: Rule = [
	"minItems",
	(expected, found) =>
		`must have at least ${plural(expected, "item")}, found ${(found as unknown[]).length}`,
];
export const $maxItems: Rule = [
	"maxItems",
	(expected, found) =>
		`must have at most ${plural(expected, "item")}, found ${(found as unknown[]).length}`,
];
export const $uniqueItems: Rule = [
	"uniqueItems",
	() => "must not have the same item twice",
];
export const $minContains: Rule = [
	"minContains",
	(expected) => `must contain at least ${plural(expected, "fitting item")}`,
];
export const $maxContains: Rule = [
	"maxContains",
	(expected) => `must contain at most ${plural(expected, "fitting item")}`,
];
export const $unevaluatedItems: Rule = [
	"unevaluatedItems",
	() => "is not an item of the schema",
];
export const $minProperties: Rule = [
	"minProperties",
	(expected) => `must have properties, at least ${expected}`,
];
export const $maxProperties: Rule = [
	"maxProperties",
	(expected) => `must have properties, at most ${expected}`,
];
const isNoProperty = () => "is not a property of the schema";
export const $additionalProperties: Rule = [
	"additionalProperties",
	isNoProperty,
];
export const $unevaluatedProperties: Rule = [
	"unevaluatedProperties",
	isNoProperty,
];
export const $dependentRequired: Rule = [
	"dependentRequired",
	(expected) => `is required beside ${json(expected)}`,
];
export const $false: Rule = ["false schema", () => "must not be there"];
export const $not: Rule = ["not", () => "fits a schema that it must not fit"];
export const $anyOf: Rule = ["anyOf", (expected) => `must be ${expected}`];
export const $oneOf: Rule = [
	"oneOf",
	(expected) => `must be exactly ${expected}`,
];

/** A fault: kept in the report, if there is one; true to stop. */
export function no(
	report: Report | null,
	path: string,
	[rule, message]: Rule,
	expected?: unknown,
	found?: unknown,
): boolean {
	if (report === null) return true;
	// These refuse a value that is not there, too.
	if (found === undefined && ["type", "enum", "const"].includes(rule))
		return no(report, path, $required);
	const wanted = expected instanceof Set ? [...expected] : expected;
	report.issues.push({
		path: report.base + path,
		rule,
		message: message(wanted, found),
		...(wanted === undefined ? {} : { expected: wanted }),
		...(found === undefined ? {} : { found }),
	});
	return !report.all;
}

export function text(
	report: Report | null,
	path: string,
	value: unknown,
	min = 0,
	max = infinity,
): boolean {
	if (typeof value !== "string")
		return no(report, path, $type, "string", value);
	return (
		(shorter(value, min) && no(report, path, $minLength, min, value)) ||
		(longer(value, max) && no(report, path, $maxLength, max, value))
	);
}

export function formatted(
	report: Report | null,
	path: string,
	value: unknown,
	format: RegExp | ((text: string) => boolean),
	name: string,
): boolean {
	if (typeof value !== "string")
		return no(report, path, $type, "string", value);
	const fits =
		typeof format === "function" ? format(value) : format.test(value);
	return !fits && no(report, path, $format, name, value);
}

export function matching(
	report: Report | null,
	path: string,
	value: unknown,
	pattern: RegExp,
): boolean {
	if (typeof value !== "string")
		return no(report, path, $type, "string", value);
	return (
		!pattern.test(value) && no(report, path, $pattern, pattern.source, value)
	);
}

export function integer(
	report: Report | null,
	path: string,
	value: unknown,
	min = -infinity,
	max = infinity,
): boolean {
	return isInteger(value)
		? within(report, path, value as number, min, max)
		: no(report, path, $type, "integer", value);
}

export function real(
	report: Report | null,
	path: string,
	value: unknown,
	min = -infinity,
	max = infinity,
): boolean {
	return isNumber(value)
		? within(report, path, value as number, min, max)
		: no(report, path, $type, "number", value);
}

function within(
	report: Report | null,
	path: string,
	value: number,
	min: number,
	max: number,
): boolean {
	return (
		(value < min && no(report, path, $minimum, min, value)) ||
		(value > max && no(report, path, $maximum, max, value))
	);
}

export function bool(
	report: Report | null,
	path: string,
	value: unknown,
): boolean {
	return (
		typeof value !== "boolean" && no(report, path, $type, "boolean", value)
	);
}

export function among(
	report: Report | null,
	path: string,
	value: unknown,
	values: readonly unknown[] | ReadonlySet<unknown>,
): boolean {
	const fits =
		values instanceof Set
			? values.has(value)
			: (values as readonly unknown[]).includes(value);
	return !fits && no(report, path, $enum, values, value);
}

/** What a function for objects answers where it gets something else. */
export function notObject(report: Report | null, value: unknown): boolean {
	return !no(report, "", $type, "object", value);
}

/** A list whose items one validator takes. */
export function each(
	report: Report | null,
	path: string,
	value: unknown,
	item: Validator,
	min = 0,
	max = infinity,
): boolean {
	if (!isArray(value)) return no(report, path, $type, "array", value);
	const { length } = value;
	if (length < min && no(report, path, $minItems, min, value)) return true;
	if (length > max && no(report, path, $maxItems, max, value)) return true;
	for (let i = 0; i < length; i++)
		if (!item(value[i], report && at(report, `${path}/${i}`))) return true;
	return false;
}

/** The report for a value further down. */
export function at(report: Report, path: string): Report {
	return path === "" ? report : { ...report, base: report.base + path };
}

/** A property whose name is also one of `Object.prototype`'s. */
export function own(value: Record<string, unknown>, name: string): unknown {
	return Object.hasOwn(value, name) ? value[name] : undefined;
}

function count(value: object): number {
	let properties = 0;
	for (const _ in value) properties++;
	return properties;
}

/** How many properties a value has that JSON carries. */
export function size(value: object): number {
	return Object.values(value).filter((inner) => inner !== undefined).length;
}

export const fromJson: (text: string) => unknown = JSON.parse;

export function set<T>(values: readonly T[]): ReadonlySet<T> {
	return new Set(values);
}

/**
 * Whether a value has other properties than the known, of which so many were found. One that is undefined is not there:
 * JSON does not carry it. While issues are collected, one that is missing would make up for one too many.
 */
export function others(
	report: Report | null,
	path: string,
	value: Record<string, unknown>,
	found: number,
	known: readonly string[],
): boolean {
	if (report === null && count(value) === found) return false;
	return keys(value).some(
		(name) =>
			!known.includes(name) &&
			value[name] !== undefined &&
			no(
				report,
				path + token(name),
				$additionalProperties,
				undefined,
				value[name],
			),
	);
}

/** Reports why a value fits none of several schemas, or more than the one that `oneOf` wants. */
export function none(
	report: Report | null,
	path: string,
	rule: Rule,
	value: unknown,
	branches: readonly TrackingValidator[],
): boolean {
	if (report === null) return true;
	const forms = `one of ${branches.length} forms`;
	// While branches are tried, those inside them are not: that would multiply with every level.
	if (report.isTrial) return no(report, path, rule, forms, value);
	const found = branches.map((branch) => {
		const issues: Issue[] = [];
		const trial = { base: "", issues, all: true, isTrial: true };
		branch(value, trial, new Set());
		return issues;
	});
	const fitting = found.flatMap((issues, i) => (issues.length === 0 ? i : []));
	if (fitting.length > 0)
		return no(
			report,
			path,
			rule,
			`${forms}, fits ${fitting.map((i) => `number ${i + 1}`).join(" and ")}`,
			value,
		);
	// A branch that takes values of this kind tells more than that the others do not.
	const close = branches.filter((_, i) =>
		found[i]?.every((issue) => issue.path !== "" || issue.rule !== "type"),
	);
	const [closest] = close;
	if (closest !== undefined && close.length === 1)
		return !closest(value, at(report, path), new Set());
	const reasons = found
		.filter(
			(_, i) => close.length === 0 || close.includes(branches[i] as never),
		)
		.map(([first]) => `${first?.path} ${first?.message}`.trim());
	return no(
		report,
		path,
		rule,
		`${forms}: ${[...new Set(reasons)].slice(0, 5).join("; or ")}`,
		value,
	);
}

/** Property names and item indexes. */
export function evaluated(): Set<string | number> {
	return new Set();
}

/** Whether a schema takes the value; only then counts what it has evaluated. */
export function tracked(
	branch: TrackingValidator,
	value: unknown,
	into: Set<string | number>,
): boolean {
	const seen = new Set<string | number>();
	if (!branch(value, null, seen)) return false;
	for (const name of seen) into.add(name);
	return true;
}

/** Length in code points, as JSON Schema counts it. */
export function codePoints(text: string): number {
	let length = text.length;
	for (let i = 0; i < text.length - 1; i++) {
		const unit = text.charCodeAt(i);
		if (unit < 0xd800 || unit > 0xdbff) continue;
		const next = text.charCodeAt(i + 1);
		if (next >= 0xdc00 && next <= 0xdfff) {
			length--;
			i++;
		}
	}
	return length;
}

export function longer(text: string, max: number): boolean {
	return text.length > max && codePoints(text) > max;
}

export function shorter(text: string, min: number): boolean {
	return text.length < 2 * min && codePoints(text) < min;
}

/** Whether a number is a multiple of a decimal fraction, decimally: 19.99 is one of 0.01. */
export function multiple(value: number, of: number): boolean {
	if (!isNumber(value)) return false;
	const [a, scaleOfA] = decimal(value);
	const [b, scaleOfB] = decimal(of);
	const scale = Math.max(scaleOfA, scaleOfB);
	return (
		(a * 10n ** BigInt(scale - scaleOfA)) %
			(b * 10n ** BigInt(scale - scaleOfB)) ===
		0n
	);
}

/** A number as digits and how many of them stand behind the point. */
function decimal(value: number): [digits: bigint, scale: number] {
	const [mantissa = "", exponent = "0"] = String(value).split("e");
	const [whole = "", fraction = ""] = mantissa.split(".");
	const scale = fraction.length - Number(exponent);
	const digits = BigInt(whole + fraction);
	return scale >= 0 ? [digits, scale] : [digits * 10n ** BigInt(-scale), 0];
}

export function unique(items: readonly unknown[]): boolean {
	const scalars = new Set<unknown>();
	const texts = new Set<string>();
	for (const item of items)
		if (typeof item === "object" && item !== null) texts.add(canonical(item));
		else scalars.add(item);
	return scalars.size + texts.size === items.length;
}

/** One text for each JSON value: equal values have the same. */
function canonical(value: unknown): string {
	if (isArray(value)) return `[${value.map(canonical).join()}]`;
	if (!isObject(value))
		return typeof value === "string" ? JSON.stringify(value) : String(value);
	return `{${keys(value)
		.filter((name) => value[name] !== undefined)
		.sort()
		.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
		.join()}}`;
}

export function equal(a: unknown, b: unknown): boolean {
	return a === b || canonical(a) === canonical(b);
}

function kindOf(value: unknown): string {
	if (value === null) return "null";
	if (isArray(value)) return "array";
	return isNumber(value) && !isInteger(value) ? "fraction" : typeof value;
}
