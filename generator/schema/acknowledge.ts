// Warnings that a schema file acknowledges, each with a reason.
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import {
	type Finding,
	isRuleName,
	isWarningCode,
	warningCodes,
} from "../diagnostics.ts";
import type { SchemaObject } from "./keywords.ts";

/** At a schema's root: an object that maps warning codes to reasons. */
export const acknowledgeKey = "x-eventwright-acknowledge";

export function acknowledgedIn(schema: SchemaObject): readonly string[] {
	const reasons = schema[acknowledgeKey];
	return isObject(reasons) ? Object.keys(reasons) : [];
}

export function acknowledgeFindings(
	file: string,
	schema: SchemaObject,
): readonly Finding[] {
	const reasons = schema[acknowledgeKey];
	if (reasons === undefined) return [];
	const pointer = appendPointer("", acknowledgeKey);
	const refused = (at: string, message: string): Finding[] => [
		{ code: "acknowledge-invalid", file, pointer: at, message },
	];
	if (!isObject(reasons))
		return refused(
			pointer,
			`${acknowledgeKey} must be an object that maps codes to reasons, such as { "api-model-loosened": "the function validates" }`,
		);
	return Object.entries(reasons).flatMap(([code, reason]) => {
		const at = appendPointer(pointer, code);
		if (!isWarningCode(code) && !isRuleName(code))
			return refused(
				at,
				`${JSON.stringify(code)} is not a warning code; the warning codes are ${warningCodes.join(", ")}`,
			);
		return typeof reason === "string" && reason.trim() !== ""
			? []
			: refused(at, `the reason for ${code} must be a non-empty string`);
	});
}
