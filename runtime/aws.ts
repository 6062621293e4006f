import { EventBridgeClient, PutEventsCommand } from "./aws-sdk.js";
import type { EventParser } from "./parse.ts";
import { type Outgoing, type OutgoingEvent, publish } from "./publish.ts";

export interface PublisherOptions {
	/** Name or ARN of the bus; the environment's EVENT_BUS_NAME unless told. */
	readonly eventBusName?: string;
	/** A client of one's own, of `@aws-sdk/client-eventbridge`; by default one that is configured by the environment. */
	readonly client?: EventBridgeClient;
	/** The largest entry that every hop behind the bus can carry, in bytes. */
	readonly entryBytesMax?: number;
}

/** What generated publishers are made of: publishes events of some types and returns their ids. */
export type Publisher = (
	events: readonly {
		readonly parser: EventParser<string, unknown>;
		readonly outgoing: Outgoing<unknown>;
	}[],
) => Promise<readonly string[]>;

/** A publisher to one bus. Throws an `Error` if neither the options nor the environment name the bus. */
export function eventBridgePublisher(
	options: PublisherOptions = {},
): Publisher {
	const eventBusName = options.eventBusName ?? process.env.EVENT_BUS_NAME;
	if (!eventBusName)
		throw new Error(
			"no event bus to publish to: set EVENT_BUS_NAME, or pass eventBusName",
		);
	// The publisher tries again itself, entry by entry; the SDK's own tries would multiply with its.
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

/** Publishers of a domain's event types: a method for each, and `publishAll`. */
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
						`${type} is no event type of this publisher; it has ${[...byType.keys()].join(", ")}`,
					);
				return { parser, outgoing };
			}),
		);
	return { ...Object.fromEntries(methods), publishAll } as DomainPublisher;
}
