/** What is wrong with a value, and where. */
export interface Issue {
	/** JSON pointer into the value: "" is the value itself. */
	readonly path: string;
	/** The JSON Schema keyword, or the part of the envelope, that rejects the value. */
	readonly rule: string;
	readonly message: string;
	/** The keyword's value in the schema. */
	readonly expected?: unknown;
	/** The value at `path`. */
	readonly found?: unknown;
}

export type Result<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly issues: readonly Issue[] };

/** Formats issues as one line: `/contentId is required; /channel must be one of "web", "tv"`. */
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
