import { isObject } from "../../runtime/json.ts";
import type { SchemaObject } from "../schema/keywords.ts";

/** Keywords whose values are data. */
const data = new Set(["example", "examples", "default", "const", "enum"]);
/** Keywords whose keys are names. */
const maps = new Set([
	"properties",
	"patternProperties",
	"$defs",
	"definitions",
	"dependentSchemas",
	"dependencies",
	"schemas",
]);

/** The targets of all references in a document, of whatever dialect it is. */
export function referencesIn(value: unknown, isMap = false): readonly string[] {
	if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item));
	if (!isObject(value)) return [];
	return [
		...(!isMap && typeof value.$ref === "string" ? [value.$ref] : []),
		...Object.entries(value).flatMap(([key, item]) =>
			!isMap && data.has(key)
				? []
				: referencesIn(item, !isMap && maps.has(key)),
		),
	];
}

/** The references that a root lists as alternatives. */
export const branchesOf = ({ oneOf, anyOf }: SchemaObject): readonly string[] =>
	[oneOf, anyOf]
		.flatMap((list) => (Array.isArray(list) ? list : []))
		.flatMap((branch) =>
			isObject(branch) && typeof branch.$ref === "string" ? branch.$ref : [],
		);
