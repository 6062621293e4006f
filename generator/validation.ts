import { type Format, Name, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import * as runtimeFormats from "../runtime/formats.ts";
import { isObject } from "../runtime/json.ts";
import { appendPointer } from "./json-pointer.ts";
import {
	mapKeyword,
	type Schema,
	type SchemaObject,
	walkSchema,
} from "./keywords.ts";
import { type Model, type NamedSchema, standalone } from "./model.ts";

/** JSON Schema's formats that need a function, by the name of it in the runtime. */
export const formatFunctions: Readonly<
	Record<string, Exclude<keyof typeof runtimeFormats, "codePoints" | "equal">>
> = {
	date: "date",
	time: "time",
	"date-time": "dateTime",
	"iso-time": "isoTime",
	"iso-date-time": "isoDateTime",
	regex: "regex",
	int32: "int32",
	int64: "int64",
};

const uriReference = fullFormats["uri-reference"] as RegExp;

/** Formats that are functions in ajv-formats although one expression says the same. */
const expressions: Readonly<Record<string, RegExp>> = {
	uri: new RegExp(
		`^(?=[a-z][a-z0-9+\\-.]*:[^?#])${uriReference.source.slice(1)}`,
		"i",
	),
	byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/m,
};

export const formatNames: ReadonlySet<string> = new Set(
	Object.keys(fullFormats),
);

export interface CompiledEvent {
	readonly ajv: Ajv2020;
	readonly validate: ValidateFunction;
}

/** Event type → its validator, or why there is none. */
export type Validation = ReadonlyMap<string, CompiledEvent | string>;

/** Compiles each event type with an Ajv of its own, so that the code for one does not depend on the others. */
export function validationOf(model: Model): Validation {
	return new Map(
		model.events.map((event): [string, CompiledEvent | string] => {
			const schema = withoutAnnotations(
				standalone(model, event),
				"",
			) as SchemaObject;
			const ajv = ajvFor(schema);
			const compiled = tryCompile(ajv, schema);
			if (typeof compiled === "string") return [event.name, compiled];
			return [event.name, { ajv, validate: compiled }];
		}),
	);
}

function ajvFor(schema: SchemaObject): Ajv2020 {
	const names = propertyNames(schema);
	const tracks =
		keywordIn(schema, "unevaluatedProperties") ||
		keywordIn(schema, "unevaluatedItems");
	const ajv = new Ajv2020({
		// Ajv's code that tracks what has been evaluated is wrong, or throws, where it goes on after an error.
		allErrors: !tracks,
		ownProperties: names.some((name) => name in Object.prototype),
		strict: false,
		inlineRefs: false,
		logger: false,
		meta: false,
		validateSchema: false,
		code: {
			source: true,
			esm: true,
			formats: new Name(formatsName(schema)),
		},
	});
	ajv.opts.unevaluated = tracks;
	for (const name of formatNames) addFormat(ajv, name);
	return ajv;
}

/** What Ajv's code calls the formats: a name that the schema's own text does not hold, so that nothing else is taken for it. */
export function formatsName(schema: SchemaObject): string {
	const text = JSON.stringify(schema);
	let name = "formats";
	while (text.includes(name)) name += "_";
	return name;
}

/** The validator, or why Ajv does not take the schema. */
function tryCompile(
	ajv: Ajv2020,
	schema: SchemaObject,
): ValidateFunction | string {
	try {
		return ajv.compile(schema);
	} catch (error) {
		return (error as Error).message;
	}
}

function keywordIn(schema: SchemaObject, keyword: string): boolean {
	let found = false;
	walkSchema(schema, "", (inner) => {
		found ||= keyword in inner;
	});
	return found;
}

function propertyNames(schema: SchemaObject): readonly string[] {
	const names: string[] = [];
	walkSchema(schema, "", ({ properties, required }) => {
		names.push(...Object.keys(properties ?? {}));
		if (Array.isArray(required)) names.push(...required);
	});
	return names;
}

export function compiled(
	validation: Validation,
	{ name }: NamedSchema,
): CompiledEvent {
	const found = validation.get(name);
	if (!found || typeof found === "string")
		throw new Error(`${name} was not compiled`);
	return found;
}

const annotations = new Set([
	"title",
	"description",
	"examples",
	"default",
	"deprecated",
	"readOnly",
	"writeOnly",
]);

/** Validators carry their schema: what does not validate would only make them larger. */
function withoutAnnotations(schema: Schema, pointer: string): Schema {
	if (!isObject(schema)) return schema;
	return Object.fromEntries(
		Object.entries(schema)
			.filter(
				([keyword]) => !annotations.has(keyword) && !keyword.startsWith("x-"),
			)
			.map(([keyword, value]) => [
				keyword,
				mapKeyword(
					keyword,
					value,
					appendPointer(pointer, keyword),
					withoutAnnotations,
				),
			]),
	);
}

function addFormat(ajv: Ajv2020, name: string): void {
	const exported = formatFunctions[name];
	if (exported) {
		// biome-ignore lint/performance/noDynamicNamespaceImportAccess: the generator is not bundled
		ajv.addFormat(name, runtimeFormats[exported] as Format);
		return;
	}
	const format =
		expressions[name] ?? fullFormats[name as keyof typeof fullFormats];
	ajv.addFormat(name, format instanceof RegExp ? format : true);
}
