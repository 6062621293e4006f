import { isObject } from "../../runtime/json.ts";
import { idempotencyKey } from "../schema/keywords.ts";
import {
	type EventModel,
	type NamedSchema,
	sourceOf,
} from "../schema/model.ts";
import { personalNames } from "../schema/personal.ts";
import { version } from "../version.ts";
import type { Emitter } from "./emitter.ts";
import { importPath } from "./module-path.ts";
import { comment, line, literal } from "./print.ts";
import { template } from "./template.ts";
import { declaration } from "./type-printer.ts";
import { validatorName, validatorUnit } from "./validator/unit.ts";

interface Imports {
	readonly names: string;
	readonly path: string;
}

interface EventView {
	readonly doc: string;
	readonly name: string;
	readonly nameLiteral: string;
	readonly sourceLiteral: string;
	readonly detailTypeLiteral: string;
	readonly validator: string;
	readonly hidesValues: boolean;
	readonly idempotencyKey: string | undefined;
}

const code = template<{
	version: string;
	source: string;
	calls: string;
	imports: readonly Imports[];
	constants: readonly string[];
	functions: readonly string[];
	event: EventView | undefined;
}>("events.js");

const declarations = template<{
	version: string;
	source: string;
	usesRuntime: boolean;
	imports: readonly Imports[];
	declarations: readonly string[];
	event: EventView | undefined;
}>("events.d.ts");

/** The module of a schema file, as others import it. */
export const eventsFile = (module: string): string => `events/${module}.js`;

/**
 * One module per schema file: JavaScript with its declarations. It exports the type of each named schema and, for an event
 * type, the value of the same name. Validators are exported for other modules only, so they are not declared.
 */
export const events: Emitter = ({ events, modules, schemas }) => {
	const byModule = new Map(events.map((event) => [event.module, event]));
	return {
		files: [...modules].flatMap(([module, own]) => {
			const event = byModule.get(module);
			const view = event && eventView(event, schemas);
			return [
				[`${module}.js`, codeText(module, own, schemas, view)],
				[`${module}.d.ts`, declarationText(module, own, schemas, view)],
			] as const;
		}),
	};
};

function eventView(
	event: EventModel,
	schemas: ReadonlyMap<string, NamedSchema>,
): EventView {
	const names = personalNames(event, schemas);
	const validator = validatorName(event.name);
	const key = isObject(event.schema) ? event.schema[idempotencyKey] : undefined;
	return {
		idempotencyKey: typeof key === "string" ? literal(key) : undefined,
		hidesValues: names.length > 0,
		doc: comment(event.schema),
		name: event.name,
		nameLiteral: literal(event.name),
		sourceLiteral: literal(event.source),
		detailTypeLiteral: literal(event.detailType),
		validator:
			names.length > 0
				? `hidden(${validator}, [${names.map(literal).join(", ")}])`
				: validator,
	};
}

function codeText(
	module: string,
	own: readonly NamedSchema[],
	schemas: ReadonlyMap<string, NamedSchema>,
	event: EventView | undefined,
): string {
	const unit = validatorUnit(
		own.map(({ name }) => name),
		schemas,
	);
	return code({
		version,
		source: line(sourceOf(module, own)),
		calls: [
			...unit.imports,
			...(event ? ["eventType"] : []),
			...(event?.hidesValues ? ["hidden"] : []),
		]
			.sort()
			.join(", "),
		imports: imports(module, unit.calls, schemas, validatorName),
		constants: unit.constants.map(([name, text]) => `const ${name} = ${text};`),
		functions: [...unit.locals, ...unit.validators],
		event,
	});
}

function declarationText(
	module: string,
	own: readonly NamedSchema[],
	schemas: ReadonlyMap<string, NamedSchema>,
	event: EventView | undefined,
): string {
	const references = own.flatMap((schema) => schema.references);
	const types = own.map(declaration);
	return declarations({
		version,
		source: line(sourceOf(module, own)),
		usesRuntime:
			event !== undefined || types.some(({ usesRuntime }) => usesRuntime),
		imports: imports(module, references, schemas, (name) => name),
		declarations: types.map(({ text }) => text),
		event,
	});
}

/** Imports from other modules, sorted. */
function imports(
	module: string,
	names: readonly string[],
	schemas: ReadonlyMap<string, NamedSchema>,
	exportOf: (name: string) => string,
): readonly Imports[] {
	const foreign = [...new Set(names)]
		.map((name) => schemas.get(name) as NamedSchema)
		.filter((target) => target.module !== module);
	return [...Map.groupBy(foreign, (target) => target.module)]
		.map(([target, targets]) => ({
			names: targets
				.map(({ name }) => exportOf(name))
				.sort()
				.join(", "),
			path: literal(importPath(eventsFile(module), eventsFile(target))),
		}))
		.sort((a, b) => (a.path < b.path ? -1 : 1));
}
