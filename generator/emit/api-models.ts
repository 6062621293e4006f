import type { Finding } from "../diagnostics.ts";
import { closureOf, type EventModel, type Model } from "../schema/model.ts";
import { convert, type Dialect } from "./draft-04.ts";
import type { Emitter } from "./emitter.ts";
import { inWords, sizeWithClosure } from "./size.ts";

const dialect: Dialect = {
	name: "draft-04",
	references: "#/definitions/",
	annotations: false,
};

/** The schema of an event's detail for API Gateway, where an unknown keyword fails the deployment. */
export const apiModels: Emitter = (model) => {
	const made = model.events.map((event) => {
		const size = sizeWithClosure(
			model,
			event,
			(named) => convert(named, model.schemas, dialect).schema,
		);
		if (size > charactersMax) return { findings: [tooLarge(event, size)] };
		const one = apiModel(event, model);
		const { length } = one.text;
		return length > charactersMax
			? { findings: [tooLarge(event, length)] }
			: one;
	});
	return {
		files: made.flatMap((one) =>
			"path" in one ? [[one.path, one.text] as const] : [],
		),
		findings: made.flatMap(({ findings }) => findings),
	};
};

/** API Gateway's limit on a model, 400 KB: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const charactersMax = 400_000;

const tooLarge = ({ name, file }: EventModel, size: number): Finding => ({
	code: "api-model-too-large",
	file,
	pointer: "",
	message: `the API model of ${name} is not written: with all that it refers to it has at least ${inWords(size)} characters, the limit is ${inWords(charactersMax)}`,
});

function apiModel(event: EventModel, model: Model) {
	const root = convert(event, model.schemas, dialect);
	const definitions = closureOf(model.schemas, event).map(
		(named) => [named.name, convert(named, model.schemas, dialect)] as const,
	);
	const lost = new Set([
		...root.lost,
		...definitions.flatMap(([, { lost }]) => lost),
	]);
	// A lost format is not reported: API Gateway is not known to check formats.
	lost.delete("format");
	const content = {
		$schema: "http://json-schema.org/draft-04/schema#",
		...root.schema,
		...(definitions.length > 0
			? {
					definitions: Object.fromEntries(
						definitions.map(([name, { schema }]) => [name, schema]),
					),
				}
			: {}),
	};
	const quoted = [...lost]
		.sort()
		.map((keyword) => JSON.stringify(keyword))
		.join(", ");
	const findings: Finding[] =
		lost.size === 0
			? []
			: [
					{
						code: "api-model-loosened",
						file: event.file,
						pointer: "",
						message: `the API model of ${event.name} accepts more than its schema: draft-04 cannot express its use of ${quoted}; the function validates the full schema`,
					},
				];
	return {
		path: `${event.module}.json`,
		text: `${JSON.stringify(content)}\n`,
		findings,
	};
}
