import type { Cloud, Message } from "../../cloud.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import type { QueueEngines } from "./fauxqs.ts";

export interface ReceivedMessage {
	readonly MessageId: string;
	readonly ReceiptHandle: string;
	readonly Body: string;
	readonly MD5OfBody: string;
	readonly Attributes?: Readonly<Record<string, string>>;
	readonly MessageAttributes?: Readonly<Record<string, unknown>>;
}

/** SendMessage's parameters without the queue URL. */
export interface SendMessageInput {
	readonly MessageBody: string;
	readonly [parameter: string]: unknown;
}

/** A queue and the spans of its messages. */
export interface LocalQueue {
	readonly name: string;
	readonly arn: string;
	readonly account: string;
	readonly region: string;
	readonly url: string;
	readonly isFifo: boolean;
	readonly maxReceiveCount: number;
	readonly deadLetterArn: string | undefined;
	/** The key that encrypts its messages: ARN, id or alias. Undefined if it is not a customer's. */
	readonly key: string | undefined;
	/** Spans by message id; a message's hops are attached to its span. */
	readonly spans: Map<string, Span>;
	/** Ids of a FIFO queue's messages. */
	readonly sent: Set<string>;
	/** Set by the queue's event source mapping; `refused` is why it may not poll. */
	consumer: { readonly refused?: string } | undefined;
	/** Sends a message. Resolves with the SendMessage response. */
	readonly send: (
		input: SendMessageInput,
		after: Span,
		outcome?: "ok" | "dead letter",
	) => Promise<Record<string, unknown>>;
	readonly call: (
		action: string,
		parameters?: object,
	) => Promise<Record<string, unknown>>;
	/** Whether DeleteQueue was called. */
	readonly isDeleted: () => boolean;
	readonly messages: () => Promise<
		readonly { readonly messageId: string; readonly body: string }[]
	>;
}

const queueAttributes = [
	"VisibilityTimeout",
	"MessageRetentionPeriod",
	"MaximumMessageSize",
	"DelaySeconds",
	"ReceiveMessageWaitTimeSeconds",
	"FifoQueue",
	"ContentBasedDeduplication",
];

/** The queues of all accounts, by ARN. */
export type Queues = Map<string, LocalQueue>;

export const queueType = (
	queues: Queues,
	engineOf: QueueEngines,
	cloud: Cloud,
): ResourceType => ({
	simulates: [
		"QueueName",
		"RedrivePolicy",
		"KmsMasterKeyId",
		...queueAttributes,
	],
	ignores: [
		"SqsManagedSseEnabled",
		"Tags",
		"RedriveAllowPolicy",
		"KmsDataKeyReusePeriodSeconds",
		"DeduplicationScope",
		"FifoThroughputLimit",
	],
	create: async (resource) => {
		const { attributes, properties, stack, ref } = resource;
		const name = attributes.QueueName as string;
		const arn = attributes.Arn as string;
		const engine = engineOf(stack.account, stack.region);
		const redrive = properties.RedrivePolicy as
			| { deadLetterTargetArn: string; maxReceiveCount: number }
			| undefined;
		const chosen = queueAttributes
			.filter((attribute) => {
				const value = properties[attribute];
				return value !== undefined && value !== false;
			})
			.map((attribute) => [attribute, String(properties[attribute])]);
		await engine.call("CreateQueue", {
			QueueName: name,
			Attributes: {
				...Object.fromEntries(chosen),
				...(redrive ? { RedrivePolicy: engine.redrivePolicy(redrive) } : {}),
			},
		});
		let isDeleted = false;
		const created: LocalQueue = {
			name,
			arn,
			account: stack.account,
			region: stack.region,
			url: ref,
			isFifo: properties.FifoQueue === true,
			maxReceiveCount: redrive
				? Number(redrive.maxReceiveCount ?? maxReceiveDefault)
				: Number.POSITIVE_INFINITY,
			deadLetterArn: redrive?.deadLetterTargetArn,
			key: cloud.keyOf(properties.KmsMasterKeyId, resource),
			spans: new Map(),
			sent: new Set(),
			consumer: undefined,
			send: (input, after, outcome = "ok") =>
				send(created, input, after, outcome, cloud),
			call: async (action, parameters = {}) => {
				const answer = await engine.call(action, {
					...parameters,
					QueueUrl: ref,
				});
				if (action === "DeleteQueue") isDeleted = true;
				if (action === "DeleteQueue" || action === "PurgeQueue")
					forgetMessages(created, cloud);
				return answer;
			},
			isDeleted: () => isDeleted,
			messages: async () => (isDeleted ? [] : engine.messages(name)),
		};
		queues.set(arn, created);
		if (redrive)
			cloud.later(() => {
				if (!queues.has(redrive.deadLetterTargetArn))
					throw new Error(
						`the queue ${name} refers to a dead-letter queue that is in none of these stacks: ${redrive.deadLetterTargetArn}`,
					);
			});
		cloud.receivers.set(arn, {
			action: "sqs:SendMessage",
			label: `queue ${name}`,
			...(created.key === undefined ? {} : { key: created.key }),
			receive: async (message, after) => {
				await created.send(
					inputOf(message),
					after,
					message.isDeadLetter ? "dead letter" : "ok",
				);
			},
		});
	},
});

/** SQS's own default: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const maxReceiveDefault = 10;

function inputOf({
	body,
	attributes = {},
	groupId,
	deduplicationId,
}: Message): SendMessageInput {
	return {
		MessageBody: body,
		...(groupId === undefined ? {} : { MessageGroupId: groupId }),
		...(deduplicationId === undefined
			? {}
			: { MessageDeduplicationId: deduplicationId }),
		...(Object.keys(attributes).length === 0
			? {}
			: {
					MessageAttributes: Object.fromEntries(
						Object.entries(attributes).map(([name, { type, value }]) => [
							name,
							{
								DataType: type,
								[type.startsWith("Binary") ? "BinaryValue" : "StringValue"]:
									value,
							},
						]),
					),
				}),
	};
}

/** Messages that are gone do not hold their traces. */
function forgetMessages(queue: LocalQueue, cloud: Cloud): void {
	const spans = [...queue.spans.values()];
	queue.spans.clear();
	if (queue.consumer && !queue.consumer.refused)
		for (const span of spans) cloud.tracer.release(span);
}

async function send(
	queue: LocalQueue,
	input: SendMessageInput,
	after: Span,
	outcome: "ok" | "dead letter",
	cloud: Cloud,
): Promise<Record<string, unknown>> {
	const { tracer } = cloud;
	const span = tracer.reserve(after);
	if (queue.consumer && !queue.consumer.refused) tracer.hold(span);
	let sent: Record<string, unknown>;
	try {
		sent = await queue.call("SendMessage", input);
	} catch (error) {
		if (queue.consumer && !queue.consumer.refused) tracer.release(span);
		throw error;
	}
	const messageId = sent.MessageId as string;
	if (queue.isFifo && queue.sent.has(messageId)) {
		if (queue.consumer && !queue.consumer.refused) tracer.release(span);
		tracer.record(span, after, {
			account: queue.account,
			resource: `queue ${queue.name}`,
			outcome: "ok",
			what: `has message ${messageId.slice(0, 8)} already: the same deduplication id within 5 minutes`,
		});
		return sent;
	}
	if (queue.isFifo) queue.sent.add(messageId);
	queue.spans.set(messageId, span);
	tracer.record(span, after, {
		account: queue.account,
		resource: `queue ${queue.name}`,
		outcome,
		what: `stores message ${messageId.slice(0, 8)}, ${Buffer.byteLength(input.MessageBody)} bytes`,
	});
	if (queue.consumer?.refused)
		tracer.hop(span, {
			account: queue.account,
			resource: `event source mapping of ${queue.name}`,
			outcome: "denied",
			what: queue.consumer.refused,
		});
	return sent;
}
