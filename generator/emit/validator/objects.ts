import type { Schema, SchemaObject } from "../../schema/keywords.ts";
import { literal, string } from "../print.ts";
import {
	type Code,
	type Place,
	property,
	refuse,
	type Scope,
	stopIf,
	untracked,
	when,
} from "./code.ts";
import { propertyTable } from "./property-table.ts";
import { expressionLiteral, patternsOf } from "./value.ts";

export function objectCode(
	schema: SchemaObject,
	place: Place,
	scope: Scope,
): Code {
	const { unit } = scope;
	const { value } = place;
	const code: (string | Code)[] = [];
	const { constant, unasked } = propertyTable(schema, unit);
	if (constant !== undefined)
		code.push(
			stopIf(`!${unit.use("object")}(${value}, c, undefined, ${constant})`),
		);
	for (const name of unasked)
		code.push(absent(name, "required", undefined, place, scope));
	const names = Object.keys(schema.properties ?? {});
	if (scope.evaluated && names.length > 0)
		code.push(
			`${unit.use("note")}(${value}, ${scope.evaluated}, ${literal(names)});`,
		);
	for (const line of eachProperty(schema, place, scope)) code.push(line);
	for (const [rule, wrong] of [
		["minProperties", "<"],
		["maxProperties", ">"],
	] as const) {
		const limit = schema[rule];
		if (typeof limit === "number" && !(rule === "minProperties" && limit <= 0))
			code.push(
				refuse(
					scope,
					`${unit.use("size")}(${value}) ${wrong} ${limit}`,
					place,
					rule,
					String(limit),
				),
			);
	}
	for (const line of dependentCode(schema, place, scope)) code.push(line);
	return code;
}

function absent(
	name: string,
	rule: string,
	expected: string | undefined,
	place: Place,
	scope: Scope,
): string {
	return refuse(
		scope,
		`${property(scope.unit, place.value, name)} === undefined`,
		{ value: "undefined", step: literal(name) },
		rule,
		expected,
	);
}

function knownNames(schema: SchemaObject, { unit }: Scope): string {
	return unit.constant(
		`/* @__PURE__ */ ${unit.use("set")}(${literal(Object.keys(schema.properties ?? {}))})`,
	);
}

/** A loop over all properties, for keywords that do not refer to them by name. */
function eachProperty(schema: SchemaObject, place: Place, scope: Scope): Code {
	const { unit } = scope;
	const patterns = Object.entries(patternsOf(schema) ?? {});
	const additional = schema.additionalProperties as Schema | undefined;
	// Without patterns, the property table rejects additional properties.
	const rest =
		additional === false && patterns.length === 0 ? undefined : additional;
	const names = schema.propertyNames as Schema | undefined;
	if (patterns.length === 0 && rest === undefined && names === undefined)
		return [];
	const name = scope.variable();
	const value = scope.variable();
	const at = { value, step: name };
	const inner = untracked(scope);
	const evaluates = scope.evaluated ? [`${scope.evaluated}.add(${name});`] : [];
	const namesCode =
		names === undefined
			? []
			: scope.schemaCode(names, { ...at, value: name }, inner);
	const patternCode = patterns.map(
		([pattern, of]) =>
			[
				unit.constant(expressionLiteral(pattern)),
				[...scope.schemaCode(of, at, inner), ...evaluates],
			] as const,
	);
	const restCode =
		rest === undefined
			? []
			: [
					...(rest === false
						? [refuse(scope, "true", at, "additionalProperties")]
						: [...scope.schemaCode(rest, at, inner), ...evaluates]),
				];
	const asksOthers = restCode.length > 0;
	const body: (string | Code)[] = [...namesCode];
	const other =
		asksOthers && patterns.length > 0 ? scope.variable() : undefined;
	if (other)
		body.push(
			`let ${other} = ${Object.keys(schema.properties ?? {}).length > 0 ? `!${knownNames(schema, scope)}.has(${name})` : "true"};`,
		);
	for (const [expression, code] of patternCode) {
		const own: Code = [...(other ? [`${other} = false;`] : []), ...code];
		if (own.length > 0) body.push(...when(`${expression}.test(${name})`, own));
	}
	if (asksOthers) {
		if (other) body.push(...when(other, restCode));
		else if (Object.keys(schema.properties ?? {}).length > 0)
			body.push(
				...when(`!${knownNames(schema, scope)}.has(${name})`, restCode),
			);
		else body.push(...restCode);
	}
	if (body.length === 0) return [];
	return [
		`for (const ${name} of ${unit.use("keys")}(${place.value})) {`,
		[
			`const ${value} = ${place.value}[${name}];`,
			`if (${value} === undefined) continue;`,
			...body,
		],
		"}",
	];
}

function dependentCode(
	{ dependentRequired, dependentSchemas }: SchemaObject,
	place: Place,
	scope: Scope,
): Code {
	const present = (name: string) =>
		`${property(scope.unit, place.value, name)} !== undefined`;
	const object: Place = { ...place, type: "object" };
	return [
		...Object.entries(
			(dependentRequired ?? {}) as Record<string, readonly string[]>,
		).flatMap(
			([name, needed]): Code =>
				when(
					present(name),
					needed.map((other) =>
						absent(other, "dependentRequired", string(name), place, scope),
					),
				),
		),
		...Object.entries(
			(dependentSchemas ?? {}) as Record<string, Schema>,
		).flatMap(([name, schema]): Code => {
			const inner = scope.schemaCode(schema, object, scope);
			return when(present(name), inner);
		}),
	];
}

export function unevaluatedProperties(
	schema: SchemaObject,
	place: Place,
	scope: Scope,
): Code {
	if (schema.unevaluatedProperties === undefined) return [];
	const name = scope.variable();
	const value = scope.variable();
	const at = { value, step: name };
	return [
		`for (const ${name} of ${scope.unit.use("keys")}(${place.value})) {`,
		[
			`const ${value} = ${place.value}[${name}];`,
			`if (${value} === undefined || ${scope.evaluated}.has(${name})) continue;`,
			...(schema.unevaluatedProperties === false
				? [refuse(scope, "true", at, "unevaluatedProperties")]
				: [
						...scope.schemaCode(
							schema.unevaluatedProperties as Schema,
							at,
							untracked(scope),
						),
						`${scope.evaluated}.add(${name});`,
					]),
		],
		"}",
	];
}
