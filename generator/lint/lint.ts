// What a schema may say, and yet should not.
import { visit } from "jsonc-parser";
import { isSafePattern } from "redos-detector";
import { describeIssues } from "../../runtime/issue.ts";
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import type { DiagnosticCode, LintCode } from "../diagnostics.ts";
import { inTime, validatorsFor } from "../emit/validator/trial.ts";
import {
	type Schema,
	type SchemaObject,
	walkSchema,
} from "../schema/keywords.ts";
import type { EventModel, NamedSchema } from "../schema/model.ts";
import type { SchemaDocument } from "../schema/parse.ts";
import { type Position, positionOfOffset } from "../schema/position.ts";
import { registryName } from "../schema/registry-name.ts";
import { yaml } from "../schema/yaml.ts";

export interface LintFinding {
	readonly code: LintCode | Extract<DiagnosticCode, "pattern-slow">;
	readonly file: string;
	readonly pointer: string;
	readonly message: string;
	/** Where it is no schema's place. */
	readonly position?: Position;
}

/** What stands in one file. */
export function lintDocument(
	{ file, schema: root }: SchemaDocument,
	text: string,
	isEvent: boolean,
): readonly LintFinding[] {
	const findings: LintFinding[] = [];
	const report = (
		code: LintFinding["code"],
		pointer: string,
		message: string,
	) => findings.push({ code, file, pointer, message });
	if (root.title === undefined && !isEvent)
		report("title-recommended", "", "the definition has no title");
	if (typeof root.description !== "string" || root.description.trim() === "")
		report("description-missing", "", "the schema has no description");
	walkSchema(root, "", (schema, pointer) => {
		const required = appendPointer(pointer, "required");
		const forbidden =
			schema.patternProperties === undefined
				? forbiddenRequired(schema)
				: inTime(() => forbiddenRequired(schema));
		if (forbidden === "too slow")
			report(
				"pattern-slow",
				required,
				"to look for what is required among the patternProperties takes too long",
			);
		else
			for (const name of forbidden)
				report(
					"required-impossible",
					required,
					`${JSON.stringify(name)} is required, and no value of it fits`,
				);
		for (const keyword of ["anyOf", "oneOf"])
			if (isOpenEnum(schema[keyword]))
				report(
					"enum-open",
					appendPointer(pointer, keyword),
					"one branch lists values and another takes every value of their type, so the list limits nothing",
				);
		for (const [pattern, at] of patternsOf(schema, pointer))
			if (!isQuick(pattern))
				report(
					"pattern-risky",
					at,
					`${JSON.stringify(pattern)} can match some texts in so many ways that to refuse one may take very long`,
				);
		if (schema.format === "int64" && !isWithinSafe(schema))
			report(
				"number-unsafe",
				appendPointer(pointer, "format"),
				"int64 has numbers that JavaScript cannot hold: from 2^53 on they lose digits",
			);
	});
	const numbers = file.endsWith(".json")
		? inexactInJson(text)
		: inexactInYaml(text);
	for (const { literal, pointer, offset } of numbers)
		findings.push({
			code: "number-unsafe",
			file,
			pointer,
			message: `JavaScript cannot hold ${literal}: it reads ${Number(literal)}`,
			position: positionOfOffset(text, offset),
		});
	return findings;
}

/** Names that AWS takes only after a change. */
export function lintEvent(event: EventModel): readonly LintFinding[] {
	const { file, name } = event;
	const findings: LintFinding[] = [];
	const exact = `${event.source}@${event.detailType}`;
	const kept = registryName(event);
	if (kept !== exact && !event.readOnly)
		findings.push({
			code: "name-changed",
			file,
			pointer: "",
			message: `the schema registry does not take the name ${JSON.stringify(exact)}: it is kept as ${kept}`,
		});
	if (!/^[A-Za-z0-9]+$/.test(name))
		findings.push({
			code: "name-refused",
			file,
			pointer: "/title",
			message: `API Gateway takes names of letters A to Z and digits, not ${name}`,
		});
	return findings;
}

/** Examples and defaults below the root; those of an event type itself are errors already. */
export function lintExamples(
	named: readonly NamedSchema[],
	schemas: ReadonlyMap<string, NamedSchema>,
	eventNames: ReadonlySet<string>,
): readonly LintFinding[] {
	const places: {
		readonly schema: NamedSchema;
		readonly values: readonly (readonly [pointer: string, value: unknown])[];
	}[] = [];
	for (const { name, file, pointer: start, schema: root, references } of named)
		walkSchema(root, "", (schema, pointer) => {
			const isChecked = pointer === "" && eventNames.has(name);
			const examples =
				Array.isArray(schema.examples) && !isChecked ? schema.examples : [];
			const at = start + pointer;
			const values = [
				...examples.map(
					(value, i) => [appendPointer(at, "examples", i), value] as const,
				),
				...("default" in schema
					? [[appendPointer(at, "default"), schema.default] as const]
					: []),
			];
			if (values.length > 0)
				places.push({
					schema: {
						// No title and no file makes a name like this.
						name: `example_${places.length}`,
						module: "",
						file,
						pointer: at,
						schema: { ...schema, examples: values },
						references,
					},
					values,
				});
		});
	const trials = validatorsFor(
		places.map(({ schema }) => schema),
		new Map([
			...schemas,
			...places.map(({ schema }) => [schema.name, schema] as const),
		]),
	);
	const findings: LintFinding[] = [];
	for (const { schema, values } of places)
		for (const [pointer, value] of values) {
			const { name, file } = schema;
			const what = pointer.endsWith("/default") ? "default" : "example";
			const result = trials.get(name)?.(value);
			if (result === "too slow") {
				findings.push({
					code: "pattern-slow",
					file,
					pointer,
					message: `to validate the ${what} takes too long`,
				});
				// One that takes so long is enough to know.
				break;
			}
			if (result && !result.ok)
				findings.push({
					code: "example-wrong",
					file,
					pointer,
					message: `the ${what} does not fit its schema: ${describeIssues(result.issues)}`,
				});
		}
	return findings;
}

function forbiddenRequired(schema: SchemaObject): readonly string[] {
	if (!Array.isArray(schema.required)) return [];
	const properties = (schema.properties ?? {}) as Record<string, Schema>;
	const patterns = Object.keys(schema.patternProperties ?? {}).map(
		(pattern) => new RegExp(pattern, "u"),
	);
	return (schema.required as readonly string[]).filter((name) =>
		Object.hasOwn(properties, name)
			? properties[name] === false
			: schema.additionalProperties === false &&
				!patterns.some((pattern) => pattern.test(name)),
	);
}

function isOpenEnum(branches: unknown): boolean {
	if (!Array.isArray(branches)) return false;
	const listed = branches.filter(
		(branch) => isObject(branch) && ("enum" in branch || "const" in branch),
	);
	const types = listed
		.flatMap(({ enum: values = [], const: value }) => [...values, value])
		.filter((value) => value !== undefined)
		.map((value) => typeof value);
	return (
		listed.length > 0 &&
		branches.some(
			(branch) =>
				isObject(branch) &&
				Object.keys(branch).every((key) =>
					["type", "title", "description"].includes(key),
				) &&
				types.includes(String(branch.type) as never),
		)
	);
}

function patternsOf(
	schema: SchemaObject,
	pointer: string,
): readonly (readonly [pattern: string, pointer: string])[] {
	return [
		...(typeof schema.pattern === "string"
			? [[schema.pattern, appendPointer(pointer, "pattern")] as const]
			: []),
		...Object.keys(schema.patternProperties ?? {}).map(
			(key) => [key, appendPointer(pointer, "patternProperties", key)] as const,
		),
	];
}

/** Whether an expression is known to refuse in reasonable time; one too large to tell counts as such. */
function isQuick(pattern: string): boolean {
	try {
		const { safe, score } = isSafePattern(pattern, {
			unicode: true,
			maxSteps: 5_000,
			timeout: 100,
		});
		return safe || !score.infinite;
	} catch {
		// It uses something that the detector does not know.
		return true;
	}
}

function isWithinSafe({ minimum, maximum }: SchemaObject): boolean {
	return (
		Number(minimum) >= Number.MIN_SAFE_INTEGER &&
		Number(maximum) <= Number.MAX_SAFE_INTEGER
	);
}

/** A number that JavaScript reads as another, as it is written, and where. */
interface NumberLiteral {
	readonly literal: string;
	readonly pointer: string;
	readonly offset: number;
}

function inexactInJson(text: string): readonly NumberLiteral[] {
	const found: NumberLiteral[] = [];
	visit(text, {
		onLiteralValue: (value, offset, length, _line, _column, pathOf) => {
			const literal = text.slice(offset, offset + length);
			if (typeof value === "number" && !isExact(literal))
				found.push({
					literal,
					pointer: appendPointer("", ...pathOf()),
					offset,
				});
		},
	});
	return found;
}

function inexactInYaml(text: string): readonly NumberLiteral[] {
	const { isPair, isScalar, isSeq, parseDocument, visit } = yaml();
	const found: NumberLiteral[] = [];
	visit(parseDocument(text, { stringKeys: true }), {
		Scalar: (_, node, around) => {
			const { value, source = "", range } = node;
			const isDecimal = /^[-+]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(source);
			if (typeof value !== "number" || !range) return;
			if (!isDecimal || isExact(source)) return;
			const path = around.flatMap((outer, i): (string | number)[] => {
				if (isPair(outer))
					return isScalar(outer.key) ? [String(outer.key.value)] : [];
				return isSeq(outer) ? [outer.items.indexOf(around[i + 1] ?? node)] : [];
			});
			found.push({
				literal: source,
				pointer: appendPointer("", ...path),
				offset: range[0],
			});
		},
	});
	return found;
}

function isExact(literal: string): boolean {
	const value = Number(literal);
	if (!/[.eE]/.test(literal))
		return Number.isSafeInteger(value) || BigInt(literal) === BigInt(value);
	// Sixteen digits are more than a double keeps of every number.
	const digits = literal.replace(/[eE].*$/, "").replace(/^-?0*\.?0*|[.-]/g, "");
	return Number.isFinite(value) && digits.length <= 17;
}
