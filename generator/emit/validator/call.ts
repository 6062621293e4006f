// Calls to validators.
import type { Schema, SchemaObject } from "../../schema/keywords.ts";
import { literal } from "../print.ts";
import {
	args,
	type Place,
	type Scope,
	stopIf,
	type Unit,
	type WholeCheck,
} from "./code.ts";
import { keywordsOf, typeGuard } from "./value.ts";

/** The call that validates a value against a schema. */
export const callOf = (schema: Schema, unit: Unit): WholeCheck =>
	unit.whole(schema) ?? { check: unit.local(schema, false), operands: [] };

/** A call as data: the validator alone, or in an array with its operands. */
export const callText = (
	{ check, operands }: WholeCheck,
	...before: readonly string[]
): string =>
	before.length + operands.length === 0
		? check
		: `[${[...before, check, ...operands].join(", ")}]`;

/** The line that validates a value against a schema. */
export function callLine(schema: Schema, place: Place, scope: Scope): string {
	const { check, operands } = callOf(schema, scope.unit);
	return stopIf(
		`!${check}(${args(place.value, "c", place.step, ...operands)})`,
	);
}

export function onlyReference(schema: SchemaObject): boolean {
	return keywordsOf(schema).join() === "$ref";
}

/** An expression that is true if a value is valid. If the scope tracks evaluation, it also records what it evaluates. */
export function fits(schema: Schema, place: Place, scope: Scope): string {
	const { unit, evaluated } = scope;
	if (typeof schema === "boolean") return String(schema);
	const { value } = place;
	const exact = unit.isRecursive(schema)
		? `${unit.use("exactReport")}(c)`
		: undefined;
	if (evaluated)
		return `${unit.use("tracked")}(${args(unit.local(schema, true), value, evaluated, exact)})`;
	const keywords = keywordsOf(schema);
	if (keywords.length === 0) return "true";
	if (keywords.length === 1) {
		const [only] = keywords;
		if (only === "type") {
			const guards = ([schema.type].flat() as string[]).map((type) =>
				typeGuard(scope, type, value, true),
			);
			return guards.length === 1
				? String(guards[0])
				: `(${guards.join(" || ")})`;
		}
		if (
			only === "const" &&
			(typeof schema.const !== "object" || schema.const === null)
		)
			return `${value} === ${literal(schema.const)}`;
	}
	const { check, operands } = callOf(schema, unit);
	return `${check}(${args(value, exact ?? "null", undefined, ...operands)})`;
}
