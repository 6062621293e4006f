import { createHash, randomUUID } from "node:crypto";
import { describeMismatches } from "../../../../pattern/engine/mismatches.ts";
import { type Cloud, DeliveryError, type Message } from "../../cloud.ts";
import { deliver, type Sender } from "../../delivery.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import { subscribe } from "./subscription.ts";
import type { LocalSubscription, LocalTopic, Topics } from "./topics.ts";

/** SNS's default limit; a topic can raise it: https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html */
const messageBytesDefault = 262_144;

export const topicType = (topics: Topics, cloud: Cloud): ResourceType => ({
	simulates: [
		"TopicName",
		"MaximumMessageSize",
		"Subscription",
		"KmsMasterKeyId",
		"FifoTopic",
		"ContentBasedDeduplication",
	],
	ignores: ["DisplayName", "Tags", "TracingConfig", "FifoThroughputScope"],
	create: (resource) => {
		const { ref: arn, properties, stack, attributes } = resource;
		const deduplicates = properties.ContentBasedDeduplication === true;
		const recent = new RecentMessages();
		const created: LocalTopic = {
			arn,
			name: attributes.TopicName as string,
			account: stack.account,
			region: stack.region,
			key: cloud.keyOf(properties.KmsMasterKeyId, resource),
			messageBytesMax: Number(
				properties.MaximumMessageSize ?? messageBytesDefault,
			),
			isFifo: properties.FifoTopic === true,
			subscriptions: [],
			publish: async (message, after) => {
				const checked = created.isFifo
					? fifoMessage(message, deduplicates)
					: message;
				checkSize(created, message);
				const duplicate = created.isFifo
					? recent.find(checked.deduplicationId ?? "")
					: undefined;
				if (duplicate !== undefined) {
					cloud.tracer.hop(after, {
						account: created.account,
						resource: `topic ${created.name}`,
						outcome: "ok",
						what: `has message ${duplicate.slice(0, 8)} already: the same deduplication id within 5 minutes`,
					});
					return duplicate;
				}
				const messageId = randomUUID();
				if (created.isFifo)
					recent.add(checked.deduplicationId ?? "", messageId);
				await fanOut(created, checked, messageId, after, cloud);
				return messageId;
			},
		};
		topics.set(arn, created);
		cloud.receivers.set(arn, {
			action: "sns:Publish",
			label: `topic ${created.name}`,
			...(created.key === undefined ? {} : { key: created.key }),
			receive: async (message, after) => {
				await created.publish(message, after);
			},
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

const deduplicationMs = 300_000;

/** Messages of the last 5 minutes, by deduplication id. */
class RecentMessages {
	readonly #known = new Map<
		string,
		{ readonly messageId: string; readonly atMs: number }
	>();

	find(deduplicationId: string): string | undefined {
		for (const [id, { atMs }] of this.#known) {
			if (Date.now() - atMs < deduplicationMs) break;
			this.#known.delete(id);
		}
		return this.#known.get(deduplicationId)?.messageId;
	}

	add(deduplicationId: string, messageId: string): void {
		this.#known.set(deduplicationId, { messageId, atMs: Date.now() });
	}
}

/** https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
function fifoMessage(message: Message, deduplicates: boolean): Message {
	if (message.groupId === undefined)
		throw new DeliveryError(
			"Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
		);
	if (message.deduplicationId === undefined && !deduplicates)
		throw new DeliveryError(
			"Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
		);
	return {
		...message,
		deduplicationId:
			message.deduplicationId ??
			createHash("sha256").update(message.body).digest("hex"),
	};
}

function checkSize(topic: LocalTopic, { body }: Message): void {
	const bytes = Buffer.byteLength(body);
	if (bytes > topic.messageBytesMax)
		throw new DeliveryError(
			`the message has ${bytes} bytes, the topic's limit is ${topic.messageBytesMax} (MaximumMessageSize)`,
		);
}

async function fanOut(
	topic: LocalTopic,
	message: Message,
	messageId: string,
	after: Span,
	cloud: Cloud,
): Promise<void> {
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
	await Promise.all(
		topic.subscriptions.map((subscription) =>
			sendTo(subscription, topic, message, messageId, span, cloud),
		),
	);
}

async function sendTo(
	subscription: LocalSubscription,
	topic: LocalTopic,
	message: Message,
	messageId: string,
	after: Span,
	cloud: Cloud,
): Promise<void> {
	const { endpoint, protocol, raw, deadLetterArn, refused, account } =
		subscription;
	const end = (
		outcome: "denied" | "no match" | "not simulated",
		what: string,
	) => {
		cloud.tracer.hop(after, {
			account,
			resource: `subscription of ${endpoint.startsWith("arn:") ? endpoint.split(":").at(-1) : endpoint}`,
			outcome,
			what,
		});
	};
	if (refused !== undefined) return end("denied", refused);
	const parted = subscription.mismatches?.(message) ?? [];
	if (parted.length > 0) return end("no match", describeMismatches(parted));
	if (protocol !== "sqs" && protocol !== "lambda")
		return end(
			"not simulated",
			`${subscription.logicalId}: the protocol ${protocol} is not simulated`,
		);
	const sender: Sender = {
		principal: { kind: "service", service: "sns.amazonaws.com" },
		context: {
			"aws:SourceArn": topic.arn,
			"aws:SourceAccount": topic.account,
		},
	};
	const deadLetters =
		deadLetterArn === undefined ? undefined : { arn: deadLetterArn, sender };
	const wrapped = notification(topic, messageId, message);
	const isFunction = protocol === "lambda";
	const { groupId, deduplicationId } = message;
	const isFifo = endpoint.endsWith(".fifo");
	await deliver(
		{
			message: {
				body: isFunction
					? lambdaEvent(subscription, wrapped)
					: raw
						? message.body
						: JSON.stringify(wrapped),
				...(isFifo ? { groupId, deduplicationId } : {}),
				...(raw && !isFunction && message.attributes
					? { attributes: message.attributes }
					: {}),
			},
			to: endpoint,
			sender,
			deadLetters,
		},
		after,
		cloud,
	);
}

/** The message body without raw delivery: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function notification(
	topic: LocalTopic,
	messageId: string,
	{ body, subject, attributes = {} }: Message,
): Record<string, unknown> {
	return {
		Type: "Notification",
		MessageId: messageId,
		TopicArn: topic.arn,
		...(subject === undefined ? {} : { Subject: subject }),
		Message: body,
		Timestamp: new Date().toISOString(),
		SignatureVersion: "1",
		Signature: "",
		SigningCertURL: "",
		UnsubscribeURL: "",
		...(Object.keys(attributes).length === 0
			? {}
			: {
					MessageAttributes: Object.fromEntries(
						Object.entries(attributes).map(([name, { type, value }]) => [
							name,
							{ Type: type, Value: value },
						]),
					),
				}),
	};
}

function lambdaEvent(
	{ arn }: LocalSubscription,
	{ SigningCertURL, UnsubscribeURL, ...rest }: Record<string, unknown>,
): string {
	return JSON.stringify({
		Records: [
			{
				EventSource: "aws:sns",
				EventVersion: "1.0",
				EventSubscriptionArn: arn,
				Sns: {
					Subject: null,
					MessageAttributes: {},
					...rest,
					SigningCertUrl: SigningCertURL,
					UnsubscribeUrl: UnsubscribeURL,
				},
			},
		],
	});
}
