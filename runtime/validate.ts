import type { Validator } from "./checks.ts";

/** What is wrong with a value, and where. */
export interface Issue {
	/** JSON pointer into the value: "" is the value itself. */
	readonly path: string;
	/** The JSON Schema keyword, or the part of the envelope, that refuses it. */
	readonly rule: string;
	readonly message: string;
	/** What the rule asks for, as the schema says it. */
	readonly expected?: unknown;
	/** The value that stands there. */
	readonly found?: unknown;
}

export type Result<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly issues: readonly Issue[] };

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

/** Issues as one line: `/contentId is required; /channel must be one of "web", "tv"`. */
export function describeIssues(
	issues: readonly Pick<Issue, "path" | "message">[],
	issuesMax = 10,
): string {
	const shown = issues
		.slice(0, issuesMax)
		.map(({ path, message }) => `${path || "the value"} ${message}`);
	const rest = issues.length - shown.length;
	return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}
