// Every trace ends, and has all that a message leads to: batches, other consumers, dead-letter queues with functions, deleted queues.
import {
	DeleteMessageCommand,
	ReceiveMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { TemplateResource } from "../../cloud/template/stack-template.ts";
import { account, functionOf, region, roleFor, stackOf } from "./one-stack.ts";

let local: LocalSystem | undefined;
afterEach(async () => {
	await local?.stop();
	local = undefined;
});

type Resources = Readonly<Record<string, TemplateResource>>;

async function start(resources: Resources): Promise<LocalSystem> {
	local = await startLocal(
		[
			stackOf({
				Role: roleFor("lambda.amazonaws.com", "sqs:*"),
				...resources,
			}),
		],
		{ redeliveryDelayMs: 1 },
	);
	return local;
}

const arnOf = (queue: string) => `arn:aws:sqs:${region}:${account}:${queue}`;

/** A queue with a function of the same name. */
const polled = (
	name: string,
	code: string,
	queue: object = {},
	mapping: object = {},
): Resources => ({
	[`Queue${name}`]: {
		Type: "AWS::SQS::Queue",
		Properties: { QueueName: name, VisibilityTimeout: 60, ...queue },
	},
	[`Function${name}`]: functionOf(code, { FunctionName: name }),
	[`Mapping${name}`]: {
		Type: "AWS::Lambda::EventSourceMapping",
		Properties: {
			EventSourceArn: arnOf(name),
			FunctionName: name,
			...mapping,
		},
	},
});

const fine = "exports.handler = async () => {};";
const failing = "exports.handler = async () => { throw new Error('no'); };";

const send = (system: LocalSystem, queue: string) =>
	system.send({ QueueArn: arnOf(queue), MessageBody: "m" });

test("a batch that a function sends has a hop for each message, and the consumer's", async () => {
	const system = await start({
		...polled(
			"first",
			`const { SQSClient, SendMessageBatchCommand } = require("@aws-sdk/client-sqs");
			exports.handler = async () => {
				await new SQSClient({}).send(new SendMessageBatchCommand({
					QueueUrl: process.env.AWS_ENDPOINT_URL + "/${account}/second",
					Entries: [{ Id: "a", MessageBody: "1" }, { Id: "b", MessageBody: "2" }],
				}));
			};`,
		),
		...polled("second", fine, {}, { BatchSize: 1 }),
	});
	const { hops } = await send(system, "first");
	expect(
		hops.filter(({ resource }) => resource === "queue second"),
	).toHaveLength(2);
	expect(
		hops.filter(({ resource }) => resource === "function second"),
	).toHaveLength(2);
});

test("a message that another client deletes does not hold its trace", async () => {
	const system = await start(
		// The function waits, so that the client is first.
		polled("q", fine, {}, { MaximumBatchingWindowInSeconds: 0 }),
	);
	const sqs = new SQSClient({
		endpoint: system.endpoint,
		region,
		credentials: { accessKeyId: account, secretAccessKey: "any" },
	});
	const QueueUrl = `${system.endpoint}/${account}/q`;
	let isDone = false;
	const client = (async () => {
		while (!isDone) {
			const { Messages = [] } = await sqs.send(
				new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
			);
			for (const { ReceiptHandle } of Messages)
				await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
		}
	})();
	await Promise.all(Array.from({ length: 40 }, () => send(system, "q")));
	isDone = true;
	await client;
	await system.tracer.settled();
	expect(await system.messagesIn("q")).toEqual([]);
});

test("two mappings of one queue, one of which may not poll", async () => {
	const system = await start({
		...polled("q", fine),
		Stranger: roleFor("lambda.amazonaws.com", "events:*"),
		Other: functionOf(fine, {
			FunctionName: "other",
			Role: { "Fn::GetAtt": ["Stranger", "Arn"] },
		}),
		OtherMapping: {
			Type: "AWS::Lambda::EventSourceMapping",
			Properties: { EventSourceArn: arnOf("q"), FunctionName: "other" },
		},
	});
	const { hops } = await send(system, "q");
	expect(hops.map(({ outcome, resource }) => [outcome, resource])).toEqual([
		["ok", "queue q"],
		["denied", "event source mapping of q"],
		["ok", "function q"],
	]);
});

test("the function of a dead-letter queue is in the same trace", async () => {
	const system = await start({
		...polled("dead", failing, {
			RedrivePolicy: { deadLetterTargetArn: arnOf("last"), maxReceiveCount: 4 },
		}),
		...polled("q", failing, {
			RedrivePolicy: { deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 2 },
		}),
		Last: { Type: "AWS::SQS::Queue", Properties: { QueueName: "last" } },
	});
	const { hops } = await send(system, "q");
	expect(hops.map(({ outcome, resource }) => [outcome, resource])).toEqual([
		["ok", "queue q"],
		["retry", "function q"],
		["retry", "function q"],
		["dead letter", "queue dead"],
		["retry", "function dead"],
		["dead letter", "queue last"],
	]);
	expect(await system.messagesIn("last")).toHaveLength(1);
});

test("a message that was received too often for its dead-letter queue passes on", async () => {
	const queue = (QueueName: string, more: object = {}): TemplateResource => ({
		Type: "AWS::SQS::Queue",
		Properties: { QueueName, ...more },
	});
	const system = await start({
		...polled("dead", fine, {
			RedrivePolicy: { deadLetterTargetArn: arnOf("last"), maxReceiveCount: 1 },
		}),
		...polled("q", failing, {
			RedrivePolicy: { deadLetterTargetArn: arnOf("dead"), maxReceiveCount: 2 },
		}),
		Last: queue("last"),
	});
	const { hops } = await send(system, "q");
	expect(hops.at(-1)).toMatchObject({
		outcome: "dead letter",
		resource: "queue last",
	});
});

test("a failing function on a queue without RedrivePolicy ends its trace, and the queue keeps the message", async () => {
	const system = await start(polled("q", failing));
	const { hops } = await send(system, "q");
	expect(hops.filter(({ outcome }) => outcome === "retry")).toHaveLength(10);
	expect(hops.at(-1)).toMatchObject({
		outcome: "failed",
		what: expect.stringContaining("the queue has no RedrivePolicy"),
	});
	expect(await system.messagesIn("q")).toHaveLength(1);
});

test("a handler that deletes its own queue ends its trace, and the system goes on", async () => {
	const seen: unknown[] = [];
	const note = (error: unknown) => seen.push(error);
	process.on("unhandledRejection", note);
	try {
		const system = await start({
			...polled(
				"q",
				`const { SQSClient, DeleteQueueCommand } = require("@aws-sdk/client-sqs");
				exports.handler = async () => {
					await new SQSClient({}).send(new DeleteQueueCommand({ QueueUrl: process.env.AWS_ENDPOINT_URL + "/${account}/q" }));
				};`,
			),
			...polled("other", fine),
		});
		const { hops } = await send(system, "q");
		expect(hops.map(({ resource }) => resource)).toContain("function q");
		expect((await send(system, "q")).refused?.code).toBe("QueueDoesNotExist");
		expect((await send(system, "other")).hops.at(-1)?.outcome).toBe("ok");
		expect(seen).toEqual([]);
	} finally {
		process.off("unhandledRejection", note);
	}
});

test("a message of the wrong shape is an error, and leaves no trace open", async () => {
	const system = await start({});
	await expect(
		system.send({ source: "aws.s3", "detail-type": "x", id: 5 }),
	).rejects.toThrow("id of an event must be a string, got 5");
	await system.tracer.settled();
});

test("a stop wakes those who wait for a trace", async () => {
	const system = await start(
		polled("q", "exports.handler = () => new Promise(() => {});"),
	);
	const sent = send(system, "q");
	await system.stop();
	await sent;
	await system.tracer.settled();
});

test("an entry that PutEvents refuses in a function has a hop", async () => {
	const system = await start({
		...polled(
			"q",
			`const { EventBridgeClient, PutEventsCommand } = require("@aws-sdk/client-eventbridge");
			exports.handler = async () => {
				await new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [{ Source: "aws.q", DetailType: "d", Detail: "{}" }] }));
			};`,
		),
		Role: roleFor("lambda.amazonaws.com", "*"),
	});
	const { hops } = await send(system, "q");
	expect(hops).toContainEqual(
		expect.objectContaining({
			outcome: "failed",
			what: expect.stringContaining("NotAuthorizedForSourceException"),
		}),
	);
});

test("a duplicate on a FIFO topic is shown as one", async () => {
	const system = await start({
		Topic: {
			Type: "AWS::SNS::Topic",
			Properties: {
				TopicName: "t.fifo",
				FifoTopic: true,
				ContentBasedDeduplication: true,
			},
		},
	});
	const publish = () =>
		system.send({
			TopicArn: `arn:aws:sns:${region}:${account}:t.fifo`,
			Message: "m",
			MessageGroupId: "g",
		});
	await publish();
	expect((await publish()).hops).toMatchObject([
		{ outcome: "ok", what: expect.stringContaining("already") },
	]);
});
