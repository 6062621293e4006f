// Checks the declarations in load-sqs.d.ts against the SDK, and what is sent to queues by producers.
import {
	ChangeMessageVisibilityCommand,
	GetQueueUrlCommand,
	SendMessageBatchCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { sqsSink } from "../../runtime/aws.ts";
import type * as declared from "../../runtime/load-sqs.js";
import type { UnpublishedEvent } from "../../runtime/outgoing.ts";
import { queueService } from "./queue-service.ts";

test("the declarations are true of the SDK", () => {
	const module: Awaited<ReturnType<typeof declared.loadSqs>> = {
		SQSClient: SQSClient as never as new (
			options: object,
		) => declared.SqsClient,
		SendMessageCommand,
		SendMessageBatchCommand,
		ChangeMessageVisibilityCommand,
		GetQueueUrlCommand,
	};
	const client: declared.SqsClient = new SQSClient({ region: "eu-west-1" });
	expect(client).toBeInstanceOf(module.SQSClient);
});

describe("the sink of a queue", () => {
	const service = queueService();

	const event = (n: number, pad = ""): UnpublishedEvent => ({
		type: "Open",
		source: "shop",
		detailType: "Opened",
		eventBusName: "bus",
		detail: { n, pad },
		time: new Date("2026-11-24T09:00:00Z"),
		outcome: {
			status: "unknown",
			index: n,
			type: "Open",
			code: "TimeoutError",
			message: "no",
		},
	});
	interface Batch {
		readonly Entries: { Id: string; MessageBody: string }[];
	}
	const batches = () =>
		service().calls.map(({ input }) => input as unknown as Batch);

	test("keeps each event as eventwright send takes it, and why", async () => {
		await sqsSink({ queueUrl: `${service().url}/unsent` })(
			Array.from({ length: 12 }, (_, n) => event(n)),
		);
		expect(batches().map(({ Entries }) => Entries.length)).toEqual([10, 2]);
		const [entry] = batches()[0]?.Entries ?? [];
		expect(JSON.parse(entry?.MessageBody ?? "")).toEqual({
			EventBusName: "bus",
			Source: "shop",
			DetailType: "Opened",
			Detail: { n: 0, pad: "" },
			Time: "2026-11-24T09:00:00.000Z",
		});
		expect(entry).toMatchObject({
			MessageAttributes: {
				"eventwright.status": { StringValue: "unknown" },
				"eventwright.reason": { StringValue: "TimeoutError" },
				"eventwright.type": { StringValue: "Open" },
			},
		});
	});

	test("keeps no batch above what SQS takes", async () => {
		await sqsSink({ queueUrl: `${service().url}/unsent` })(
			Array.from({ length: 4 }, (_, n) => event(n, "x".repeat(400_000))),
		);
		expect(batches().map(({ Entries }) => Entries.length)).toEqual([2, 2]);
	});

	test("rejects if a message is not taken, after it has tried all", async () => {
		service().respond = (_, response) => {
			response.end(
				JSON.stringify({
					Failed: [
						{
							Id: "0",
							Code: "InternalError",
							Message: "no",
							SenderFault: false,
						},
					],
				}),
			);
			return true;
		};
		await expect(
			sqsSink({ queueUrl: `${service().url}/unsent` })(
				Array.from({ length: 12 }, (_, n) => event(n)),
			),
		).rejects.toThrow("InternalError: no");
		expect(service().calls).toHaveLength(2);
		service().calls.length = 0;
		service().respond = (_, response) => {
			response
				.writeHead(400, { "x-amzn-errortype": "BatchRequestTooLong" })
				.end("{}");
			return true;
		};
		await expect(
			sqsSink({ queueUrl: `${service().url}/unsent` })(
				Array.from({ length: 12 }, (_, n) => event(n)),
			),
		).rejects.toThrow();
		expect(service().calls).toHaveLength(2);
	});
});
