import type { EventBridgeClient } from "./aws-sdk.js";
import type { EventType } from "./event.ts";
import { eventBridgePublisher, newClient } from "./event-bridge-publisher.ts";
import type { CallOptions, Outgoing, PublisherOptions } from "./outgoing.ts";

export { type SqsSinkOptions, sqsSink } from "./sqs-sink.ts";

/** When an event happened, what it is about, and where it is sent. */
export type PublishOptions = Omit<Outgoing<unknown>, "detail"> &
	CallOptions &
	PublisherOptions;

/** Connections are reused between calls of `publish`. */
let sharedClient: EventBridgeClient | undefined;

/**
 * Publishes one event and returns its id. The detail is validated exactly before anything is sent. Rejects with a
 * `PublishError` if the event was not published, and with an `Error` if no bus is named.
 *
 * @example
 * await publish(ContentViewed, { contentId: "c-1", viewedAt: new Date().toISOString(), channel: "web" });
 */
export async function publish<Type extends string, Detail>(
	eventType: EventType<Type, Detail>,
	detail: NoInfer<Detail>,
	{
		time,
		resources,
		traceHeader,
		signal,
		deadlineMs,
		client,
		...options
	}: PublishOptions = {},
): Promise<string> {
	if (!client) sharedClient ??= newClient();
	const publisher = eventBridgePublisher({
		...options,
		client: client ?? sharedClient,
	});
	const [eventId] = await publisher(
		[{ eventType, outgoing: { detail, time, resources, traceHeader } }],
		{ signal, deadlineMs },
	);
	return eventId as string;
}
