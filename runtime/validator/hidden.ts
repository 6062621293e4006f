import type { Issue } from "../issue.ts";
import { pointerTokens } from "../json-pointer.ts";
import type { Validator } from "./rules.ts";

/** Rules that reject properties which may be misspelled. */
const unnamed = new Set(["additionalProperties", "unevaluatedProperties"]);

/**
 * A validator whose issues do not show what is or may be personal: the value itself, objects, arrays, properties that a closed
 * object does not name, and properties with these names, with all that is in them. "" stands for all properties.
 */
export function hidden(
	validate: Validator,
	names: readonly string[],
): Validator {
	const isHidden = ({ path, rule, found }: Issue, base: string): boolean =>
		typeof found === "object" ||
		path === base ||
		unnamed.has(rule) ||
		names.includes("") ||
		pointerTokens(path).some((name) => names.includes(name));
	return (value, report, at) => {
		const issues = report?.issues;
		const start = issues?.length ?? 0;
		const fits = validate(value, report, at);
		for (let i = start; issues && i < issues.length; i++) {
			const { found, ...rest } = issues[i] as Issue;
			if (
				found !== undefined &&
				isHidden({ ...rest, found }, report?.base ?? "")
			)
				issues[i] = rest;
		}
		return fits;
	};
}
