// Asks two implementations that share no code, the generated validators and Ajv, before anybody sees a counterexample.

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import { isObject } from "../../runtime/json.ts";
import type { Validator } from "../../runtime/validator/rules.ts";
import { check } from "../../runtime/validator/validate.ts";
import { inStandardKeywords } from "../emit/self-contained.ts";
import { compiledValidators } from "../emit/validator/trial.ts";
import { growthOf } from "../schema/expressions.ts";
import {
	extensibleEnum,
	mapKeyword,
	patternsIn,
	type Schema,
	type SchemaObject,
} from "../schema/keywords.ts";
import {
	closureOf,
	type NamedSchema,
	referencedName,
} from "../schema/model.ts";

const addFormats = addFormatsModule.default;

import { TooLarge } from "./too-large.ts";

type Known = "exact" | "open";

/** What both implementations say about values, by the name of the schema. */
export interface Verifier {
	/** Says which schemas will be asked about. */
	readonly prepare: (names: readonly string[]) => void;
	/** Whether both accept what a writer of the schema wrote. */
	readonly isWritable: (name: string, value: unknown) => boolean;
	/** Whether both refuse a value as readers of the schema, tolerant ones or exact ones. */
	readonly isRefused: (
		name: string,
		value: unknown,
		isTolerant: boolean,
	) => boolean;
}

/** Compiles a schema when it is first asked about. */
export function verifier(schemas: ReadonlyMap<string, NamedSchema>): Verifier {
	const waiting = new Set<string>();
	const own = new Map<string, Validator>();
	const ownOf = (name: string): Validator => {
		if (!own.has(name)) {
			// Compiling together costs less than one by one.
			waiting.add(name);
			const wanted = [...waiting].flatMap((one) => schemas.get(one) ?? []);
			for (const [one, validate] of compiledValidators(wanted, schemas))
				own.set(one, validate);
			waiting.clear();
		}
		return own.get(name) as Validator;
	};
	const independent = { exact: lazy("exact"), open: lazy("open") };
	/** Each schema is compiled once, however many refer to it. */
	function lazy(reading: Known): (name: string) => ValidateFunction {
		let ajv: Ajv2020 | undefined;
		const added = new Set<string>();
		return (name) => {
			if (!ajv) {
				ajv = new Ajv2020({
					strict: false,
					logger: false,
					inlineRefs: false,
					ownProperties: true,
					validateSchema: false,
					code: { optimize: false },
				});
				addFormats(ajv);
			}
			const named = schemas.get(name) as NamedSchema;
			for (const one of [named, ...closureOf(schemas, named)]) {
				if (added.has(one.name)) continue;
				added.add(one.name);
				ajv.addSchema({
					...(forAjv(inStandardKeywords(one.schema), reading) as SchemaObject),
					$id: idOf(one.name),
				});
			}
			return ajv.getSchema(idOf(name)) as ValidateFunction;
		};
	}
	const accepts = (name: string, value: unknown, reading: Known): boolean =>
		independent[reading](name)(value) === true;
	/** Throws `TooLarge` if a pattern could take minutes on the value's strings. */
	const expectQuick = (name: string, value: unknown): void => {
		const length = longestString(value);
		if (length <= quickLength) return;
		const named = schemas.get(name) as NamedSchema;
		for (const { schema } of [named, ...closureOf(schemas, named)])
			for (const { pattern } of patternsIn(schema))
				if (
					growthOf(pattern) !== "linear" &&
					!(growthOf(pattern) === "polynomial" && length <= shortLength)
				)
					throw new TooLarge();
	};
	return {
		prepare: (names) => {
			for (const name of names) waiting.add(name);
		},
		isWritable: (name, value) => {
			expectQuick(name, value);
			return (
				check(ownOf(name), value, "first").ok && accepts(name, value, "exact")
			);
		},
		isRefused: (name, value, isTolerant) => {
			expectQuick(name, value);
			return (
				!check(ownOf(name), value, "first", isTolerant).ok &&
				!accepts(name, value, "exact") &&
				!(isTolerant && accepts(name, value, "open"))
			);
		},
	};
}

/** Every expression is quick on strings of this length, and those of polynomial time on longer ones. */
const quickLength = 24;
const shortLength = 100;

function longestString(value: unknown): number {
	if (typeof value === "string") return value.length;
	if (typeof value !== "object" || value === null) return 0;
	let longest = 0;
	for (const [name, inner] of Object.entries(value))
		longest = Math.max(longest, name.length, longestString(inner));
	return longest;
}

const idOf = (name: string) => `schema:${encodeURIComponent(name)}`;

/** The same schema in standard keywords; opened for a tolerant reader. */
function forAjv(schema: Schema, reading: Known): Schema {
	if (!isObject(schema)) return schema;
	const kept = Object.entries(schema).filter(
		([keyword, value]) =>
			keyword !== extensibleEnum &&
			!(
				reading === "open" &&
				value === false &&
				(keyword === "additionalProperties" ||
					keyword === "unevaluatedProperties")
			),
	);
	const mapped = Object.fromEntries(
		kept.map(([keyword, value]) => [
			keyword,
			keyword === "$ref"
				? idOf(referencedName(value))
				: mapKeyword(keyword, value, "", (inner) => forAjv(inner, reading)),
		]),
	);
	const known = schema[extensibleEnum];
	if (known === undefined || reading === "open") return mapped;
	return {
		...mapped,
		allOf: [
			...((mapped.allOf ?? []) as readonly Schema[]),
			{ anyOf: [{ enum: known }, { not: { type: "string" } }] },
		],
	};
}
