// What follows from the system's definition: names, ARNs, and which rule feeds whom. Nothing of CDK.
import type { EventSubscription } from "eventwright/event-type";
import {
	type EventPatternDocument,
	type FilterFinding,
	judgeFilter,
	warningsOf,
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

/** A definition that no stack can be made of; its message says what to change. */
export class SystemError extends Error {
	override readonly name = "SystemError";
}

/** A subscription whose filter can never match, or does not say what it seems to. */
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

const notJudged: FilterFinding = {
	severity: "warning",
	path: "",
	message:
		"nobody knows whether it can match: there is no schema of this source and detail-type below schemas",
};
const asksNothing: FilterFinding = {
	severity: "warning",
	path: "",
	message: "always matches: it asks for nothing",
};
const comesTwice = (why: string): FilterFinding => ({
	severity: "warning",
	path: "",
	message: `the consumer gets each of these events twice: ${why}`,
});

/** Holds each subscription against its event type's schema, and against the consumer's others; `schemaOf` has the schemas, with what they refer to. */
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
					const found = schemaOf(subscription);
					const findings = [
						...filterFindings(subscription, found),
						...overlaps(subscription, subscribes),
					];
					return findings.map((finding) => ({
						...finding,
						consumer,
						rule,
						subscription,
					}));
				},
			),
	);
}

function filterFindings(
	{ filter, filteredAt, pattern }: EventSubscription<string, unknown>,
	found: { readonly schema: unknown; readonly document: unknown } | undefined,
): readonly FilterFinding[] {
	if (!filter) return filteredAt === undefined ? [] : [asksNothing];
	const surprises = warningsOf(pattern).map(
		({ path, message }): FilterFinding => ({
			severity: "warning",
			path: path.replace(/^\/detail/, ""),
			message,
		}),
	);
	return found
		? [...judgeFilter(filter, found.schema, found.document), ...surprises]
		: [notJudged, ...surprises];
}

/** Where another subscription of the consumer gets all that this one gets. */
function overlaps(
	{ pattern, source, detailType, filter }: EventSubscription<string, unknown>,
	all: ConsumerDefinition["subscribes"],
): readonly FilterFinding[] {
	const ofType = all.filter(
		(other) => other.source === source && other.detailType === detailType,
	);
	const text = JSON.stringify(pattern);
	const same = ofType.filter((other) => JSON.stringify(other.pattern) === text);
	if (filter && ofType.some((other) => !other.filter))
		return [comesTwice("it also subscribes to all events of the type")];
	return same.length > 1
		? [comesTwice("it subscribes to them once more, in the same way")]
		: [];
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
