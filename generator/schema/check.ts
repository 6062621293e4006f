import { isObject } from "../../runtime/json.ts";
import { appendPointer } from "../../runtime/json-pointer.ts";
import type { Finding } from "../diagnostics.ts";
import type { Schema, SchemaObject } from "./keywords.ts";
import {
	type EventFacts,
	type Model,
	type NamedSchema,
	referencedName,
} from "./model.ts";
import { domainOf, moduleOf, pascalCase } from "./name.ts";
import { detailTypeKey, isEvent, type Outline, sourceKey } from "./outline.ts";
import { registryName } from "./registry-name.ts";

/** What files say, each for itself and among each other, that cannot be generated for, or that AWS would refuse. */
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

/** EventBridge takes nothing but objects as details. */
export function checkDetails({ events, schemas }: Model): readonly Finding[] {
	return events.flatMap(({ file, schema }): Finding[] => {
		try {
			if (isObjectOnly(schema, schemas)) return [];
		} catch (error) {
			// Thousands of schemas that refer to one another exhaust the stack.
			if (!(error instanceof RangeError)) throw error;
			return [tooDeep(file)];
		}
		const stated =
			"type" in schema ? `has type ${JSON.stringify(schema.type)}` : "has none";
		return [
			{
				code: "detail-not-object",
				file,
				pointer: "type" in schema ? "/type" : "",
				message: `an event's detail is an object, so the schema's root must have type "object"; it ${stated}`,
			},
		];
	});
}

export const tooDeep = (file: string): Finding => ({
	code: "too-deep",
	file,
	pointer: "",
	message: "its references lead through one another too deep",
});

/** Whether a schema, or what it refers to, takes objects and nothing else. */
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
			`${sourceKey} must be a text of 1 to ${sourceCharactersMax} characters, none a control character or half of a surrogate pair, got ${shortJson(source)}`,
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
			`${detailTypeKey} must be a text of 1 to ${detailTypeCharactersMax} characters, none a control character or half of a surrogate pair, got ${shortJson(detailType)}`,
		);
	return findings;
}

/** Of PutEvents: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
const sourceCharactersMax = 256;
const detailTypeCharactersMax = 128;

/** A rule's pattern has room for the longest of them beside a typed filter; a control character would take up to six characters there. */
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

/** A file's name has at most 255 bytes on common file systems; what is generated has longer endings. */
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
				`${JSON.stringify(file)} cannot be a part of an import path`,
			);
		const domain = domainOf(module);
		if (
			isEvent(outline) &&
			!/^\p{ID_Start}\p{ID_Continue}*$/u.test(pascalCase(domain))
		)
			return found(
				"name-invalid",
				`the folder ${JSON.stringify(domain)} cannot name a publisher: let it begin with a letter`,
			);
		const other = seen.get(module.toLowerCase());
		seen.set(module.toLowerCase(), file);
		return other === undefined
			? []
			: found(
					"module-duplicate",
					`${file} and ${other} would be generated to the same place`,
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
						message: `${other.file} has the source ${JSON.stringify(event.source)} and the detail-type ${JSON.stringify(event.detailType)} already`,
					},
				]
			: [];
	});
}

/** A file's name has at most 255 bytes on common file systems, its ending and that of an unfinished file among them. */
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
							message: `the registry's name for it has ${name.length} characters, the limit is ${registryNameMax}`,
						},
					]
				: []),
			...(other
				? [
						{
							code: "registry-name-collision" as const,
							file,
							pointer,
							message: `the registry would keep it as ${name}, and ${other.file} too`,
						},
					]
				: []),
		];
	});
}
