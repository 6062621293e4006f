import type { Issue } from "../issue.ts";
import { pointerTokens } from "../json-pointer.ts";
import type { Validator } from "./rules.ts";

/**
 * A validator whose issues do not show what is personal: the values of properties with these names, of whatever is in them, and
 * of objects and arrays, which may hold them. "" stands for all values.
 */
export function hidden(
	validate: Validator,
	names: readonly string[],
): Validator {
	const isHidden = ({ path, found }: Issue): boolean =>
		typeof found === "object" ||
		names.includes("") ||
		pointerTokens(path).some((name) => names.includes(name));
	return (value, report, at) => {
		const issues = report?.issues;
		const start = issues?.length ?? 0;
		const fits = validate(value, report, at);
		for (let i = start; issues && i < issues.length; i++) {
			const { found, ...rest } = issues[i] as Issue;
			if (found !== undefined && isHidden({ ...rest, found })) issues[i] = rest;
		}
		return fits;
	};
}
