import type { Signal } from "./abort-signal.ts";
import type { EventBridgeClient } from "./aws-sdk.js";
import type { FailedEvent } from "./outcome.ts";

/** An event to publish. */
export interface Outgoing<Detail> {
	readonly detail: Detail;
	/** When it happened. Default: the time of publishing. */
	readonly time?: Date | undefined;
	/** ARNs of the resources that the event is about. */
	readonly resources?: readonly string[] | undefined;
	/** X-Ray's trace header, up to 500 characters. Default: that of the request, which the SDK sets in Lambda. */
	readonly traceHeader?: string | undefined;
}

/** An event to publish, with its type. */
export interface OutgoingEvent<Type extends string, Detail>
	extends Outgoing<Detail> {
	/** The event type's name. */
	readonly type: Type;
}

/** When a call ends at the latest. What is in flight then is reported as unknown. */
export interface CallOptions {
	/** Ends the call when it is aborted. */
	readonly signal?: Signal | undefined;
	/** How long the call takes at most, in milliseconds. Default: 10,000, and 100 more for each event of a list; none for an async iterable. */
	readonly deadlineMs?: number | undefined;
}

/** How many events are published. */
export interface PublishAllOptions extends CallOptions {
	/**
	 * What is sent if events are invalid: nothing, or the rest. Either way they are reported. Of an async iterable, nothing more
	 * is sent from the first invalid event on. Default: "none".
	 */
	readonly onInvalid?: "none" | "rest" | undefined;
	/** Whether the order of the events may change, so that they fit into fewer requests. Default: false. */
	readonly unordered?: boolean | undefined;
	/** How many requests are in flight at once. More than one gives up the order. Default: 1, or 4 if `unordered`. */
	readonly concurrency?: number | undefined;
}

/** Publishes one event and returns its id. Rejects with a `PublishError` if it was not published. */
export type Publish<Detail> = (
	detail: Detail,
	options?: Omit<Outgoing<Detail>, "detail"> & CallOptions,
) => Promise<string>;

/**
 * Publishes many events and returns their ids in the same order. Rejects with a `PublishError` if any was not published, and
 * with a `TypeError` if an event of a list is not of this publisher's types. An async iterable is read no faster than its events are
 * accepted.
 */
export type PublishAll<Event> = (
	events: readonly Event[] | AsyncIterable<Event>,
	options?: PublishAllOptions,
) => Promise<readonly string[]>;

/** Where a publisher sends its events. */
export interface PublisherOptions {
	/** Name or ARN of the bus. Default: the environment variable EVENT_BUS_NAME. */
	readonly eventBusName?: string | undefined;
	/** A client of `@aws-sdk/client-eventbridge`. Its own retries do not apply. Default: a client configured by the environment. */
	readonly client?: EventBridgeClient | undefined;
	/** Largest entry that every hop downstream of the bus accepts, in bytes. Default: 1 MiB less 1,024 for EventBridge's envelope. */
	readonly entryBytesMax?: number | undefined;
	/** How many times in a row requests may fail before the call ends, and how many times an event is sent at most. Default: 5. */
	readonly attemptsMax?: number | undefined;
	/** How long a request takes at most, in milliseconds. Default: 3,000. */
	readonly requestTimeoutMs?: number | undefined;
	/** Takes the valid events that were not published. */
	readonly sink?: Sink | undefined;
	/** Called before each request, for metrics and traces. What it returns is called after it. */
	readonly observe?: Observe | undefined;
}

/** A valid event that was not published. */
export interface UnpublishedEvent extends OutgoingEvent<string, unknown> {
	readonly source: string;
	readonly detailType: string;
	readonly eventBusName: string;
	/** Why it was not published. If its status is "unknown", it may have been: sending it again may make a duplicate. */
	readonly outcome: FailedEvent;
}

/** Keeps events that could not be published, up to 100 at once. If it rejects, or takes more than 10 seconds of a call, they are reported as not kept. */
export type Sink = (events: readonly UnpublishedEvent[]) => Promise<void>;

/** A request, in the words of OpenTelemetry: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
export interface Operation {
	/** The span's name, such as "send media-events". */
	readonly name: string;
	readonly attributes: Readonly<Record<string, string | number>>;
}

/** How a request ended. */
export interface OperationEnd {
	readonly durationMs: number;
	/** "error.type" if it failed or events in it did, and AWS's request id. */
	readonly attributes: Readonly<Record<string, string | number>>;
	/** The number of events that EventBridge accepted. */
	readonly accepted: number;
	readonly error?: unknown;
}

export type Observe = (
	operation: Operation,
) => ((end: OperationEnd) => void) | undefined;
