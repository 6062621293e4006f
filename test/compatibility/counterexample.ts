// What a counterexample is, asked of Ajv alone.
import { Ajv as AjvDraft07, type ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import AjvDraft04Module from "ajv-draft-04";
import addFormatsModule from "ajv-formats";
import { opened } from "../generator/random-schemas.ts";

const AjvDraft04 = AjvDraft04Module.default;
const validators = new Map<string, ValidateFunction>();

/** Whether Ajv accepts a value; `isOpen` drops what closes objects. */
export function ajvAccepts(
	schema: unknown,
	value: unknown,
	isOpen = false,
): boolean {
	const text = JSON.stringify([schema, isOpen]);
	const known = validators.get(text);
	if (known) return known(value) === true;
	const made = compiled((isOpen ? opened(schema) : schema) as object);
	// Random tests ask about very many.
	if (validators.size > 500) validators.clear();
	validators.set(text, made);
	return made(value) === true;
}

function compiled(schema: object | boolean): ValidateFunction {
	const $schema =
		typeof schema === "object"
			? String((schema as { $schema?: unknown }).$schema ?? "")
			: "";
	const options = {
		strict: false,
		logger: false,
		validateSchema: false,
	} as const;
	const ajv = $schema.includes("draft-04")
		? new AjvDraft04(options)
		: $schema.includes("2019-09")
			? new Ajv2019(options)
			: /draft-0[67]/.test($schema)
				? new AjvDraft07(options)
				: new Ajv2020(options);
	addFormatsModule.default(ajv);
	const { $schema: _, ...rest } = Object(schema);
	if (typeof schema === "boolean") return ajv.compile(schema);
	// Before 2019-09, a reference stands alone, which Ajv does not know.
	return ajv.compile(
		(/draft-0[467]/.test($schema) ? alone(rest) : rest) as object,
	);
}

function alone(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(alone);
	if (typeof schema !== "object" || schema === null) return schema;
	const { $ref, definitions, $defs } = schema as Record<string, unknown>;
	if (typeof $ref === "string")
		return {
			$ref,
			...(definitions ? { definitions: alone(definitions) } : {}),
			...($defs ? { $defs: alone($defs) } : {}),
		};
	return Object.fromEntries(
		Object.entries(schema).map(([keyword, value]) => [
			keyword,
			["enum", "const", "default", "examples"].includes(keyword)
				? value
				: alone(value),
		]),
	);
}

/** Whether the writer's schema accepts a value that the reader's refuses. */
export const isCounterexample = (
	writer: unknown,
	reader: unknown,
	value: unknown,
	meaning: "exact" | "tolerant",
): boolean =>
	ajvAccepts(writer, value) &&
	!ajvAccepts(reader, value) &&
	!(meaning === "tolerant" && ajvAccepts(reader, value, true));

/** The value without one of its properties or items, each in turn. */
export function* partsLeftOut(value: unknown): Generator<unknown> {
	if (typeof value !== "object" || value === null) return;
	for (const key of Object.keys(value)) {
		if (Array.isArray(value)) yield value.toSpliced(Number(key), 1);
		else {
			const { [key]: _, ...rest } = value as Record<string, unknown>;
			yield rest;
		}
		const inner = (value as Record<string, unknown>)[key];
		for (const smaller of partsLeftOut(inner))
			if (Array.isArray(value)) yield value.with(Number(key), smaller);
			else yield { ...value, [key]: smaller };
	}
}
