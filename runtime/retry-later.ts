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
	/** From 0 to 42,000 seconds: SQS's maximum is 12 hours since the record was received, and Lambda may take 15 minutes. */
	readonly delaySeconds: number;

	constructor(delaySeconds: number, message = "asked for a later retry") {
		super(message);
		if (!(delaySeconds >= 0 && delaySeconds <= 42_000))
			throw new RangeError(
				`delaySeconds must be from 0 to 42000, got ${delaySeconds}`,
			);
		this.delaySeconds = Math.round(delaySeconds);
	}

	/** Sets when the queue delivers the record again. The function's role needs sqs:GetQueueUrl and sqs:ChangeMessageVisibility, which CDK's grant to consume has. */
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
