// What generated validators call for `anyOf` and `oneOf`.

import type { Issue } from "../issue.ts";
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

type Branch = Validator | TrackingValidator;

/**
 * Decides a value that no branch of a union is known to accept. Exactly one branch of a `oneOf`, or any of an `anyOf`, must
 * accept it exactly; if none does, a tolerant reader takes the first that accepts it tolerantly. Otherwise it reports the
 * reason, and returns true to stop. `evaluated` is set if the branches track what they evaluate.
 *
 * Each branch runs on each value once, so that recursive unions take linear time.
 */
export function none(
	report: Report | null,
	rule: Rule,
	value: unknown,
	branches: readonly Branch[],
	evaluated?: Set<Step>,
): boolean {
	const { isTolerant, choice: outer, tried = new Map() } = report ?? exact;
	const choice: Choice = outer ?? { isExact: true, tried };
	const run: Report = { base: "", isTolerant, choice };
	const before = choice.isExact;
	const known = choice.tried.get(value) ?? new Map<unknown, Tried>();
	if (typeof value === "object" && value !== null)
		choice.tried.set(value, known);
	const results: Tried[] = [];
	// A loop, and no function in between: the stack limits how deep a value may nest.
	for (const branch of branches) {
		let result = known.get(branch);
		if (!result) {
			choice.isExact = true;
			const seen = new Set<Step>();
			const fits = evaluated
				? (branch as TrackingValidator)(value, run, seen)
				: (branch as Validator)(value, run);
			result = { fits, isExact: choice.isExact, evaluated: seen };
			known.set(branch, result);
		}
		results.push(result);
	}
	const fitting = results.filter(({ fits }) => fits);
	const exactly = fitting.filter(({ isExact }) => isExact);
	choice.isExact = before && exactly.length > 0;
	const isOneTooMany = rule[0] === "oneOf" && exactly.length > 1;
	if (fitting.length > 0 && !isOneTooMany) {
		const taken = exactly.length > 0 ? exactly : fitting.slice(0, 1);
		for (const branch of taken)
			for (const step of branch.evaluated) evaluated?.add(step);
		return false;
	}
	if (!report?.issues) return true;
	if (!isOneTooMany) return explained(report, rule, value, branches, evaluated);
	const matching = results.flatMap(({ fits, isExact }, i) =>
		fits && isExact ? `number ${i + 1}` : [],
	);
	const forms = `${formsOf(branches)}, matches ${matching.join(" and ")}`;
	return no(report, rule, forms, value);
}

const exact: Report = { base: "", isTolerant: false };

const formsOf = (branches: readonly Branch[]) =>
	`one of ${branches.length} alternatives`;

/** Runs a branch with a report. It tracks what it evaluates if `evaluated` is set. */
function reported(
	branch: Branch,
	value: unknown,
	report: Report,
	evaluated: Set<Step> | undefined,
): boolean {
	return evaluated
		? (branch as TrackingValidator)(value, report, evaluated)
		: (branch as Validator)(value, report);
}

/** Reports why no branch accepts a value: the issues of the only branch for values of its type, or the first of each. */
function explained(
	report: Report,
	rule: Rule,
	value: unknown,
	branches: readonly Branch[],
	evaluated: Set<Step> | undefined,
): boolean {
	const forms = formsOf(branches);
	// Branches inside a branch on trial are not tried: the work would multiply with every level.
	if (report.isTrial) return no(report, rule, forms, value);
	const found = branches.map((branch) => {
		const issues: Issue[] = [];
		const trial = { ...report, base: "", issues, all: true, isTrial: true };
		reported(branch, value, trial, evaluated && new Set());
		return issues;
	});
	const close = branches.filter((_, i) =>
		found[i]?.every((issue) => issue.path !== "" || issue.rule !== "type"),
	);
	const [closest] = close;
	if (closest !== undefined && close.length === 1)
		return !reported(closest, value, report, evaluated);
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
