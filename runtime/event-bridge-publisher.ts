import { EventBridgeClient, PutEventsCommand } from "./aws-sdk.js";
import type { EventType } from "./event.ts";
import type { Outgoing, PublisherOptions } from "./outgoing.ts";
import { publishEvents } from "./publish-events.ts";

/** Publishes events of any types and returns their ids in the same order. */
export type Publisher = (
	events: readonly {
		readonly eventType: EventType<string, unknown>;
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
export const newClient = () => new EventBridgeClient({ maxAttempts: 1 });
