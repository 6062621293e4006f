// The validators' messages, and the report that collects issues.

import type { Issue } from "../issue.ts";
import { isArray } from "../json.ts";
import { token } from "../json-pointer.ts";

export const { isFinite: isNumber, isInteger } = Number;

/** How a validator runs. Instead of a report, `null` validates exactly and stops at the first issue. */
export interface Report {
	/** JSON pointer of the value being validated. */
	readonly base: string;
	/** Collects the issues. Without it, the first issue ends the validation. */
	readonly issues?: Issue[] | undefined;
	/** Continue after an issue. */
	readonly all?: boolean;
	/** The issues are only compared, not returned to the caller. */
	readonly isTrial?: boolean;
	/** Accept what may grow: properties of closed objects, and values of an `x-extensible-enum`. */
	readonly isTolerant: boolean;
	/** Shared by all reports of one value that tolerate the same. */
	readonly run: Run;
}

/** What validating a value has found out so far. */
export interface Run {
	/** Whether everything since the last reset was accepted without tolerance. */
	isExact: boolean;
	/** Results of recursive validators by value, so that each runs on each value once. */
	tried?: Map<unknown, Map<Validator, Tried>>;
	/** What each list of issues has the issues of. */
	reported?: Map<Issue[], Map<unknown, Set<Validator>>>;
	/** The silent report that decides the same value exactly. */
	exact?: Report;
}

export interface Tried {
	readonly fits: boolean;
	readonly isExact: boolean;
}

/** The property name or item index of a value, relative to the report's `base`. */
export type Step = string | number;

/** Returns false to stop: an issue was found and no more are wanted. */
export type Validator = (
	value: unknown,
	report: Report | null,
	at?: Step,
) => boolean;

/** Validates the same value as its caller, and adds the property names and item indexes that it evaluates. */
export type TrackingValidator = (
	value: unknown,
	report: Report | null,
	evaluated: Set<Step>,
) => boolean;

/** A keyword and its message for a rejected value. Each rule is a separate export, so that bundles include only the rules in use. */
export type Rule = readonly [
	keyword: string,
	message: (expected: unknown, found: unknown) => string,
	/** A tolerant reader accepts the value. */
	mayGrow?: true,
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
const oneOf = (expected: unknown) => {
	const values = expected as readonly unknown[];
	return `must be one of ${values.slice(0, 20).map(json).join(", ")}${values.length > 20 ? ", …" : ""}`;
};
export const $enum: Rule = ["enum", oneOf];
export const $extensibleEnum: Rule = ["x-extensible-enum", oneOf, true];
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
	true,
];
export const $unevaluatedProperties: Rule = [
	"unevaluatedProperties",
	isNoProperty,
	true,
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

/** Adds an issue to the report, unless it tolerates it. Returns true to stop. */
export function no(
	report: Report | null,
	[rule, message, mayGrow]: Rule,
	expected?: unknown,
	found?: unknown,
	at?: Step,
): boolean {
	if (report === null) return true;
	if (mayGrow && report.isTolerant) {
		report.run.isExact = false;
		return false;
	}
	if (!report.issues) return true;
	const wanted = expected instanceof Set ? [...expected] : expected;
	report.issues.push({
		path: report.base + (at === undefined ? "" : token(at)),
		rule,
		message: message(wanted, found),
		...(wanted === undefined ? {} : { expected: wanted }),
		...(found === undefined ? {} : { found }),
	});
	return !report.all;
}

/** The report for a nested value. */
export function below(report: Report | null, at?: Step): Report | null {
	return report === null || at === undefined || !report.issues
		? report
		: { ...report, base: report.base + token(at) };
}

function kindOf(value: unknown): string {
	if (value === null) return "null";
	if (isArray(value)) return "array";
	if (typeof value !== "number" || isInteger(value)) return typeof value;
	return isNumber(value) ? "fraction" : String(value);
}
