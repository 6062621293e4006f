// What a change of schemas breaks in the rules and filters of consumers.
import {
	type compareSystems,
	type EventTypeId,
	idOf,
	type SystemVersion,
} from "../generator/compatibility/systems.ts";
import { selfContained } from "../generator/emit/self-contained.ts";
import { fingerprintOf } from "./approvals.ts";
import {
	type Break,
	distinctConsumers,
	type SpotOf,
	severityOf,
} from "./break.ts";
import {
	type Consumer,
	type Consumers,
	filterChanges,
	unpublished,
} from "./consumers.ts";

/** Filters that a change of a schema makes useless, and subscriptions to what nobody publishes. */
export function filterBreaks(
	old: SystemVersion,
	now: SystemVersion,
	{ pairing: { pairs, removed }, changed }: ReturnType<typeof compareSystems>,
	consumers: Consumers,
	spot: SpotOf,
): readonly Break[] {
	const found: Break[] = [];
	const start = { line: 1, column: 1, pointer: "" };
	const add = (
		rule: string,
		eventType: EventTypeId,
		file: string,
		path: string,
		message: string,
		hit: readonly Consumer[],
	) => {
		const known = found.findIndex(
			(other) =>
				other.rule === rule &&
				other.message === message &&
				other.eventType?.name === eventType.name,
		);
		const before = found[known];
		if (before) {
			found[known] = {
				...before,
				consumers: distinctConsumers([...before.consumers, ...hit]),
			};
			return;
		}
		found.push({
			rule,
			severity: severityOf(rule),
			direction: "forward",
			eventType,
			path,
			message,
			at: spot({ file, ...start }),
			new: spot({ file, ...start }),
			consumers: distinctConsumers(hit),
			fingerprint: fingerprintOf({
				rule,
				eventType: eventType.name,
				pointer: path,
				direction: "forward",
			}),
		});
	};
	for (const pair of changed) {
		const [before, after] = [
			selfContained(pair.old, old.analysis.model),
			selfContained(pair.new, now.analysis.model),
		];
		for (const change of filterChanges(consumers, pair.new, before, after))
			add(
				change.rule,
				idOf(now.analysis, pair.new),
				pair.new.file,
				change.path,
				change.message,
				change.consumers,
			);
	}
	const published = now.analysis.model.events;
	const isKnown = (type: { source: string; detailType: string }) =>
		[...removed, ...pairs.map((pair) => pair.old)].some(
			({ source, detailType }) =>
				source === type.source && detailType === type.detailType,
		);
	for (const { type, consumers: hit } of unpublished(
		consumers,
		published,
		isKnown,
	)) {
		const file = published.find(({ source }) => source === type.source)?.file;
		if (file === undefined) continue;
		add(
			"subscription-unpublished",
			{ name: type.detailType, ...type },
			file,
			"",
			`nobody publishes ${JSON.stringify(type.detailType)} of ${JSON.stringify(type.source)}, which a rule asks for`,
			hit,
		);
	}
	return found;
}
