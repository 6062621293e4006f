// The event flow of a system, read from its templates without running it.

import { subRulesOf } from "../../pattern/engine/structure.ts";
import { validate } from "../../pattern/engine/validate.ts";
import type { EventPatternDocument } from "../../runtime/event.ts";
import { isObject } from "../../runtime/json.ts";
import { busArn, functionArn } from "./identities.ts";
import {
	type EventTypeName,
	type MappedProducer,
	producersOf,
} from "./producers.ts";
import { resolveResources } from "./resolve.ts";
import type { StackTemplate } from "./stack-template.ts";

export interface MappedRule {
	readonly name: string;
	readonly stack: string;
	readonly busArn: string;
	readonly pattern: EventPatternDocument;
	readonly isEnabled: boolean;
	readonly targets: readonly string[];
}

export interface SystemMap {
	readonly rules: readonly MappedRule[];
	readonly producers: readonly MappedProducer[];
	/** ARN of a topic or queue → ARNs that it forwards messages to. */
	readonly forwards: ReadonlyMap<string, readonly string[]>;
}

export function mapSystem(stacks: readonly StackTemplate[]): SystemMap {
	const resources = resolveResources(stacks, {
		endpoint: "http://127.0.0.1",
		imported: (name) => name,
	});
	const ofType = (type: string) =>
		resources.filter((resource) => resource.type === type);
	const rules = ofType("AWS::Events::Rule").flatMap((rule): MappedRule[] => {
		const { EventPattern, State, Targets = [] } = rule.properties;
		if (!isObject(EventPattern)) return [];
		return [
			{
				name: rule.ref,
				stack: rule.stack.name,
				busArn: busArn(
					String(rule.properties.EventBusName ?? "default"),
					rule.stack,
				),
				pattern: EventPattern as EventPatternDocument,
				isEnabled: State !== "DISABLED",
				targets: (Targets as { Arn: string }[]).map(({ Arn }) => Arn),
			},
		];
	});
	const forwards = new Map<string, string[]>();
	const forward = (from: unknown, to: unknown) => {
		const key = String(from);
		forwards.set(key, [...(forwards.get(key) ?? []), String(to)]);
	};
	for (const { properties } of ofType("AWS::SNS::Subscription"))
		forward(properties.TopicArn, properties.Endpoint);
	for (const { properties, ref } of ofType("AWS::SNS::Topic"))
		for (const { Endpoint } of (properties.Subscription ?? []) as {
			Endpoint: unknown;
		}[])
			forward(ref, Endpoint);
	for (const { properties, stack } of ofType(
		"AWS::Lambda::EventSourceMapping",
	)) {
		forward(
			properties.EventSourceArn,
			functionArn(String(properties.FunctionName), stack),
		);
	}
	return {
		rules,
		producers: producersOf(resources),
		forwards,
	};
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

/** The final consumers downstream of a target, after topics and queues. */
export function consumersOf(map: SystemMap, arn: string): readonly string[] {
	const seen = new Set<string>();
	const visit = (at: string): readonly string[] => {
		if (seen.has(at)) return [];
		seen.add(at);
		const next = map.forwards.get(at) ?? [];
		return next.length === 0 ? [at] : next.flatMap(visit);
	};
	return visit(arn);
}
