// Checks that are so common that the runtime has them whole: one call in the place of several comparisons.
import { formats } from "../formats.ts";
import type { Schema, SchemaObject } from "../keywords.ts";
import { referencedName } from "../model.ts";
import { literal } from "../print.ts";
import { type Place, pathText, type Scope, type Stop } from "./code.ts";
import { expressionLiteral, keywordsOf } from "./schema.ts";

/** The call for a schema that says no more than one of them; nothing for others, and nothing where the path would have to be put together for each value. */
export function shortCheck(
	schema: SchemaObject,
	place: Place,
	scope: Scope,
): Stop | undefined {
	if (
		place.type !== undefined ||
		place.path.some((part) => typeof part !== "string")
	)
		return undefined;
	const [name, rest] = callFor(schema, scope) ?? [];
	if (name === undefined || rest === undefined) return undefined;
	const args = ["c", pathText(place), place.value, ...rest];
	return { stop: `${scope.unit.use("checks", name)}(${args.join(", ")})` };
}

function callFor(
	schema: SchemaObject,
	{ unit }: Scope,
): readonly [name: string, rest: readonly string[]] | undefined {
	const keywords = new Set(keywordsOf(schema));
	const has = (...names: readonly string[]) =>
		[...keywords].every((keyword) => names.includes(keyword));
	const { type, format, pattern } = schema;
	if (type === "boolean" && has("type")) return ["bool", []];
	if (type === "string" && has("type", "minLength", "maxLength"))
		return ["text", bounds(schema.minLength, schema.maxLength, "0")];
	if (
		(type === "integer" || type === "number") &&
		has("type", "minimum", "maximum")
	)
		return [
			type === "integer" ? "integer" : "real",
			bounds(schema.minimum, schema.maximum, "-Infinity"),
		];
	if (type === "string" && has("type", "format")) {
		const known = formats.get(String(format));
		return known?.check && known.type === "string"
			? ["formatted", [unit.use("formats", known.check), literal(format)]]
			: undefined;
	}
	if (type === "string" && has("type", "pattern"))
		return ["matching", [unit.constant(expressionLiteral(String(pattern)))]];
	if (
		type === "array" &&
		has("type", "items", "minItems", "maxItems") &&
		typeof schema.items === "object"
	)
		return [
			"each",
			[
				unit.local(schema.items as Schema, false),
				...bounds(schema.minItems, schema.maxItems, "0"),
			],
		];
	if (Array.isArray(schema.enum) && has("enum", "type"))
		return among(schema, unit);
	return undefined;
}

const arrayMax = 8;

function among(
	{ enum: values, type }: SchemaObject,
	unit: Scope["unit"],
): readonly [string, readonly string[]] | undefined {
	const all = values as readonly unknown[];
	const kind = typeof all[0];
	if (
		all.length < 2 ||
		!["string", "number"].includes(kind) ||
		!all.every((value) => typeof value === kind) ||
		(type !== undefined && type !== kind)
	)
		return undefined;
	const list = literal(all);
	return [
		"among",
		[
			unit.constant(
				all.length > arrayMax
					? `/* @__PURE__ */ ${unit.use("checks", "set")}(${list})`
					: list,
			),
		],
	];
}

/** A lower and an upper bound as arguments; those that are not there are left out where they can be. */
function bounds(min: unknown, max: unknown, least: string): readonly string[] {
	const lower = min === undefined ? least : literal(min);
	if (max !== undefined) return [lower, literal(max)];
	return min === undefined ? [] : [lower];
}

/** Whether a schema refuses a value that is not there, so that nobody need ask for it. */
export function refusesUndefined(schema: Schema, scope: Scope): boolean {
	let inner = schema;
	for (let steps = 0; steps < 20; steps++) {
		if (typeof inner === "boolean") return false;
		if (inner.type !== undefined || "const" in inner || "enum" in inner)
			return true;
		if (typeof inner.$ref !== "string") return false;
		inner = scope.unit.schemaOf(referencedName(inner.$ref));
	}
	return false;
}
