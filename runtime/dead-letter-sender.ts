import type { SqsRecord } from "./consume.ts";
import { loadSqs, type SqsAttribute } from "./load-sqs.js";
import type { Poison } from "./poison.ts";
import { sqsClient, stringAttribute } from "./sqs-client.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const attributesMax = 10;

/** Sends a poisoned record to a queue as it came, and why. SQS refuses it if that makes it larger than 1 MiB. */
export async function sendToDeadLetters(
	queueUrl: string,
	record: SqsRecord,
	poison: Poison,
	abortSignal: AbortSignal,
): Promise<void> {
	const { messageId, body, attributes = {} } = record;
	const { MessageGroupId, AWSTraceHeader } = attributes;
	const MessageAttributes = attributesOf(record, poison);
	const { SendMessageCommand } = await loadSqs();
	const client = await sqsClient();
	const isFifo = queueUrl.endsWith(".fifo");
	await client.send(
		new SendMessageCommand({
			QueueUrl: queueUrl,
			MessageBody: body,
			MessageAttributes,
			MessageSystemAttributes: AWSTraceHeader
				? { AWSTraceHeader: stringAttribute(AWSTraceHeader) }
				: undefined,
			MessageGroupId: MessageGroupId ?? (isFifo ? messageId : undefined),
			MessageDeduplicationId: isFifo ? messageId : undefined,
		}),
		{ abortSignal },
	);
}

/** The record's own attributes, and as many of ours as there is room for, the most telling first. */
function attributesOf(
	record: SqsRecord,
	{ reason, rule, pointer, type, eventId }: Poison,
): Record<string, SqsAttribute> {
	const own = Object.entries(record.messageAttributes ?? {})
		.filter(([name]) => !name.startsWith("eventwright."))
		.map(([name, { dataType, stringValue, binaryValue }]) => [
			name,
			{
				DataType: dataType,
				StringValue: stringValue,
				BinaryValue: binaryValue
					? Buffer.from(binaryValue, "base64")
					: undefined,
			},
		]);
	const ours = Object.entries({
		reason,
		queue: record.eventSourceARN,
		"message-id": record.messageId,
		type,
		rule,
		pointer: pointer.slice(0, 256),
		"event-id": eventId,
	})
		.filter(([, value]) => value)
		.map(([name, value]) => [
			`eventwright.${name}`,
			stringAttribute(value as string),
		]);
	return Object.fromEntries([...own, ...ours].slice(0, attributesMax));
}
