import { type Cloud, DeliveryError } from "../../cloud.ts";
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
	readonly maxReceiveCount: number;
	readonly deadLetterArn: string | undefined;
	/** The key that encrypts its messages: ARN, id or alias. Undefined if it is not a customer's. */
	readonly key: string | undefined;
	/** Spans by message id; a message's hops are attached to its span. */
	readonly spans: Map<string, Span>;
	/** Set by the queue's event source mapping; `refused` is why it may not poll. */
	consumer: { readonly refused?: string } | undefined;
	/** Sends a message. Resolves with the SendMessage response. */
	readonly send: (
		input: SendMessageInput,
		after: Span,
	) => Promise<Record<string, unknown>>;
	readonly call: (
		action: string,
		parameters?: object,
	) => Promise<Record<string, unknown>>;
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
	],
	create: async ({ attributes, properties, stack, ref }) => {
		const name = attributes.QueueName as string;
		const arn = attributes.Arn as string;
		const engine = engineOf(stack.account, stack.region);
		const redrive = properties.RedrivePolicy as
			| { deadLetterTargetArn: string; maxReceiveCount: number }
			| undefined;
		const chosen = queueAttributes
			.filter((attribute) => properties[attribute] !== undefined)
			.map((attribute) => [attribute, String(properties[attribute])]);
		await engine.call("CreateQueue", {
			QueueName: name,
			Attributes: {
				...Object.fromEntries(chosen),
				...(redrive ? { RedrivePolicy: engine.redrivePolicy(redrive) } : {}),
			},
		});
		const created: LocalQueue = {
			name,
			arn,
			account: stack.account,
			region: stack.region,
			url: ref,
			maxReceiveCount: redrive
				? Number(redrive.maxReceiveCount)
				: Number.POSITIVE_INFINITY,
			deadLetterArn: redrive?.deadLetterTargetArn,
			key: cloud.keyOf(properties.KmsMasterKeyId, stack),
			spans: new Map(),
			consumer: undefined,
			send: (input, after) => send(created, input, after, cloud),
			call: (action, parameters = {}) =>
				engine.call(action, { QueueUrl: ref, ...parameters }),
			messages: () => engine.messages(name),
		};
		queues.set(arn, created);
		if (redrive)
			cloud.later(() => {
				if (!queues.has(redrive.deadLetterTargetArn))
					throw new Error(
						`the queue ${name} refers to a dead-letter queue that is not in these stacks: ${redrive.deadLetterTargetArn}`,
					);
			});
		cloud.receivers.set(arn, {
			action: "sqs:SendMessage",
			label: `queue ${name}`,
			...(created.key === undefined ? {} : { key: created.key }),
			receive: async (message, after) => {
				await created.send({ MessageBody: message }, after);
			},
		});
	},
});

async function send(
	queue: LocalQueue,
	input: SendMessageInput,
	after: Span,
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
		throw new DeliveryError((error as Error).message);
	}
	const messageId = sent.MessageId as string;
	queue.spans.set(messageId, span);
	tracer.record(span, after, {
		account: queue.account,
		resource: `queue ${queue.name}`,
		outcome: "ok",
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
