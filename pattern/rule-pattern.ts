import type {
	EventPatternDocument,
	EventSubscription,
} from "../runtime/event.ts";

/** The event pattern of a rule for these events: source, detail-type and, if `where` narrowed the event type, its filter. */
export function rulePattern({
	source,
	detailType,
	filter,
}: Pick<
	EventSubscription<string, unknown>,
	"source" | "detailType" | "filter"
>): EventPatternDocument {
	return {
		source: [source],
		"detail-type": [detailType],
		...(filter === undefined ? {} : { detail: filter }),
	};
}
