import type { Issue, Result } from "../issue.ts";
import type { Report, Validator } from "./rules.ts";

/** Runs a validator on a value and reports all issues, or only the first. */
export function check<T>(
	validate: Validator,
	value: unknown,
	wanted: "all" | "first" = "all",
	isTolerant = false,
): Result<T> {
	let issues: Issue[] = [];
	const silent: Report = { base: "", isTolerant, run: { isExact: true } };
	try {
		if (validate(value, silent)) return { ok: true, value: value as T };
		validate(value, { ...silent, issues, all: wanted === "all" });
	} catch (error) {
		// A recursive schema on a deep value, or a regular expression on megabytes of text, overflows the stack.
		if (!(error instanceof RangeError)) throw error;
		const message = "is nested too deeply or too long";
		issues = [{ path: "", rule: "depth", message }];
	}
	return { ok: false, issues };
}
