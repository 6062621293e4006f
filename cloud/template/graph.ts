// Who sends what to whom, drawn.

import { validate } from "../../pattern/engine/validate.ts";
import { explain } from "../../pattern/explain.ts";
import type { EventTypeName } from "./producers.ts";
import {
	consumersOf,
	type MappedRule,
	mayTake,
	type SystemMap,
} from "./system-map.ts";

export type Column = "producer" | "eventType" | "rule" | "consumer";

export interface GraphNode {
	readonly id: string;
	readonly column: Column;
	/** The first line is its name. */
	readonly lines: readonly string[];
	/** What is wrong with it, in words. */
	readonly problem?: string;
}

export interface Graph {
	readonly nodes: readonly GraphNode[];
	readonly edges: readonly (readonly [from: string, to: string])[];
}

/** Producers → event types → rules → consumers; what nobody consumes and what nothing feeds has a problem, if the templates tell for sure. */
export function graphOf(map: SystemMap): Graph {
	const nodes = new Map<string, GraphNode>();
	const edges = new Map<string, readonly [string, string]>();
	const ids = new Map<string, string>();
	const node = (
		column: Column,
		key: string,
		rest: Omit<GraphNode, "id" | "column">,
	) => {
		const known = ids.get(column + key);
		if (known !== undefined) return known;
		const id = `${column}${ids.size}`;
		ids.set(column + key, id);
		nodes.set(id, { id, column, ...rest });
		return id;
	};
	const edge = (from: string, to: string) => {
		edges.set(`${from} ${to}`, [from, to]);
	};
	const types = eventTypesOf(map);
	const takes = (rule: MappedRule, type: BusType) =>
		rule.busArn === type.busArn && mayTake(rule, type);
	const fed = new Set(
		map.rules.filter((rule) => types.some((type) => takes(rule, type))),
	);
	const ruleNodes = new Map<MappedRule, string>();
	for (const type of types) {
		const senders = map.producers.filter(
			({ busArn, publishes }) =>
				busArn === type.busArn &&
				(!publishes || publishes.some((each) => isSame(each, type))),
		);
		const rules = map.rules.filter(
			(rule) => rule.isEnabled && takes(rule, type),
		);
		const id = node("eventType", JSON.stringify(type), {
			lines: [type.detailType, type.source],
			...(rules.length > 0 ? {} : { problem: "nobody consumes it" }),
		});
		for (const { name } of senders) edge(producerNode(name), id);
		for (const rule of rules) edge(id, ruleNode(rule));
	}
	// A rule that names no event type is fed by whoever may send anything.
	for (const { name, busArn, publishes } of map.producers)
		for (const rule of map.rules)
			if (!publishes && rule.busArn === busArn && !fed.has(rule))
				edge(producerNode(name), ruleNode(rule));
	for (const rule of map.rules) {
		const id = ruleNode(rule);
		for (const target of rule.targets)
			for (const arn of consumersOf(map, target))
				edge(
					id,
					node("consumer", arn, { lines: [nameOf(arn), serviceOf(arn)] }),
				);
	}
	return { nodes: [...nodes.values()], edges: [...edges.values()] };

	function producerNode(name: string): string {
		return node("producer", name, { lines: [name] });
	}

	function ruleNode(rule: MappedRule): string {
		const known = ruleNodes.get(rule);
		if (known !== undefined) return known;
		const problem = ruleProblem(rule, map, fed);
		const id = node("rule", String(ruleNodes.size), {
			lines: [rule.name, ...filterLines(rule)],
			...(problem === undefined ? {} : { problem }),
		});
		ruleNodes.set(rule, id);
		return id;
	}
}

function ruleProblem(
	rule: MappedRule,
	{ producers }: SystemMap,
	/** Rules that take an event type which a producer may publish. */
	fed: ReadonlySet<MappedRule>,
): string | undefined {
	if (!validate(rule.pattern).ok) return "has a pattern that AWS refuses";
	if (!rule.isEnabled) return "is disabled";
	if (rule.targets.length === 0) return "has no target";
	const senders = producers.filter(({ busArn }) => busArn === rule.busArn);
	const isFed =
		// Nobody in these templates sends to the bus, so somebody else does.
		senders.length === 0 ||
		senders.some(({ publishes }) => !publishes) ||
		fed.has(rule) ||
		// AWS's own events come of themselves.
		[rule.pattern.source]
			.flat()
			.some((source) => String(source).startsWith("aws."));
	return isFed ? undefined : "nothing feeds it";
}

interface BusType extends EventTypeName {
	readonly busArn: string;
}

const isSame = (a: EventTypeName, b: EventTypeName) =>
	a.source === b.source && a.detailType === b.detailType;

/** Those that producers may send and, where a bus's producers may send anything or are not known, those that its rules name. */
function eventTypesOf({ producers, rules }: SystemMap): readonly BusType[] {
	const sent = producers.flatMap(({ busArn, publishes = [] }) =>
		publishes.map(({ source, detailType }) => ({ source, detailType, busArn })),
	);
	const asked = rules.flatMap(({ busArn, pattern, isEnabled }) => {
		const senders = producers.filter((producer) => producer.busArn === busArn);
		const isOpen =
			senders.length === 0 || senders.some(({ publishes }) => !publishes);
		const texts = (field: string) =>
			[pattern[field]]
				.flat()
				.filter((value): value is string => typeof value === "string");
		return texts("source").flatMap((source) =>
			isEnabled && (isOpen || source.startsWith("aws."))
				? texts("detail-type").map((detailType) => ({
						source,
						detailType,
						busArn,
					}))
				: [],
		);
	});
	return [
		...new Map(
			[...sent, ...asked].map((type) => [JSON.stringify(type), type]),
		).values(),
	];
}

/** A rule's content filter in words. */
function filterLines({ pattern }: MappedRule): readonly string[] {
	const { source: _, "detail-type": __, ...rest } = pattern;
	if (!validate(rest).ok) return [];
	const lines = explain(rest).map((line) => line.replaceAll("detail.", ""));
	return lines.length > 4 ? [...lines.slice(0, 3), "…"] : lines;
}

const nameOf = (arn: string) => arn.split(/[:/]/).at(-1) ?? arn;
const serviceOf = (arn: string) =>
	({ lambda: "function", sqs: "queue", sns: "topic", events: "event bus" })[
		arn.split(":")[2] ?? ""
	] ??
	arn.split(":")[2] ??
	"";
