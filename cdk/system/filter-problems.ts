import { warningsOf } from "../../pattern/engine/warnings.ts";
import { type FilterFinding, judgeFilter } from "../../pattern/judge/judge.ts";
import type { EventSubscription } from "../../runtime/event.ts";
import type { ConsumerDefinition, SystemDefinition } from "./definition.ts";
import { feedNames } from "./topology.ts";

/** A subscription whose filter can never match, or does not say what it seems to. */
export interface FilterProblem extends FilterFinding {
	readonly consumer: string;
	/** The rule that the subscription makes. */
	readonly rule: string;
	readonly subscription: EventSubscription<string, unknown>;
}

const notJudged: FilterFinding = {
	severity: "warning",
	path: "",
	message:
		"nobody knows whether it can match: there is no schema of this source and detail-type below schemas",
};
const asksNothing: FilterFinding = {
	severity: "warning",
	path: "",
	message: "always matches: it asks for nothing",
};
const comesTwice = (why: string): FilterFinding => ({
	severity: "warning",
	path: "",
	message: `the consumer gets each of these events twice: ${why}`,
});

/** Holds each subscription against its event type's schema, and against the consumer's others; `schemaOf` has the schemas, with what they refer to. */
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

/** Where another subscription of the consumer gets all that this one gets. */
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
		? [comesTwice("it subscribes to them once more, in the same way")]
		: [];
}
