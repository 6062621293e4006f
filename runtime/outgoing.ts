import type { EventBridgeClient } from "./aws-sdk.js";

/** An event to publish. */
export interface Outgoing<Detail> {
	readonly detail: Detail;
	/** When it happened. Default: the time of publishing. */
	readonly time?: Date | undefined;
	/** ARNs of the resources that the event is about. */
	readonly resources?: readonly string[] | undefined;
}

/** An event to publish, with its type. */
export interface OutgoingEvent<Type extends string, Detail>
	extends Outgoing<Detail> {
	/** The event type's name. */
	readonly type: Type;
}

/** Publishes one event and returns its id. Rejects with a `PublishError` if it was not published. */
export type Publish<Detail> = (
	detail: Detail,
	options?: Omit<Outgoing<Detail>, "detail">,
) => Promise<string>;

/**
 * Publishes many events and returns their ids in the same order. Rejects with a `PublishError` if any was not published, and
 * with a `TypeError` if an event is not of this publisher's types.
 */
export type PublishAll<Event> = (
	events: readonly Event[],
) => Promise<readonly string[]>;

/** Where a publisher sends its events. */
export interface PublisherOptions {
	/** Name or ARN of the bus. Default: the environment variable EVENT_BUS_NAME. */
	readonly eventBusName?: string | undefined;
	/** A client of `@aws-sdk/client-eventbridge`. Default: a client configured by the environment. */
	readonly client?: EventBridgeClient | undefined;
	/** Largest entry that every hop downstream of the bus accepts, in bytes. Default: 1 MiB less 1,024 for EventBridge's envelope. */
	readonly entryBytesMax?: number | undefined;
}
