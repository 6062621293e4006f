import type { Issue, Result } from "../issue.ts";

export { describeIssues, type Issue, type Result } from "../issue.ts";

import type { Validator } from "./rules.ts";

/** What a validator says of a value: all that is wrong with it, or the first that it meets. */
export function check<T>(
	validate: Validator,
	value: unknown,
	wanted: "all" | "first" = "all",
): Result<T> {
	const issues: Issue[] = [];
	try {
		if (validate(value, null)) return { ok: true, value: value as T };
		validate(value, { base: "", issues, all: wanted === "all" });
	} catch (error) {
		// A recursive schema follows the value down until the stack ends, an expression a text of megabytes.
		if (!(error instanceof RangeError)) throw error;
		const message = "is too deep or too long";
		return { ok: false, issues: [{ path: "", rule: "depth", message }] };
	}
	return { ok: false, issues };
}
