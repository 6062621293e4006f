// Schemas that a single call to the runtime can check: the function and its operands.
import { formats } from "../../schema/formats.ts";
import {
	extensibleEnum,
	type Schema,
	type SchemaObject,
} from "../../schema/keywords.ts";
import { referencedName } from "../../schema/model.ts";
import { literal } from "../print.ts";
import { callOf, callText } from "./call.ts";
import type { Unit, WholeCheck } from "./code.ts";
import { propertyTable } from "./property-table.ts";
import {
	expressionLiteral,
	isOfType,
	isScalar,
	keywordsOf,
	takesAnything,
	typesOf,
	valueList,
	valueText,
} from "./value.ts";

/** The single call that checks a whole schema; undefined if there is none. */
export function wholeCheck(schema: Schema, unit: Unit): WholeCheck | undefined {
	if (schema === false) return undefined;
	const whole = (
		name: string,
		operands: readonly string[] = [],
	): WholeCheck => ({ check: unit.use(name), operands });
	if (schema === true || takesAnything(schema)) return whole("any");
	const keywords = keywordsOf(schema);
	const says = (...names: readonly string[]) =>
		keywords.every((keyword) => names.includes(keyword));
	if (says("$ref"))
		return { check: unit.named(referencedName(schema.$ref)), operands: [] };
	if (says("type", "enum") || says("type", "const")) {
		const values = valuesOf(schema, unit);
		if (values) return whole(...values);
	}
	switch (schema.type) {
		case "boolean":
			return says("type") ? whole("bool") : undefined;
		case "string":
			if (says("type", "minLength", "maxLength"))
				return whole("text", bounds(schema.minLength, schema.maxLength, "0"));
			if (says("type", extensibleEnum))
				return whole("known", [
					valueList(unit, schema[extensibleEnum] as readonly string[]),
				]);
			if (says("type", "pattern")) {
				const pattern = expressionLiteral(String(schema.pattern));
				return whole("matching", [unit.constant(pattern)]);
			}
			if (says("type", "format")) {
				const format = formats.get(String(schema.format));
				return format?.type !== "string" || format.check === undefined
					? whole("text")
					: { check: unit.use(format.check), operands: [] };
			}
			return undefined;
		case "integer":
		case "number":
			return says("type", "minimum", "maximum")
				? whole(
						schema.type === "integer" ? "integer" : "real",
						bounds(schema.minimum, schema.maximum),
					)
				: undefined;
		case "array": {
			if (says("type")) return whole("typed", ['"array"']);
			if (!says("type", "items", "minItems", "maxItems")) return undefined;
			const item = callText(callOf((schema.items ?? true) as Schema, unit));
			return whole("each", [
				item,
				...bounds(schema.minItems, schema.maxItems, "0"),
			]);
		}
		case "object": {
			if (!says("type", "properties", "required", "additionalProperties"))
				return undefined;
			const others = (schema.additionalProperties ?? true) as Schema;
			if (others !== false && !takesAnything(others)) return undefined;
			const { constant, unasked } = propertyTable(schema, unit);
			if (unasked.length > 0) return undefined;
			return constant === undefined
				? whole("typed", ['"object"'])
				: whole("object", [constant]);
		}
		default: {
			const types = typesOf(schema);
			return types && says("type")
				? whole("typed", [literal(types.length === 1 ? types[0] : types)])
				: undefined;
		}
	}
}

function valuesOf(
	schema: SchemaObject,
	unit: Unit,
): readonly [name: string, operands: readonly string[]] | undefined {
	const types = typesOf(schema);
	const fits = (value: unknown) =>
		isScalar(value) &&
		(types === undefined || types.some((type) => isOfType(value, type)));
	if ("const" in schema)
		return "enum" in schema || !fits(schema.const)
			? undefined
			: ["exactly", [valueText(unit, schema.const)]];
	const values = schema.enum as readonly unknown[] | undefined;
	if (values === undefined || values.length === 0 || !values.every(fits))
		return undefined;
	return ["among", [valueList(unit, values)]];
}

/** A lower and an upper bound as operands. Missing bounds are left out if possible. */
function bounds(
	min: unknown,
	max: unknown,
	least = "undefined",
): readonly string[] {
	const lower = min === undefined ? least : literal(min);
	if (max !== undefined) return [lower, literal(max)];
	return min === undefined ? [] : [lower];
}
