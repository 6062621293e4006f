import { EventBridgeClient, PutEventsCommand } from "./aws-sdk.js";
import type { EventType } from "./event.ts";
import type { Outgoing, PublisherOptions } from "./outgoing.ts";
import { publishEvents } from "./publish-events.ts";

export type { Outgoing, PublisherOptions } from "./outgoing.ts";

/** Publishes events and returns their ids in the same order. */
export type Publisher = (
	events: readonly {
		readonly event: EventType<string, unknown>;
		readonly outgoing: Outgoing<unknown>;
	}[],
) => Promise<readonly string[]>;

/** Creates a publisher for one bus. Throws an `Error` if neither the options nor the environment name the bus. */
export function eventBridgePublisher(
	options: PublisherOptions = {},
): Publisher {
	const { entryBytesMax, eventBusName = process.env.EVENT_BUS_NAME } = options;
	if (!eventBusName)
		throw new Error(
			"no event bus to publish to: set EVENT_BUS_NAME, or pass eventBusName",
		);
	const client = options.client ?? newClient();
	return (events) =>
		publishEvents(events, {
			eventBusName,
			send: (entries) =>
				client.send(new PutEventsCommand({ Entries: [...entries] })),
			sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
			random: Math.random,
			...(entryBytesMax === undefined ? {} : { entryBytesMax }),
		});
}

/** The publisher retries entry by entry. The SDK's retries would multiply with these. */
const newClient = () => new EventBridgeClient({ maxAttempts: 1 });

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
	event: EventType<Type, Detail>,
	detail: NoInfer<Detail>,
	{
		time,
		resources,
		client,
		...options
	}: Omit<Outgoing<Detail>, "detail"> & PublisherOptions = {},
): Promise<string> {
	if (!client) sharedClient ??= newClient();
	const publisher = eventBridgePublisher({
		...options,
		client: client ?? sharedClient,
	});
	const [eventId] = await publisher([
		{ event, outgoing: { detail, time, resources } },
	]);
	return eventId as string;
}
