// What generated validators call for `anyOf` and `oneOf`.

import type { Issue } from "../issue.ts";
import { silently } from "./recursion.ts";
import {
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
 */
export function none(
	report: Report | null,
	rule: Rule,
	value: unknown,
	branches: readonly Branch[],
	evaluated?: Set<Step>,
): boolean {
	const silent = silently(report);
	const { run } = silent;
	const before = run.isExact;
	// A loop, and no function in between: the stack limits how deep a value may nest.
	const results: Result[] = [];
	for (const branch of branches) {
		run.isExact = true;
		const seen = new Set<Step>();
		const fits = evaluated
			? (branch as TrackingValidator)(value, silent, seen)
			: (branch as Validator)(value, silent);
		results.push({ fits, isExact: run.isExact, evaluated: seen });
	}
	const fitting = results.filter(({ fits }) => fits);
	const exactly = fitting.filter(({ isExact }) => isExact);
	run.isExact = before && exactly.length > 0;
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

interface Result extends Tried {
	/** The property names and item indexes that the branch evaluated. */
	readonly evaluated: ReadonlySet<Step>;
}

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
