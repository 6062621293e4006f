// In-place applicators, which apply schemas to the same value: $ref, allOf, anyOf, oneOf, not, if.
import { isObject } from "../../../runtime/json.ts";
import type { Schema, SchemaObject } from "../../schema/keywords.ts";
import { referencedName } from "../../schema/model.ts";
import { literal } from "../print.ts";
import { callLine, fits, onlyReference } from "./call.ts";
import {
	args,
	type Code,
	type Place,
	property,
	refuse,
	ruleName,
	type Scope,
	stopIf,
	untracked,
	when,
} from "./code.ts";
import { keywordsOf, typeGuard } from "./value.ts";

export function inPlaceCode(
	schema: SchemaObject,
	place: Place,
	scope: Scope,
): Code {
	const code: (string | Code)[] = [];
	if (typeof schema.$ref === "string")
		code.push(reference(schema, place, scope));
	for (const inner of (schema.allOf ?? []) as readonly Schema[])
		for (const line of scope.schemaCode(inner, place, scope)) code.push(line);
	if (Array.isArray(schema.anyOf))
		code.push(...someOf("anyOf", schema.anyOf, place, scope));
	if (Array.isArray(schema.oneOf))
		code.push(...someOf("oneOf", schema.oneOf, place, scope));
	if (schema.not !== undefined)
		code.push(
			refuse(
				scope,
				fits(schema.not as Schema, place, untracked(scope)),
				place,
				"not",
			),
		);
	if (schema.if !== undefined) code.push(...conditional(schema, place, scope));
	return code;
}

function reference(schema: SchemaObject, place: Place, scope: Scope): string {
	const only = { $ref: schema.$ref };
	return scope.evaluated
		? stopIf(
				`!${scope.unit.local(only, true)}(${place.value}, c, ${scope.evaluated})`,
			)
		: callLine(only, place, scope);
}

function conditional(schema: SchemaObject, place: Place, scope: Scope): Code {
	const thenCode =
		schema.then === undefined
			? []
			: scope.schemaCode(schema.then as Schema, place, scope);
	const elseCode =
		schema.else === undefined
			? []
			: scope.schemaCode(schema.else as Schema, place, scope);
	if (thenCode.length + elseCode.length === 0 && !scope.evaluated) return [];
	const condition = fits(schema.if as Schema, place, scope);
	return thenCode.length + elseCode.length === 0
		? [`${condition};`]
		: when(condition, thenCode, elseCode);
}

function someOf(
	rule: "anyOf" | "oneOf",
	branches: readonly Schema[],
	place: Place,
	scope: Scope,
): Code {
	const switched = scope.evaluated
		? undefined
		: discriminated(branches, place, scope);
	if (switched) return switched;
	const types = rule === "anyOf" ? typesOnly(branches) : undefined;
	if (types && !scope.evaluated)
		return [
			refuse(
				scope,
				types
					.map((type) => typeGuard(scope, type, place.value, false))
					.join(" && "),
				place,
				"type",
				literal(types),
			),
		];
	const { unit, evaluated } = scope;
	const all = branches.map((branch) =>
		unit.local(branch, evaluated !== undefined),
	);
	const operands = args(
		"c",
		unit.use(ruleName(rule)),
		place.value,
		`[${all.join(", ")}]`,
		evaluated,
	);
	const decide = `${unit.use("none")}(${operands})`;
	// In a recursive union, asking for exact branches first would validate a nested value again at each level around it.
	if (branches.some(unit.isRecursive)) return [stopIf(decide)];
	const conditions = branches.map((branch) => fits(branch, place, scope));
	const wrong =
		rule === "oneOf"
			? `${conditions.map((condition) => `(${condition} ? 1 : 0)`).join(" + ")} !== 1`
			: evaluated
				? // Every valid branch evaluates properties or items, so all are checked.
					`${conditions.map((condition) => `(${condition} ? 1 : 0)`).join(" + ")} === 0`
				: conditions.map((condition) => `!(${condition})`).join(" && ");
	return [stopIf(`${wrong} && (c === null || ${decide})`)];
}

/** The types, if the branches have no other keyword. */
function typesOnly(branches: readonly Schema[]): readonly string[] | undefined {
	const all = branches.map((branch) =>
		isObject(branch) && keywordsOf(branch).join() === "type"
			? ([branch.type].flat() as string[])
			: undefined,
	);
	return all.every((types) => types !== undefined)
		? [...new Set(all.flat())]
		: undefined;
}

/** At most this many properties are tried as the discriminator. */
const discriminatorsMax = 20;

/** A switch on a discriminator: its value selects the only branch that can match, whose issues are reported. */
function discriminated(
	branches: readonly Schema[],
	place: Place,
	scope: Scope,
): Code | undefined {
	const resolved = branches.map((branch) => resolve(branch, scope));
	const [first] = resolved;
	if (branches.length < 2 || !isObject(first) || !isObject(first.properties))
		return undefined;
	let tried = 0;
	for (const name of Object.keys(first.properties)) {
		if (valuesOf(first, name).length === 0) continue;
		if (++tried > discriminatorsMax) return undefined;
		const values = resolved.map((branch) => valuesOf(branch, name));
		const all = values.flat();
		if (
			values.some((own) => own.length === 0) ||
			new Set(all).size !== all.length
		)
			continue;
		const variable = scope.variable();
		const at = { value: variable, step: literal(name) };
		const body: Code = [
			`const ${variable} = ${property(scope.unit, place.value, name)};`,
			`switch (${variable}) {`,
			[
				...branches.flatMap(
					(branch, i): Code => [
						...(values[i] ?? []).map((value) => `case ${literal(value)}:`),
						[callLine(branch, place, scope), "break;"],
					],
				),
				"case undefined:",
				[
					refuse(scope, "true", at, "required", "undefined", "undefined"),
					"break;",
				],
				"default:",
				[refuse(scope, "true", at, "enum", literal(all))],
			],
			"}",
		];
		if (place.type === "object") return ["{", body, "}"];
		return [
			`if (${typeGuard(scope, "object", place.value, true)}) {`,
			body,
			"} else {",
			[refuse(scope, "true", place, "type", '"object"')],
			"}",
		];
	}
	return undefined;
}

function resolve(branch: Schema, scope: Scope): Schema {
	let schema = branch;
	for (let steps = 0; steps < 20; steps++) {
		if (!isObject(schema) || typeof schema.$ref !== "string") return schema;
		if (!onlyReference(schema)) return schema;
		schema = scope.unit.schemaOf(referencedName(schema.$ref));
	}
	return schema;
}

/** The strings that an object's required property is limited to; empty for any other schema. */
function valuesOf(schema: Schema, name: string): readonly string[] {
	if (
		!isObject(schema) ||
		schema.type !== "object" ||
		!((schema.required ?? []) as readonly string[]).includes(name)
	)
		return [];
	const properties = (schema.properties ?? {}) as Record<string, Schema>;
	const property = Object.hasOwn(properties, name)
		? properties[name]
		: undefined;
	if (!isObject(property)) return [];
	const values =
		"const" in property
			? [property.const]
			: Array.isArray(property.enum)
				? property.enum
				: [];
	return values.every((value) => typeof value === "string") ? values : [];
}
