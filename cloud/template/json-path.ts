// The part of JSON path that EventBridge and API Gateway take.
import { isObject } from "../../runtime/json.ts";

/**
 * The value at a JSON path in dot or bracket notation, with indices and wildcards; `undefined` if there is none. A path with a
 * wildcard gives the list of all values.
 */
export function valueAt(path: string, event: unknown): unknown {
	const steps = stepsOf(path);
	if (steps === undefined) return undefined;
	let values: unknown[] = [event];
	for (const step of steps)
		values = values.flatMap((value): unknown[] => {
			if (step === wildcard)
				return Array.isArray(value)
					? value
					: isObject(value)
						? Object.values(value)
						: [];
			if (Array.isArray(value)) {
				const found = value[Number(step)];
				return found === undefined ? [] : [found];
			}
			return isObject(value) && Object.hasOwn(value, step) ? [value[step]] : [];
		});
	return steps.includes(wildcard) ? values : values[0];
}

const wildcard = "*";

/** The steps of a path; `undefined` if EventBridge does not take it. */
export function stepsOf(path: string): readonly string[] | undefined {
	if (!path.startsWith("$")) return undefined;
	const steps: string[] = [];
	const step =
		/\.([^.[\]'"\s]+)|\[\s*(\d+|\*)\s*\]|\[\s*'([^']*)'\s*\]|\[\s*"([^"]*)"\s*\]/y;
	step.lastIndex = 1;
	while (step.lastIndex < path.length) {
		const found = step.exec(path);
		if (!found) return undefined;
		steps.push(found.slice(1).find((part) => part !== undefined) as string);
	}
	return steps;
}
