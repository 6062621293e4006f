import type { EventType } from "./event.ts";
import { describeIssues, type Issue } from "./issue.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Entry, SendResult } from "./put-events.ts";

/** Calls PutEvents with 1 to 10 entries. */
export type Send = (entries: readonly Entry[]) => Promise<SendResult>;

export interface PublishEventsOptions {
	readonly send: Send;
	/** Name or ARN. A bus in another account needs the ARN. */
	readonly eventBusName: string;
	/** Largest entry that every hop downstream of the bus accepts, in bytes. Default: 1 MiB less 1,024 for EventBridge's envelope. */
	readonly entryBytesMax?: number;
	/** Maximum number of times an entry is sent. Default: 5. */
	readonly attemptsMax?: number;
	/** Waits between attempts. */
	readonly sleep: (ms: number) => Promise<void>;
	/** Returns a number from 0 to 1, for the jitter between attempts. */
	readonly random: () => number;
}

/** An event that was not published, and why. */
export interface FailedEvent {
	/** Index in the list of events to publish. */
	readonly index: number;
	readonly type: string;
	/** AWS's error code. Before sending: `InvalidDetail`, `InvalidTime` or `EntryTooLarge`, or `NotSent` if another event of the call was rejected. */
	readonly code: string;
	readonly message: string;
	readonly issues?: readonly Issue[];
}

/** Some events were not published. Events that are not in `failed` were. */
export class PublishError extends Error {
	override readonly name = "PublishError";
	readonly failed: readonly FailedEvent[];
	/** Event ids by index; undefined if the event failed. */
	readonly eventIds: readonly (string | undefined)[];

	constructor(
		failed: readonly FailedEvent[],
		eventIds: readonly (string | undefined)[],
	) {
		const [first] = failed;
		super(
			`${failed.length} of ${eventIds.length} events were not published: ${first?.type}: ${first?.code}: ${first?.message}`,
		);
		this.failed = failed;
		this.eventIds = eventIds;
	}
}

/** Limits of a request and of each entry: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const requestBytesMax = 1_048_576;
const requestEntriesMax = 10;
const envelopeBytes = 1_024;

/** Retryable error codes, including those that the SDK retries. Every other code is final. */
const retryableCodes = new Set([
	"InternalFailure",
	"InternalException",
	"InternalServerError",
	"ServiceUnavailable",
	"BandwidthLimitExceeded",
	"EC2ThrottledException",
	"LimitExceededException",
	"PriorRequestNotComplete",
	"ProvisionedThroughputExceededException",
	"RequestLimitExceeded",
	"RequestThrottled",
	"RequestThrottledException",
	"SlowDown",
	"ThrottledException",
	"Throttling",
	"ThrottlingException",
	"TooManyRequestsException",
	"TransactionInProgressException",
	"RequestTimeout",
	"RequestTimeoutException",
	"TimeoutError",
	"ECONNRESET",
	"ECONNREFUSED",
	"EAI_AGAIN",
	"ENOTFOUND",
	"EPIPE",
	"ETIMEDOUT",
]);

interface Pending {
	readonly index: number;
	readonly type: string;
	readonly entry: Entry;
	readonly bytes: number;
}

interface Failure {
	readonly code: string;
	readonly message: string;
	readonly retryable: boolean;
}

/**
 * Publishes events in list order, in as few requests as possible.
 * Every detail is validated and measured before anything is sent.
 * @returns the event ids, in the order of the events
 * @throws PublishError if any event was not published
 */
export async function publishEvents(
	events: readonly {
		readonly eventType: EventType<string, unknown>;
		readonly outgoing: Outgoing<unknown>;
	}[],
	options: PublishEventsOptions,
): Promise<readonly string[]> {
	const entryBytesMax =
		options.entryBytesMax ?? requestBytesMax - envelopeBytes;
	const refused: FailedEvent[] = [];
	const ready: Pending[] = [];
	events.forEach(({ eventType, outgoing }, index) => {
		const { type } = eventType;
		const refuse = (code: string, message: string, issues?: readonly Issue[]) =>
			refused.push({
				index,
				type,
				code,
				message,
				...(issues === undefined ? {} : { issues }),
			});
		const text = toJson(outgoing.detail);
		if (text === undefined) {
			refuse("InvalidDetail", "the detail cannot be represented in JSON");
			return;
		}
		// The value, since JSON has no NaN; and what is sent, since JSON has no inherited properties, and toJSON() returns anything.
		const given = eventType.parseDetail(outgoing.detail);
		const checked = given.ok ? eventType.parseDetail(JSON.parse(text)) : given;
		if (!checked.ok) {
			const { issues } = checked;
			refuse("InvalidDetail", describeIssues(issues), issues);
			return;
		}
		if (outgoing.time && Number.isNaN(Number(outgoing.time))) {
			refuse("InvalidTime", "the time is not a valid date");
			return;
		}
		const entry = entryOf(eventType, outgoing, text, options.eventBusName);
		const bytes = entryBytes(entry);
		if (bytes > entryBytesMax)
			refuse(
				"EntryTooLarge",
				`the entry is ${bytes} bytes, the limit is ${entryBytesMax}`,
			);
		else ready.push({ index, type, entry, bytes });
	});
	const eventIds: (string | undefined)[] = events.map(() => undefined);
	if (refused.length > 0) {
		const unsent = ready.map(({ index, type }) => ({
			index,
			type,
			code: "NotSent",
			message:
				"another event in the same call was rejected, so nothing was sent",
		}));
		throw new PublishError([...refused, ...unsent], eventIds);
	}

	const failed: FailedEvent[] = [];
	for (const request of pack(ready))
		await sendRequest(request, options, eventIds, failed);
	if (failed.length > 0) throw new PublishError(failed, eventIds);
	return eventIds as string[];
}

/** Splits entries into requests by count and size, in order. */
export function pack<T extends { readonly bytes: number }>(
	entries: readonly T[],
): readonly (readonly T[])[] {
	const requests: T[][] = [];
	let bytes = 0;
	for (const entry of entries) {
		const current = requests.at(-1);
		if (
			current &&
			current.length < requestEntriesMax &&
			bytes + entry.bytes <= requestBytesMax
		) {
			current.push(entry);
			bytes += entry.bytes;
		} else {
			requests.push([entry]);
			bytes = entry.bytes;
		}
	}
	return requests;
}

/** An entry's size as EventBridge counts it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
export function entryBytes(entry: Entry): number {
	const texts = [
		entry.Source,
		entry.DetailType,
		entry.Detail,
		...(entry.Resources ?? []),
	];
	return texts.reduce(
		(sum, text) => sum + new TextEncoder().encode(text).length,
		entry.Time ? 14 : 0,
	);
}

function entryOf(
	{ source, detailType }: EventType<string, unknown>,
	{ time, resources }: Outgoing<unknown>,
	detail: string,
	eventBusName: string,
): Entry {
	return {
		EventBusName: eventBusName,
		Source: source,
		DetailType: detailType,
		Detail: detail,
		...(time ? { Time: time } : {}),
		...(resources ? { Resources: [...resources] } : {}),
	};
}

function toJson(detail: unknown): string | undefined {
	try {
		return JSON.stringify(detail);
	} catch {
		return undefined;
	}
}

async function sendRequest(
	request: readonly Pending[],
	options: PublishEventsOptions,
	eventIds: (string | undefined)[],
	failed: FailedEvent[],
): Promise<void> {
	const attemptsMax = options.attemptsMax ?? 5;
	let waiting = request;
	for (let attempt = 1; waiting.length > 0; attempt++) {
		const failures = await attemptSend(waiting, options.send, eventIds);
		const again: Pending[] = [];
		waiting.forEach((pending, i) => {
			const failure = failures[i];
			if (!failure) return;
			if (failure.retryable && attempt < attemptsMax) again.push(pending);
			else {
				const { index, type } = pending;
				const { code, message } = failure;
				failed.push({ index, type, code, message });
			}
		});
		waiting = again;
		if (waiting.length > 0)
			await options.sleep(
				options.random() * Math.min(5_000, 100 * 2 ** attempt),
			);
	}
}

async function attemptSend(
	waiting: readonly Pending[],
	send: Send,
	eventIds: (string | undefined)[],
): Promise<readonly (Failure | undefined)[]> {
	let result: SendResult | undefined;
	try {
		result = await send(waiting.map(({ entry }) => entry));
	} catch (error) {
		const failure = requestFailure(error);
		return waiting.map(() => failure);
	}
	return waiting.map(({ index }, i) => {
		const answer = result?.Entries?.[i];
		if (answer?.EventId) {
			eventIds[index] = answer.EventId;
			return undefined;
		}
		const code = answer?.ErrorCode ?? "InternalFailure";
		return {
			code,
			message:
				answer?.ErrorMessage ?? "the service returned no result for this entry",
			retryable: retryableCodes.has(code),
		};
	});
}

function requestFailure(error: unknown): Failure {
	const { name, code, message, $metadata, $retryable } = (error ?? {}) as {
		name?: string;
		code?: string;
		message?: string;
		$metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
		/** Set by the SDK on errors that it considers retryable. */
		$retryable?: object;
	};
	const status = $metadata?.httpStatusCode ?? 0;
	const names = [code, name].filter(
		(candidate) => candidate !== undefined && candidate !== "Error",
	);
	const known = names.find((candidate) =>
		retryableCodes.has(candidate as string),
	);
	return {
		code: known ?? names[0] ?? "UnknownError",
		message: message ?? String(error),
		retryable:
			known !== undefined ||
			$retryable !== undefined ||
			$metadata?.clockSkewCorrected === true ||
			status === 429 ||
			status >= 500,
	};
}
