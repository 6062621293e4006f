// Explains a pattern in words.

import type { EventPatternDocument } from "../runtime/event.ts";
import { isObject } from "../runtime/json.ts";
import { matcherOf } from "./engine/operators.ts";
import { join } from "./engine/structure.ts";

/** The conditions of a valid pattern, one per line. Lines of an alternative are indented. */
export function explain(pattern: EventPatternDocument): readonly string[] {
	return linesOf(pattern, "");
}

function linesOf(
	object: EventPatternDocument,
	path: string,
): readonly string[] {
	return Object.entries(object).flatMap(([key, value]) => {
		if (key === "$or") {
			const branches = value as readonly EventPatternDocument[];
			return [
				"one of these:",
				...branches.flatMap((branch, i) => {
					const [first, ...more] = linesOf(branch, path);
					return [
						`  ${i + 1}. ${first}`,
						...more.map((line) => `     ${line}`),
					];
				}),
			];
		}
		const at = join(path, key);
		if (isObject(value)) return linesOf(value, at);
		const summaries = (value as readonly unknown[]).map(
			(item) => matcherOf(item).summary,
		);
		return [`${at}: ${summaries.join(" or ")}`];
	});
}
