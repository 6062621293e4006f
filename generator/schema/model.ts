import type { SchemaObject } from "./keywords.ts";
import { moduleOf } from "./name.ts";

/** A named schema in 2020-12. Each `$ref` is `#/$defs/Name`, where `Name` is another named schema. */
export interface NamedSchema {
	readonly name: string;
	/** The source file without its extension: the base path of the generated code. */
	readonly module: string;
	readonly file: string;
	readonly pointer: string;
	readonly schema: SchemaObject;
	/** Names in its `$ref`s, sorted. */
	readonly references: readonly string[];
}

/** Facts about an event type, without its schema. */
export interface EventFacts {
	readonly name: string;
	readonly module: string;
	readonly file: string;
	readonly source: string;
	readonly detailType: string;
	/** The folder; all event types in it share a publisher. */
	readonly domain: string;
	readonly description?: string;
	readonly deprecated?: boolean;
	/** Published by another system: it gets no publisher and no registry entry to upload. */
	readonly readOnly?: boolean;
}

/** An event type with the schema of its detail. */
export interface EventModel extends NamedSchema, EventFacts {}

/**
 * The input of the emitters: plain data, sorted by name; references are names. It may cover only some modules and domains, with
 * their dependencies.
 */
export interface Model {
	/** The event types to generate code for. */
	readonly events: readonly EventModel[];
	/** The named schemas to generate code for, by module, including those of the events. */
	readonly modules: ReadonlyMap<string, readonly NamedSchema[]>;
	/** The schemas in `modules` and their transitive dependencies. */
	readonly schemas: ReadonlyMap<string, NamedSchema>;
	/** The domains to generate publishers for, each with all of its events. */
	readonly domains: ReadonlyMap<string, readonly EventFacts[]>;
}

/** The transitive dependencies of a schema, sorted by name. A recursive schema is its own dependency. */
export function closureOf(
	schemas: ReadonlyMap<string, NamedSchema>,
	start: NamedSchema,
): readonly NamedSchema[] {
	const reached = new Map<string, NamedSchema>();
	const waiting = [...start.references];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		const next = schemas.get(name);
		if (!next || reached.has(name)) continue;
		reached.set(name, next);
		for (const reference of next.references) waiting.push(reference);
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

/** The source file of a module. Some of its schemas may come from other files. */
export function sourceOf(
	module: string,
	schemas: readonly NamedSchema[],
): string {
	const own = schemas.find(({ file }) => moduleOf(file) === module);
	return own?.file ?? module;
}
