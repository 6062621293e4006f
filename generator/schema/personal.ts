// Properties that a schema marks as personal data with x-pii.
import {
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
	const all = [event, ...closureOf(schemas, event)];
	const marked = all.filter(({ schema }) => hasMark(schema));
	if (marked.length === 0) return [];
	const personal = holders(all, marked);
	const isPersonal = (schema: Schema): boolean =>
		hasMark(schema) || referencesOf(schema).some((name) => personal.has(name));
	const names = new Set<string>();
	const { properties: _, ...rest } = event.schema;
	if (isPersonal(rest)) names.add("");
	for (const { schema } of all)
		walkSchema(schema, "", (inner) => {
			for (const [name, property] of Object.entries(
				(inner.properties ?? {}) as Record<string, Schema>,
			))
				if (isPersonal(property)) names.add(name);
		});
	return [...names].sort();
}

function hasMark(schema: Schema): boolean {
	let found = false;
	walkSchema(schema, "", (inner) => {
		found ||= isMarked(inner);
	});
	return found;
}

function referencesOf(schema: Schema): readonly string[] {
	const names: string[] = [];
	walkSchema(schema, "", ({ $ref }) => {
		if (typeof $ref === "string") names.push(referencedName($ref));
	});
	return names;
}

/** The names of schemas that refer, directly or transitively, to marked ones, and of these. */
function holders(
	all: readonly NamedSchema[],
	marked: readonly NamedSchema[],
): ReadonlySet<string> {
	const referrers = Map.groupBy(
		all.flatMap(({ name, references }) =>
			references.map((to) => ({ name, to })),
		),
		({ to }) => to,
	);
	const found = new Set(marked.map(({ name }) => name));
	for (const name of found)
		for (const referrer of referrers.get(name) ?? []) found.add(referrer.name);
	return found;
}
