import type { Validator } from "./checks.ts";
import type { EventOf } from "./event-type.ts";
import { isObject, parseJson } from "./json.ts";
import { check, type Issue, type Result } from "./validate.ts";

/** Standard Schema v1, so that tools which take any validator take a parser: https://standardschema.dev */
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

/** Reads one event type: unknown data in, a typed value or issues out. Nothing here throws. */
export interface EventParser<Type extends string, Detail>
	extends StandardSchema<EventOf<Type, Detail>> {
	readonly type: Type;
	readonly source: string;
	readonly detailType: string;
	/** An EventBridge event; alone, as text, or in an SNS envelope as SQS delivers it. Issues are all that there are, or the first that is met. */
	readonly parse: (
		input: unknown,
		wanted?: "all" | "first",
	) => Result<EventOf<Type, Detail>>;
	/** The detail alone. */
	readonly parseDetail: (
		detail: unknown,
		wanted?: "all" | "first",
	) => Result<Detail>;
}

export function eventParser<Type extends string, Detail>(facts: {
	readonly type: Type;
	readonly source: string;
	readonly detailType: string;
	readonly validate: Validator;
}): EventParser<Type, Detail> {
	const { type, source, detailType, validate } = facts;
	const parse = (
		input: unknown,
		wanted?: "all" | "first",
	): Result<EventOf<Type, Detail>> => {
		const envelope = readEnvelope(input);
		if (!envelope.ok) return envelope;
		if (
			envelope.value.source !== source ||
			envelope.value["detail-type"] !== detailType
		)
			return unexpected(envelope.value, [facts]);
		return finish(facts, envelope.value, wanted);
	};
	return {
		type,
		source,
		detailType,
		parse,
		parseDetail: (detail, wanted) => check<Detail>(validate, detail, wanted),
		"~standard": {
			version: 1,
			vendor: "eventwright",
			validate: (value) => {
				const result = parse(value);
				if (result.ok) return { value: result.value };
				return {
					issues: result.issues.map(({ path, message }) => ({
						message,
						path: path
							.split("/")
							.slice(1)
							.map((token) =>
								token.replaceAll("~1", "/").replaceAll("~0", "~"),
							),
					})),
				};
			},
		},
	};
}

/** An event of any of several types, told apart by source and detail-type. */
export function parseAnyEvent(
	parsers: readonly EventParser<string, unknown>[],
	input: unknown,
): Result<EventOf<string, unknown>> {
	const envelope = readEnvelope(input);
	if (!envelope.ok) return envelope;
	const parser = parsers.find(
		({ source, detailType }) =>
			source === envelope.value.source &&
			detailType === envelope.value["detail-type"],
	);
	return parser
		? parser.parse(envelope.value)
		: unexpected(envelope.value, parsers);
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

const envelopeStrings = [
	"id",
	"source",
	"detail-type",
	"time",
	"account",
	"region",
] as const;

function readEnvelope(input: unknown): Result<Envelope> {
	const outer = typeof input === "string" ? fromText(input) : ok(input);
	if (!outer.ok) return outer;
	const inner = isSnsNotification(outer.value)
		? fromText(outer.value.Message)
		: outer;
	if (!inner.ok) return inner;
	const event = inner.value;
	if (!isObject(event))
		return refuse({
			path: "",
			rule: "envelope",
			message: "is not an EventBridge event: it is no JSON object",
		});
	const issues = envelopeStrings
		.filter((key) => typeof event[key] !== "string")
		.map((key) => ({
			path: `/${key}`,
			rule: "envelope",
			message: "is missing or no string, so this is not an EventBridge event",
		}));
	const { resources = [] } = event;
	if (
		!Array.isArray(resources) ||
		!resources.every((resource) => typeof resource === "string")
	)
		issues.push({
			path: "/resources",
			rule: "envelope",
			message: "is no list of strings",
		});
	return issues.length === 0
		? { ok: true, value: event as unknown as Envelope }
		: { ok: false, issues };
}

function fromText(text: string): Result<unknown> {
	const parsed = parseJson(text);
	return parsed.ok
		? parsed
		: refuse({
				path: "",
				rule: "json",
				message: `is not JSON: ${parsed.message}`,
			});
}

function isSnsNotification(value: unknown): value is { Message: string } {
	return (
		isObject(value) &&
		value.Type === "Notification" &&
		typeof value.TopicArn === "string" &&
		typeof value.Message === "string"
	);
}

function finish<Type extends string, Detail>(
	facts: { readonly type: Type; readonly validate: Validator },
	envelope: Envelope,
	wanted: "all" | "first" | undefined,
): Result<EventOf<Type, Detail>> {
	const detail = check<Detail>(facts.validate, envelope.detail, wanted);
	if (!detail.ok)
		return {
			ok: false,
			issues: detail.issues.map((issue) => ({
				...issue,
				path: `/detail${issue.path}`,
			})),
		};
	const { id, source, time, account, region, resources = [] } = envelope;
	return {
		ok: true,
		value: {
			type: facts.type,
			id,
			source,
			detailType: envelope["detail-type"],
			time,
			account,
			region,
			resources,
			detail: detail.value,
		},
	};
}

function unexpected(
	envelope: Envelope,
	wanted: readonly {
		readonly source: string;
		readonly detailType: string;
	}[],
): Result<never> {
	const expected = wanted
		.map(({ source, detailType }) => `${source} / ${detailType}`)
		.join(", ");
	const isKnownType = wanted.some(
		({ detailType }) => detailType === envelope["detail-type"],
	);
	return refuse({
		path: isKnownType ? "/source" : "/detail-type",
		rule: "event-type",
		message: `is an event of ${envelope.source} / ${envelope["detail-type"]}, expected ${expected}`,
	});
}

function ok(value: unknown): Result<unknown> {
	return { ok: true, value };
}

function refuse(issue: Issue): Result<never> {
	return { ok: false, issues: [issue] };
}
