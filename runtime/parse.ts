import type { EventOf } from "./event.ts";
import type { Result } from "./issue.ts";
import { isArray, isObject } from "./json.ts";
import { pointerTokens } from "./json-pointer.ts";
import type { Validator } from "./validator/rules.ts";
import { check } from "./validator/validate.ts";

/** Standard Schema v1, so that a parser works with any tool that accepts such validators: https://standardschema.dev */
interface StandardSchema<Output> {
	readonly "~standard": {
		readonly version: 1;
		readonly vendor: "eventwright";
		readonly validate: (value: unknown) =>
			| { readonly value: Output }
			| {
					readonly issues: readonly {
						readonly message: string;
						readonly path: readonly string[];
					}[];
			  };
		readonly types?: { readonly input: unknown; readonly output: Output };
	};
}

/** Parses events of one type: unknown data in, a typed value or issues out. Never throws. */
export interface EventParser<Type extends string, Detail>
	extends StandardSchema<EventOf<Type, Detail>> {
	readonly type: Type;
	readonly source: string;
	readonly detailType: string;
	/** Generated; `parse` and `parseDetail` call it. */
	readonly validate: Validator;
	/**
	 * Parses an EventBridge event: an object, a JSON string, or an SNS notification from SQS. A reader is open: it accepts
	 * and keeps properties that a closed object does not name, and unknown values of an `x-extensible-enum`.
	 */
	readonly parse: (
		input: unknown,
		options?: ParseOptions,
	) => Result<EventOf<Type, Detail>>;
	/** Validates a detail that is about to be published, exactly as the publisher does. */
	readonly parseDetail: (
		detail: unknown,
		options?: Pick<ParseOptions, "issues">,
	) => Result<Detail>;
}

export interface ParseOptions {
	/** Refuse what the schema does not know, as a publisher does. Default: false. */
	readonly exact?: boolean | undefined;
	/** Whether to report all issues or only the first. Default: "all". */
	readonly issues?: "all" | "first" | undefined;
}

export function eventParser<Type extends string, Detail>(
	type: Type,
	source: string,
	detailType: string,
	validate: Validator,
): EventParser<Type, Detail> {
	const parser: EventParser<Type, Detail> = {
		type,
		source,
		detailType,
		validate,
		parse: (input, options) =>
			parseAnyEvent([parser], input, options) as Result<EventOf<Type, Detail>>,
		parseDetail: (detail, { issues } = {}) => check(validate, detail, issues),
		"~standard": {
			version: 1,
			vendor: "eventwright",
			validate: (value) => {
				const result = parser.parse(value);
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
	return parser;
}

/** Parses an event of any of several types, distinguished by source and detail-type. */
export function parseAnyEvent(
	parsers: readonly EventParser<string, unknown>[],
	input: unknown,
	{ exact = false, issues }: ParseOptions = {},
): Result<EventOf<string, unknown>> {
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
	const named = parsers.filter((parser) => parser.detailType === detailType);
	const parser = named.find((known) => known.source === source);
	if (!parser)
		return refuse(
			named.length > 0 ? "/source" : "/detail-type",
			"event-type",
			`is an event of ${source} / ${detailType}, expected ${parsers.map((known) => `${known.source} / ${known.detailType}`).join(", ")}`,
		);
	const result = check(parser.validate, envelope.value.detail, issues, !exact);
	if (!result.ok)
		return {
			ok: false,
			issues: result.issues.map((issue) => ({
				...issue,
				path: `/detail${issue.path}`,
			})),
		};
	const { type } = parser;
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
		},
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
		return refuse("", "json", `is not JSON: ${(error as Error).message}`);
	}
	if (!isObject(event)) return refuse("", "envelope", "is not a JSON object");
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
	return (
		isObject(value) &&
		value.Type === "Notification" &&
		isText(value.TopicArn) &&
		isText(value.Message)
	);
}

function refuse(
	paths: string | readonly string[],
	rule: string,
	message: string,
): Result<never> {
	const issues = [paths].flat().map((path) => ({ path, rule, message }));
	return { ok: false, issues };
}
