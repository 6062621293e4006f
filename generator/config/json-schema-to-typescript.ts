// The package's entry `eventwright/json-schema-to-typescript`.
import {
	compile,
	type JSONSchema,
	type Options,
} from "json-schema-to-typescript";
import type { OwnEmitter } from "../codegen/own-emitters.ts";
import { selfContained } from "../emit/self-contained.ts";
import type { NamedSchema } from "../schema/model.ts";

/**
 * An emitter that prints a declaration file per event type with the package json-schema-to-typescript, which must be installed,
 * for code that depends on its output and on its `tsType` and `tsEnumNames`. The options are the package's.
 */
export const jsonSchemaToTypeScript =
	(options: Partial<Options> = {}): OwnEmitter =>
	async (model) => {
		const schemas = new Map([...model.schemas].map(titled));
		const files: Record<string, string> = {};
		for (const event of model.events)
			files[`${event.module}.d.ts`] = await compile(
				selfContained(event, { ...model, schemas }) as JSONSchema,
				event.name,
				options,
			);
		return files;
	};

/** The package names types by their title, or by where they are. */
const titled = ([name, named]: readonly [string, NamedSchema]) =>
	[name, { ...named, schema: { ...named.schema, title: name } }] as const;
