import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../json-pointer.ts";
import type { Schema, SchemaObject } from "../keywords.ts";
import { literal, string } from "../print.ts";
import {
	after,
	areStops,
	type Code,
	inside,
	type Place,
	pathText,
	property,
	refuse,
	type Scope,
	type Stop,
	untracked,
	when,
} from "./code.ts";
import { localCall, onlyReference } from "./in-place.ts";
import { expressionLiteral, schemaCode } from "./schema.ts";
import { refusesUndefined, shortCheck } from "./short.ts";

export function objectCode(
	schema: SchemaObject,
	place: Place,
	scope: Scope,
): Code {
	const { unit } = scope;
	const { value } = place;
	const properties = Object.entries(
		(schema.properties ?? {}) as Record<string, Schema>,
	);
	const required = new Set((schema.required ?? []) as readonly string[]);
	// Counting the known ones tells in passing whether there are others; the required ones are there, or it is over.
	const counter =
		schema.additionalProperties === false && !patternsOf(schema)
			? scope.variable()
			: undefined;
	const code: (string | Stop | Code)[] = counter
		? [
				`let ${counter} = ${properties.filter(([name]) => required.has(name)).length};`,
			]
		: [];
	for (const [name, inner] of properties)
		for (const line of propertyCode(
			name,
			inner,
			required.has(name),
			counter,
			place,
			scope,
		))
			code.push(line);
	const known = new Set(properties.map(([name]) => name));
	for (const name of required)
		if (!known.has(name))
			code.push(absent(name, "required", undefined, place, scope));
	if (counter) {
		const names = unit.constant(literal([...known]));
		code.push({
			stop: `${unit.use("checks", "others")}(c, ${pathText(place)}, ${value}, ${counter}, ${names})`,
		});
	}
	for (const line of eachProperty(schema, counter === undefined, place, scope))
		code.push(line);
	for (const [rule, wrong] of [
		["minProperties", "<"],
		["maxProperties", ">"],
	] as const) {
		const limit = schema[rule];
		if (typeof limit === "number" && !(rule === "minProperties" && limit <= 0))
			code.push(
				refuse(
					scope,
					`${unit.use("checks", "size")}(${value}) ${wrong} ${limit}`,
					place,
					rule,
					String(limit),
				),
			);
	}
	for (const line of dependentCode(schema, place, scope)) code.push(line);
	return code;
}

function propertyCode(
	name: string,
	schema: Schema,
	required: boolean,
	counter: string | undefined,
	place: Place,
	scope: Scope,
): Code {
	const notes = [
		...(counter && !required ? [`${counter}++;`] : []),
		...(scope.evaluated ? [`${scope.evaluated}.add(${literal(name)});`] : []),
	];
	const value = property(scope.unit, place.value, name);
	const pointer = appendPointer("", name);
	// What refuses a value that is not there says so itself.
	const isSure =
		required && notes.length === 0 && refusesUndefined(schema, scope);
	if (isSure && isObject(schema)) {
		const short = shortCheck(schema, inside(place, value, pointer), scope);
		if (short) return [short];
	}
	// An object's own function has short paths.
	const isCalled =
		isObject(schema) && (isObject(schema.properties) || onlyReference(schema));
	if (isSure && isCalled)
		return [localCall(schema, inside(place, value, pointer), scope)];
	const variable = scope.variable();
	const at = inside(place, variable, pointer);
	const checks = isCalled
		? [localCall(schema, at, scope)]
		: schemaCode(schema, at, untracked(scope));
	if (checks.length + notes.length === 0)
		return required ? [absent(name, "required", undefined, place, scope)] : [];
	const missing = required
		? [refuse(scope, "true", at, "required", undefined, "undefined")]
		: [];
	const reading = `const ${variable} = ${value};`;
	if (checks.length === 0)
		return [reading, ...notedOnly(variable, notes, missing)];
	if (!areStops(checks))
		return isSure
			? [reading, ...checks]
			: [
					reading,
					...when(`${variable} !== undefined`, after(notes, checks), missing),
				];
	// As an expression it goes on in the statement of the property before.
	scope.declare(variable);
	const read = `${variable} = ${value}`;
	return isSure
		? after([`${read};`], checks)
		: when(`(${read}) !== undefined`, after(notes, checks), missing);
}

function notedOnly(
	variable: string,
	notes: readonly string[],
	missing: Code,
): Code {
	return missing.length > 0
		? when(`${variable} === undefined`, missing, notes)
		: [
				`if (${variable} !== undefined) ${notes.length === 1 ? notes[0] : `{ ${notes.join(" ")} }`}`,
			];
}

function absent(
	name: string,
	rule: string,
	expected: string | undefined,
	place: Place,
	scope: Scope,
): Stop {
	return refuse(
		scope,
		`${property(scope.unit, place.value, name)} === undefined`,
		inside(place, "undefined", appendPointer("", name)),
		rule,
		expected,
		"undefined",
	);
}

function knownNames(schema: SchemaObject, { unit }: Scope): string {
	return unit.constant(
		`/* @__PURE__ */ ${unit.use("checks", "set")}(${literal(Object.keys(schema.properties ?? {}))})`,
	);
}

const patternsOf = ({ patternProperties }: SchemaObject) =>
	isObject(patternProperties) && Object.keys(patternProperties).length > 0
		? (patternProperties as Record<string, Schema>)
		: undefined;

/** A loop over all properties, for what speaks of them by anything but their name. */
function eachProperty(
	schema: SchemaObject,
	asksRest: boolean,
	place: Place,
	scope: Scope,
): Code {
	const { unit } = scope;
	const patterns = Object.entries(patternsOf(schema) ?? {});
	const rest = asksRest
		? (schema.additionalProperties as Schema | undefined)
		: undefined;
	const names = schema.propertyNames as Schema | undefined;
	if (patterns.length === 0 && rest === undefined && names === undefined)
		return [];
	const name = scope.variable();
	const value = scope.variable();
	const at = inside(place, value, {
		expression: `${unit.use("checks", "token")}(${name})`,
	});
	const inner = untracked(scope);
	const evaluates = scope.evaluated ? [`${scope.evaluated}.add(${name});`] : [];
	const namesCode =
		names === undefined
			? []
			: schemaCode(
					names,
					{
						...at,
						value: name,
						...(names === false ? {} : { type: "string" as const }),
					},
					inner,
				);
	const patternCode = patterns.map(
		([pattern, of]) =>
			[
				unit.constant(expressionLiteral(pattern)),
				[...schemaCode(of, at, inner), ...evaluates],
			] as const,
	);
	const restCode =
		rest === undefined
			? []
			: [
					...(rest === false
						? [refuse(scope, "true", at, "additionalProperties")]
						: schemaCode(rest, at, inner)),
					...evaluates,
				];
	const asksOthers = restCode.length > 0;
	const body: (string | Stop | Code)[] = [...namesCode];
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
		`for (const ${name} of ${unit.use("checks", "keys")}(${place.value})) {`,
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
			const inner = schemaCode(schema, object, scope);
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
	const at = inside(place, value, {
		expression: `${scope.unit.use("checks", "token")}(${name})`,
	});
	return [
		`for (const ${name} of ${scope.unit.use("checks", "keys")}(${place.value})) {`,
		[
			`const ${value} = ${place.value}[${name}];`,
			`if (${value} === undefined || ${scope.evaluated}.has(${name})) continue;`,
			...(schema.unevaluatedProperties === false
				? [refuse(scope, "true", at, "unevaluatedProperties")]
				: schemaCode(
						schema.unevaluatedProperties as Schema,
						at,
						untracked(scope),
					)),
			`${scope.evaluated}.add(${name});`,
		],
		"}",
	];
}
