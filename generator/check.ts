import {
	check as checkValue,
	describeIssues,
	type Validate,
} from "../runtime/validate.ts";
import type { Finding } from "./diagnostics.ts";
import { appendPointer } from "./json-pointer.ts";
import { walkSchema } from "./keywords.ts";
import { detailTypeKey, sourceKey } from "./lower.ts";
import type { EventModel, Model } from "./model.ts";
import type { SchemaDocument } from "./parse.ts";
import { compiled, formatNames, type Validation } from "./validation.ts";

/** What a schema says that cannot be generated for, or that AWS would refuse. */
export function check(
	model: Model,
	documents: readonly SchemaDocument[],
): readonly Finding[] {
	return [
		...documents.flatMap(eventKeys),
		...documents.flatMap(expressions),
		...duplicates(model.events),
		...model.events.flatMap(objectDetail),
	];
}

/** Schemas that cannot be compiled, and examples that their schema refuses: they are fixtures, so they must hold. */
export function checkExamples(
	model: Model,
	validation: Validation,
): readonly Finding[] {
	return model.events.flatMap((event) => {
		const outcome = validation.get(event.name);
		return typeof outcome === "string"
			? [
					{
						code: "not-a-schema" as const,
						file: event.file,
						pointer: event.pointer,
						message: outcome,
					},
				]
			: examples(event, validation);
	});
}

function eventKeys({ file, schema }: SchemaDocument): readonly Finding[] {
	const source = schema[sourceKey];
	const detailType = schema[detailTypeKey];
	if (source === undefined && detailType === undefined) return [];
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
	if (typeof source !== "string" || source.length < 1 || source.length > 256)
		report(
			"source-invalid",
			sourceKey,
			`${sourceKey} must be 1 to 256 characters, got ${JSON.stringify(source)}`,
		);
	else if (source.startsWith("aws."))
		report(
			"source-invalid",
			sourceKey,
			`${sourceKey} must not start with "aws.", got ${JSON.stringify(source)}`,
		);
	if (
		typeof detailType !== "string" ||
		detailType.length < 1 ||
		detailType.length > 128
	)
		report(
			"detail-type-invalid",
			detailTypeKey,
			`${detailTypeKey} must be 1 to 128 characters, got ${JSON.stringify(detailType)}`,
		);
	return findings;
}

function expressions({
	file,
	schema: root,
}: SchemaDocument): readonly Finding[] {
	const findings: Finding[] = [];
	walkSchema(root, "", (schema, pointer) => {
		const patterns: [string, string][] = [
			...(typeof schema.pattern === "string"
				? [
						[schema.pattern, appendPointer(pointer, "pattern")] as [
							string,
							string,
						],
					]
				: []),
			...Object.keys(schema.patternProperties ?? {}).map(
				(key): [string, string] => [
					key,
					appendPointer(pointer, "patternProperties", key),
				],
			),
		];
		for (const [pattern, at] of patterns) {
			const message = refuseExpression(pattern);
			if (message)
				findings.push({ code: "pattern-invalid", file, pointer: at, message });
		}
		if (typeof schema.format === "string" && !formatNames.has(schema.format))
			findings.push({
				code: "format-unknown",
				file,
				pointer: appendPointer(pointer, "format"),
				message: `${JSON.stringify(schema.format)} is no known format; known are ${[...formatNames].sort().join(", ")}`,
			});
	});
	return findings;
}

function refuseExpression(pattern: string): string | undefined {
	try {
		new RegExp(pattern, "u");
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
}

function duplicates(events: readonly EventModel[]): readonly Finding[] {
	const seen = new Map<string, EventModel>();
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

function objectDetail({ file, schema }: EventModel): readonly Finding[] {
	return schema.type === "object"
		? []
		: [
				{
					code: "detail-not-object",
					file,
					pointer: "type" in schema ? "/type" : "",
					message: `an event's detail is an object, the schema's root has ${"type" in schema ? `type ${JSON.stringify(schema.type)}` : "no type"}`,
				},
			];
}

function examples(
	event: EventModel,
	validation: Validation,
): readonly Finding[] {
	const all = event.schema.examples;
	if (!Array.isArray(all)) return [];
	const { validate } = compiled(validation, event);
	return all.flatMap((example, i): Finding[] => {
		const result = checkValue(validate as Validate, example);
		return result.ok
			? []
			: [
					{
						code: "example-invalid",
						file: event.file,
						pointer: appendPointer("", "examples", i),
						message: `the example does not fit its schema: ${describeIssues(result.issues)}`,
					},
				];
	});
}
