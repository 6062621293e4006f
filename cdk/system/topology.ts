// Derives names, ARNs and feeds from the system definition.
import { rulePattern } from "../../pattern/rule-pattern.ts";
import type {
	EventPatternDocument,
	EventSubscription,
} from "../../runtime/event.ts";
import {
	type ConsumerDefinition,
	type SystemDefinition,
	SystemError,
} from "./definition.ts";
import {
	hubName,
	kebabCase,
	nameMax,
	partitionOf,
	resourceName,
} from "./names.ts";

/** A rule and its topic: one per event type, and one for each subscription with a content filter. */
export interface Feed {
	/** Name of the rule and the topic. */
	readonly name: string;
	readonly eventPattern: EventPatternDocument;
	/** Whether it has a content filter. */
	readonly isFiltered: boolean;
	/** Consumers, sorted. */
	readonly subscribers: readonly string[];
}

export function eventBusName(system: SystemDefinition): string {
	return system.eventBusName ?? `${system.name}-events`;
}

export function registryName(system: SystemDefinition): string {
	return system.registryName ?? system.name;
}

/** Name of the stack `hub`, `filters`, `alarms`, `producer` or `consumer-` and the consumer's name. */
export function stackName(system: SystemDefinition, part: string): string {
	return resourceName(nameMax.stack, system.name, part);
}

export function functionName(system: SystemDefinition, name: string): string {
	return resourceName(nameMax.function, system.name, name);
}

/** Roles are global in an account, so the name has the region. */
export function roleName(system: SystemDefinition, name: string): string {
	return resourceName(nameMax.role, system.name, name, system.region);
}

export function roleArn(
	system: SystemDefinition,
	account: keyof SystemDefinition["accounts"],
	name: string,
): string {
	const { id, rolePath = "/" } = system.accounts[account];
	return `arn:${partitionOf(system.region)}:iam::${id}:role${rolePath}${roleName(system, name)}`;
}

export function eventBusArn(system: SystemDefinition): string {
	return `${arnOf(system, "events", "hub")}:event-bus/${eventBusName(system)}`;
}

export function topicArn(system: SystemDefinition, feed: Feed): string {
	return `${arnOf(system, "sns", "hub")}:${feed.name}`;
}

/** What the names of the hub's rules and topics begin with. */
export function feedPrefix(system: SystemDefinition): string {
	return `${system.name}_`;
}

/** The role of the bus's rules, and the queue of what they could not deliver: one of each in a hub. */
export function feedRoleName(system: SystemDefinition): string {
	return hubName(nameMax.role, system.name, `feeds-${system.region}`);
}

export function feedRoleArn(system: SystemDefinition): string {
	const { id, rolePath = "/" } = system.accounts.hub;
	return `arn:${partitionOf(system.region)}:iam::${id}:role${rolePath}${feedRoleName(system)}`;
}

export function undeliveredName(system: SystemDefinition): string {
	return `${feedPrefix(system)}undelivered`;
}

export function undeliveredArn(system: SystemDefinition): string {
	return `${arnOf(system, "sqs", "hub")}:${undeliveredName(system)}`;
}

/** The alias of the hub's key, if it has one. */
export function hubKeyAlias(system: SystemDefinition): string {
	return `alias/${feedPrefix(system)}hub`;
}

export function queueName(system: SystemDefinition, consumer: string): string {
	return resourceName(nameMax.function, system.name, consumer);
}

export function queueArn(system: SystemDefinition, consumer: string): string {
	return `${arnOf(system, "sqs", "consumer")}:${queueName(system, consumer)}`;
}

function arnOf(
	{ region, accounts }: SystemDefinition,
	service: string,
	account: keyof SystemDefinition["accounts"],
): string {
	return `arn:${partitionOf(region)}:${service}:${region}:${accounts[account].id}`;
}

/** The feeds, sorted by name. Throws a `SystemError` if two have the same name. */
export function feeds(system: SystemDefinition): readonly Feed[] {
	const found = new Map<string, Feed & { readonly what: string }>();
	for (const [consumer, { subscribes }] of Object.entries(system.consumers)) {
		for (const [name, subscription] of feedNames(
			system,
			consumer,
			subscribes,
		)) {
			const what = described(consumer, subscription);
			const other = found.get(name);
			if (other && other.what !== what) throw clash(name, other.what, what);
			found.set(name, {
				name,
				what,
				eventPattern: rulePattern(subscription),
				isFiltered: subscription.filter !== undefined,
				subscribers: [...(other?.subscribers ?? []), consumer].sort(),
			});
		}
	}
	return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A consumer's subscriptions by feed name. Throws a `SystemError` if two have the same name. */
export function feedNames(
	system: SystemDefinition,
	consumer: string,
	subscribes: ConsumerDefinition["subscribes"],
): ReadonlyMap<string, EventSubscription<string, unknown>> {
	const names = new Map<string, EventSubscription<string, unknown>>();
	for (const subscription of subscribes) {
		const type = eventTypeName(system, subscription);
		const { filter, filterName } = subscription;
		const own = filterName === undefined ? [] : [filterName];
		const name = filter
			? hubName(nameMax.rule, system.name, consumer, type, ...own)
			: hubName(nameMax.rule, system.name, type);
		const other = names.get(name);
		if (other)
			throw clash(
				name,
				described(consumer, other),
				described(consumer, subscription),
			);
		names.set(name, subscription);
	}
	return names;
}

/** An event type's name in infrastructure: another event type does not change it, and neither does a new title. */
function eventTypeName(
	{ eventTypeNames = [] }: SystemDefinition,
	{ source, detailType }: EventSubscription<string, unknown>,
): string {
	const stated = eventTypeNames.find(
		({ eventType }) =>
			eventType.source === source && eventType.detailType === detailType,
	);
	return stated?.name ?? kebabCase(detailType);
}

/** What a feed is for: equal only for the same subscription. */
function described(
	consumer: string,
	{
		source,
		detailType,
		filter,
		filterName,
	}: EventSubscription<string, unknown>,
): string {
	const type = `${source} / ${detailType}`;
	if (!filter) return `all events ${type}`;
	const name = filterName === undefined ? "" : `${JSON.stringify(filterName)} `;
	return `the filter ${name}of ${consumer} on ${type}: ${JSON.stringify(filter)}`;
}

function clash(name: string, a: string, b: string): SystemError {
	if (a === b)
		return new SystemError(`a consumer subscribes twice to ${a}: remove one`);
	const remedy = [a, b].some((what) => what.startsWith("the filter"))
		? "name one of the filters, where(…, …, { name })"
		: "name one of the event types, in eventTypeNames";
	return new SystemError(
		`${a} and ${b} would both be called ${name}: ${remedy}`,
	);
}

/** What a stack is to the system, by its name. Undefined if it is none of its stacks. */
export function partOf(
	system: SystemDefinition,
	stack: string,
): "hub" | "consumer" | "producer" | "alarms" | undefined {
	const prefix = `${system.name}-`;
	if (!stack.startsWith(prefix)) return undefined;
	const part = stack.slice(prefix.length);
	if (part === "hub" || part === "filters") return "hub";
	if (part === "producer" || part === "alarms") return part;
	return part.startsWith("consumer-") ? "consumer" : undefined;
}
