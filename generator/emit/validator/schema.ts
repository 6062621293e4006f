import { formats } from "../../schema/formats.ts";
import {
	extensibleEnum,
	type Schema,
	type SchemaObject,
} from "../../schema/keywords.ts";
import { literal } from "../print.ts";
import { arrayCode, unevaluatedItems } from "./arrays.ts";
import { callLine } from "./call.ts";
import {
	type Code,
	type Place,
	refuse,
	type Scope,
	stopIf,
	when,
} from "./code.ts";
import { inPlaceCode } from "./in-place.ts";
import { objectCode, unevaluatedProperties } from "./objects.ts";
import {
	expressionLiteral,
	isOfType,
	isScalar,
	keywordsOf,
	typeGuard,
	typesOf,
	valueKeywords,
	valueList,
	valueText,
} from "./value.ts";

export function schemaCode(schema: Schema, place: Place, scope: Scope): Code {
	if (schema === true) return [];
	if (schema === false) return [refuse(scope, "true", place, "false schema")];
	// A nested value gets its own function, which tracks its path.
	if (place.step !== undefined) return [callLine(schema, place, scope)];
	const tracks =
		schema.unevaluatedProperties !== undefined ||
		schema.unevaluatedItems !== undefined;
	if (!tracks) {
		const isWhole =
			place.type === undefined &&
			!scope.evaluated &&
			scope.unit.whole(schema) !== undefined;
		return isWhole
			? [callLine(schema, place, scope)]
			: typedCode(schema, place, scope);
	}
	// Evaluated properties and items are collected locally and passed on at the end.
	const own = scope.variable();
	const code: (string | Code)[] = [
		`const ${own} = ${scope.unit.use("evaluated")}();`,
		...typedCode(schema, place, { ...scope, evaluated: own }),
	];
	if (scope.evaluated)
		code.push(`for (const k of ${own}) ${scope.evaluated}.add(k);`);
	return ["{", code, "}"];
}

/** Code inside a type guard does not test the type again. */
function typedCode(schema: SchemaObject, place: Place, scope: Scope): Code {
	const types = typesOf(schema);
	const values = valuesCode(schema, types, place, scope);
	if (
		types === undefined ||
		(values !== undefined &&
			keywordsOf(schema).every((keyword) => valueKeywords.has(keyword)))
	)
		return [...(values ?? []), ...keywordsCode(schema, place, scope)];
	const expected = types.length === 1 ? literal(types[0]) : literal(types);
	const [type] = types;
	const own = types.length === 1 ? certain(type) : {};
	const known = { ...place, ...own };
	if (type !== "integer" && own.type && place.type === own.type)
		return [...(values ?? []), ...keywordsCode(schema, place, scope)];
	const rest = [...(values ?? []), ...keywordsCode(schema, known, scope)];
	const wrong = types
		.map((name) => typeGuard(scope, name, place.value, false))
		.join(" && ");
	if (rest.length === 0) return [refuse(scope, wrong, place, "type", expected)];
	return when(wrong, [refuse(scope, "true", place, "type", expected)], rest);
}

function certain(type: string | undefined): {
	type?: NonNullable<Place["type"]>;
} {
	if (type === "array" || type === "object" || type === "string")
		return { type };
	return type === "number" || type === "integer" ? { type: "number" } : {};
}

/** `enum` and `const`. Values of other types are filtered out, so `type` needs no separate check. */
function valuesCode(
	schema: SchemaObject,
	types: readonly string[] | undefined,
	place: Place,
	scope: Scope,
): Code | undefined {
	const code: string[] = [];
	if (Array.isArray(schema.enum))
		code.push(oneOfValues(schema.enum, "enum", types, place, scope));
	if ("const" in schema)
		code.push(oneOfValues([schema.const], "const", types, place, scope));
	return code.length > 0 ? code : undefined;
}

function oneOfValues(
	all: readonly unknown[],
	rule: "enum" | "const",
	types: readonly string[] | undefined,
	place: Place,
	scope: Scope,
): string {
	const { unit } = scope;
	const possible = types
		? all.filter((value) => types.some((type) => isOfType(value, type)))
		: all;
	const expected = valueText(
		unit,
		rule === "const" ? all[0] : possible.length > 0 ? possible : all,
	);
	if (possible.length > 0 && possible.every(isScalar))
		return stopIf(
			rule === "const"
				? `!${unit.use("exactly")}(${place.value}, c, undefined, ${expected})`
				: `!${unit.use("among")}(${place.value}, c, undefined, ${valueList(unit, possible)})`,
		);
	const wrong = possible.map((value) =>
		isScalar(value)
			? `${place.value} !== ${valueText(unit, value)}`
			: `!${unit.use("equal")}(${place.value}, ${valueText(unit, value)})`,
	);
	return refuse(scope, wrong.join(" && ") || "true", place, rule, expected);
}

function keywordsCode(schema: SchemaObject, place: Place, scope: Scope): Code {
	return [
		...guarded("string", textCode(schema, place, scope), place, scope),
		...guarded("number", numberCode(schema, place, scope), place, scope),
		...guarded("array", arrayCode(schema, place, scope), place, scope),
		...guarded("object", objectCode(schema, place, scope), place, scope),
		...inPlaceCode(schema, place, scope),
		...guarded("array", unevaluatedItems(schema, place, scope), place, scope),
		...guarded(
			"object",
			unevaluatedProperties(schema, place, scope),
			place,
			scope,
		),
	];
}

/** Code for values of one type, inside a type guard unless the type is known. */
function guarded(
	type: NonNullable<Place["type"]>,
	code: Code,
	place: Place,
	scope: Scope,
): Code {
	if (code.length === 0 || place.type === type) return code;
	if (place.type !== undefined) return [];
	const condition =
		type === "number"
			? `typeof ${place.value} === "number"`
			: typeGuard(scope, type, place.value, true);
	return when(condition, code);
}

function textCode(schema: SchemaObject, place: Place, scope: Scope): Code {
	const { unit } = scope;
	const { value } = place;
	const code: string[] = [];
	const { minLength, maxLength, pattern, format } = schema;
	const check = (condition: string, rule: string, expected: string) =>
		code.push(refuse(scope, condition, place, rule, expected));
	if (typeof minLength === "number" && minLength > 0)
		check(
			minLength <= 1
				? `${value} === ""`
				: `${unit.use("shorter")}(${value}, ${minLength})`,
			"minLength",
			literal(minLength),
		);
	if (typeof maxLength === "number")
		check(
			`${unit.use("longer")}(${value}, ${maxLength})`,
			"maxLength",
			literal(maxLength),
		);
	if (typeof pattern === "string") {
		const expression = unit.constant(expressionLiteral(pattern));
		check(`!${expression}.test(${value})`, "pattern", `${expression}.source`);
	}
	const known = typeof format === "string" ? formats.get(format) : undefined;
	if (known?.check && known.type === "string")
		code.push(stopIf(`!${unit.use(known.check)}(${value}, c)`));
	const values = schema[extensibleEnum];
	if (Array.isArray(values))
		code.push(
			stopIf(
				`!${unit.use("known")}(${value}, c, undefined, ${valueList(unit, values)})`,
			),
		);
	return code;
}

function numberCode(schema: SchemaObject, place: Place, scope: Scope): Code {
	const { unit } = scope;
	const { value } = place;
	const code: string[] = [];
	const check = (condition: string, rule: string, expected: unknown) =>
		code.push(refuse(scope, condition, place, rule, literal(expected)));
	for (const [rule, wrong] of [
		["minimum", "<"],
		["maximum", ">"],
		["exclusiveMinimum", "<="],
		["exclusiveMaximum", ">="],
	] as const) {
		const limit = schema[rule];
		if (typeof limit === "number")
			check(`${value} ${wrong} ${literal(limit)}`, rule, limit);
	}
	const { multipleOf, format } = schema;
	if (typeof multipleOf === "number")
		check(
			`!${unit.use("multiple")}(${value}, ${literal(multipleOf)})`,
			"multipleOf",
			multipleOf,
		);
	const known = typeof format === "string" ? formats.get(format) : undefined;
	if (known?.check && known.type === "number")
		code.push(stopIf(`!${unit.use(known.check)}(${value}, c)`));
	return code;
}
