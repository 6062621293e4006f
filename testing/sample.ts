import { smallestValue } from "../generator/compatibility/smallest-value.ts";
import { analyse } from "../generator/schema/analyse.ts";
import type { SqsRecord } from "../runtime/consume.ts";
import type { EventType } from "../runtime/event.ts";
import { describeIssues } from "../runtime/issue.ts";
import { isObject } from "../runtime/json.ts";
import type { Entry } from "../runtime/put-events.ts";
import { type Contract, contractOf } from "./contracts.ts";

/** A part of a detail: what is left out is the sample's. */
export type Overrides<T> = T extends readonly unknown[]
	? T
	: T extends object
		? { readonly [Name in keyof T]?: Overrides<T[Name]> | undefined }
		: T;

/** An event as EventBridge delivers it. */
export interface DeliveredEvent<Detail> {
	readonly version: "0";
	readonly id: string;
	readonly source: string;
	readonly "detail-type": string;
	readonly account: string;
	readonly time: string;
	readonly region: string;
	readonly resources: readonly string[];
	readonly detail: Detail;
}

/** The forms that an event has on its way. */
export interface Wires<Detail> {
	/** What a publisher takes. */
	readonly detail: Detail;
	/** An entry of PutEvents, for the bus that the environment variable EVENT_BUS_NAME names. */
	readonly entry: Entry;
	/** What EventBridge delivers. */
	readonly event: DeliveredEvent<Detail>;
	/** A record of Lambda's, as a queue has the event: raw, or straight from EventBridge. */
	readonly sqs: SqsRecord;
	/** A record of Lambda's with SNS's envelope around the event. */
	readonly sns: SqsRecord;
}

export type Wire = keyof Wires<unknown>;

export const wires: readonly Wire[] = [
	"detail",
	"entry",
	"event",
	"sqs",
	"sns",
];

export interface SampleOptions {
	/** Folder of the generated code. @default "generated" */
	readonly generatedFolder?: string;
}

const account = "111111111111";
const region = "eu-west-1";
const time = "2026-01-01T00:00:00Z";

let samples = 0;

/**
 * Returns an event that is valid: an example of its schema, or a small value that the schema accepts. Objects in `overrides` are merged into
 * it, other values replace its own, and `undefined` removes them. Each sample has an id of its own.
 *
 * Throws an `Error` with the issues if it is not valid with the overrides.
 *
 * @example
 * const { batchItemFailures } = await handler({ Records: [sample(ContentViewed, { channel: "web" }, "sqs")] });
 */
export function sample<Type extends string, Detail, W extends Wire = "detail">(
	eventType: EventType<Type, Detail>,
	overrides: Overrides<NoInfer<Detail>> = {} as Overrides<Detail>,
	wire: W = "detail" as W,
	{ generatedFolder = "generated" }: SampleOptions = {},
): Wires<Detail>[W] {
	const contract = contractOf(eventType, generatedFolder);
	const detail = merged(validValue(contract, eventType), overrides);
	const checked = eventType.parseDetail(detail);
	if (!checked.ok)
		throw new Error(
			`the sample of ${eventType.type} is not valid with these overrides: ${describeIssues(checked.issues)}`,
		);
	return onWire(eventType, checked.value, wire, ++samples);
}

/** The first example that is valid, or a small value. */
function validValue(
	{ file, text, schema }: Contract,
	{ type, parseDetail }: EventType<string, unknown>,
): unknown {
	const { examples } = schema;
	const example = (Array.isArray(examples) ? examples : []).find(
		(candidate) => parseDetail(candidate).ok,
	);
	if (example !== undefined) return structuredClone(example);
	const { model } = analyse([{ file: "contract.json", text }]);
	const [event] = model.events;
	const found = event && smallestValue(model.schemas, event.name);
	if (!found || !parseDetail(found.value).ok)
		throw new Error(
			`no value of ${type} could be found for ${file}: give its schema examples`,
		);
	return found.value;
}

/** A copy: samples share nothing. */
function merged(value: unknown, overrides: unknown): unknown {
	if (!isObject(overrides)) return structuredClone(overrides);
	const result = new Map(Object.entries(isObject(value) ? value : {}));
	for (const [name, inner] of Object.entries(overrides))
		if (inner === undefined) result.delete(name);
		else result.set(name, merged(result.get(name), inner));
	return Object.fromEntries(result);
}

function onWire<Detail, W extends Wire>(
	{ source, detailType }: EventType<string, Detail>,
	detail: Detail,
	wire: W,
	number: number,
): Wires<Detail>[W] {
	const uuid = (kind: number) =>
		`${String(kind).padStart(8, "0")}-0000-4000-8000-${String(number).padStart(12, "0")}`;
	const event: DeliveredEvent<Detail> = {
		version: "0",
		id: uuid(1),
		source,
		"detail-type": detailType,
		account,
		time,
		region,
		resources: [],
		detail,
	};
	const record = (body: string): SqsRecord => ({
		messageId: uuid(2),
		receiptHandle: `receipt-${number}`,
		body,
		attributes: {
			ApproximateReceiveCount: "1",
			SentTimestamp: String(Date.parse(time)),
		},
		messageAttributes: {},
		eventSourceARN: `arn:aws:sqs:${region}:${account}:sample`,
	});
	// The compiler does not relate a property's type to its name.
	const made: { [Name in Wire]: () => Wires<Detail>[Name] } = {
		detail: () => detail,
		entry: () => ({
			EventBusName: process.env.EVENT_BUS_NAME ?? "sample",
			Source: source,
			DetailType: detailType,
			Detail: JSON.stringify(detail),
		}),
		event: () => event,
		sqs: () => record(JSON.stringify(event)),
		sns: () =>
			record(
				JSON.stringify({
					Type: "Notification",
					MessageId: uuid(3),
					TopicArn: `arn:aws:sns:${region}:${account}:sample`,
					Message: JSON.stringify(event),
					Timestamp: time,
					SignatureVersion: "1",
				}),
			),
	};
	if (!Object.hasOwn(made, wire))
		throw new Error(
			`there is no form ${String(wire)}; there are ${wires.join(", ")}`,
		);
	return made[wire]();
}
