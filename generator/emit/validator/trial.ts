// Runs generated validators on examples, inside the generator.

import * as v1 from "../../../runtime/codegen-v1.ts";
import type { Result } from "../../../runtime/issue.ts";
import { isObject } from "../../../runtime/json.ts";
import type { Validator } from "../../../runtime/validator/rules.ts";
import { check } from "../../../runtime/validator/validate.ts";
import { growthOf } from "../../schema/expressions.ts";
import { patternsIn } from "../../schema/keywords.ts";
import { closureOf, type NamedSchema } from "../../schema/model.ts";
import { validatorName, validatorUnit } from "./unit.ts";

/** The result for a value, or the pattern that makes it too slow: one of more than linear time, on a long string. */
export type Trial = (
	value: unknown,
) => Result<unknown> | { readonly slow: string };

/** Validators of the schemas that have examples. */
export function validatorsFor(
	all: readonly NamedSchema[],
	schemas: ReadonlyMap<string, NamedSchema>,
): ReadonlyMap<string, Trial> {
	const named = all.filter(({ schema }) => Array.isArray(schema.examples));
	if (named.length === 0) return new Map();
	const closures = new Map(
		named.map((schema) => [
			schema.name,
			[schema, ...closureOf(schemas, schema)],
		]),
	);
	const made = compiledValidators(named, schemas);
	return new Map(
		named.map(({ name }): [string, Trial] => {
			const validate = made.get(name) as Validator;
			return [
				name,
				(value) => {
					const slow = hasLongString(value)
						? slowPatternIn(closures.get(name) ?? [])
						: undefined;
					return slow === undefined ? check(validate, value) : { slow };
				},
			];
		}),
	);
}

/** The generated validators of some schemas, ready to run. */
export function compiledValidators(
	named: readonly NamedSchema[],
	schemas: ReadonlyMap<string, NamedSchema>,
): ReadonlyMap<string, Validator> {
	const names = named.flatMap((schema) => [
		schema.name,
		...closureOf(schemas, schema).map(({ name }) => name),
	]);
	const unit = validatorUnit([...new Set(names)], schemas);
	const text = [
		`const { ${unit.imports.join(", ")} } = v1;`,
		...unit.constants.map(([name, value]) => `const ${name} = ${value};`),
		...unit.locals,
		...unit.validators.map((validator) => validator.replace(/^export /, "")),
		`return { ${named.map(({ name }) => validatorName(name)).join(", ")} };`,
	].join("\n");
	const made: Readonly<Record<string, Validator>> = new Function("v1", text)(
		v1,
	);
	return new Map(
		named.map(({ name }) => [name, made[validatorName(name)] as Validator]),
	);
}

/** Shorter strings are rejected quickly even in polynomial time. */
const charactersMax = 200;

function hasLongString(value: unknown): boolean {
	if (typeof value === "string") return value.length > charactersMax;
	if (Array.isArray(value)) return value.some(hasLongString);
	return (
		isObject(value) &&
		Object.entries(value).some((entry) => entry.some(hasLongString))
	);
}

function slowPatternIn(schemas: readonly NamedSchema[]): string | undefined {
	return schemas
		.flatMap(({ schema }) => patternsIn(schema))
		.map(({ pattern }) => pattern)
		.find((pattern) => growthOf(pattern) !== "linear");
}
