import type { EventType } from "./event.ts";

export type {
	EventOf,
	EventPatternDocument,
	EventSubscription,
	EventType,
	SubscribedEvents,
} from "./event.ts";

export function eventType<Type extends string, Detail>(
	type: Type,
	source: string,
	detailType: string,
): EventType<Type, Detail> {
	return {
		type,
		source,
		detailType,
		pattern: { source: [source], "detail-type": [detailType] },
	};
}
