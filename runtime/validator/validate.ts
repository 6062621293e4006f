import type { Issue, Result } from "../issue.ts";

export { describeIssues, type Issue, type Result } from "../issue.ts";

import type { Report, Validator } from "./rules.ts";

const tolerant: Report = {
	base: "",
	issues: undefined,
	all: false,
	isTrial: false,
	isTolerant: true,
	choice: undefined,
};

/** Runs a validator on a value and reports all issues, or only the first. */
export function check<T>(
	validate: Validator,
	value: unknown,
	wanted: "all" | "first" = "all",
	isTolerant = false,
): Result<T> {
	const issues: Issue[] = [];
	try {
		if (validate(value, isTolerant ? tolerant : null))
			return { ok: true, value: value as T };
		const all = wanted === "all";
		validate(value, { ...tolerant, issues, all, isTolerant });
	} catch (error) {
		// A recursive schema on a deep value, or a regular expression on megabytes of text, overflows the stack.
		if (!(error instanceof RangeError)) throw error;
		const message = "is nested too deeply or too long";
		return { ok: false, issues: [{ path: "", rule: "depth", message }] };
	}
	return { ok: false, issues };
}
