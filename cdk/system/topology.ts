// Derives names, ARNs and feeds from the system definition.
import { rulePattern } from "../../pattern/rule-pattern.ts";
import type {
	EventPatternDocument,
	EventSubscription,
} from "../../runtime/event.ts";
import type { ConsumerDefinition, SystemDefinition } from "./definition.ts";

/** A rule and its topic: one per event type, and one for each subscription with a content filter. */
export interface Feed {
	/** Name of the rule and the topic. */
	readonly name: string;
	readonly eventPattern: EventPatternDocument;
	readonly subscribers: readonly string[];
}

export function functionName(system: SystemDefinition, name: string): string {
	return `${system.name}-${name}`;
}

export function roleArn(
	system: SystemDefinition,
	account: keyof SystemDefinition["accounts"],
	name: string,
): string {
	return `arn:aws:iam::${system.accounts[account].id}:role/${functionName(system, name)}`;
}

export function eventBusArn(system: SystemDefinition): string {
	return `arn:aws:events:${system.region}:${system.accounts.hub.id}:event-bus/${system.eventBusName}`;
}

export function topicArn(system: SystemDefinition, feed: Feed): string {
	return `arn:aws:sns:${system.region}:${system.accounts.hub.id}:${feed.name}`;
}

export function queueName(system: SystemDefinition, consumer: string): string {
	return `${system.name}-${consumer}`;
}

export function queueArn(system: SystemDefinition, consumer: string): string {
	return `arn:aws:sqs:${system.region}:${system.accounts.consumer.id}:${queueName(system, consumer)}`;
}

export function feeds(system: SystemDefinition): readonly Feed[] {
	const found = new Map<string, Feed>();
	for (const [consumer, { subscribes }] of Object.entries(system.consumers)) {
		for (const [name, subscription] of feedNames(
			system,
			consumer,
			subscribes,
		)) {
			const subscribers = found.get(name)?.subscribers ?? [];
			found.set(name, {
				name,
				eventPattern: rulePattern(subscription),
				subscribers: [...subscribers, consumer],
			});
		}
	}
	return [...found.values()];
}

/** A consumer's subscriptions by feed name. */
export function feedNames(
	system: SystemDefinition,
	consumer: string,
	subscribes: ConsumerDefinition["subscribes"],
): ReadonlyMap<string, EventSubscription<string, unknown>> {
	const names = new Map<string, EventSubscription<string, unknown>>();
	for (const subscription of subscribes) {
		const type = kebabCase(subscription.type);
		const base = subscription.filter
			? `${system.name}-${consumer}-${type}`
			: `${system.name}-${type}`;
		let name = base;
		for (let n = 2; names.has(name); n++) name = `${base}-${n}`;
		names.set(name, subscription);
	}
	return names;
}

const kebabCase = (name: string) =>
	name.replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, "-").toLowerCase();
