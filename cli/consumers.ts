// Who consumes an event type, by templates, and what a change of its schema does to their filters.
import {
	type HopFilter,
	type MappedRule,
	mapSystem,
	mayTake,
	type SystemMap,
	waysFrom,
} from "../cloud/template/system-map.ts";
import { validate } from "../pattern/engine/validate.ts";
import { type FilterFinding, judgeFilter } from "../pattern/judge/judge.ts";
import type { EventPatternDocument } from "../runtime/event.ts";
import { isObject } from "../runtime/json.ts";
import { resolvePointer } from "../runtime/json-pointer.ts";
import { readStacks } from "./template-options.ts";

/** Somebody who receives events of a type, and the rule by which. */
export interface Consumer {
	/** Name of the function, the queue or whatever comes last. */
	readonly name: string;
	readonly arn: string;
	readonly rule: string;
	/** The stack that has the rule. */
	readonly stack: string;
}

export interface EventTypeNames {
	readonly source: string;
	readonly detailType: string;
}

export interface Consumers {
	readonly map: SystemMap;
	/** Those who receive events of a type. */
	readonly of: (type: EventTypeNames) => readonly Consumer[];
}

/** Reads the rules of some assemblies and templates together: a hub and its consumers may be in several repositories. */
export async function readConsumers(
	assemblies: readonly string[],
	templates: readonly string[],
): Promise<Consumers> {
	const stacks = (
		await Promise.all([
			...assemblies.map((assembly) => readStacks({ assembly, template: [] })),
			...(templates.length > 0
				? [readStacks({ assembly: undefined, template: templates })]
				: []),
		])
	).flat();
	const byName = new Map(
		stacks.map((stack) => [
			`${stack.account} ${stack.region} ${stack.name}`,
			stack,
		]),
	);
	const map = mapSystem([...byName.values()]);
	return {
		map,
		of: (type) =>
			map.rules
				.filter((rule) => rule.isEnabled && mayTake(rule, type))
				.flatMap((rule) => consumersBy(map, rule)),
	};
}

const consumersBy = (map: SystemMap, rule: MappedRule): readonly Consumer[] =>
	rule.targets
		.flatMap((target) => waysFrom(map, target))
		.map(({ consumer: arn }) => ({
			name: nameOf(arn),
			arn,
			rule: rule.name,
			stack: rule.stack,
		}));

const nameOf = (arn: string) => arn.split(/[:/]/).at(-1) ?? arn;

/** What a change of a contract does to a filter. */
export interface FilterChange {
	readonly rule:
		| "filter-unmatchable"
		| "filter-condition-unmatchable"
		| "filter-always-matches";
	/** A pointer into the detail. */
	readonly path: string;
	readonly message: string;
	readonly consumers: readonly Consumer[];
}

/** The filters on an event type that can match no more, or that match every event now. */
export function filterChanges(
	{ map }: Consumers,
	type: EventTypeNames,
	before: unknown,
	after: unknown,
): readonly FilterChange[] {
	const changes: FilterChange[] = [];
	for (const rule of map.rules) {
		if (!rule.isEnabled || !mayTake(rule, type)) continue;
		changes.push(
			...changesOf(
				`rule ${rule.name}`,
				rule.pattern,
				before,
				after,
				consumersBy(map, rule),
			),
		);
		for (const target of rule.targets)
			for (const { consumer, filters } of waysFrom(map, target))
				for (const alternatives of filters)
					for (const { name, pattern } of alternatives as HopFilter[])
						changes.push(
							...changesOf(`filter of ${name}`, pattern, before, after, [
								{
									name: nameOf(consumer),
									arn: consumer,
									rule: rule.name,
									stack: rule.stack,
								},
							]),
						);
	}
	return changes;
}

function changesOf(
	filter: string,
	{ detail }: EventPatternDocument,
	before: unknown,
	after: unknown,
	consumers: readonly Consumer[],
): readonly FilterChange[] {
	if (!isObject(detail) || !validate(detail).ok) return [];
	const pattern = detail as EventPatternDocument;
	const keyOf = ({ severity, path }: FilterFinding) => `${severity} ${path}`;
	const known = new Set(judgeFilter(pattern, before).map(keyOf));
	const all = judgeFilter(pattern, after);
	const impossible = new Set(
		all.filter(({ severity }) => severity === "error").map(({ path }) => path),
	);
	return all
		.filter((finding) => !known.has(keyOf(finding)))
		.map(({ severity, path, message }): FilterChange => {
			const field = path.replace(/\/\d+$/, "");
			const list = resolvePointer(pattern, field);
			const isWhole =
				path === "" ||
				!Array.isArray(list) ||
				list.every((_, i) => impossible.has(`${field}/${i}`));
			return {
				rule:
					severity === "warning"
						? "filter-always-matches"
						: isWhole
							? "filter-unmatchable"
							: "filter-condition-unmatchable",
				path: field.replaceAll(/\/\$or\/\d+/g, ""),
				message: `the ${filter} ${path === "" ? "" : `filters ${field}, and `}${message}`,
				consumers,
			};
		});
}

/** Rules that ask for an event type of a known source that nobody publishes. */
export function unpublished(
	{ map }: Consumers,
	published: readonly EventTypeNames[],
	isKnown: (type: EventTypeNames) => boolean,
): readonly {
	readonly type: EventTypeNames;
	readonly consumers: readonly Consumer[];
}[] {
	const sources = new Set(published.map(({ source }) => source));
	const texts = (value: unknown) =>
		[value].flat().filter((one): one is string => typeof one === "string");
	return map.rules.flatMap((rule) => {
		if (!rule.isEnabled || published.some((type) => mayTake(rule, type)))
			return [];
		return texts(rule.pattern.source)
			.filter((source) => sources.has(source))
			.flatMap((source) =>
				texts(rule.pattern["detail-type"])
					.map((detailType) => ({ source, detailType }))
					.filter((type) => !isKnown(type))
					.map((type) => ({ type, consumers: consumersBy(map, rule) })),
			);
	});
}
