// What follows from the system's definition: names, ARNs, and which rule feeds whom. Nothing of CDK.
import type { EventSubscription } from "eventwright/event-type";
import {
	type EventPatternDocument,
	type FilterFinding,
	judgeFilter,
} from "eventwright/pattern";

export interface SystemDefinition {
	/** Begins every name. */
	readonly name: string;
	readonly region: string;
	/** AWS Organizations' id; the bus then also asks for it. */
	readonly organizationId?: string;
	readonly accounts: Readonly<
		Record<
			"producer" | "hub" | "consumer",
			{
				readonly id: string;
				/** The AWS CLI profile that `npm run deploy` uses for it. */
				readonly profile: string;
			}
		>
	>;
	readonly eventBusName: string;
	readonly producers: Readonly<Record<string, ProducerDefinition>>;
	readonly consumers: Readonly<Record<string, ConsumerDefinition>>;
}

export interface ProducerDefinition {
	/** The handler's file. */
	readonly entry: string;
	readonly method: string;
	readonly path: string;
	/** Draft-04, as `generated/api-models` has it. */
	readonly bodyModel?: { readonly name: string; readonly schema: object };
	readonly publishes: readonly EventSubscription<string, unknown>[];
}

/** A subscription whose filter its event type's schema can never satisfy, or always does. */
export interface FilterProblem extends FilterFinding {
	readonly consumer: string;
	/** The rule that the subscription makes. */
	readonly rule: string;
	readonly subscription: EventSubscription<string, unknown>;
}

export interface ConsumerDefinition {
	/** The handler's file. */
	readonly entry: string;
	readonly subscribes: readonly EventSubscription<string, unknown>[];
}

/** A rule and the topic that it feeds: one per event type, and one of its own for each subscription with a content filter. */
export interface Feed {
	/** Of the rule and of the topic. */
	readonly name: string;
	readonly eventPattern: EventPatternDocument;
	readonly subscribers: readonly string[];
}

/** The ids that the repository comes with; nobody can deploy to them. */
export const sampleAccountIds: readonly string[] = [
	"111111111111",
	"222222222222",
	"333333333333",
];

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
		for (const [name, { pattern }] of feedNames(system, consumer, subscribes)) {
			const subscribers = found.get(name)?.subscribers ?? [];
			found.set(name, {
				name,
				eventPattern: pattern,
				subscribers: [...subscribers, consumer],
			});
		}
	}
	return [...found.values()];
}

/** Holds each content filter against its event type's schema; `schemaOf` has them, with what they refer to. */
export function filterProblems(
	system: SystemDefinition,
	schemaOf: (
		event: Pick<EventSubscription<string, unknown>, "source" | "detailType">,
	) => { readonly schema: unknown; readonly document: unknown } | undefined,
): readonly FilterProblem[] {
	return Object.entries(system.consumers).flatMap(
		([consumer, { subscribes }]) =>
			[...feedNames(system, consumer, subscribes)].flatMap(
				([rule, subscription]) => {
					const { filter } = subscription;
					const found = schemaOf(subscription);
					if (!filter || !found) return [];
					return judgeFilter(filter, found.schema, found.document).map(
						(finding) => ({ ...finding, consumer, rule, subscription }),
					);
				},
			),
	);
}

function feedNames(
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
