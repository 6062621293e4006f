// The graph of producers, event types, rules and consumers.

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
	/** A description of the node's problem. */
	readonly problem?: string;
}

export interface Graph {
	readonly nodes: readonly GraphNode[];
	readonly edges: readonly (readonly [from: string, to: string])[];
}

/** Builds the graph. Event types without a consumer and rules without events have a problem, if the templates prove it. */
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
			...(rules.length > 0 ? {} : { problem: "has no consumer" }),
		});
		for (const { name } of senders) edge(producerNode(name), id);
		for (const rule of rules) edge(id, ruleNode(rule));
	}
	// A producer that may send anything feeds a rule that no known event type matches.
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
	/** Rules that match an event type of a producer. */
	fed: ReadonlySet<MappedRule>,
): string | undefined {
	if (!validate(rule.pattern).ok) return "has a pattern that AWS rejects";
	if (!rule.isEnabled) return "is disabled";
	if (rule.targets.length === 0) return "has no targets";
	const senders = producers.filter(({ busArn }) => busArn === rule.busArn);
	const isFed =
		// The bus has no producer in these templates, so its producers are external.
		senders.length === 0 ||
		senders.some(({ publishes }) => !publishes) ||
		fed.has(rule) ||
		// AWS services publish their events without a producer.
		[rule.pattern.source]
			.flat()
			.some((source) => String(source).startsWith("aws."));
	return isFed ? undefined : "receives no events";
}

interface BusType extends EventTypeName {
	readonly busArn: string;
}

const isSame = (a: EventTypeName, b: EventTypeName) =>
	a.source === b.source && a.detailType === b.detailType;

/** Event types that producers may send. If a bus's producers are unrestricted or unknown, also those that its rules name. */
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

/** Describes a rule's content filter. */
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
