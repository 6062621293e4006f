import type { EventOf, EventType } from "./event.ts";
import type { Result } from "./issue.ts";
import { pointerTokens } from "./json-pointer.ts";
import { parseAnyEvent } from "./parse.ts";
import type { Validator } from "./validator/rules.ts";
import { check } from "./validator/validate.ts";

/** Creates an event type. Generated modules call it; `type` is the name. */
export function eventType<Type extends string, Detail>(
	type: Type,
	source: string,
	detailType: string,
	validate: Validator,
	idempotencyKey?: string,
): EventType<Type, Detail> {
	const event: EventType<Type, Detail> = {
		type,
		source,
		detailType,
		validate,
		...(idempotencyKey === undefined ? {} : { idempotencyKey }),
		parse: (input, options) =>
			parseAnyEvent([event], input, options) as Result<EventOf<Type, Detail>>,
		parseDetail: (detail, { issues } = {}) => check(validate, detail, issues),
		"~standard": {
			version: 1,
			vendor: "eventwright",
			validate: (value) => {
				const result = event.parse(value);
				if (result.ok) return { value: result.value };
				return {
					issues: result.issues.map(({ path, message }) => ({
						message,
						path: pointerTokens(path),
					})),
				};
			},
		},
	};
	return event;
}
