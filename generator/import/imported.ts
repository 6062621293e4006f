import { isObject } from "../../runtime/json.ts";
import type { Schema, SchemaObject } from "../schema/keywords.ts";

export interface ImportOptions {
	/** The event source, if the document does not name it. */
	readonly source?: string;
	/** The folder of the new files; by default named after the source. */
	readonly domain?: string;
}

/** Something that its author may have meant to constrain values, and that was kept as an annotation. */
export interface Slip {
	readonly pointer: string;
	readonly name: string;
	/** What it is, such as "looks like minimum". */
	readonly why: string;
}

export interface Imported {
	/** Content by path, relative to the schemas folder. */
	readonly files: ReadonlyMap<string, string>;
	/** Titles of the event types in the files. */
	readonly eventTypes: readonly string[];
	/** Unknown keywords and formats that became annotations. */
	readonly annotated: readonly string[];
	readonly slips: readonly Slip[];
	/** Titles of event types that were given the type object. */
	readonly typed: readonly string[];
}

/** Collects what was changed on the way. */
export class Notes {
	readonly #annotated = new Set<string>();
	readonly #slips: Slip[] = [];
	readonly #typed: string[] = [];

	annotate(name: string, pointer: string, why?: string): void {
		if (why === undefined) this.#annotated.add(name);
		else this.#slips.push({ pointer, name, why });
	}

	/** The schema of an event's detail with the type that all details have. */
	object(title: string, schema: SchemaObject): SchemaObject {
		if ("type" in schema) return schema;
		this.#typed.push(title);
		return { type: "object", ...schema };
	}

	imported(
		files: ReadonlyMap<string, string>,
		eventTypes: readonly string[],
	): Imported {
		return {
			files,
			eventTypes: [...eventTypes].sort(),
			annotated: [...this.#annotated].sort(),
			slips: this.#slips,
			typed: this.#typed,
		};
	}
}

export const latest = "https://json-schema.org/draft/2020-12/schema";

/** Only AWS can publish events with a source of AWS. */
export const ownedByAws = (source: string): SchemaObject =>
	source.startsWith("aws.") ? { readOnly: true } : {};

export const asObject = (schema: Schema): SchemaObject =>
	isObject(schema) ? schema : schema ? {} : { not: {} };

export const textOf = (schema: SchemaObject): string =>
	`${JSON.stringify(schema, null, 2)}\n`;
