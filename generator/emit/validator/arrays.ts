import type { Schema, SchemaObject } from "../../schema/keywords.ts";
import { containsEvaluates } from "../../schema/lower.ts";
import { literal } from "../print.ts";
import { fits } from "./call.ts";
import {
	type Code,
	type Place,
	refuse,
	type Scope,
	untracked,
} from "./code.ts";

export function arrayCode(
	schema: SchemaObject,
	place: Place,
	scope: Scope,
): Code {
	const { value } = place;
	const code: (string | Code)[] = [];
	const check = (condition: string, rule: string, expected?: unknown) =>
		code.push(
			refuse(
				scope,
				condition,
				place,
				rule,
				expected === undefined ? undefined : literal(expected),
			),
		);
	if (typeof schema.minItems === "number" && schema.minItems > 0)
		check(`${value}.length < ${schema.minItems}`, "minItems", schema.minItems);
	if (typeof schema.maxItems === "number")
		check(`${value}.length > ${schema.maxItems}`, "maxItems", schema.maxItems);
	if (schema.uniqueItems === true)
		check(`!${scope.unit.use("unique")}(${value})`, "uniqueItems", true);
	const prefix = (schema.prefixItems ?? []) as readonly Schema[];
	prefix.forEach((item, i) => {
		const variable = scope.variable();
		const inner = [
			...scope.schemaCode(
				item,
				{ value: variable, step: String(i) },
				untracked(scope),
			),
			...(scope.evaluated ? [`${scope.evaluated}.add(${i});`] : []),
		];
		if (inner.length > 0)
			code.push(
				`if (${value}.length > ${i}) {`,
				[`const ${variable} = ${value}[${i}];`, ...inner],
				"}",
			);
	});
	if (schema.items !== undefined)
		code.push(
			...eachItem(schema.items as Schema, prefix.length, place, scope, (i) =>
				scope.evaluated ? [`${scope.evaluated}.add(${i});`] : [],
			),
		);
	code.push(...containsCode(schema, place, scope));
	return code;
}

/** A loop over the items from an index on. */
function eachItem(
	schema: Schema,
	from: number,
	place: Place,
	scope: Scope,
	after: (index: string) => readonly string[],
): Code {
	const index = scope.variable();
	const item = scope.variable();
	const at = { value: item, step: index };
	const inner = [
		...scope.schemaCode(schema, at, untracked(scope)),
		...after(index),
	];
	if (inner.length === 0) return [];
	return [
		`for (let ${index} = ${from}; ${index} < ${place.value}.length; ${index}++) {`,
		[`const ${item} = ${place.value}[${index}];`, ...inner],
		"}",
	];
}

function containsCode(schema: SchemaObject, place: Place, scope: Scope): Code {
	if (schema.contains === undefined) return [];
	const min = Number(schema.minContains ?? 1);
	const max = schema.maxContains as number | undefined;
	const evaluated =
		schema[containsEvaluates] === false ? undefined : scope.evaluated;
	if (min === 0 && max === undefined && !evaluated) return [];
	const found = scope.variable();
	const index = scope.variable();
	const item = scope.variable();
	const check = (condition: string, rule: string, limit: number) =>
		refuse(scope, condition, place, rule, String(limit));
	return [
		`let ${found} = 0;`,
		`for (let ${index} = 0; ${index} < ${place.value}.length; ${index}++) {`,
		[
			`const ${item} = ${place.value}[${index}];`,
			`if (${fits(schema.contains as Schema, { value: item }, untracked(scope))}) {`,
			[`${found}++;`, ...(evaluated ? [`${evaluated}.add(${index});`] : [])],
			"}",
		],
		"}",
		...(min > 0 ? [check(`${found} < ${min}`, "minContains", min)] : []),
		...(max === undefined
			? []
			: [check(`${found} > ${max}`, "maxContains", max)]),
	];
}

export function unevaluatedItems(
	schema: SchemaObject,
	place: Place,
	scope: Scope,
): Code {
	if (schema.unevaluatedItems === undefined) return [];
	const index = scope.variable();
	const item = scope.variable();
	const rest = { value: item, step: index };
	return [
		`for (let ${index} = 0; ${index} < ${place.value}.length; ${index}++) {`,
		[
			`const ${item} = ${place.value}[${index}];`,
			`if (${scope.evaluated}.has(${index})) continue;`,
			...(schema.unevaluatedItems === false
				? [refuse(scope, "true", rest, "unevaluatedItems")]
				: scope.schemaCode(
						schema.unevaluatedItems as Schema,
						rest,
						untracked(scope),
					)),
			`${scope.evaluated}.add(${index});`,
		],
		"}",
	];
}
