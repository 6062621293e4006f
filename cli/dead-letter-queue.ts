// A queue's messages, for a person: each is received, and made visible again if it stays.
import {
	ChangeMessageVisibilityBatchCommand,
	DeleteMessageBatchCommand,
	GetQueueAttributesCommand,
	GetQueueUrlCommand,
	type Message,
	type MessageAttributeValue,
	ReceiveMessageCommand,
	SendMessageBatchCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { isObject, parseJson } from "../runtime/json.ts";
import { UsageError } from "./command.ts";
import { cleanLine } from "./terminal.ts";

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
	/** The name of an event type that the project knows. */
	readonly nameOf?: ((event: NamedEvent) => string | undefined) | undefined;
	/** The account of each queue of a local system, by name. */
	readonly accountOf?: ((name: string) => Promise<string>) | undefined;
}

const urlPattern = /^https?:\/\/([^/]+)\/(\d{12})\/([^/]+)\/?$/;
const arnPattern = /^arn:[^:]+:sqs:([^:]+):(\d{12}):(.+)$/;
/** How long messages stay invisible to others while a command runs, in seconds; a killed command leaves them so. */
const visibilitySeconds = 120;
const batchMax = 10;

export interface OpenQueue {
	readonly url: string;
	readonly isFifo: boolean;
	/** How many messages can be received now, by SQS's count. */
	readonly count: () => Promise<number>;
	/** Receives messages until there are none, up to ten at once. */
	readonly receive: (
		signal: AbortSignal,
	) => AsyncIterable<readonly DeadLetter[]>;
	/** Makes messages visible again. Returns how many could not be. */
	readonly release: (letters: readonly DeadLetter[]) => Promise<number>;
	/** Deletes up to ten messages. Returns those that are still there, as far as SQS says. */
	readonly remove: (
		letters: readonly DeadLetter[],
	) => Promise<readonly DeadLetter[]>;
	/** Sends messages as they were, up to ten and 1 MiB. Returns why each was not taken, by message id. */
	readonly send: (
		letters: readonly DeadLetter[],
		signal: AbortSignal,
	) => Promise<ReadonlyMap<string, string>>;
	readonly close: () => void;
}

/** A call that takes longer has failed. */
const requestHandler = { requestTimeout: 30_000, connectionTimeout: 5_000 };

/** Opens a queue by its name, ARN or URL. Rejects if there is none. */
export async function openQueue({
	endpoint,
	queue,
	accountOf,
	nameOf,
}: QueueAccess): Promise<OpenQueue> {
	const [, regionOfArn, accountOfArn, nameInArn] = arnPattern.exec(queue) ?? [];
	const [, host, accountOfUrl, nameInUrl] = urlPattern.exec(queue) ?? [];
	const region =
		regionOfArn ?? /^sqs\.([^.]+)\.amazonaws\./.exec(host ?? "")?.[1];
	const name = nameInArn ?? nameInUrl ?? queue;
	const isLocal = endpoint !== undefined && isLocalEndpoint(endpoint);
	const owner =
		accountOfArn ??
		accountOfUrl ??
		(isLocal ? await accountOf?.(name) : undefined);
	const client = new SQSClient({
		requestHandler,
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
	const QueueUrl =
		nameInUrl && !isLocal
			? queue
			: await urlOf(client, name, owner).catch((error: Error) => {
					client.destroy();
					throw new UsageError(
						cleanLine(
							`no queue ${queue}: ${error.message || error.name}. Give its name, ARN or URL, with the region and the credentials of its account in the environment`,
						),
					);
				});
	return {
		url: QueueUrl,
		isFifo: QueueUrl.endsWith(".fifo"),
		count: async () => {
			const { Attributes } = await client.send(
				new GetQueueAttributesCommand({
					QueueUrl,
					AttributeNames: ["ApproximateNumberOfMessages"],
				}),
			);
			return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
		},
		receive: (signal) => receive(client, QueueUrl, signal, nameOf),
		release: async (letters) => {
			let waiting = letters;
			for (let attempt = 0; attempt < 3 && waiting.length > 0; attempt++)
				waiting = (
					await Promise.all(
						batches(waiting).map((batch) =>
							released(client, QueueUrl, batch).catch(() => batch),
						),
					)
				).flat();
			return waiting.length;
		},
		remove: async (letters) => {
			const { Successful = [] } = await client.send(
				new DeleteMessageBatchCommand({
					QueueUrl,
					Entries: letters.map(({ receiptHandle }, i) => ({
						Id: String(i),
						ReceiptHandle: receiptHandle,
					})),
				}),
			);
			return unconfirmed(letters, Successful);
		},
		send: async (letters, abortSignal) => {
			const { Successful = [], Failed = [] } = await client.send(
				new SendMessageBatchCommand({
					QueueUrl,
					Entries: letters.map((letter, i) => ({
						Id: String(i),
						...messageOf(letter, QueueUrl.endsWith(".fifo")),
					})),
				}),
				{ abortSignal },
			);
			const reasons = new Map(
				Failed.map(({ Id, Code, Message: why }) => [
					letters[Number(Id)]?.messageId,
					`${Code}: ${why}`,
				]),
			);
			return new Map(
				unconfirmed(letters, Successful).map(({ messageId }) => [
					messageId,
					reasons.get(messageId) ?? "SQS did not confirm it",
				]),
			);
		},
		close: () => client.destroy(),
	};
}

async function urlOf(
	client: SQSClient,
	name: string,
	owner: string | undefined,
): Promise<string> {
	const { QueueUrl = "" } = await client.send(
		new GetQueueUrlCommand({
			QueueName: name,
			...(owner ? { QueueOwnerAWSAccountId: owner } : {}),
		}),
	);
	return QueueUrl;
}

/** The messages that a response does not name: nobody knows what became of them. */
const unconfirmed = (
	letters: readonly DeadLetter[],
	successful: readonly { readonly Id?: string | undefined }[],
): readonly DeadLetter[] => {
	const ids = new Set(successful.map(({ Id }) => Id));
	return letters.filter((_, i) => !ids.has(String(i)));
};

async function released(
	client: SQSClient,
	QueueUrl: string,
	letters: readonly DeadLetter[],
): Promise<readonly DeadLetter[]> {
	const { Successful = [] } = await client.send(
		new ChangeMessageVisibilityBatchCommand({
			QueueUrl,
			Entries: letters.map(({ receiptHandle }, i) => ({
				Id: String(i),
				ReceiptHandle: receiptHandle,
				VisibilityTimeout: 0,
			})),
		}),
	);
	return unconfirmed(letters, Successful);
}

function messageOf(
	{ messageId, body, attributes, traceHeader, groupId }: DeadLetter,
	isFifo: boolean,
) {
	return {
		MessageBody: body,
		MessageAttributes: { ...attributes },
		...(traceHeader
			? {
					MessageSystemAttributes: {
						AWSTraceHeader: { DataType: "String", StringValue: traceHeader },
					},
				}
			: {}),
		...(groupId ? { MessageGroupId: groupId } : {}),
		...(isFifo
			? {
					MessageGroupId: groupId ?? messageId,
					// Sent again within five minutes, it is the same message.
					MessageDeduplicationId: messageId,
				}
			: {}),
	};
}

/** Whether an endpoint is a local system's, which takes an account id as an access key id. */
const isLocalEndpoint = (endpoint: string): boolean =>
	["127.0.0.1", "localhost", "[::1]"].includes(new URL(endpoint).hostname);

/** Groups of up to ten. */
function batches<T>(items: readonly T[]): readonly (readonly T[])[] {
	return Array.from({ length: Math.ceil(items.length / batchMax) }, (_, i) =>
		items.slice(i * batchMax, (i + 1) * batchMax),
	);
}

async function* receive(
	client: SQSClient,
	QueueUrl: string,
	signal: AbortSignal,
	nameOf: QueueAccess["nameOf"],
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
		yield Messages.map((message) => letterOf(message, nameOf));
	}
}

function letterOf(
	{
		MessageId = "",
		ReceiptHandle = "",
		Body = "",
		Attributes = {},
		MessageAttributes = {},
	}: Message,
	nameOf: QueueAccess["nameOf"],
): DeadLetter {
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
		type:
			own("type") ??
			(event && (nameOf?.(event) ?? `${event.source} ${event["detail-type"]}`)),
		eventId:
			own("event-id") ?? (typeof event?.id === "string" ? event.id : undefined),
		sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)),
		// What SQS says is not the sender's.
		source: Attributes.DeadLetterQueueSourceArn ?? own("queue"),
		attributes: Object.fromEntries(
			Object.entries(MessageAttributes).filter(
				([name]) => !name.startsWith("eventwright."),
			),
		),
		groupId: Attributes.MessageGroupId,
		traceHeader: Attributes.AWSTraceHeader,
	};
}

export interface NamedEvent {
	readonly source: string;
	readonly "detail-type": string;
	readonly id?: unknown;
}

/** The event in a body, or in the SNS notification that is the body, if it is one. */
function eventIn(body: string): NamedEvent | undefined {
	const outer = parseJson(body);
	const value =
		outer.ok &&
		isObject(outer.value) &&
		outer.value.TopicArn !== undefined &&
		typeof outer.value.Message === "string"
			? parseJson(outer.value.Message)
			: outer;
	return value.ok &&
		isObject(value.value) &&
		typeof value.value.source === "string" &&
		typeof value.value["detail-type"] === "string"
		? (value.value as unknown as NamedEvent)
		: undefined;
}
