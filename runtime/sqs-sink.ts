import { loadSqs, type SqsClient } from "./load-sqs.js";
import type { Sink, UnpublishedEvent } from "./outgoing.ts";
import { packer } from "./pack.ts";
import { sqsClient, stringAttribute } from "./sqs-client.ts";

export interface SqsSinkOptions {
	/** URL of a standard queue. */
	readonly queueUrl: string;
	/** A client of `@aws-sdk/client-sqs`. Default: a client configured by the environment. */
	readonly client?: SqsClient | undefined;
}

/**
 * Keeps events that could not be published as messages of a queue. A message's body is an entry as `eventwright send` takes it; its
 * attributes say why.
 *
 * @example
 * const content = contentPublisher({ sink: sqsSink({ queueUrl: process.env.UNPUBLISHED_URL ?? "" }) });
 */
export function sqsSink({ queueUrl, client }: SqsSinkOptions): Sink {
	return async (events) => {
		const { SendMessageBatchCommand } = await loadSqs();
		const queue = client ?? (await sqsClient());
		// A batch of messages has the limits of a request of PutEvents: ten, and 1 MiB together.
		const packing = packer<Message>(1);
		const batches = [
			...events.flatMap((event) => packing.add(messageOf(event))),
			...packing.rest(),
		];
		const reasons: Error[] = [];
		for (const batch of batches)
			try {
				const { Failed = [] } = (await queue.send(
					new SendMessageBatchCommand({
						QueueUrl: queueUrl,
						Entries: batch.map(({ body, event }, index) => ({
							Id: String(index),
							MessageBody: body,
							MessageAttributes: {
								"eventwright.status": stringAttribute(event.outcome.status),
								"eventwright.reason": stringAttribute(event.outcome.code),
								"eventwright.type": stringAttribute(event.type),
							},
						})),
					}),
				)) as { Failed?: { Code?: string; Message?: string }[] };
				for (const { Code, Message } of Failed)
					reasons.push(new Error(`${Code}: ${Message}`));
			} catch (error) {
				reasons.push(error as Error);
			}
		if (reasons[0]) throw reasons[0];
	};
}

interface Message {
	readonly event: UnpublishedEvent;
	readonly body: string;
	readonly bytes: number;
}

/** What attributes have at most, in bytes. */
const attributesBytes = 1_024;

function messageOf(event: UnpublishedEvent): Message {
	const { source, detailType, detail, time, resources, traceHeader } = event;
	const body = JSON.stringify({
		EventBusName: event.eventBusName,
		Source: source,
		DetailType: detailType,
		Detail: detail,
		Time: time,
		Resources: resources,
		TraceHeader: traceHeader,
	});
	return { event, body, bytes: Buffer.byteLength(body) + attributesBytes };
}
