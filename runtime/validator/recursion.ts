// Recursive validators run once on each value, so that they take linear time, however often a schema asks for one.

import type { Issue } from "../issue.ts";
import type { Report, Run, Step, Tried, Validator } from "./rules.ts";

/** The report that decides the same way, and collects nothing. */
export function silently(report: Report | null): Report {
	if (report && !report.issues) return report;
	const { isTolerant = false, run = { isExact: true } } = report ?? {};
	return { base: "", isTolerant, run };
}

/** The silent report that decides exactly. */
export function exactReport(report: Report | null): Report | null {
	if (report === null) return null;
	const { run, isTolerant } = report;
	run.exact ??= {
		base: "",
		isTolerant: false,
		run: isTolerant ? { isExact: true } : run,
	};
	return run.exact;
}

/** Runs a recursive validator once on each value: otherwise the work could multiply with every level. */
export function once(
	validate: Validator,
	value: unknown,
	report: Report | null,
	at?: Step,
): boolean {
	if (typeof value !== "object" || value === null)
		return validate(value, report, at);
	if (report?.issues)
		return (
			isReported(validate, value, report.issues, report.run) ||
			validate(value, report, at)
		);
	const silent = silently(report);
	const { run } = silent;
	run.tried ??= new Map();
	const known = run.tried.get(value) ?? new Map<Validator, Tried>();
	run.tried.set(value, known);
	const earlier = known.get(validate);
	if (earlier) {
		run.isExact &&= earlier.isExact;
		return earlier.fits;
	}
	const before = run.isExact;
	run.isExact = true;
	const fits = validate(value, silent);
	known.set(validate, { fits, isExact: run.isExact });
	run.isExact &&= before;
	return fits;
}

/** Whether a list already has the issues that a validator finds in a value. Otherwise it will. */
function isReported(
	validate: Validator,
	value: object,
	issues: Issue[],
	run: Run,
): boolean {
	run.reported ??= new Map();
	const byValue =
		run.reported.get(issues) ?? new Map<unknown, Set<Validator>>();
	run.reported.set(issues, byValue);
	const known = byValue.get(value) ?? new Set<Validator>();
	byValue.set(value, known);
	if (known.has(validate)) return true;
	known.add(validate);
	return false;
}
