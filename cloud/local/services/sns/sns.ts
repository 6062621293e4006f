import { randomUUID } from "node:crypto";
import {
	describeMismatches,
	type Mismatch,
} from "../../../../pattern/engine/mismatches.ts";
import { validateFilter } from "../../../../pattern/languages.ts";
import { compileMismatches } from "../../../../pattern/match.ts";
import type { EventPatternDocument } from "../../../../runtime/event.ts";
import { describeIssues } from "../../../../runtime/issue.ts";
import { isObject, parseJson } from "../../../../runtime/json.ts";
import type { Resource } from "../../../template/resource.ts";
import { type Cloud, DeliveryError } from "../../cloud.ts";
import { deliver, type Sender } from "../../delivery.ts";
import type { ResourceType, Service } from "../../service.ts";
import type { Span } from "../../trace.ts";

interface LocalSubscription {
	readonly endpoint: string;
	readonly raw: boolean;
	readonly deadLetterArn: string | undefined;
	/** Why SNS refused the subscription. */
	readonly refused?: string;
	/** Mismatches of a message with the filter policy. Empty if it passes; `undefined` without a filter policy. */
	readonly mismatches?: (message: string) => readonly Mismatch[];
	readonly account: string;
}

export interface LocalTopic {
	readonly arn: string;
	readonly name: string;
	readonly account: string;
	readonly messageBytesMax: number;
	readonly subscriptions: LocalSubscription[];
}

/** SNS's default limit; a topic can raise it: https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html */
const messageBytesDefault = 262_144;

type Topics = Map<string, LocalTopic>;

export function snsService(cloud: Cloud): Service {
	const topics: Topics = new Map();
	return {
		name: "sns",
		resources: {
			"AWS::SNS::Topic": topicType(topics, cloud),
			"AWS::SNS::Subscription": subscriptionType(topics, cloud),
		},
	};
}

const topicType = (topics: Topics, cloud: Cloud): ResourceType => ({
	simulates: [
		"TopicName",
		"MaximumMessageSize",
		"Subscription",
		"KmsMasterKeyId",
	],
	ignores: ["DisplayName", "Tags", "TracingConfig"],
	create: (resource) => {
		const { ref: arn, properties, stack, attributes } = resource;
		const created: LocalTopic = {
			arn,
			name: attributes.TopicName as string,
			account: stack.account,
			messageBytesMax: Number(
				properties.MaximumMessageSize ?? messageBytesDefault,
			),
			subscriptions: [],
		};
		const key = cloud.keyOf(properties.KmsMasterKeyId, stack);
		topics.set(arn, created);
		cloud.receivers.set(arn, {
			action: "sns:Publish",
			label: `topic ${created.name}`,
			...(key === undefined ? {} : { key }),
			receive: (message, after) => fanOut(created, message, after, cloud),
		});
		for (const listed of (properties.Subscription ?? []) as Record<
			string,
			unknown
		>[])
			cloud.later(() =>
				subscribe(resource, { ...listed, TopicArn: arn }, topics, cloud),
			);
	},
});

const subscriptionType = (topics: Topics, cloud: Cloud): ResourceType => ({
	simulates: [
		"TopicArn",
		"Protocol",
		"Endpoint",
		"RawMessageDelivery",
		"RedrivePolicy",
		"FilterPolicy",
		"FilterPolicyScope",
	],
	ignores: ["Region"],
	create: (resource) => subscribe(resource, resource.properties, topics, cloud),
});

function subscribe(
	{ stack, logicalId }: Resource,
	properties: Readonly<Record<string, unknown>>,
	topics: Topics,
	cloud: Cloud,
): void {
	const { TopicArn, Protocol, Endpoint, RawMessageDelivery, RedrivePolicy } =
		properties;
	const topicArn = String(TopicArn);
	const endpoint = String(Endpoint);
	const found = topics.get(topicArn);
	if (!found) {
		cloud.notSimulated(
			`the subscription ${logicalId}: there is no topic ${topicArn} in these stacks`,
		);
		return;
	}
	if (Protocol !== "sqs" && Protocol !== "lambda") {
		cloud.notSimulated(
			`the subscription ${logicalId}: the protocol ${Protocol}`,
		);
		return;
	}
	const decision = cloud.decide(
		{ kind: "account", account: stack.account },
		"sns:Subscribe",
		topicArn,
		{
			"sns:Protocol": Protocol,
			"sns:Endpoint": endpoint,
		},
	);
	const owner = endpoint.split(":")[4] ?? "";
	const refused = !decision.allowed
		? decision.reason
		: owner !== stack.account
			? `the subscription waits for account ${owner} to confirm it; create it in a stack of that account`
			: undefined;
	found.subscriptions.push({
		endpoint,
		raw: String(RawMessageDelivery) === "true",
		deadLetterArn: (
			RedrivePolicy as { deadLetterTargetArn?: string } | undefined
		)?.deadLetterTargetArn,
		account: stack.account,
		...(refused === undefined ? {} : { refused }),
		...(properties.FilterPolicy === undefined
			? {}
			: { mismatches: filterOf(logicalId, properties) }),
	});
}

function filterOf(
	logicalId: string,
	{ FilterPolicy, FilterPolicyScope }: Readonly<Record<string, unknown>>,
): (message: string) => readonly Mismatch[] {
	const checked = validateFilter("sns", FilterPolicy);
	if (!checked.ok)
		throw new Error(
			`the subscription ${logicalId} has a filter policy that AWS rejects: ${describeIssues(checked.issues)}`,
		);
	const mismatches = compileMismatches(FilterPolicy as EventPatternDocument);
	const scope = FilterPolicyScope ?? "MessageAttributes";
	if (scope !== "MessageBody" && scope !== "MessageAttributes")
		throw new Error(
			`the subscription ${logicalId} has the FilterPolicyScope ${scope}; it must be MessageAttributes or MessageBody`,
		);
	// Messages from a rule have no attributes.
	if (scope === "MessageAttributes") return () => mismatches({});
	return (message) => {
		const body = parseJson(message);
		return body.ok && isObject(body.value)
			? mismatches(body.value)
			: [{ field: "the body", wanted: "a JSON object", got: "something else" }];
	};
}

async function fanOut(
	topic: LocalTopic,
	message: string,
	after: Span,
	cloud: Cloud,
): Promise<void> {
	const bytes = Buffer.byteLength(message);
	if (bytes > topic.messageBytesMax)
		throw new DeliveryError(
			`the message has ${bytes} bytes, the topic's limit is ${topic.messageBytesMax} (MaximumMessageSize)`,
		);
	const { tracer } = cloud;
	const span = tracer.hop(after, {
		account: topic.account,
		resource: `topic ${topic.name}`,
		outcome: "ok",
		what:
			topic.subscriptions.length === 0
				? "has no subscriptions: the message ends here"
				: `fans out to ${topic.subscriptions.length}`,
	});
	const messageId = randomUUID();
	await Promise.all(
		topic.subscriptions.map(
			async ({
				endpoint,
				raw,
				deadLetterArn,
				refused,
				account,
				mismatches,
			}) => {
				if (refused !== undefined) {
					tracer.hop(span, {
						account,
						resource: `subscription of ${endpoint.split(":").at(-1)}`,
						outcome: "denied",
						what: refused,
					});
					return;
				}
				const parted = mismatches?.(message) ?? [];
				if (parted.length > 0) {
					tracer.hop(span, {
						account,
						resource: `subscription of ${endpoint.split(":").at(-1)}`,
						outcome: "no match",
						what: describeMismatches(parted),
					});
					return;
				}
				const sender: Sender = {
					principal: { kind: "service", service: "sns.amazonaws.com" },
					context: {
						"aws:SourceArn": topic.arn,
						"aws:SourceAccount": topic.account,
					},
				};
				const deadLetters =
					deadLetterArn === undefined
						? undefined
						: { arn: deadLetterArn, sender };
				const wrapped = notification(topic, messageId, message);
				const body = endpoint.includes(":lambda:")
					? lambdaEvent(topic, wrapped)
					: raw
						? message
						: JSON.stringify(wrapped);
				await deliver(
					{ message: body, to: endpoint, sender, deadLetters },
					span,
					cloud,
				);
			},
		),
	);
}

/** The message body without raw delivery: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function notification(
	topic: LocalTopic,
	messageId: string,
	message: string,
): object {
	return {
		Type: "Notification",
		MessageId: messageId,
		TopicArn: topic.arn,
		Message: message,
		Timestamp: new Date().toISOString(),
		SignatureVersion: "1",
		Signature: "",
		SigningCertURL: "",
		UnsubscribeURL: "",
	};
}

function lambdaEvent(topic: LocalTopic, wrapped: object): string {
	return JSON.stringify({
		Records: [
			{
				EventSource: "aws:sns",
				EventVersion: "1.0",
				EventSubscriptionArn: topic.arn,
				Sns: wrapped,
			},
		],
	});
}
