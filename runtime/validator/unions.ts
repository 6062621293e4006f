// Functions that generated validators call for `anyOf` and `oneOf`.

import type { Issue } from "../issue.ts";
import { isObject } from "../json.ts";
import { keys, own } from "./checks.ts";
import {
	type Choice,
	no,
	type Report,
	type Rule,
	type Step,
	type TrackingValidator,
	type Tried,
	type Validator,
} from "./rules.ts";

/**
 * Decides a value that not exactly one branch of a `oneOf`, or no branch of an `anyOf`, accepts exactly. A tolerant
 * reader may take a branch; otherwise reports the reason. Returns true to stop. `evaluated` is set if the branches track.
 */
export function none(
	report: Report,
	rule: Rule,
	value: unknown,
	branches: readonly (Validator | TrackingValidator)[],
	evaluated?: Set<Step>,
): boolean {
	if (report.isTolerant && takes(report, rule, value, branches, evaluated))
		return false;
	if (!report.issues) return true;
	const forms = `one of ${branches.length} alternatives`;
	// Branches inside a branch on trial are not tried: the work would multiply with every level.
	if (report.isTrial) return no(report, rule, forms, value);
	const found = branches.map((branch) => {
		const issues: Issue[] = [];
		const { isTolerant } = report;
		const trial = { base: "", issues, all: true, isTrial: true, isTolerant };
		asked(branch, value, trial, evaluated);
		return issues;
	});
	const fitting = found.every((issues) => issues.length > 0)
		? []
		: branches.flatMap((branch, i) =>
				asked(branch, value, null, evaluated) ? i : [],
			);
	if (fitting.length > 0)
		return no(
			report,
			rule,
			`${forms}, matches ${fitting.map((i) => `number ${i + 1}`).join(" and ")}`,
			value,
		);
	// A branch for values of this type has more useful issues than branches for other types.
	const close = branches.filter((_, i) =>
		found[i]?.every((issue) => issue.path !== "" || issue.rule !== "type"),
	);
	const [closest] = close;
	if (closest !== undefined && close.length === 1)
		return !asked(closest, value, report, evaluated);
	const reasons = found
		.filter(
			(_, i) => close.length === 0 || close.includes(branches[i] as never),
		)
		.map(([first]) => `${first?.path} ${first?.message}`.trim());
	return no(
		report,
		rule,
		`${forms}: ${[...new Set(reasons)].slice(0, 5).join("; or ")}`,
		value,
	);
}

/** Runs a branch, which tracks what it evaluates if `evaluated` is set. */
function asked(
	branch: Validator | TrackingValidator,
	value: unknown,
	report: Report | null,
	evaluated: Set<Step> | undefined,
	seen = new Set<Step>(),
): boolean {
	return evaluated
		? (branch as TrackingValidator)(value, report, seen)
		: (branch as Validator)(value, report);
}

/** Whether a tolerant reader takes a branch: one that matches exactly or, if there is none, the first that matches tolerantly. */
function takes(
	report: Report,
	[keyword]: Rule,
	value: unknown,
	branches: readonly (Validator | TrackingValidator)[],
	evaluated: Set<Step> | undefined,
): boolean {
	const choice = report.choice ?? { isExact: true, tried: new Map() };
	const inner: Report = { ...report, issues: undefined, choice };
	const before = choice.isExact;
	const fitting = branches
		.map((branch) => tried(branch, value, inner, choice, evaluated))
		.filter(({ fits }) => fits);
	const exact = fitting.filter(({ isExact }) => isExact);
	choice.isExact = before && exact.length > 0;
	if (keyword === "oneOf" && exact.length > 1) return false;
	const taken = exact.length > 0 ? exact : fitting.slice(0, 1);
	for (const branch of taken)
		for (const step of branch.evaluated) evaluated?.add(step);
	return taken.length > 0;
}

function tried(
	branch: Validator | TrackingValidator,
	value: unknown,
	report: Report,
	choice: Choice,
	evaluated: Set<Step> | undefined,
): Tried {
	const known = choice.tried.get(value) ?? new Map<unknown, Tried>();
	choice.tried.set(value, known);
	const earlier = known.get(branch);
	if (earlier) return earlier;
	choice.isExact = true;
	const seen = new Set<Step>();
	const fits = asked(branch, value, report, evaluated, seen);
	const result = { fits, isExact: choice.isExact, evaluated: seen };
	known.set(branch, result);
	return result;
}

/** Whether a tolerant reader is choosing a branch. It then runs each branch on each value once, and asks for no exact ones first. */
export function choosing(report: Report | null): boolean {
	return report?.choice !== undefined;
}

/** Whether an object has all required properties, only the allowed values where these are listed, and no other properties. */
export function mayFit(
	value: unknown,
	asked: readonly (readonly [
		name: string,
		isRequired: boolean,
		values?: readonly unknown[],
	])[],
	names?: readonly string[],
): boolean {
	if (!isObject(value)) return true;
	return (
		(names === undefined ||
			keys(value).every(
				(name) => names.includes(name) || value[name] === undefined,
			)) &&
		asked.every(([name, isRequired, values]) => {
			const found = own(value, name);
			return found === undefined
				? !isRequired
				: (values?.includes(found) ?? true);
		})
	);
}
