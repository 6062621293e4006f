import { EventBridgeClient, PutEventsCommand } from "./aws-sdk.js";
import type { EventParser } from "./parse.ts";
import { type Outgoing, type OutgoingEvent, publish } from "./publish.ts";

export interface PublisherOptions {
	/** Name or ARN of the bus. Default: the environment variable EVENT_BUS_NAME. */
	readonly eventBusName?: string;
	/** A client of `@aws-sdk/client-eventbridge`. Default: a client configured by the environment. */
	readonly client?: EventBridgeClient;
	/** Largest entry that every hop downstream of the bus accepts, in bytes. */
	readonly entryBytesMax?: number;
}

/** Publishes events and returns their ids. Generated publishers are built on it. */
export type Publisher = (
	events: readonly {
		readonly parser: EventParser<string, unknown>;
		readonly outgoing: Outgoing<unknown>;
	}[],
) => Promise<readonly string[]>;

/** Creates a publisher for one bus. Throws an `Error` if neither the options nor the environment name the bus. */
export function eventBridgePublisher(
	options: PublisherOptions = {},
): Publisher {
	const eventBusName = options.eventBusName ?? process.env.EVENT_BUS_NAME;
	if (!eventBusName)
		throw new Error(
			"no event bus to publish to: set EVENT_BUS_NAME, or pass eventBusName",
		);
	// The publisher retries entry by entry. The SDK's retries would multiply with these.
	const client = options.client ?? new EventBridgeClient({ maxAttempts: 1 });
	return (events) =>
		publish(events, {
			eventBusName,
			send: (entries) =>
				client.send(new PutEventsCommand({ Entries: [...entries] })),
			sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
			random: Math.random,
			...(options.entryBytesMax === undefined
				? {}
				: { entryBytesMax: options.entryBytesMax }),
		});
}

/** Creates the publisher of a domain: one method per event type, and `publishAll`. */
export function domainPublisher<DomainPublisher>(
	parsers: Readonly<Record<string, EventParser<string, unknown>>>,
	options?: PublisherOptions,
): DomainPublisher {
	const publishEvents = eventBridgePublisher(options);
	const byType = new Map(
		Object.values(parsers).map((parser) => [parser.type, parser]),
	);
	const methods = Object.entries(parsers).map(([method, parser]) => [
		method,
		async (detail: unknown, rest?: Omit<Outgoing<unknown>, "detail">) => {
			const [eventId] = await publishEvents([
				{ parser, outgoing: { ...rest, detail } },
			]);
			return eventId;
		},
	]);
	const publishAll = async (
		events: readonly OutgoingEvent<string, unknown>[],
	) =>
		publishEvents(
			events.map(({ type, ...outgoing }) => {
				const parser = byType.get(type);
				if (!parser)
					throw new TypeError(
						`${type} is not an event type of this publisher; its event types are ${[...byType.keys()].join(", ")}`,
					);
				return { parser, outgoing };
			}),
		);
	return { ...Object.fromEntries(methods), publishAll } as DomainPublisher;
}
