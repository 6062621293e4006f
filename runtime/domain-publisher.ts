import type { EventType } from "./event.ts";
import { eventBridgePublisher } from "./event-bridge-publisher.ts";
import type {
	CallOptions,
	Outgoing,
	OutgoingEvent,
	PublishAll,
	PublisherOptions,
} from "./outgoing.ts";

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
		async (
			detail: unknown,
			{
				signal,
				deadlineMs,
				...rest
			}: Partial<Outgoing<unknown>> & CallOptions = {},
		) => {
			const [eventId] = await publish(
				[{ eventType, outgoing: { ...rest, detail } }],
				{ signal, deadlineMs },
			);
			return eventId;
		},
	]);
	const typed = ({ type, ...outgoing }: OutgoingEvent<string, unknown>) => {
		const eventType = byType.get(type);
		if (!eventType)
			throw new TypeError(
				`${type} is not an event type of this publisher; its event types are ${[...byType.keys()].join(", ")}`,
			);
		return { eventType, outgoing };
	};
	const publishAll: PublishAll<OutgoingEvent<string, unknown>> = async (
		events,
		options,
	) =>
		publish(
			Symbol.asyncIterator in events
				? mapped(events, typed)
				: events.map(typed),
			options,
		);
	return { ...Object.fromEntries(single), publishAll } as DomainPublisher;
}

/** Not a generator: that would not let its source be closed while it waits for it. */
const mapped = <T, U>(
	items: AsyncIterable<T>,
	change: (item: T) => U,
): AsyncIterable<U> => ({
	[Symbol.asyncIterator]() {
		const source = items[Symbol.asyncIterator]();
		return {
			next: async () => {
				const result = await source.next();
				return result.done
					? { done: true, value: undefined }
					: { done: false, value: change(result.value) };
			},
			return: async () => {
				await source.return?.();
				return { done: true, value: undefined };
			},
		};
	},
});
