// Properties that a schema marks as personal data with x-pii.
import { isObject } from "../../runtime/json.ts";
import {
	eachSchema,
	personalKey,
	type Schema,
	type SchemaObject,
	walkSchema,
} from "./keywords.ts";
import {
	closureOf,
	type EventModel,
	type NamedSchema,
	referencedName,
} from "./model.ts";

export const isMarked = (schema: SchemaObject): boolean =>
	schema[personalKey] === true || typeof schema[personalKey] === "string";

/** The names of an event type's properties that are marked, or hold what is; sorted. "" stands for the detail. */
export function personalNames(
	event: EventModel,
	schemas: ReadonlyMap<string, NamedSchema>,
): readonly string[] {
	const names = new Set<string>();
	const isPersonal = (
		schema: Schema,
		seen: readonly string[] = [],
	): boolean => {
		if (!isObject(schema)) return false;
		if (isMarked(schema)) return true;
		const target =
			typeof schema.$ref === "string" ? referencedName(schema.$ref) : undefined;
		if (target !== undefined && !seen.includes(target)) {
			const definition = schemas.get(target)?.schema;
			if (definition && isPersonal(definition, [...seen, target])) return true;
		}
		return Object.keys(schema).some((keyword) => {
			let found = false;
			eachSchema(keyword, schema[keyword], "", (inner) => {
				found ||= isPersonal(inner, seen);
			});
			return found;
		});
	};
	const { properties: _, ...rest } = event.schema;
	if (isPersonal(rest)) names.add("");
	for (const { schema } of [event, ...closureOf(schemas, event)])
		walkSchema(schema, "", (inner) => {
			for (const [name, property] of Object.entries(
				(inner.properties ?? {}) as Record<string, Schema>,
			))
				if (isPersonal(property)) names.add(name);
		});
	return [...names].sort();
}
