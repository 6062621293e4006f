// Findings about schemas that are valid but problematic.
import { describeIssues } from "../../runtime/issue.ts";
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import type {
	Diagnostic,
	LintCode,
	RuleName,
	Severity,
} from "../diagnostics.ts";
import { isOfTypes, isUnknown, isUntyped } from "../emit/type-printer.ts";
import { validatorsFor } from "../emit/validator/trial.ts";
import { type Analysis, locate, sortDiagnostics } from "../schema/analyse.ts";
import { growthOf } from "../schema/expressions.ts";
import { inexactNumbers } from "../schema/inexact-numbers.ts";
import {
	affectsValidity,
	eachSchema,
	inPlaceKeywords,
	patternsIn,
	type Schema,
	type SchemaObject,
	walkSchema,
} from "../schema/keywords.ts";
import { isDate, sunsetKey } from "../schema/life.ts";
import {
	type EventModel,
	type NamedSchema,
	referencedName,
} from "../schema/model.ts";
import { describesEvent } from "../schema/outline.ts";
import type { ParseFinding, SchemaDocument } from "../schema/parse.ts";
import { positionOfOffset } from "../schema/position.ts";
import { registryName } from "../schema/registry-name.ts";
import { check, type Rule } from "./rule.ts";

type LintFinding = ParseFinding & { readonly code: LintCode };

/**
 * The diagnostics of codegen, except those about loosened API models unless their severity is configured, the linter's own
 * findings, and those of the user's rules. Findings about the model are left out if the analysis has an error.
 */
export function lint(
	analysis: Analysis,
	generated: readonly Diagnostic[],
	rules: ReadonlyMap<RuleName, Rule> = new Map(),
	severities: ReadonlyMap<string, Severity> = new Map(),
): readonly Diagnostic[] {
	const { documents, sources, model } = analysis;
	const eventNames = new Set(model.events.map(({ name }) => name));
	const found = locate(
		[
			...[...documents.values()].flatMap((document) =>
				lintDocument(document, sources.get(document.file)?.text ?? ""),
			),
			...model.events.flatMap(lintEvent),
			...lintTypes([...model.schemas.values()], model.schemas),
			...lintClosed([...model.schemas.values()], model.schemas),
			...lintExamples([...model.schemas.values()], model.schemas, eventNames),
			...[...rules].flatMap(([name, rule]) => check(name, rule, model)),
		],
		analysis,
	);
	const isWanted = ({ code }: Diagnostic) =>
		code !== "api-model-loosened" || severities.has(code);
	return sortDiagnostics([...generated.filter(isWanted), ...found]);
}

/** Below a condition or in one alternative, that nothing is valid is often meant. */
const uncertain = new Set("not if contains anyOf oneOf".split(" "));

/** Findings in one file. */
function lintDocument(
	{ file, schema: root }: SchemaDocument,
	text: string,
): readonly LintFinding[] {
	const findings: LintFinding[] = [];
	const report = (
		code: LintFinding["code"],
		pointer: string,
		message: string,
	) => findings.push({ code, file, pointer, message });
	if (root.title === undefined && !describesEvent(root))
		report("title-recommended", "", "the definition has no title");
	if (typeof root.description !== "string" || root.description.trim() === "")
		report("description-missing", "", "the schema has no description");
	const sunset = root[sunsetKey];
	if (sunset !== undefined && !(isDate(sunset) && root.deprecated === true))
		report(
			"sunset-invalid",
			appendPointer("", sunsetKey),
			isDate(sunset)
				? "the event type has a date of its end, but is not deprecated"
				: `${JSON.stringify(sunset)} is not a date`,
		);
	else if (sunset !== undefined)
		report(
			"sunset-ahead",
			appendPointer("", sunsetKey),
			`the event type is deprecated, and may be gone after ${sunset}`,
		);
	const visit = (schema: Schema, pointer: string, isCertain: boolean): void => {
		if (!isObject(schema)) return;
		for (const name of isCertain ? forbiddenRequired(schema) : [])
			report(
				"required-impossible",
				appendPointer(pointer, "required"),
				`${JSON.stringify(name)} is required, but the schema allows no value for it`,
			);
		for (const keyword of ["anyOf", "oneOf"])
			if (isOpenEnum(schema[keyword]))
				report(
					"enum-open",
					appendPointer(pointer, keyword),
					"one branch lists values and another accepts every value of their type, so the list has no effect",
				);
		const impossible = impossibility(schema);
		if (impossible && isCertain)
			report(
				"schema-impossible",
				appendPointer(pointer, impossible.keyword),
				impossible.message,
			);
		if (schema.format === "int64" && !isWithinSafe(schema))
			report(
				"number-unsafe",
				appendPointer(pointer, "format"),
				"int64 exceeds JavaScript's safe integers: from 2^53 on, numbers lose digits",
			);
		for (const [keyword, value] of Object.entries(schema))
			eachSchema(keyword, value, appendPointer(pointer, keyword), (inner, at) =>
				visit(inner, at, isCertain && !uncertain.has(keyword)),
			);
	};
	visit(root, "", true);
	for (const { pattern, pointer } of patternsIn(root)) {
		const growth = growthOf(pattern);
		if (growth === "polynomial")
			report(
				"pattern-risky",
				pointer,
				`${JSON.stringify(pattern)} takes polynomial time: ten times the length takes a hundred times as long, or more`,
			);
		if (growth === "unknown")
			report(
				"pattern-unchecked",
				pointer,
				`cannot determine whether ${JSON.stringify(pattern)} takes linear time`,
			);
	}
	for (const { literal, pointer, offset } of inexactNumbers(file, text))
		findings.push({
			code: "number-unsafe",
			file,
			pointer,
			message: `JavaScript cannot represent ${literal}: it becomes ${Number(literal)}`,
			position: positionOfOffset(text, offset),
		});
	return findings;
}

/** Names that AWS does not accept unchanged. */
function lintEvent(event: EventModel): readonly LintFinding[] {
	const { file, name } = event;
	const findings: LintFinding[] = [];
	const exact = `${event.source}@${event.detailType}`;
	const kept = registryName(event);
	if (kept !== exact && !event.readOnly)
		findings.push({
			code: "name-changed",
			file,
			pointer: "",
			message: `the schema registry does not accept the name ${JSON.stringify(exact)}: the entry is stored as ${kept}`,
		});
	if (!/^[A-Za-z0-9]+$/.test(name))
		findings.push({
			code: "name-refused",
			file,
			pointer: "/title",
			message: `API Gateway accepts only names of the letters A to Z and digits, not ${name}`,
		});
	return findings;
}

const conditions = new Set(
	"if then else not contains propertyNames dependentSchemas".split(" "),
);

/** Whether a schema, or one that applies to the same value, says that its values are objects. */
const saysObject = (
	schema: SchemaObject,
	schemas: ReadonlyMap<string, NamedSchema>,
): boolean => partsOf(schema, schemas).some(({ type }) => type === "object");

/** Places where TypeScript's type says other than the schema, or nothing. */
function lintTypes(
	named: readonly NamedSchema[],
	schemas: ReadonlyMap<string, NamedSchema>,
): readonly LintFinding[] {
	const findings: LintFinding[] = [];
	/** Schemas that are referred to where values of any type can be. */
	const open = new Set<string>();
	const report = (
		code: LintCode,
		{ file, pointer: start }: NamedSchema,
		at: string,
	) =>
		findings.push({
			code,
			file,
			pointer: start + at,
			message:
				code === "type-missing"
					? "has properties and no type, so that values that are not objects are valid; the TypeScript type leaves them out"
					: "constrains values, but says no type: the TypeScript type is unknown",
		});
	for (const each of named) {
		const visit = (
			schema: Schema,
			at: string,
			/** Only objects can be here. */
			object: boolean,
			/** The schema is what a property or an item is, not a part of its definition. */
			isWhole: boolean,
		): void => {
			if (!isObject(schema)) return;
			const isObjectOnly = object || saysObject(schema, schemas);
			if (typeof schema.$ref === "string" && !isObjectOnly)
				open.add(referencedName(schema.$ref));
			const isListed = "enum" in schema || "const" in schema;
			if (at !== "" && !isObjectOnly && isUntyped(schema) && !isListed)
				report("type-missing", each, at);
			else if (
				at !== "" &&
				isWhole &&
				isUnknown(schema) &&
				Object.keys(schema).some(affectsValidity)
			)
				report("type-unknown", each, at);
			for (const [keyword, value] of Object.entries(schema)) {
				const isPart = inPlaceKeywords.has(keyword);
				// What is said under a condition, or of parts that are typed elsewhere, is no type.
				const isElsewhere =
					conditions.has(keyword) || (isPart && keyword === "allOf");
				if (!isElsewhere)
					eachSchema(keyword, value, appendPointer(at, keyword), (inner, to) =>
						visit(inner, to, isPart && isObjectOnly, !isPart),
					);
			}
		};
		visit(each.schema, "", true, true);
	}
	for (const each of named)
		if (open.has(each.name) && isUntyped(each.schema))
			report("type-missing", each, "");
	return findings;
}

/** Closed schemas that apply to the same object: what one requires, another may forbid. */
function lintClosed(
	named: readonly NamedSchema[],
	schemas: ReadonlyMap<string, NamedSchema>,
): readonly LintFinding[] {
	const findings: LintFinding[] = [];
	for (const { file, pointer: start, schema: root } of named)
		walkSchema(root, "", (schema, pointer) => {
			if (!("allOf" in schema) && !("$ref" in schema)) return;
			const parts = partsOf(schema, schemas);
			const required = new Set(
				parts.flatMap((part) => (part.required ?? []) as readonly string[]),
			);
			const own = forbiddenRequired(schema);
			for (const part of parts) {
				const forbidden = forbiddenRequired({
					...part,
					required: [...required],
				});
				for (const name of forbidden) {
					// A schema that forbids what it requires itself is reported there.
					if (own.includes(name) || forbiddenRequired(part).includes(name))
						continue;
					findings.push({
						code: "required-impossible",
						file,
						pointer:
							start +
							appendPointer(pointer, "allOf" in schema ? "allOf" : "$ref"),
						message: `${JSON.stringify(name)} is required by one branch and not allowed by another`,
					});
					required.delete(name);
				}
			}
		});
	return findings;
}

/** More schemas of one value are not looked at: each would be, for each of them. */
const partsMax = 200;

/** A schema and those that also apply to the same value, whatever it is. */
function partsOf(
	start: SchemaObject,
	schemas: ReadonlyMap<string, NamedSchema>,
): readonly SchemaObject[] {
	const parts = new Set([start]);
	for (const schema of parts) {
		const target =
			typeof schema.$ref === "string"
				? schemas.get(referencedName(schema.$ref))?.schema
				: undefined;
		for (const part of [...((schema.allOf ?? []) as Schema[]), target])
			if (isObject(part) && parts.size < partsMax) parts.add(part);
	}
	return [...parts];
}

/** Checks examples and defaults. Examples at the root of an event type are left out: codegen reports them as errors. */
function lintExamples(
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
						// Names from titles and files never contain an underscore.
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
			if (result === undefined || "slow" in result) continue;
			if (!result.ok)
				findings.push({
					code: "example-wrong",
					file,
					pointer,
					message: `the ${what} does not match its schema: ${describeIssues(result.issues)}`,
				});
		}
	return findings;
}

/** Limits that exclude each other, the lower one first, by the type that they are about. */
const limits: Readonly<Record<string, readonly [min: string, max: string]>> = {
	number: ["minimum", "maximum"],
	integer: ["minimum", "maximum"],
	string: ["minLength", "maxLength"],
	array: ["minItems", "maxItems"],
	object: ["minProperties", "maxProperties"],
};

/** Why no value is valid, as far as a schema itself says. */
function impossibility(
	schema: SchemaObject,
): { readonly keyword: string; readonly message: string } | undefined {
	const { enum: values, type } = schema;
	const [min = "", max = ""] = limits[String(type)] ?? [];
	if (Number(schema[min]) > Number(schema[max]))
		return {
			keyword: min,
			message: `no value is valid: ${min} is ${schema[min]}, and ${max} is ${schema[max]}`,
		};
	const all = "const" in schema ? [schema.const] : values;
	if (Array.isArray(all) && !all.some((value) => isOfTypes(value, type)))
		return {
			keyword: "const" in schema ? "const" : "enum",
			message:
				all.length === 0
					? "no value is valid: the list is empty"
					: `no value is valid: none is of the type ${[type].flat().join(" or ")}`,
		};
	const types = [schema, ...((schema.allOf ?? []) as Schema[])].flatMap(
		(part) => (isObject(part) && part.type ? [[part.type].flat()] : []),
	);
	const [first = [], ...rest] = types.map((names) =>
		names.map((name) => (name === "integer" ? "number" : name)),
	);
	return rest.length > 0 &&
		!first.some((name) => rest.every((names) => names.includes(name)))
		? {
				keyword: "allOf",
				message: "no value is valid: the branches have different types",
			}
		: undefined;
}

function forbiddenRequired(schema: SchemaObject): readonly string[] {
	const isOpen = schema.type !== undefined && schema.type !== "object";
	if (!Array.isArray(schema.required) || isOpen) return [];
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

function isWithinSafe({ minimum, maximum }: SchemaObject): boolean {
	return (
		Number(minimum) >= Number.MIN_SAFE_INTEGER &&
		Number(maximum) <= Number.MAX_SAFE_INTEGER
	);
}
