import { warningsOf } from "../../pattern/engine/warnings.ts";
import { type FilterFinding, judgeFilter } from "../../pattern/judge/judge.ts";
import { rulePattern } from "../../pattern/rule-pattern.ts";
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
		"the filter cannot be checked: there is no contract for this source and detail-type; write a schema for it and run codegen, or make a contract of more than 1 MB smaller",
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

/** Returns the contract of an event type; undefined if there is none. */
type ContractOf = (
	event: Pick<EventSubscription<string, unknown>, "source" | "detailType">,
) => unknown;

/** Checks each subscription against its contract and the consumer's other subscriptions. */
export function filterProblems(
	system: SystemDefinition,
	contractOf: ContractOf,
): readonly FilterProblem[] {
	return Object.entries(system.consumers).flatMap(
		([consumer, { subscribes }]) =>
			[...feedNames(system, consumer, subscribes)].flatMap(
				([rule, subscription]) => {
					const findings = [
						...filterFindings(subscription, contractOf),
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
	subscription: EventSubscription<string, unknown>,
	contractOf: ContractOf,
): readonly FilterFinding[] {
	const { filter, filteredAt } = subscription;
	if (!filter) return filteredAt === undefined ? [] : [asksNothing];
	const contract = contractOf(subscription);
	const pitfalls = warningsOf(rulePattern(subscription)).map(
		({ path, message }): FilterFinding => ({
			severity: "warning",
			path: path.replace(/^\/detail/, ""),
			message,
		}),
	);
	return contract === undefined
		? [notJudged, ...pitfalls]
		: [...judgeFilter(filter, contract), ...pitfalls];
}

/** Reports another subscription of the consumer that receives all events of this one. */
function overlaps(
	{ source, detailType, filter }: EventSubscription<string, unknown>,
	all: ConsumerDefinition["subscribes"],
): readonly FilterFinding[] {
	const ofType = all.filter(
		(other) => other.source === source && other.detailType === detailType,
	);
	const text = JSON.stringify(filter);
	const same = ofType.filter((other) => JSON.stringify(other.filter) === text);
	if (filter && ofType.some((other) => !other.filter))
		return [comesTwice("it also subscribes to all events of the type")];
	return same.length > 1
		? [comesTwice("another subscription is identical")]
		: [];
}
