// The endpoint for AWS's clients: SNS and SQS by both protocols, errors as AWS names them, and what it refuses to serve.
import net from "node:net";
import {
	EventBridgeClient,
	PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import {
	DeleteMessageCommand,
	DeleteQueueCommand,
	GetQueueUrlCommand,
	ReceiveMessageCommand,
	SendMessageBatchCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import { account, queueArn, queueFor, region, stackOf } from "./one-stack.ts";

const topicArn = `arn:aws:sns:${region}:${account}:t`;

let local: LocalSystem;
let sqs: SQSClient;
beforeAll(async () => {
	local = await startLocal([
		stackOf({
			...queueFor("sns.amazonaws.com"),
			Gone: { Type: "AWS::SQS::Queue", Properties: { QueueName: "gone" } },
			Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "t" } },
			Subscription: {
				Type: "AWS::SNS::Subscription",
				Properties: {
					TopicArn: { Ref: "Topic" },
					Protocol: "sqs",
					Endpoint: queueArn,
					RawMessageDelivery: true,
				},
			},
		}),
	]);
	sqs = new SQSClient({
		endpoint: local.endpoint,
		region,
		credentials: { accessKeyId: account, secretAccessKey: "any" },
		maxAttempts: 1,
	});
});
afterAll(() => local.stop());

const authorization = (service: string) =>
	`AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** A call as the AWS CLI sends it in the query protocol. */
async function query(
	service: string,
	form: Readonly<Record<string, string>>,
	path = "/",
): Promise<{ status: number; text: string }> {
	const response = await fetch(new URL(path, local.endpoint), {
		method: "POST",
		headers: {
			authorization: authorization(service),
			"content-type": "application/x-www-form-urlencoded; charset=utf-8",
		},
		body: new URLSearchParams({ Version: "2010-03-31", ...form }).toString(),
	});
	return { status: response.status, text: await response.text() };
}

const url = () => `${local.endpoint}/${account}/q`;

describe("SNS by the query protocol", () => {
	test("a published message comes to the queue with its attributes", async () => {
		const { status, text } = await query("sns", {
			Action: "Publish",
			TopicArn: topicArn,
			Message: "hi <there>",
			"MessageAttributes.entry.1.Name": "kind",
			"MessageAttributes.entry.1.Value.DataType": "String",
			"MessageAttributes.entry.1.Value.StringValue": "greeting",
		});
		expect(status).toBe(200);
		expect(text).toMatch(
			/<PublishResponse .*<PublishResult><MessageId>[\w-]{36}<\/MessageId>/,
		);
		await local.tracer.settled();
		const { Messages = [] } = await sqs.send(
			new ReceiveMessageCommand({
				QueueUrl: url(),
				MessageAttributeNames: ["All"],
			}),
		);
		expect(Messages[0]).toMatchObject({
			Body: "hi <there>",
			MessageAttributes: { kind: { StringValue: "greeting" } },
		});
		await sqs.send(
			new DeleteMessageCommand({
				QueueUrl: url(),
				ReceiptHandle: Messages[0]?.ReceiptHandle,
			}),
		);
	});

	test("a batch of two", async () => {
		const { status, text } = await query("sns", {
			Action: "PublishBatch",
			TopicArn: topicArn,
			"PublishBatchRequestEntries.member.1.Id": "a",
			"PublishBatchRequestEntries.member.1.Message": "one",
			"PublishBatchRequestEntries.member.2.Id": "b",
			"PublishBatchRequestEntries.member.2.Message": "",
		});
		expect(status).toBe(200);
		expect(text).toMatch(/<Successful><member><Id>a<\/Id>/);
		expect(text).toMatch(/<Failed><member><Id>b<\/Id><Code>InvalidParameter</);
		await local.tracer.settled();
	});

	test("topics are listed", async () => {
		const { text } = await query("sns", { Action: "ListTopics" });
		expect(text).toContain(`<TopicArn>${topicArn}</TopicArn>`);
	});

	test.each([
		[
			{ Action: "Publish", TopicArn: `${topicArn}x`, Message: "m" },
			404,
			"NotFound",
		],
		[
			{ Action: "Publish", TopicArn: topicArn, Message: "" },
			400,
			"InvalidParameter",
		],
		[{ Action: "Publish", Message: "m" }, 400, "InvalidParameter"],
		[{ Action: "CreateTopic", Name: "n" }, 501, "NotImplemented"],
	])("%j is refused", async (form, status, code) => {
		const answer = await query("sns", form as Record<string, string>);
		expect(answer.status).toBe(status);
		expect(answer.text).toContain(`<Code>${code}</Code>`);
	});
});

describe("SQS by the query protocol", () => {
	test("send, receive, delete", async () => {
		const { status, text } = await query("sqs", {
			Action: "SendMessage",
			QueueUrl: url(),
			MessageBody: "by query",
			"MessageAttribute.1.Name": "kind",
			"MessageAttribute.1.Value.DataType": "String",
			"MessageAttribute.1.Value.StringValue": "k",
		});
		expect(status, text).toBe(200);
		let body = "";
		for (let i = 0; i < 5 && !body.includes("by query"); i++)
			body = (
				await query(
					"sqs",
					{
						Action: "ReceiveMessage",
						MaxNumberOfMessages: "10",
						"AttributeName.1": "All",
						"MessageAttributeName.1": "All",
					},
					// Older clients name the queue by the path.
					`/${account}/q`,
				)
			).text;
		expect(body).toMatch(/<Message><MessageId>.*<Body>by query<\/Body>/);
		expect(body).toMatch(/<Attribute><Name>ApproximateReceiveCount<\/Name>/);
	});

	test("queues are listed", async () => {
		expect((await query("sqs", { Action: "ListQueues" })).text).toContain(
			`<QueueUrl>${url()}</QueueUrl>`,
		);
	});

	test("a queue that is not there", async () => {
		const answer = await query("sqs", {
			Action: "SendMessage",
			QueueUrl: `${url()}x`,
			MessageBody: "m",
		});
		expect(answer.status).toBe(400);
		expect(answer.text).toContain(
			"<Code>AWS.SimpleQueueService.NonExistentQueue</Code>",
		);
	});
});

describe("SQS's errors have their names in the SDK", () => {
	const eleven = Array.from({ length: 11 }, (_, i) => ({
		Id: String(i),
		MessageBody: "x",
	}));
	test.each<[string, () => Promise<unknown>]>([
		[
			"TooManyEntriesInBatchRequest",
			() =>
				sqs.send(
					new SendMessageBatchCommand({ QueueUrl: url(), Entries: eleven }),
				),
		],
		[
			"ReceiptHandleIsInvalid",
			() =>
				sqs.send(
					new DeleteMessageCommand({ QueueUrl: url(), ReceiptHandle: "none" }),
				),
		],
		[
			"QueueDoesNotExist",
			() => sqs.send(new GetQueueUrlCommand({ QueueName: "nothing" })),
		],
		[
			"InvalidParameterValue",
			() =>
				sqs.send(
					new ReceiveMessageCommand({
						QueueUrl: url(),
						MaxNumberOfMessages: 11,
					}),
				),
		],
	])("%s", async (name, call) => {
		const error = await call().then(
			() => undefined,
			(error: Error) => error,
		);
		expect(error).toMatchObject({
			name: expect.stringContaining(name),
			$metadata: { httpStatusCode: 400 },
		});
	});

	test("a deleted queue is an error, and the system goes on", async () => {
		const gone = `${local.endpoint}/${account}/gone`;
		await sqs.send(new DeleteQueueCommand({ QueueUrl: gone }));
		await expect(
			sqs.send(new SendMessageCommand({ QueueUrl: gone, MessageBody: "m" })),
		).rejects.toThrow("does not exist");
		expect(
			await sqs.send(
				new SendMessageCommand({ QueueUrl: url(), MessageBody: "m" }),
			),
		).toHaveProperty("MessageId");
	});
});

test("bodies that are no objects, and unknown actions and services, are refused", async () => {
	const post = (service: string, target: string, body: string) =>
		fetch(local.endpoint, {
			method: "POST",
			headers: {
				authorization: authorization(service),
				"x-amz-target": target,
			},
			body,
		}).then(async (response) => [
			response.status,
			((await response.json()) as { __type: string }).__type,
		]);
	expect(await post("sqs", "AmazonSQS.SendMessage", "null")).toEqual([
		400,
		"SerializationException",
	]);
	expect(await post("sqs", "AmazonSQS.SendMessage", "{")).toEqual([
		400,
		"SerializationException",
	]);
	expect(await post("sqs", "AmazonSQS.Nothing", "{}")).toEqual([
		400,
		"InvalidAction",
	]);
	expect(await post("s3", "", "any body")).toEqual([501, "NotImplemented"]);
	expect(await post("events", "AWSEvents.ListRules", "{}")).toEqual([
		501,
		"NotImplemented",
	]);
});

describe("only this machine is served", () => {
	const raw = (headers: readonly string[]) =>
		new Promise<string>((resolve) => {
			const socket = net.connect(
				Number(new URL(local.endpoint).port),
				"127.0.0.1",
			);
			let text = "";
			socket.on("data", (chunk) => {
				text += chunk;
			});
			socket.on("close", () => resolve(text.split("\r\n")[0] ?? ""));
			const body = JSON.stringify({
				Entries: [{ Source: "shop", DetailType: "x", Detail: "{}" }],
			});
			socket.write(
				`POST / HTTP/1.1\r\n${headers.join("\r\n")}\r\nX-Amz-Target: AWSEvents.PutEvents\r\nAuthorization: ${authorization("events")}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
			);
		});

	test.each([
		[["Host: evil.example"], 403],
		[["Host: 127.0.0.1.evil.example"], 403],
		[["Host: localhost", "Origin: http://evil.example"], 403],
		[["Host: localhost", "Sec-Fetch-Site: cross-site"], 403],
		[["Host: localhost", "Origin: http://localhost:5173"], 200],
		[["Host: 127.0.0.1:4009"], 200],
		[["Host: [::1]:4009"], 200],
	])("%j: %i", async (headers, status) => {
		expect(await raw(headers)).toContain(` ${status} `);
	});
});

test("a client of EventBridge reads the id of its event", async () => {
	const events = new EventBridgeClient({
		endpoint: local.endpoint,
		region,
		credentials: { accessKeyId: account, secretAccessKey: "any" },
	});
	const answer = await events.send(
		new PutEventsCommand({
			Entries: [{ Source: "shop", DetailType: "Placed", Detail: "{}" }],
		}),
	);
	expect(answer.Entries?.[0]?.EventId).toMatch(/^[\da-f-]{36}$/);
});
