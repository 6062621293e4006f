// A queue's messages, for a person: each is received, and made visible again if it stays.
import {
	ChangeMessageVisibilityBatchCommand,
	DeleteMessageBatchCommand,
	GetQueueUrlCommand,
	type Message,
	type MessageAttributeValue,
	ReceiveMessageCommand,
	SendMessageBatchCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { isObject, parseJson } from "../runtime/json.ts";
import { UsageError } from "./command.ts";

/** A message of a dead-letter queue. */
export interface DeadLetter {
	readonly messageId: string;
	readonly receiptHandle: string;
	readonly body: string;
	/** Why it is here: a reason of `sqsConsumer`, an error code of a rule, or "failed" if its handler failed too often. */
	readonly reason: string;
	readonly rule: string | undefined;
	readonly pointer: string | undefined;
	/** The event type's name, or the event's source and detail-type. */
	readonly type: string | undefined;
	readonly eventId: string | undefined;
	/** When it was sent to its queue. */
	readonly sentAt: Date;
	/** ARN of the queue that it was in before. */
	readonly source: string | undefined;
	/** What its sender gave it, without the reasons. */
	readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
	readonly groupId: string | undefined;
	readonly traceHeader: string | undefined;
}

export interface QueueAccess {
	/** By default AWS's. */
	readonly endpoint?: string | undefined;
	/** A queue's name, ARN or URL. A local system takes any account's. */
	readonly queue: string;
	/** The account of each queue of a local system, by name. */
	readonly accountOf?: ((name: string) => Promise<string>) | undefined;
}

const arnPattern = /^arn:[^:]+:sqs:([^:]+):(\d{12}):(.+)$/;
/** How long messages stay invisible to others while a command runs, in seconds; a killed command leaves them so. */
const visibilitySeconds = 120;
const batchMax = 10;

export interface OpenQueue {
	readonly url: string;
	readonly isFifo: boolean;
	/** Receives messages until there are none, up to ten at once. */
	readonly receive: (
		signal: AbortSignal,
	) => AsyncIterable<readonly DeadLetter[]>;
	/** Makes messages visible again. */
	readonly release: (letters: readonly DeadLetter[]) => Promise<void>;
	/** Deletes up to ten messages. Returns those that are still there. */
	readonly remove: (
		letters: readonly DeadLetter[],
	) => Promise<readonly DeadLetter[]>;
	/** Sends up to ten messages as they were. Returns why each was not taken, by message id. */
	readonly send: (
		letters: readonly DeadLetter[],
	) => Promise<ReadonlyMap<string, string>>;
	readonly close: () => void;
}

/** Opens a queue by its name, ARN or URL. Rejects if there is none. */
export async function openQueue({
	endpoint,
	queue,
	accountOf,
}: QueueAccess): Promise<OpenQueue> {
	const [, region, account, nameInArn] = arnPattern.exec(queue) ?? [];
	const isUrl = /^https?:\/\//.test(queue);
	const name = nameInArn ?? (isUrl ? queue.split("/").at(-1) : queue) ?? "";
	const isLocal = endpoint !== undefined && isLocalEndpoint(endpoint);
	const owner =
		account ??
		(isUrl
			? queue.split("/").at(-2)
			: isLocal
				? await accountOf?.(name)
				: undefined);
	const client = new SQSClient({
		...(region ? { region } : {}),
		...(endpoint ? { endpoint } : {}),
		...(isLocal
			? {
					region: region ?? process.env.AWS_REGION ?? "eu-west-1",
					// The administrator of the account.
					credentials: { accessKeyId: owner ?? "", secretAccessKey: "local" },
				}
			: {}),
	});
	const url =
		isUrl && !isLocal
			? queue
			: (
					await client
						.send(
							new GetQueueUrlCommand({
								QueueName: name,
								...(owner ? { QueueOwnerAWSAccountId: owner } : {}),
							}),
						)
						.catch((error: Error) => {
							throw new UsageError(`no queue ${queue}: ${error.message}`);
						})
				).QueueUrl;
	const QueueUrl = url ?? queue;
	return {
		url: QueueUrl,
		isFifo: QueueUrl.endsWith(".fifo"),
		receive: (signal) => receive(client, QueueUrl, signal),
		release: async (letters) => {
			for (const batch of batches(letters))
				await client.send(
					new ChangeMessageVisibilityBatchCommand({
						QueueUrl,
						Entries: batch.map(({ receiptHandle }, i) => ({
							Id: String(i),
							ReceiptHandle: receiptHandle,
							VisibilityTimeout: 0,
						})),
					}),
				);
		},
		remove: async (letters) => {
			const { Failed = [] } = await client.send(
				new DeleteMessageBatchCommand({
					QueueUrl,
					Entries: letters.map(({ receiptHandle }, i) => ({
						Id: String(i),
						ReceiptHandle: receiptHandle,
					})),
				}),
			);
			return Failed.flatMap(({ Id }) => letters[Number(Id)] ?? []);
		},
		send: async (letters) => {
			const { Failed = [] } = await client.send(
				new SendMessageBatchCommand({
					QueueUrl,
					Entries: letters.map((letter, i) => ({
						Id: String(i),
						MessageBody: letter.body,
						MessageAttributes: { ...letter.attributes },
						...(letter.traceHeader
							? {
									MessageSystemAttributes: {
										AWSTraceHeader: {
											DataType: "String",
											StringValue: letter.traceHeader,
										},
									},
								}
							: {}),
						...(letter.groupId ? { MessageGroupId: letter.groupId } : {}),
						...(QueueUrl.endsWith(".fifo")
							? {
									MessageGroupId: letter.groupId ?? letter.messageId,
									// Sent again within five minutes, it is the same message.
									MessageDeduplicationId: letter.messageId,
								}
							: {}),
					})),
				}),
			);
			return new Map(
				Failed.map(({ Id, Code, Message: why }) => [
					letters[Number(Id)]?.messageId ?? "",
					`${Code}: ${why}`,
				]),
			);
		},
		close: () => client.destroy(),
	};
}

/** Whether an endpoint is a local system's, which takes an account id as an access key id. */
const isLocalEndpoint = (endpoint: string): boolean =>
	["127.0.0.1", "localhost", "[::1]"].includes(new URL(endpoint).hostname);

/** Groups of up to ten. */
export function batches<T>(items: readonly T[]): readonly (readonly T[])[] {
	return Array.from({ length: Math.ceil(items.length / batchMax) }, (_, i) =>
		items.slice(i * batchMax, (i + 1) * batchMax),
	);
}

async function* receive(
	client: SQSClient,
	QueueUrl: string,
	signal: AbortSignal,
): AsyncIterable<readonly DeadLetter[]> {
	while (!signal.aborted) {
		const { Messages = [] } = await client.send(
			new ReceiveMessageCommand({
				QueueUrl,
				MaxNumberOfMessages: batchMax,
				VisibilityTimeout: visibilitySeconds,
				// Long polling asks all of SQS's servers.
				WaitTimeSeconds: 1,
				MessageSystemAttributeNames: ["All"],
				MessageAttributeNames: ["All"],
			}),
		);
		if (Messages.length === 0) return;
		yield Messages.map(letterOf);
	}
}

function letterOf({
	MessageId = "",
	ReceiptHandle = "",
	Body = "",
	Attributes = {},
	MessageAttributes = {},
}: Message): DeadLetter {
	const text = (name: string) => MessageAttributes[name]?.StringValue;
	const own = (name: string) => text(`eventwright.${name}`);
	const event = eventIn(Body);
	return {
		messageId: MessageId,
		receiptHandle: ReceiptHandle,
		body: Body,
		// A rule's dead letters have its attributes: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
		reason: own("reason") ?? text("ERROR_CODE") ?? "failed",
		rule: own("rule"),
		pointer: own("pointer"),
		type: own("type") ?? (event && `${event.source} ${event["detail-type"]}`),
		eventId: own("event-id") ?? (event ? String(event.id) : undefined),
		sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)),
		source: own("queue") ?? Attributes.DeadLetterQueueSourceArn,
		attributes: Object.fromEntries(
			Object.entries(MessageAttributes).filter(
				([name]) => !name.startsWith("eventwright."),
			),
		),
		groupId: Attributes.MessageGroupId,
		traceHeader: Attributes.AWSTraceHeader,
	};
}

/** The event in a body, or in the SNS notification that is the body, if it is one. */
function eventIn(body: string): Record<string, unknown> | undefined {
	const read = parseJson(body);
	const value = read.ok && isObject(read.value) ? read.value : undefined;
	if (value && typeof value.Message === "string" && value.TopicArn)
		return eventIn(value.Message);
	return value?.source !== undefined && value["detail-type"] !== undefined
		? value
		: undefined;
}
