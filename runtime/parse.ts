import type { EventOfAny, EventType, ParseOptions } from "./event.ts";
import type { Result } from "./issue.ts";
import { isArray, isObject } from "./json.ts";
import { check } from "./validator/validate.ts";

/** Parses an event of any of several types, distinguished by source and detail-type. Reads as `EventType.parse` does. */
export function parseAnyEvent<
	const Types extends readonly EventType<string, unknown>[],
>(
	types: Types,
	input: unknown,
	{ exact = false, issues }: ParseOptions = {},
): Result<EventOfAny<Types>> {
	const envelope = readEnvelope(input);
	if (!envelope.ok) return envelope;
	const {
		id,
		source,
		"detail-type": detailType,
		time,
		account,
		region,
		resources = [],
	} = envelope.value;
	const named = types.filter((event) => event.detailType === detailType);
	const found = named.find((event) => event.source === source);
	if (!found)
		return refuse(
			named.length > 0 ? "/source" : "/detail-type",
			"event-type",
			`is an event of ${source} / ${detailType}, expected ${types.map((known) => `${known.source} / ${known.detailType}`).join(", ")}`,
		);
	const result = check(found.validate, envelope.value.detail, issues, !exact);
	if (!result.ok)
		return {
			ok: false,
			issues: result.issues.map((issue) => ({
				...issue,
				path: `/detail${issue.path}`,
			})),
		};
	const { type } = found;
	const { value: detail } = result;
	return {
		ok: true,
		value: {
			type,
			id,
			source,
			detailType,
			time,
			account,
			region,
			resources,
			detail,
		} as EventOfAny<Types>,
	};
}

interface Envelope {
	readonly id: string;
	readonly source: string;
	readonly "detail-type": string;
	readonly time: string;
	readonly account: string;
	readonly region: string;
	readonly resources?: readonly string[];
	readonly detail: unknown;
}

const texts = ["id", "source", "detail-type", "time", "account", "region"];
const wrongField = "is missing or has the wrong type";
const isText = (value: unknown) => typeof value === "string";

function readEnvelope(input: unknown): Result<Envelope> {
	let event = input;
	try {
		if (isText(event)) event = JSON.parse(event as string);
		if (isSnsNotification(event)) event = JSON.parse(event.Message);
	} catch (error) {
		// The engine's message quotes the text, which may hold anything.
		const [at = ""] = / at position \d+/.exec((error as Error).message) ?? [];
		return refuse("", "json", `is not JSON${at}`);
	}
	if (!isObject(event)) return refuse("", "envelope", "is not a JSON object");
	const { TopicArn, Type } = event;
	if (
		isText(TopicArn) &&
		isText(Type) &&
		/^(Subscription|Unsubscribe)Confirmation$/.test(Type as string)
	)
		return refuse(
			"",
			"sns-control",
			`is SNS's ${Type}, not an event: the subscription waits to be confirmed`,
		);
	const fields = event;
	const { resources = [], detail } = fields;
	const wrong = texts.filter((key) => !isText(fields[key]));
	if (!isArray(resources) || !resources.every(isText)) wrong.push("resources");
	if (detail === undefined) wrong.push("detail");
	return wrong.length === 0
		? { ok: true, value: fields as unknown as Envelope }
		: refuse(
				wrong.map((key) => `/${key}`),
				"envelope",
				wrongField,
			);
}

function isSnsNotification(value: unknown): value is { Message: string } {
	if (!isObject(value)) return false;
	const { Type, TopicArn, Message } = value;
	return Type === "Notification" && isText(TopicArn) && isText(Message);
}

function refuse(
	paths: string | readonly string[],
	rule: string,
	message: string,
): Result<never> {
	const issues = [paths].flat().map((path) => ({ path, rule, message }));
	return { ok: false, issues };
}
