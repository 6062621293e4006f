import { isObject } from "../../runtime/json.ts";
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
	type NamedSchema,
	referenceTo,
} from "../schema/model.ts";

/** A schema in 2020-12 with all that it refers to under `$defs`. An event type's has its source and detail-type. */
export function selfContained(
	named: NamedSchema | EventModel,
	{ schemas }: Pick<Model, "schemas">,
): SchemaObject {
	const closure = closureOf(schemas, named);
	const { title = named.name, ...schema } = named.schema;
	const isRecursive = closure.some(({ name }) => name === named.name);
	const whole = {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title,
		...("detailType" in named
			? { [sourceKey]: named.source, [detailTypeKey]: named.detailType }
			: {}),
		...(isRecursive ? { $ref: referenceTo(named.name) } : schema),
		...(closure.length > 0
			? {
					$defs: Object.fromEntries(
						closure.map(({ name, schema }) => [name, schema]),
					),
				}
			: {}),
	};
	return closure.concat(named).some(({ schema }) => marksContains(schema))
		? (withoutMarks(whole) as SchemaObject)
		: whole;
}

/** A schema in standard keywords; its references remain. */
export const inStandardKeywords = (schema: Schema): Schema =>
	marksContains(schema) ? withoutMarks(schema) : schema;

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
