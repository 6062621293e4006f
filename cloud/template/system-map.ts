// The event flow of a system, read from its templates without running it.

import { subRulesOf } from "../../pattern/engine/structure.ts";
import { validate } from "../../pattern/engine/validate.ts";
import type { EventPatternDocument } from "../../runtime/event.ts";
import { isObject, parseJson } from "../../runtime/json.ts";
import { type Directory, directoryOf } from "./directory.ts";
import { busArn, functionArn } from "./identities.ts";
import {
	type EventTypeName,
	type MappedProducer,
	producersOf,
} from "./producers.ts";
import { resolveResources } from "./resolve.ts";
import type { Resource } from "./resource.ts";
import type { StackTemplate } from "./stack-template.ts";

export interface MappedRule {
	readonly name: string;
	readonly account: string;
	readonly logicalId: string;
	/** Set if it runs by the clock. */
	readonly schedule?: string;
	/** ARNs of its targets' dead-letter queues. */
	readonly deadLetters: readonly string[];
	readonly stack: string;
	readonly busArn: string;
	readonly pattern: EventPatternDocument;
	readonly isEnabled: boolean;
	readonly targets: readonly string[];
}

export interface SystemMap {
	readonly rules: readonly MappedRule[];
	/** Rules that run by the clock; their pattern takes nothing. */
	readonly schedules: readonly MappedRule[];
	readonly producers: readonly MappedProducer[];
	/** ARN of a topic or queue → ARNs that it forwards messages to. */
	readonly forwards: ReadonlyMap<string, readonly string[]>;
	/** Resources by ARN, also those that are not simulated. */
	readonly directory: Directory;
	/** ARN of a queue or function → ARN of its dead-letter queue. */
	readonly deadLetters: ReadonlyMap<string, string>;
	/** Values that the templates do not state, and what is assumed for each. */
	readonly assumptions: readonly string[];
	/** What a subscription or an event source mapping lets through, if it filters; see `hop`. */
	readonly filters: ReadonlyMap<string, readonly HopFilter[]>;
}

/** A filter on the way from a topic or a queue. Several of one hop are alternatives. */
export interface HopFilter {
	/** Whose it is, such as the subscription of a queue. */
	readonly name: string;
	/** A pattern of the event. */
	readonly pattern: EventPatternDocument;
}

const hop = (from: unknown, to: unknown) => `${from} ${to}`;

export function mapSystem(stacks: readonly StackTemplate[]): SystemMap {
	const assumptions = new Set<string>();
	const resources = resolveResources(stacks, {
		endpoint: "http://127.0.0.1",
		onAssumption: (what) => assumptions.add(what),
	});
	const ofType = (type: string) =>
		resources.filter((resource) => resource.type === type);
	const all = ofType("AWS::Events::Rule").flatMap((rule): MappedRule[] => {
		const { EventPattern, ScheduleExpression, State } = rule.properties;
		const targets = (rule.properties.Targets ?? []) as {
			Arn: string;
			DeadLetterConfig?: { Arn?: string };
		}[];
		if (!isObject(EventPattern) && ScheduleExpression === undefined) return [];
		return [
			{
				name: rule.ref,
				account: rule.stack.account,
				logicalId: rule.logicalId,
				...(ScheduleExpression === undefined
					? {}
					: { schedule: String(ScheduleExpression) }),
				deadLetters: targets.flatMap(
					({ DeadLetterConfig }) => DeadLetterConfig?.Arn ?? [],
				),
				stack: rule.stack.name,
				busArn: busArn(
					String(rule.properties.EventBusName ?? "default"),
					rule.stack,
				),
				pattern: (EventPattern ?? {}) as EventPatternDocument,
				isEnabled: State !== "DISABLED",
				targets: targets.map(({ Arn }) => Arn),
			},
		];
	});
	const forwards = new Map<string, string[]>();
	const forward = (from: unknown, to: unknown) => {
		const key = String(from);
		forwards.set(key, [...(forwards.get(key) ?? []), String(to)]);
	};
	const filters = new Map<string, HopFilter[]>();
	const filter = (from: unknown, to: unknown, name: string, text: unknown) => {
		const pattern = typeof text === "string" ? parsedPattern(text) : text;
		if (!isObject(pattern)) return;
		const key = hop(from, to);
		filters.set(key, [
			...(filters.get(key) ?? []),
			{ name, pattern: pattern as EventPatternDocument },
		]);
	};
	for (const { properties, logicalId } of ofType("AWS::SNS::Subscription")) {
		const { TopicArn, Endpoint, FilterPolicy, FilterPolicyScope } = properties;
		forward(TopicArn, Endpoint);
		// Message attributes are not the event's.
		if (FilterPolicyScope === "MessageBody")
			filter(TopicArn, Endpoint, logicalId, FilterPolicy);
	}
	for (const { properties, ref } of ofType("AWS::SNS::Topic"))
		for (const { Endpoint } of (properties.Subscription ?? []) as {
			Endpoint: unknown;
		}[])
			forward(ref, Endpoint);
	for (const { properties, stack, logicalId } of ofType(
		"AWS::Lambda::EventSourceMapping",
	)) {
		const { EventSourceArn, FunctionName, FilterCriteria } = properties;
		const arn = functionArn(String(FunctionName), stack);
		forward(EventSourceArn, arn);
		const list = isObject(FilterCriteria) ? FilterCriteria.Filters : undefined;
		for (const { Pattern } of Array.isArray(list) ? list : []) {
			const pattern = typeof Pattern === "string" ? parsedPattern(Pattern) : {};
			// The body of a message that comes without an envelope is the event.
			if (isObject(pattern) && isObject(pattern.body))
				filter(EventSourceArn, arn, logicalId, pattern.body);
		}
	}
	return {
		rules: all.filter(({ schedule }) => schedule === undefined),
		schedules: all.filter(({ schedule }) => schedule !== undefined),
		producers: producersOf(resources),
		forwards,
		filters,
		directory: directoryOf(resources),
		deadLetters: deadLettersOf(resources),
		assumptions: [...assumptions],
	};
}

/** Queues for what cannot be delivered or handled, by the ARN of what they are for. */
function deadLettersOf(
	resources: readonly Resource[],
): SystemMap["deadLetters"] {
	return new Map(
		resources.flatMap(({ type, properties, attributes }) => {
			const { RedrivePolicy, DeadLetterConfig } = properties;
			const arn =
				type === "AWS::SQS::Queue" && isObject(RedrivePolicy)
					? RedrivePolicy.deadLetterTargetArn
					: type === "AWS::Lambda::Function" && isObject(DeadLetterConfig)
						? DeadLetterConfig.TargetArn
						: undefined;
			return arn === undefined || attributes.Arn === undefined
				? []
				: [[attributes.Arn, String(arn)] as const];
		}),
	);
}

/** Whether a rule may match events of a type, ignoring all other fields. */
export function mayTake(
	{ pattern }: MappedRule,
	{ source, detailType }: EventTypeName,
): boolean {
	if (!validate(pattern).ok) return false;
	const known = new Map([
		["source", source],
		["detail-type", detailType],
	]);
	return subRulesOf(pattern).some((rule) =>
		rule.every(({ path, matchers }) => {
			const value = known.get(path);
			return (
				value === undefined || matchers.some(({ accepts }) => accepts(value))
			);
		}),
	);
}

function parsedPattern(text: string): unknown {
	const parsed = parseJson(text);
	return parsed.ok ? parsed.value : undefined;
}

/** A way from a rule's target to a consumer, with the filters on it; those of a hop are alternatives. */
export interface Way {
	readonly consumer: string;
	/** ARNs of the topics and queues before it. */
	readonly via: readonly string[];
	readonly filters: readonly (readonly HopFilter[])[];
}

export function waysFrom(map: SystemMap, arn: string): readonly Way[] {
	const seen = new Set<string>();
	const visit = (
		at: string,
		filters: Way["filters"],
		via: readonly string[],
	): readonly Way[] => {
		if (seen.has(at)) return [];
		seen.add(at);
		const next = map.forwards.get(at) ?? [];
		if (next.length === 0) return [{ consumer: at, via, filters }];
		return next.flatMap((to) => {
			const own = map.filters.get(hop(at, to));
			return visit(to, own ? [...filters, own] : filters, [...via, at]);
		});
	};
	return visit(arn, [], []);
}
