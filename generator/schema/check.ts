import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import type { Finding } from "../diagnostics.ts";
import {
	detailTypeKey,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "./keywords.ts";
import {
	type EventFacts,
	type Model,
	type NamedSchema,
	referencedName,
} from "./model.ts";
import { domainOf, moduleOf, pascalCase } from "./name.ts";
import { isEvent, type Outline } from "./outline.ts";
import { registryName } from "./registry-name.ts";

/** Checks within and across files for schemas that the generator cannot handle or that AWS would reject. */
export function checkOutlines(
	outlines: readonly Outline[],
	events: readonly EventFacts[],
): readonly Finding[] {
	return [
		...outlines.flatMap(eventKeys),
		...modules(outlines),
		...duplicates(events),
		...registryNames(events.filter((event) => !event.readOnly)),
	];
}

/** EventBridge accepts only objects as details. */
export function checkDetails({ events, schemas }: Model): readonly Finding[] {
	return events.flatMap(({ file, schema }): Finding[] => {
		try {
			if (isObjectOnly(schema, schemas)) return [];
		} catch (error) {
			// Long chains of references exhaust the stack.
			if (!(error instanceof RangeError)) throw error;
			return [tooDeep(file)];
		}
		const stated =
			"type" in schema
				? `has type ${JSON.stringify(schema.type)}`
				: "has no type";
		return [
			{
				code: "detail-not-object",
				file,
				pointer: "type" in schema ? "/type" : "",
				message: `an event's detail is an object, so the root of its schema must have type "object"; it ${stated}`,
			},
		];
	});
}

export const tooDeep = (file: string): Finding => ({
	code: "too-deep",
	file,
	pointer: "",
	message: "its chain of references is too long",
});

/** Whether a schema, or the schema that it refers to, accepts only objects. */
function isObjectOnly(
	schema: Schema | undefined,
	schemas: ReadonlyMap<string, NamedSchema>,
	/** Results by name. */
	known = new Map<string, boolean>(),
): boolean {
	if (!isObject(schema)) return false;
	if (schema.type !== undefined) return schema.type === "object";
	const some = (keyword: string) =>
		((schema[keyword] ?? []) as readonly Schema[]).some((inner) =>
			isObjectOnly(inner, schemas, known),
		);
	const every = (keyword: string) =>
		Array.isArray(schema[keyword]) &&
		(schema[keyword] as readonly Schema[]).every((inner) =>
			isObjectOnly(inner, schemas, known),
		);
	return (
		isReferenceToObject(schema, schemas, known) ||
		some("allOf") ||
		every("anyOf") ||
		every("oneOf")
	);
}

function isReferenceToObject(
	{ $ref }: SchemaObject,
	schemas: ReadonlyMap<string, NamedSchema>,
	known: Map<string, boolean>,
): boolean {
	if (typeof $ref !== "string") return false;
	const name = referencedName($ref);
	const result =
		known.get(name) ?? isObjectOnly(schemas.get(name)?.schema, schemas, known);
	known.set(name, result);
	return result;
}

function eventKeys(outline: Outline): readonly Finding[] {
	if (!isEvent(outline)) return [];
	const { file, source, detailType } = outline;
	const findings: Finding[] = [];
	const report = (code: Finding["code"], key: string, message: string) =>
		findings.push({ code, file, pointer: appendPointer("", key), message });
	if (source === undefined || detailType === undefined) {
		const [has, lacks] =
			source === undefined
				? [detailTypeKey, sourceKey]
				: [sourceKey, detailTypeKey];
		report("event-incomplete", has, `the schema has ${has} but not ${lacks}`);
		return findings;
	}
	if (!isEventName(source, sourceCharactersMax))
		report(
			"source-invalid",
			sourceKey,
			`${sourceKey} must be a string of 1 to ${sourceCharactersMax} characters without control characters or unpaired surrogates, got ${shortJson(source)}`,
		);
	else if (source.startsWith("aws.") && !outline.readOnly)
		report(
			"source-invalid",
			sourceKey,
			`${sourceKey} must not start with "aws.", got ${JSON.stringify(source)}`,
		);
	if (!isEventName(detailType, detailTypeCharactersMax))
		report(
			"detail-type-invalid",
			detailTypeKey,
			`${detailTypeKey} must be a string of 1 to ${detailTypeCharactersMax} characters without control characters or unpaired surrogates, got ${shortJson(detailType)}`,
		);
	return findings;
}

/** Limits of PutEvents: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
const sourceCharactersMax = 256;
const detailTypeCharactersMax = 128;

/** Even the longest names leave room for a typed filter in a rule's pattern, where a control character takes up to six characters. */
function isEventName(value: unknown, charactersMax: number): value is string {
	return (
		typeof value === "string" &&
		value.length >= 1 &&
		value.length <= charactersMax &&
		!/[\p{Cc}\p{Cs}]/u.test(value)
	);
}

function shortJson(value: unknown): string {
	const text = JSON.stringify(value);
	return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** File names have at most 255 bytes on common file systems; generated files have longer suffixes. */
const partBytesMax = 200;

function modules(outlines: readonly Outline[]): readonly Finding[] {
	const seen = new Map<string, string>();
	return outlines.flatMap((outline): Finding[] => {
		const { file } = outline;
		const found = (code: Finding["code"], message: string): Finding[] => [
			{ code, file, pointer: "", message },
		];
		const module = moduleOf(file);
		if (
			/[#%?\\\p{Cc}]|\.d(?=[./]|$)|\.(?:ts|js|json)\/|(?:^|\/)$/u.test(
				module,
			) ||
			module.split("/").some((part) => Buffer.byteLength(part) > partBytesMax)
		)
			return found(
				"module-invalid",
				`${JSON.stringify(file)} cannot be part of an import path`,
			);
		const domain = domainOf(module);
		if (
			isEvent(outline) &&
			!/^\p{ID_Start}\p{ID_Continue}*$/u.test(pascalCase(domain))
		)
			return found(
				"name-invalid",
				`the folder ${JSON.stringify(domain)} cannot name a publisher: it must start with a letter`,
			);
		const other = seen.get(module.toLowerCase());
		seen.set(module.toLowerCase(), file);
		return other === undefined
			? []
			: found(
					"module-duplicate",
					`${file} and ${other} generate the same output files`,
				);
	});
}

function duplicates(events: readonly EventFacts[]): readonly Finding[] {
	const seen = new Map<string, EventFacts>();
	return events.flatMap((event): Finding[] => {
		const key = JSON.stringify([event.source, event.detailType]);
		const other = seen.get(key);
		seen.set(key, event);
		return other
			? [
					{
						code: "event-duplicate",
						file: event.file,
						pointer: appendPointer("", detailTypeKey),
						message: `${other.file} already has the source ${JSON.stringify(event.source)} and the detail-type ${JSON.stringify(event.detailType)}`,
					},
				]
			: [];
	});
}

/** File names have at most 255 bytes on common file systems, including the suffixes of the entry and of its temporary file. */
const registryNameMax = 230;

function registryNames(events: readonly EventFacts[]): readonly Finding[] {
	const names = new Map<string, EventFacts>();
	const distinct = new Map(
		events.map((event) => [
			JSON.stringify([event.source, event.detailType]),
			event,
		]),
	);
	return [...distinct.values()].flatMap((event): Finding[] => {
		const { file } = event;
		const pointer = appendPointer("", detailTypeKey);
		const name = registryName(event);
		const other = names.get(name.toLowerCase());
		names.set(name.toLowerCase(), event);
		return [
			...(name.length > registryNameMax
				? [
						{
							code: "registry-name-too-long" as const,
							file,
							pointer,
							message: `its name in the registry has ${name.length} characters, the limit is ${registryNameMax}`,
						},
					]
				: []),
			...(other
				? [
						{
							code: "registry-name-collision" as const,
							file,
							pointer,
							message: `its name in the registry is ${name}, the same as that of ${other.file}`,
						},
					]
				: []),
		];
	});
}
