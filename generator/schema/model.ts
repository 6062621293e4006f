import type { SchemaObject } from "./keywords.ts";
import { moduleOf } from "./name.ts";

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

/** What is known of an event type without its schema. */
export interface EventFacts {
	readonly name: string;
	readonly module: string;
	readonly file: string;
	readonly source: string;
	readonly detailType: string;
	/** The folder it stands in: its events share a publisher. */
	readonly domain: string;
	readonly description?: string;
	readonly deprecated?: boolean;
	/** Somebody else publishes it: there is no publisher for it and no registry entry. */
	readonly readOnly?: boolean;
}

/** A named schema that describes the detail of an event. */
export interface EventModel extends NamedSchema, EventFacts {}

/** All that emitters know: plain data, sorted by name, references are names. It may be a part of all schemas: what code is wanted for, and what that needs. */
export interface Model {
	/** The event types that code is wanted for. */
	readonly events: readonly EventModel[];
	/** Named schemas, by their module, that code is wanted for; those of the events among them. */
	readonly modules: ReadonlyMap<string, readonly NamedSchema[]>;
	/** Every named schema that these refer to, and they themselves. */
	readonly schemas: ReadonlyMap<string, NamedSchema>;
	/** All events of each domain whose publisher is wanted. */
	readonly domains: ReadonlyMap<string, readonly EventFacts[]>;
}

/** The schemas that one needs besides itself (itself too, where it refers back to itself), sorted by name. */
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

/** The file that a module is made from; a schema that it keeps for another may come from elsewhere. */
export function sourceOf(
	module: string,
	schemas: readonly NamedSchema[],
): string {
	const own = schemas.find(({ file }) => moduleOf(file) === module);
	return own?.file ?? module;
}
