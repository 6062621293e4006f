// The graph of producers, event types, rules and consumers.

import { validate } from "../../pattern/engine/validate.ts";
import { explain } from "../../pattern/explain.ts";
import { resourceAt } from "./directory.ts";
import { unqualified } from "./identities.ts";
import type { EventTypeName } from "./producers.ts";
import {
	type MappedRule,
	mayTake,
	type SystemMap,
	waysFrom,
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
	const lines = consumerLines(map);
	const consume = (id: string, target: string) => {
		for (const { consumer } of waysFrom(map, target))
			edge(
				id,
				node("consumer", consumer, { lines: lines.get(consumer) ?? [] }),
			);
	};
	for (const rule of map.rules) {
		const id = ruleNode(rule);
		for (const target of rule.targets) consume(id, target);
	}
	for (const rule of map.schedules) {
		const id = node(
			"rule",
			JSON.stringify(["schedule", ruleNodes.size, rule]),
			{
				lines: [rule.name, String(rule.schedule), ...placeLines(rule)],
				...(rule.targets.length === 0 ? { problem: "has no targets" } : {}),
			},
		);
		for (const target of rule.targets) consume(id, target);
	}
	for (const arn of startsOf(map))
		consume(
			node("rule", arn, { lines: [nameOf(arn, map), serviceOf(arn, map)] }),
			arn,
		);
	return { nodes: [...nodes.values()], edges: [...edges.values()] };

	function producerNode(name: string): string {
		return node("producer", name, { lines: [name] });
	}

	function ruleNode(rule: MappedRule): string {
		const known = ruleNodes.get(rule);
		if (known !== undefined) return known;
		const problem = ruleProblem(rule, map, fed);
		const id = node("rule", String(ruleNodes.size), {
			lines: [rule.name, ...filterLines(rule), ...placeLines(rule)],
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

/** Where a rule is, and where its events go that cannot be delivered. */
function placeLines({ account, deadLetters }: MappedRule): readonly string[] {
	const queues = [...new Set(deadLetters.map(lastOf))];
	return [
		`account ${account}`,
		...(queues.length > 0 ? [`dead letters: ${queues.join(", ")}`] : []),
	];
}

/** Topics and queues that messages come to from outside of the templates, and go on from. */
function startsOf(map: SystemMap): readonly string[] {
	const fed = new Set([...map.forwards.values()].flat());
	const targets = new Set(
		[...map.rules, ...map.schedules].flatMap((rule) => rule.targets),
	);
	return [...map.forwards.keys()].filter(
		(arn) => !fed.has(arn) && !targets.has(arn),
	);
}

/** A consumer's name, kind and account, and the queues before and after it, by ARN. */
function consumerLines(map: SystemMap): ReadonlyMap<string, readonly string[]> {
	const queues = new Map<string, Set<string>>();
	const starts = [
		...[...map.rules, ...map.schedules].flatMap((rule) => rule.targets),
		...startsOf(map),
	];
	for (const start of starts)
		for (const { consumer, via } of waysFrom(map, start)) {
			const own = queues.get(consumer) ?? new Set();
			for (const arn of via.filter(isQueue)) own.add(arn);
			queues.set(consumer, own);
		}
	const deadLetters = (arn: string): readonly string[] => {
		const to = map.deadLetters.get(unqualified(arn));
		return to === undefined ? [] : [`dead letters: ${lastOf(to)}`];
	};
	return new Map(
		[...queues].map(([arn, own]) => {
			const account = arn.split(":")[4] ?? "";
			return [
				arn,
				[
					nameOf(arn, map),
					`${serviceOf(arn, map)}${account === "" ? "" : `, account ${account}`}`,
					...deadLetters(arn),
					...[...own].flatMap((queue) => [
						`queue ${lastOf(queue)}`,
						...deadLetters(queue),
					]),
				],
			];
		}),
	);
}

const isQueue = (arn: string): boolean => arn.split(":")[2] === "sqs";

const lastOf = (arn: string): string => arn.split(/[:/]/).at(-1) ?? arn;

/** The name in an ARN; of a resource that is not simulated, its logical id. */
function nameOf(arn: string, { directory }: SystemMap): string {
	if (kindOf(arn) !== undefined) return lastOf(unqualified(arn));
	return resourceAt(directory, arn)?.logicalId ?? lastOf(arn);
}

function serviceOf(arn: string, { directory }: SystemMap): string {
	return (
		kindOf(arn) ?? resourceAt(directory, arn)?.type ?? arn.split(":")[2] ?? ""
	);
}

/** What people call a resource of a kind that is simulated. */
function kindOf(arn: string): string | undefined {
	switch (arn.split(":")[2]) {
		case "lambda":
			return "function";
		case "sqs":
			return "queue";
		case "sns":
			return "topic";
		case "events":
			return arn.includes(":event-bus/") ? "event bus" : undefined;
		default:
			return undefined;
	}
}

/** What to draw: names, or parts of them. */
export interface Selection {
	readonly consumer?: string | undefined;
	readonly source?: string | undefined;
	readonly eventType?: string | undefined;
}

/** The part of a graph that leads to, or comes from, what is selected. */
export function selected(
	graph: Graph,
	{ consumer, source, eventType }: Selection,
): Graph {
	const { nodes, edges } = graph;
	const has = (text: string | undefined, wanted: string) =>
		text?.toLowerCase().includes(wanted.toLowerCase()) === true;
	const wanted = [
		...(consumer === undefined
			? []
			: [
					(node: GraphNode) =>
						node.column === "consumer" && has(node.lines[0], consumer),
				]),
		...(source === undefined
			? []
			: [
					(node: GraphNode) =>
						node.column === "eventType" && has(node.lines[1], source),
				]),
		...(eventType === undefined
			? []
			: [
					(node: GraphNode) =>
						node.column === "eventType" && has(node.lines[0], eventType),
				]),
	];
	const reached = wanted.map((isWanted) => {
		const found = nodes.filter(isWanted).map(({ id }) => id);
		return new Set([
			...closure(found, edges),
			...closure(
				found,
				edges.map(([from, to]) => [to, from] as const),
			),
		]);
	});
	const kept = nodes.filter(({ id }) => reached.every((ids) => ids.has(id)));
	const ids = new Set(kept.map(({ id }) => id));
	return {
		nodes: kept,
		edges: edges.filter(([from, to]) => ids.has(from) && ids.has(to)),
	};
}

function closure(
	from: readonly string[],
	edges: Graph["edges"],
): ReadonlySet<string> {
	const found = new Set(from);
	for (const id of found)
		for (const [start, end] of edges) if (start === id) found.add(end);
	return found;
}
