import { warningsOf } from "../../pattern/engine/warnings.ts";
import { type FilterFinding, judgeFilter } from "../../pattern/judge/judge.ts";
import type { EventSubscription } from "../../runtime/event.ts";
import type { ConsumerDefinition, SystemDefinition } from "./definition.ts";
import { feedNames } from "./topology.ts";

/** A subscription whose filter can never match or behaves unexpectedly. */
export interface FilterProblem extends FilterFinding {
	readonly consumer: string;
	/** Name of the subscription's rule. */
	readonly rule: string;
	readonly subscription: EventSubscription<string, unknown>;
}

const notJudged: FilterFinding = {
	severity: "warning",
	path: "",
	message:
		"the filter cannot be checked: there is no schema for this source and detail-type in the schemas folder",
};
const asksNothing: FilterFinding = {
	severity: "warning",
	path: "",
	message: "always matches: it has no conditions",
};
const comesTwice = (why: string): FilterFinding => ({
	severity: "warning",
	path: "",
	message: `the consumer receives each of these events twice: ${why}`,
});

/** Checks each subscription against its schema, which `schemaOf` returns, and the consumer's other subscriptions. */
export function filterProblems(
	system: SystemDefinition,
	schemaOf: (
		event: Pick<EventSubscription<string, unknown>, "source" | "detailType">,
	) => { readonly schema: unknown; readonly document: unknown } | undefined,
): readonly FilterProblem[] {
	return Object.entries(system.consumers).flatMap(
		([consumer, { subscribes }]) =>
			[...feedNames(system, consumer, subscribes)].flatMap(
				([rule, subscription]) => {
					const found = schemaOf(subscription);
					const findings = [
						...filterFindings(subscription, found),
						...overlaps(subscription, subscribes),
					];
					return findings.map((finding) => ({
						...finding,
						consumer,
						rule,
						subscription,
					}));
				},
			),
	);
}

function filterFindings(
	{ filter, filteredAt, pattern }: EventSubscription<string, unknown>,
	found: { readonly schema: unknown; readonly document: unknown } | undefined,
): readonly FilterFinding[] {
	if (!filter) return filteredAt === undefined ? [] : [asksNothing];
	const surprises = warningsOf(pattern).map(
		({ path, message }): FilterFinding => ({
			severity: "warning",
			path: path.replace(/^\/detail/, ""),
			message,
		}),
	);
	return found
		? [...judgeFilter(filter, found.schema, found.document), ...surprises]
		: [notJudged, ...surprises];
}

/** Reports another subscription of the consumer that receives all events of this one. */
function overlaps(
	{ pattern, source, detailType, filter }: EventSubscription<string, unknown>,
	all: ConsumerDefinition["subscribes"],
): readonly FilterFinding[] {
	const ofType = all.filter(
		(other) => other.source === source && other.detailType === detailType,
	);
	const text = JSON.stringify(pattern);
	const same = ofType.filter((other) => JSON.stringify(other.pattern) === text);
	if (filter && ofType.some((other) => !other.filter))
		return [comesTwice("it also subscribes to all events of the type")];
	return same.length > 1
		? [comesTwice("another subscription is identical")]
		: [];
}
