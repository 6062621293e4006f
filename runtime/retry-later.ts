import type { SqsRecord } from "./consume.ts";
import { loadSqs, type SqsClient } from "./load-sqs.js";
import { sqsClient } from "./sqs-client.ts";

/**
 * Thrown by a handler: the queue delivers the record again after a delay. That counts as a delivery, so that the record still ends
 * in the dead-letter queue after as many as the queue allows.
 *
 * @example
 * if (!(await isReady(detail.contentId))) throw new RetryLater(300);
 */
export class RetryLater extends Error {
	override readonly name = "RetryLater";
	/** From 0 to 43,200 seconds: 12 hours, SQS's maximum. */
	readonly delaySeconds: number;

	constructor(delaySeconds: number, message = "asked for a later retry") {
		super(message);
		if (!(delaySeconds >= 0 && delaySeconds <= 43_200))
			throw new RangeError(
				`delaySeconds must be from 0 to 43200, got ${delaySeconds}`,
			);
		this.delaySeconds = Math.round(delaySeconds);
	}

	/** Sets when the queue delivers the record again. Lambda may do that with the permissions that it needs to read the queue. */
	async delay({ eventSourceARN, receiptHandle }: SqsRecord): Promise<void> {
		if (!eventSourceARN || !receiptHandle)
			throw new Error("the record names no queue");
		const { ChangeMessageVisibilityCommand } = await loadSqs();
		const client = await sqsClient();
		await client.send(
			new ChangeMessageVisibilityCommand({
				QueueUrl: await queueUrlOf(eventSourceARN, client),
				ReceiptHandle: receiptHandle,
				VisibilityTimeout: this.delaySeconds,
			}),
		);
	}
}

const queueUrls = new Map<string, string>();

async function queueUrlOf(arn: string, client: SqsClient): Promise<string> {
	const cached = queueUrls.get(arn);
	if (cached) return cached;
	const [QueueOwnerAWSAccountId = "", QueueName = ""] = arn.split(":").slice(4);
	const { GetQueueUrlCommand } = await loadSqs();
	const { QueueUrl = "" } = (await client.send(
		new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }),
	)) as { QueueUrl?: string };
	queueUrls.set(arn, QueueUrl);
	return QueueUrl;
}
