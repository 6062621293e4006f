import type { EventType } from "./event.ts";
import { eventBridgePublisher } from "./event-bridge-publisher.ts";
import type { Outgoing, OutgoingEvent, PublisherOptions } from "./outgoing.ts";

/** Creates the publisher of a domain: one method per event type, and `publishAll`. Generated modules call it. */
export function domainPublisher<DomainPublisher>(
	methods: Readonly<Record<string, EventType<string, unknown>>>,
	options?: PublisherOptions,
): DomainPublisher {
	const publish = eventBridgePublisher(options);
	const byType = new Map(
		Object.values(methods).map((eventType) => [eventType.type, eventType]),
	);
	const single = Object.entries(methods).map(([method, eventType]) => [
		method,
		async (detail: unknown, rest?: Omit<Outgoing<unknown>, "detail">) => {
			const [eventId] = await publish([
				{ eventType, outgoing: { ...rest, detail } },
			]);
			return eventId;
		},
	]);
	const publishAll = async (
		events: readonly OutgoingEvent<string, unknown>[],
	) =>
		publish(
			events.map(({ type, ...outgoing }) => {
				const eventType = byType.get(type);
				if (!eventType)
					throw new TypeError(
						`${type} is not an event type of this publisher; its event types are ${[...byType.keys()].join(", ")}`,
					);
				return { eventType, outgoing };
			}),
		);
	return { ...Object.fromEntries(single), publishAll } as DomainPublisher;
}
