// The state of one call of the publisher, and what is recorded of its events.
import type { Signal } from "./abort-signal.ts";
import { describeError } from "./describe-error.ts";
import type { EventType } from "./event.ts";
import type { Issue } from "./issue.ts";
import type { FailedEvent } from "./outcome.ts";
import type {
	Outgoing,
	PublishAllOptions,
	Sink,
	UnpublishedEvent,
} from "./outgoing.ts";
import type { Entry, SendResult } from "./put-events.ts";
import type { Failure } from "./request-failure.ts";

/** Calls PutEvents with 1 to 10 entries. Rejects with an `UnsentError` if the request was never written. */
export type Send = (
	entries: readonly Entry[],
	signal: Signal,
) => Promise<SendResult>;

export interface PublishEventsOptions extends PublishAllOptions {
	readonly send: Send;
	/** Name or ARN. A bus in another account needs the ARN. */
	readonly eventBusName: string;
	readonly entryBytesMax?: number | undefined;
	readonly attemptsMax?: number | undefined;
	readonly sink?: Sink | undefined;
	/** Waits. Rejects when the signal is aborted. */
	readonly sleep: (ms: number, signal: Signal) => Promise<void>;
	/** Lets other work of the process run. */
	readonly breathe: () => Promise<void>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** Returns a number from 0 to 1, for the jitter between attempts. */
	readonly random: () => number;
}

export interface EventToPublish {
	readonly eventType: EventType<string, unknown>;
	readonly outgoing: Outgoing<unknown>;
}

export interface Pending extends EventToPublish {
	readonly index: number;
	readonly entry: Entry;
	readonly bytes: number;
}

/** The state of one call. */
export interface Call {
	readonly options: PublishEventsOptions;
	readonly signal: Signal;
	readonly endsAtMs: number;
	readonly attemptsMax: number;
	readonly eventIds: (string | undefined)[];
	readonly types: string[];
	readonly failed: Failed[];
	/** How many of the failed events the sink has been offered. */
	offered: number;
	/** What went wrong with the sink. */
	sinkTrouble?: Trouble | undefined;
	/** The sink took too long, and gets nothing more. */
	sinkGone?: Trouble;
	/** How long the sink took so far. */
	sinkMs: number;
	/** The sink's turns, one after the other. */
	keeping: Promise<void>;
	/** Bytes written since other work could run. */
	turnBytes: number;
	/** Requests in a row of which no event was accepted. */
	failuresInARow: number;
	/** The service wants no request before. */
	notBeforeMs: number;
	/** Why no more is sent. */
	ended?: Failure;
	/** Event types that may not be published. */
	readonly denied: Map<string, Failure>;
}

interface Failed {
	/** What the sink gets, until it has it. Undefined if there is no sink for it. */
	readonly event: Unsent | undefined;
	readonly outcome: FailedEvent;
}

type Unsent = Omit<UnpublishedEvent, "outcome">;

/** What went wrong besides events that failed. */
export interface Trouble {
	readonly message: string;
	readonly cause: unknown;
}

export class DeadlineError extends Error {
	override readonly name = "DeadlineExceeded";
	constructor(deadlineMs: number) {
		super(`the call took more than ${deadlineMs} ms`);
	}
}

export const nothingMore = ({ code, message }: Failure): string =>
	`nothing more was sent after ${code}: ${message}`;

export const ending = (
	code: string,
	message: string,
	cause?: unknown,
): Failure => ({
	code,
	message,
	isUnknown: false,
	isRetryable: false,
	endsCall: true,
	cause,
});

export function abortion({ reason }: Signal): Failure {
	const code = reason instanceof DeadlineError ? reason.name : "AbortError";
	return ending(code, errorText(reason), reason);
}

export const errorText = (error: unknown): string =>
	describeError(error).message;

/** Whether a value is an event at all: a list may hold anything. */
export const isEvent = (value: unknown): boolean => {
	const { eventType, outgoing } = (value ?? {}) as Partial<EventToPublish>;
	return typeof eventType?.parseDetail === "function" && Boolean(outgoing);
};

type Indexed = EventToPublish & { readonly index: number };

/** Records why an event failed. */
export function fail(
	call: Call,
	pending: Pending,
	failure: Failure,
	/** The attempt after which EventBridge may have it. */
	unknown: Failure | undefined,
): void {
	record(call, pending, outcomeOf(failure, unknown), unsentOf(pending, call));
}

/** Records that the call ended before an event's turn. */
export function notSent(
	call: Call,
	event: Indexed | Pending,
	message: string,
	cause?: unknown,
): void {
	record(
		call,
		event,
		{
			status: "not-sent",
			code: "NotSent",
			message,
			...(cause === undefined ? {} : { cause }),
		},
		unsentOf(event, call),
	);
}

/** Records that an event is invalid, or that another one is: nobody could send it. */
export function reject(
	call: Call,
	event: Indexed,
	code: string,
	message: string,
	issues?: readonly Issue[],
): undefined {
	record(
		call,
		event,
		{
			status: "not-sent",
			code,
			message,
			...(issues === undefined ? {} : { issues }),
		},
		undefined,
	);
}

function record(
	call: Call,
	{ index, eventType }: Indexed,
	outcome: Omit<FailedEvent, "index" | "type">,
	event: Unsent | undefined,
): void {
	const { type } = eventType ?? { type: "" };
	call.types[index] = type;
	call.eventIds[index] = undefined;
	call.failed.push({ event, outcome: { index, type, ...outcome } });
}

/** An event for the sink: as it was written, since the caller may have changed it. */
function unsentOf(
	event: Indexed | Pending,
	{ options }: Call,
): Unsent | undefined {
	if (!options.sink || !("entry" in event)) return undefined;
	const { type, source, detailType } = event.eventType;
	const { Detail, Time, Resources, TraceHeader } = event.entry;
	return {
		type,
		source,
		detailType,
		eventBusName: options.eventBusName,
		detail: JSON.parse(Detail),
		time: Time,
		resources: Resources,
		traceHeader: TraceHeader,
	};
}

function outcomeOf(
	failure: Failure,
	unknown: Failure | undefined,
): Omit<FailedEvent, "index" | "type"> {
	const { code, message, requestId } = failure;
	const cause = failure.cause ?? unknown?.cause;
	const isUnknown = failure.isUnknown || unknown !== undefined;
	return {
		status: isUnknown ? "unknown" : "not-sent",
		code,
		message:
			unknown && !failure.isUnknown
				? `${message}; an attempt before it ended with ${unknown.code}: ${unknown.message}`
				: message,
		...(cause === undefined ? {} : { cause }),
		...(requestId === undefined ? {} : { requestId }),
	};
}
