/** What is wrong with a value, and where. */
export interface Issue {
	/** JSON pointer into the value: "" is the value itself. */
	readonly path: string;
	/** The JSON Schema keyword, or the part of the envelope, that refuses it. */
	readonly rule: string;
	readonly message: string;
}

export type Result<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly issues: readonly Issue[] };

/** One entry of what a generated validation function leaves in `errors`. */
export interface KeywordError {
	readonly instancePath: string;
	readonly keyword: string;
	readonly params: Readonly<Record<string, unknown>>;
	readonly message?: string;
}

/** A generated validation function: true, or false with `errors` set until its next call. */
export interface Validate {
	(value: unknown): boolean;
	readonly errors?: readonly KeywordError[] | null;
}

export function check<T>(validate: Validate, value: unknown): Result<T> {
	try {
		if (validate(value)) return { ok: true, value: value as T };
	} catch (error) {
		// A recursive schema follows the value down until the stack ends.
		if (!(error instanceof RangeError)) throw error;
		const message = "nests too deep to be validated";
		return { ok: false, issues: [{ path: "", rule: "depth", message }] };
	}
	const issues = (validate.errors ?? []).map(toIssue);
	// That a branch of if/then/else does not hold says nothing besides what does not hold in it.
	const telling = issues.filter(({ rule }) => rule !== "if");
	return { ok: false, issues: telling.length > 0 ? telling : issues };
}

/** Issues as one line: `/contentId is required; /channel must be one of "web", "tv"`. */
export function describeIssues(
	issues: readonly Issue[],
	issuesMax = 10,
): string {
	const shown = issues
		.slice(0, issuesMax)
		.map(({ path, message }) => `${path || "the value"} ${message}`);
	const rest = issues.length - shown.length;
	return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

function toIssue(error: KeywordError): Issue {
	const { keyword: rule, params, instancePath } = error;
	const below = (key: unknown) => `${instancePath}/${pointerToken(`${key}`)}`;
	switch (rule) {
		case "required":
		case "dependentRequired":
			return {
				path: below(params.missingProperty),
				rule,
				message: "is required",
			};
		case "additionalProperties":
			return {
				path: below(params.additionalProperty),
				rule,
				message: "is not a property of the schema",
			};
		case "unevaluatedProperties":
			return {
				path: below(params.unevaluatedProperty),
				rule,
				message: "is not a property of the schema",
			};
		case "enum": {
			const values = (params.allowedValues as unknown[]).map((value) =>
				JSON.stringify(value),
			);
			return {
				path: instancePath,
				rule,
				message: `must be one of ${values.slice(0, 20).join(", ")}${values.length > 20 ? ", …" : ""}`,
			};
		}
		case "const":
			return {
				path: instancePath,
				rule,
				message: `must be ${JSON.stringify(params.allowedValue)}`,
			};
		default:
			return {
				path: instancePath,
				rule,
				message: error.message ?? `does not fit ${rule}`,
			};
	}
}

function pointerToken(key: string): string {
	return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
