import type { Cloud, Message } from "../../cloud.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import type { QueueEngines } from "./fauxqs.ts";
import { MessageTraces } from "./message-traces.ts";

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
	readonly traces: MessageTraces;
	/** ARNs of the queues that messages were moved from, by message id. */
	readonly movedFrom: Map<string, string>;
	/** The queue's event source mappings; `refused` is why one may not poll. */
	readonly consumers: { readonly refused?: string }[];
	/** SendMessage calls in progress: a consumer may receive a message before the queue has responded to its sender. */
	readonly sending: Set<Promise<unknown>>;
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
			movedFrom: new Map(),
			traces: new MessageTraces(cloud.tracer, () =>
				created.consumers.some(({ refused }) => refused === undefined),
			),
			consumers: [],
			sending: new Set(),
			send: async (input, after, outcome = "ok") => {
				const sent = send(created, input, after, outcome, cloud);
				created.sending.add(sent);
				return sent.finally(() => created.sending.delete(sent));
			},
			call: async (action, parameters = {}) => {
				const response = await engine.call(action, {
					...parameters,
					QueueUrl: ref,
				});
				if (action === "DeleteQueue") isDeleted = true;
				if (action === "DeleteQueue" || action === "PurgeQueue")
					created.traces.endAll();
				return response;
			},
			isDeleted: () => isDeleted,
			messages: async () => (isDeleted ? [] : engine.messages(name)),
		};
		queues.set(arn, created);
		if (redrive)
			cloud.later(() => {
				if (!queues.has(redrive.deadLetterTargetArn))
					cloud.notSimulated(
						`the dead-letter queue of the queue ${name}: ${cloud.describeOther(redrive.deadLetterTargetArn)}`,
						resource,
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

async function send(
	queue: LocalQueue,
	input: SendMessageInput,
	after: Span,
	outcome: "ok" | "dead letter",
	cloud: Cloud,
): Promise<Record<string, unknown>> {
	const { tracer } = cloud;
	const span = tracer.reserve(after);
	tracer.hold(span);
	try {
		const sent = await queue.call("SendMessage", input);
		const messageId = sent.MessageId as string;
		const isKnown = queue.isFifo && queue.traces.wasSent(messageId);
		if (!isKnown) queue.traces.add(messageId, span);
		tracer.record(span, after, {
			account: queue.account,
			resource: `queue ${queue.name}`,
			outcome,
			what: isKnown
				? `has message ${messageId.slice(0, 8)} already: the same deduplication id within 5 minutes`
				: `stores message ${messageId.slice(0, 8)}, ${Buffer.byteLength(input.MessageBody)} bytes`,
		});
		for (const { refused } of queue.consumers)
			if (refused !== undefined)
				tracer.hop(span, {
					account: queue.account,
					resource: `event source mapping of ${queue.name}`,
					outcome: "denied",
					what: refused,
				});
		return sent;
	} finally {
		tracer.release(span);
	}
}
