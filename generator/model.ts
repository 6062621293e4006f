import type { Schema, SchemaObject } from "./keywords.ts";

/** A schema with a name of its own, in 2020-12; its `$ref`s are `#/$defs/Name`, with the name of another. */
export interface NamedSchema {
	readonly name: string;
	/** The file it comes from, without its ending: the place of what is generated for it. */
	readonly module: string;
	readonly file: string;
	readonly pointer: string;
	readonly schema: SchemaObject;
	/** Names that its `$ref`s hold, sorted. */
	readonly references: readonly string[];
}

/** A named schema that describes the detail of an event. */
export interface EventModel extends NamedSchema {
	readonly source: string;
	readonly detailType: string;
	/** The folder it stands in: its events share a publisher. */
	readonly domain: string;
}

/** All that emitters know: plain data, sorted by name, references are names. */
export interface Model {
	readonly events: readonly EventModel[];
	/** Every named schema, those of the events among them. */
	readonly schemas: ReadonlyMap<string, NamedSchema>;
}

/** The schemas that one needs besides itself (itself too, where it refers back to itself), sorted by name. */
export function closureOf(
	model: Model,
	start: NamedSchema,
): readonly NamedSchema[] {
	const reached = new Map<string, NamedSchema>();
	const waiting = [...start.references];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		const next = model.schemas.get(name);
		if (!next || reached.has(name)) continue;
		reached.set(name, next);
		waiting.push(...next.references);
	}
	return [...reached.values()].sort(byName);
}

export function byName(a: { name: string }, b: { name: string }): number {
	return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

const referencePrefix = "#/$defs/";

export const referenceTo = (name: string): string =>
	`${referencePrefix}${name}`;

export const referencedName = (ref: unknown): string =>
	String(ref).slice(referencePrefix.length);

/** A schema that stands alone: what it refers to is in its `$defs`. */
export function standalone(
	model: Model,
	named: NamedSchema,
): Record<string, unknown> {
	const defs = closureOf(model, named);
	return {
		...named.schema,
		...(defs.length > 0
			? {
					$defs: Object.fromEntries(
						defs.map(({ name, schema }) => [name, schema as Schema]),
					),
				}
			: {}),
	};
}
