// Checks each keyword of a file: its value by the draft's meta-schema, its name by the keyword table.
import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import type { Validator } from "../../runtime/validator/rules.ts";
import { check } from "../../runtime/validator/validate.ts";
import type { DiagnosticCode, Finding } from "../diagnostics.ts";
import { acknowledgeKey } from "./acknowledge.ts";
import {
	affectsValidity,
	type Draft,
	definitionKeywords,
	detailTypeKey,
	drafts,
	eachSchema,
	extensibleEnum,
	idempotencyKey,
	isGroup,
	keywordStatus,
	keywords,
	nearestKeyword,
	personalKey,
	refStandsAlone,
	type SchemaObject,
	sourceKey,
} from "./keywords.ts";
import { $MetaSchema as draft201909 } from "./meta-schemas/2019-09.js";
import { $MetaSchema as draft202012 } from "./meta-schemas/2020-12.js";
import { $MetaSchema as draft04 } from "./meta-schemas/draft-04.js";
import { $MetaSchema as draft06 } from "./meta-schemas/draft-06.js";
import { $MetaSchema as draft07 } from "./meta-schemas/draft-07.js";
import { nearest } from "./nearest.ts";

export function draftOf({ $schema }: SchemaObject): Draft | undefined {
	if ($schema === undefined) return "2020-12";
	if (typeof $schema !== "string") return undefined;
	const uri = $schema.replace(/#$/, "");
	return Object.hasOwn(drafts, uri) ? drafts[uri] : undefined;
}

const metaSchemas: Readonly<Record<Draft, Validator>> = {
	"draft-04": draft04,
	"draft-06": draft06,
	"draft-07": draft07,
	"2019-09": draft201909,
	"2020-12": draft202012,
};

export function metaSchemaFindings(
	file: string,
	schema: unknown,
	draft: Draft,
	at = "",
): readonly Finding[] {
	const { $schema: _, ...rest } = isObject(schema) ? schema : {};
	const result = check(metaSchemas[draft], isObject(schema) ? rest : schema);
	if (result.ok) return [];
	const byPlace = Map.groupBy(result.issues, ({ path }) => path);
	return [...byPlace].map(([path, [issue]]) => ({
		code: "not-a-schema",
		file,
		pointer: at + path,
		message: `${(at + path).split("/").at(-1) || "the schema"} ${issue?.message}`,
	}));
}

/** Faults that a draft's meta-schema does not find: in `$ref` and `format` of draft-04, `$defs` before 2019-09, and groups. */
function shapeFindings(
	file: string,
	name: string,
	value: unknown,
	pointer: string,
	draft: Draft,
): readonly Finding[] {
	const isDefinitions = definitionKeywords.some((keyword) => keyword === name);
	const wanted =
		["$ref", "format"].includes(name) && typeof value !== "string"
			? "string"
			: isDefinitions && !isObject(value)
				? "object"
				: undefined;
	if (wanted)
		return [
			{
				code: "not-a-schema",
				file,
				pointer,
				message: `${name} must be ${wanted}, found ${value === null ? "null" : typeof value}`,
			},
		];
	if (!isDefinitions || !isObject(value)) return [];
	const isReached = name === "definitions" || !refStandsAlone(draft);
	return Object.entries(value).flatMap(([key, item]) => {
		const at = appendPointer(pointer, key);
		if (isGroup(item)) return groupFindings(file, item, at, draft);
		return isReached ? [] : metaSchemaFindings(file, item, draft, at);
	});
}

function groupFindings(
	file: string,
	group: SchemaObject,
	pointer: string,
	draft: Draft,
): readonly Finding[] {
	return Object.entries(group).flatMap(([key, item]) => {
		const at = appendPointer(pointer, key);
		return isGroup(item)
			? groupFindings(file, item, at, draft)
			: metaSchemaFindings(file, item, draft, at);
	});
}

export function keywordFindings(
	file: string,
	root: SchemaObject,
	draft: Draft,
): { readonly isWalkable: boolean; readonly findings: readonly Finding[] } {
	const { $schema } = root;
	const findings: Finding[] = [];
	let isWalkable = true;
	const ignored = new Map<string, { pointer: string; times: number }>();
	const ignore = (what: string, pointer: string) => {
		const known = ignored.get(what);
		ignored.set(what, {
			pointer: known?.pointer ?? pointer,
			times: (known?.times ?? 0) + 1,
		});
	};
	const visit = (schema: SchemaObject, pointer: string): void => {
		const isOverridden = refStandsAlone(draft) && "$ref" in schema;
		if (
			pointer !== "" &&
			!isOverridden &&
			draftOf({ $schema, ...schema }) !== draft
		)
			findings.push({
				code: "keyword-unsupported",
				file,
				pointer: appendPointer(pointer, "$schema"),
				message: `"$schema" differs from the root's ${draft}: a file can only use one draft`,
			});
		const growing = isOverridden ? undefined : extensibleEnumFault(schema);
		if (growing)
			findings.push({
				code: "extensible-enum-invalid",
				file,
				pointer: appendPointer(pointer, extensibleEnum),
				message: `${extensibleEnum} ${growing}`,
			});
		const personal = schema[personalKey];
		if (
			personal !== undefined &&
			typeof personal !== "boolean" &&
			(typeof personal !== "string" || personal.trim() === "")
		)
			findings.push({
				code: "personal-invalid",
				file,
				pointer: appendPointer(pointer, personalKey),
				message: `${personalKey} must be true, false or a category, got ${JSON.stringify(personal)}`,
			});
		for (const [name, value] of Object.entries(schema)) {
			const at = appendPointer(pointer, name);
			const quoted = JSON.stringify(name);
			if (isOverridden && name !== "$ref" && affectsValidity(name)) {
				ignore(`${quoted} has no effect beside $ref in ${draft}`, at);
				continue;
			}
			const fault = faultOfKeyword(name, value, draft);
			if (fault) {
				if ("code" in fault)
					findings.push({
						code: fault.code,
						file,
						pointer: at,
						message: `${quoted} ${fault.message}`,
					});
				else ignore(`${quoted} ${fault.ignored}`, at);
				// The value of a keyword from another draft was not checked.
				if (keywordStatus(name, draft) === "other draft") isWalkable = false;
				continue;
			}
			const wrong = shapeFindings(file, name, value, at, draft);
			findings.push(...wrong);
			if (wrong.length > 0) isWalkable = false;
			else
				eachSchema(name, value, at, (inner, innerAt) => {
					if (isObject(inner)) visit(inner, innerAt);
				});
		}
	};
	visit(root, "");
	const key = root[idempotencyKey];
	if (key !== undefined && !isRequiredProperty(root, key))
		findings.push({
			code: "idempotency-key-invalid",
			file,
			pointer: appendPointer("", idempotencyKey),
			message: `${idempotencyKey} must be the name of a required property of this schema, got ${JSON.stringify(key)}`,
		});
	for (const [what, { pointer, times }] of ignored)
		findings.push({
			code: "keyword-ignored",
			file,
			pointer,
			message: `${what}${times > 1 ? `; it occurs ${times} times` : ""}`,
		});
	return { isWalkable, findings };
}

/** What is wrong with a keyword's name, or why it has no effect. */
function faultOfKeyword(
	name: string,
	value: unknown,
	draft: Draft,
):
	| { readonly code: DiagnosticCode; readonly message: string }
	| { readonly ignored: string }
	| undefined {
	switch (keywordStatus(name, draft)) {
		case "known":
			return undefined;
		case "annotation": {
			const meant = nearestAnnotation(name);
			return meant === undefined
				? undefined
				: {
						code: "keyword-unknown",
						message: `is not a keyword; did you mean ${meant}?`,
					};
		}
		case "other draft":
			return {
				code: "keyword-unsupported",
				message: `is not a keyword of ${draft}`,
			};
		case "unsupported":
			return name === "nullable" && value === false
				? { ignored: "is not a keyword of JSON Schema" }
				: {
						code: "keyword-unsupported",
						message:
							"belongs to another dialect, where it changes which values are valid",
					};
		case "unknown": {
			const meant = nearestKeyword(name);
			const question = meant === undefined ? "" : `; did you mean ${meant}?`;
			const message = `is not a keyword of ${keywords.has(name) ? draft : "JSON Schema"}${question}`;
			return meant !== undefined && isSlip(meant, value, draft)
				? { code: "keyword-unknown", message }
				: { ignored: message };
		}
	}
}

const isRequiredProperty = (
	{ properties, required }: SchemaObject,
	name: unknown,
): boolean =>
	typeof name === "string" &&
	isObject(properties) &&
	Object.hasOwn(properties, name) &&
	Array.isArray(required) &&
	required.includes(name);

/** Whether an unknown keyword could be meant to constrain values: its value fits the keyword that it looks like. */
const isSlip = (meant: string, value: unknown, draft: Draft): boolean =>
	affectsValidity(meant) && check(metaSchemas[draft], { [meant]: value }).ok;

const ownAnnotations = [
	acknowledgeKey,
	detailTypeKey,
	idempotencyKey,
	sourceKey,
];

/** The annotation with a meaning here that a name nearly is. */
function nearestAnnotation(name: string): string | undefined {
	if (name !== personalKey && name.toLowerCase() === personalKey)
		return personalKey;
	if (ownAnnotations.includes(name) || name === extensibleEnum)
		return undefined;
	const meant = nearest(name, [...ownAnnotations, extensibleEnum]);
	return meant === name ? undefined : meant;
}

/** What is wrong with a list of known strings. */
function extensibleEnumFault(schema: SchemaObject): string | undefined {
	if (!(extensibleEnum in schema)) return undefined;
	const values = schema[extensibleEnum];
	const isList =
		Array.isArray(values) &&
		values.length > 0 &&
		values.every((value) => typeof value === "string") &&
		new Set(values).size === values.length;
	if (!isList) return "must be a list of different strings, at least one";
	if ("enum" in schema || "const" in schema)
		return "has no effect next to enum or const, which close the list: remove one";
	const types = [schema.type ?? "string"].flat();
	return types.includes("string")
		? undefined
		: `lists strings, but the type is ${types.join(" or ")}`;
}
