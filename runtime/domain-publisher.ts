import { eventBridgePublisher } from "./aws.ts";
import type { EventType } from "./event.ts";
import type { Outgoing, OutgoingEvent, PublisherOptions } from "./outgoing.ts";

/** Creates the publisher of a domain: one method per event type, and `publishAll`. Generated modules call it. */
export function domainPublisher<DomainPublisher>(
	methods: Readonly<Record<string, EventType<string, unknown>>>,
	options?: PublisherOptions,
): DomainPublisher {
	const publish = eventBridgePublisher(options);
	const byType = new Map(
		Object.values(methods).map((event) => [event.type, event]),
	);
	const single = Object.entries(methods).map(([method, event]) => [
		method,
		async (detail: unknown, rest?: Omit<Outgoing<unknown>, "detail">) => {
			const [eventId] = await publish([
				{ event, outgoing: { ...rest, detail } },
			]);
			return eventId;
		},
	]);
	const publishAll = async (
		events: readonly OutgoingEvent<string, unknown>[],
	) =>
		publish(
			events.map(({ type, ...outgoing }) => {
				const event = byType.get(type);
				if (!event)
					throw new TypeError(
						`${type} is not an event type of this publisher; its event types are ${[...byType.keys()].join(", ")}`,
					);
				return { event, outgoing };
			}),
		);
	return { ...Object.fromEntries(single), publishAll } as DomainPublisher;
}
