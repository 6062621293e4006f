import type { Delivery } from "./consume.ts";
import type { EventOf, EventType } from "./event.ts";
import { describeIssues } from "./issue.ts";
import { publicIssues } from "./poison.ts";
import { check } from "./validator/validate.ts";

type Handler<Type extends string, Detail> = (
	event: EventOf<Type, Detail>,
	delivery: Delivery,
) => Promise<void> | void;

/**
 * Makes a handler of an old event type from one of the event type that replaces it, so that a consumer handles both as one. The
 * new event has the old one's id and time. Throws an `Error` if what `upcast` returns is not a detail of the new event type.
 *
 * @example
 * const onView = async ({ detail }: EventOf<"ContentViewedV2", ContentViewedV2>) => count(detail.contentId);
 * export const handler = sqsConsumer<Subscribed<"analytics">>({ ContentViewed, ContentViewedV2 }, {
 *   ContentViewed: upcasting(ContentViewedV2, contentViewedToV2, onView),
 *   ContentViewedV2: onView,
 * });
 */
export function upcasting<Type extends string, Old, New>(
	to: EventType<Type, New>,
	upcast: (detail: Old) => New,
	handle: Handler<Type, New>,
): Handler<string, Old> {
	return (event, delivery) => {
		// Read as any event is: what a producer added stays.
		const upcasted = upcast(event.detail);
		const detail = check<New>(to.validate, upcasted, "all", true);
		if (!detail.ok)
			// It is logged.
			throw new Error(
				`${event.type} is not a ${to.type} after its upcast: ${describeIssues(publicIssues(detail.issues, upcasted))}`,
			);
		const { source, detailType } = to;
		return handle(
			{ ...event, type: to.type, source, detailType, detail: detail.value },
			delivery,
		);
	};
}
