import { isObject } from "../../runtime/json.ts";
import type { Finding } from "../diagnostics.ts";
import {
	detailTypeKey,
	mapKeyword,
	type Schema,
	type SchemaObject,
	sourceKey,
} from "../schema/keywords.ts";
import { containsEvaluates } from "../schema/lower.ts";
import {
	closureOf,
	type EventModel,
	type Model,
	referenceTo,
} from "../schema/model.ts";
import type { Emitter } from "./emitter.ts";

/** Larger contracts are not written. */
const bytesMax = 1_000_000;

/** One contract per event type: the detail's schema in 2020-12, self-contained. Filters are checked against it. */
export const contracts: Emitter = (model) => {
	const findings: Finding[] = [];
	const files = model.events.flatMap((event) => {
		const text = `${JSON.stringify(contractOf(event, model))}\n`;
		const bytes = new TextEncoder().encode(text).length;
		if (bytes <= bytesMax) return [[`${event.module}.json`, text] as const];
		findings.push({
			code: "contract-too-large",
			file: event.file,
			pointer: "",
			message: `the contract of ${event.name} is not written: it has ${bytes.toLocaleString("en")} bytes, the limit is ${bytesMax.toLocaleString("en")}; filters on the event type are not checked`,
		});
		return [];
	});
	return { files, findings };
};

function contractOf(event: EventModel, { schemas }: Model): SchemaObject {
	const closure = closureOf(schemas, event);
	const { title = event.name, ...schema } = event.schema;
	const isRecursive = closure.some(({ name }) => name === event.name);
	const contract = {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title,
		[sourceKey]: event.source,
		[detailTypeKey]: event.detailType,
		...(isRecursive ? { $ref: referenceTo(event.name) } : schema),
		...(closure.length > 0
			? {
					$defs: Object.fromEntries(
						closure.map(({ name, schema }) => [name, schema]),
					),
				}
			: {}),
	};
	return closure.concat(event).some(({ schema }) => marksContains(schema))
		? (withoutMarks(contract) as SchemaObject)
		: contract;
}

const marksContains = (schema: Schema): boolean =>
	JSON.stringify(schema).includes(`"${containsEvaluates}":`);

/** In 2019-09, `contains` does not mark items as evaluated. In 2020-12, nothing inside `not` does. */
function withoutMarks(schema: Schema): Schema {
	if (!isObject(schema)) return schema;
	const { contains, minContains, maxContains, ...rest } = schema;
	const isMarked = containsEvaluates in rest;
	const mapped = Object.fromEntries(
		Object.entries(isMarked ? rest : schema)
			.filter(([keyword]) => keyword !== containsEvaluates)
			.map(([keyword, value]) => [
				keyword,
				mapKeyword(keyword, value, "", withoutMarks),
			]),
	);
	if (!isMarked) return mapped;
	const counted = {
		contains: withoutMarks(contains as Schema),
		...(minContains === undefined ? {} : { minContains }),
		...(maxContains === undefined ? {} : { maxContains }),
	};
	return {
		...mapped,
		allOf: [
			...((mapped.allOf ?? []) as readonly Schema[]),
			{ not: { not: counted } },
		],
	};
}
