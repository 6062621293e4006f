// Whatever a function answers, a client asks or an SDK calls, the runner answers, and goes on.
import net from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import { randomOf } from "../random.ts";
import {
	account,
	apiPermission,
	functionOf,
	invocations,
	liveStage,
	region,
	roleFor,
	stackOf,
} from "./one-stack.ts";

const { below, one } = randomOf(Number(process.env.SEED ?? 19));

let local: LocalSystem;
const seen: unknown[] = [];
const note = (error: unknown) => seen.push(error);
beforeAll(async () => {
	process.on("unhandledRejection", note).on("uncaughtException", note);
	local = await startLocal(
		[
			stackOf({
				Role: roleFor("lambda.amazonaws.com", "*"),
				Function: functionOf(
					`exports.handler = async (event) => {
						const asked = JSON.parse(event.body ?? "{}");
						return asked.run ? eval(asked.run) : asked.answer;
					};`,
					{ Timeout: 2 },
				),
				Permission: apiPermission,
				Api: {
					Type: "AWS::ApiGateway::RestApi",
					Properties: {
						Name: "api",
						Body: {
							paths: {
								"/{proxy+}": {
									"x-amazon-apigateway-any-method": {
										"x-amazon-apigateway-integration": {
											type: "aws_proxy",
											uri: invocations,
										},
									},
								},
							},
						},
					},
				},
				Deployment: liveStage,
				Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "q" } },
				Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "t" } },
			}),
		],
		{ redeliveryDelayMs: 1 },
	);
});
afterAll(async () => {
	await local.stop();
	process.off("unhandledRejection", note).off("uncaughtException", note);
});

const api = () => local.apis[0]?.url ?? "";
const ask = (body: object) =>
	fetch(`${api()}/a`, { method: "POST", body: JSON.stringify(body) });

async function stillRuns(): Promise<void> {
	expect(seen).toEqual([]);
	const response = await ask({ answer: { statusCode: 200, body: "fine" } });
	expect(await response.text()).toBe("fine");
}

const values: readonly unknown[] = [
	null,
	0,
	-1,
	200,
	99,
	1e9,
	"",
	"200",
	"text",
	"a\r\nb",
	"\u0000",
	"é",
	true,
	[],
	[null],
	["a", "b"],
	{},
	{ a: {} },
	"x".repeat(10_000),
];
const headerNames = [
	"trailer",
	"content-length",
	"transfer-encoding",
	"connection",
	"upgrade",
	"set-cookie",
	"date",
	"bad header",
	"",
	"__proto__",
	"expect",
	"keep-alive",
	"content-type",
	"x",
];

const headers = () =>
	below(4) === 0
		? one(values)
		: Object.fromEntries(
				Array.from({ length: below(4) }, () => [one(headerNames), one(values)]),
			);

test("1,500 random answers of a function", { timeout: 120_000 }, async () => {
	for (let i = 0; i < 150; i++)
		await Promise.all(
			Array.from({ length: 10 }, async () => {
				const answer =
					below(8) === 0
						? one(values)
						: {
								// fetch takes 407 for a fault of a proxy.
								statusCode:
									below(3) === 0
										? one(values)
										: one([200 + below(207), 408 + below(192)]),
								headers: headers(),
								multiValueHeaders: headers(),
								body: one(values),
								isBase64Encoded: one([true, false, "x"]),
							};
				const response = await ask({ answer });
				expect(response.status, JSON.stringify(answer)).toBeGreaterThan(199);
				await response.arrayBuffer();
			}),
		);
	await stillRuns();
});

test.each([
	"process.exit(0)",
	"process.kill(process.pid, 'SIGKILL')",
	"process.kill(0, 'SIGTERM')",
	"(() => { throw null })()",
	"(() => { throw { get message() { throw 1 } } })()",
	"(() => { const p = Proxy.revocable({}, {}); p.revoke(); throw p.proxy; })()",
	"Promise.reject(undefined)",
	"({ statusCode: 200, body: 1n })",
	"(() => { const a = {}; a.a = a; return a; })()",
	"(require('worker_threads').parentPort.postMessage({ kind: 'result', payload: '{' }), new Promise(() => {}))",
	"(require('worker_threads').parentPort.postMessage(null), ({ statusCode: 200 }))",
	"(require('worker_threads').parentPort.postMessage({ kind: 'log', text: 5 }), ({ statusCode: 200 }))",
	"(() => { for (let i = 0; i < 20000; i++) console.log('line ' + i); return { statusCode: 200 }; })()",
	"(() => { const f = () => f() + 1; return f(); })()",
	"(setTimeout(() => { throw new Error('late'); }, 1), new Promise((resolve) => setTimeout(resolve, 50)))",
])("a function that does %s", async (run) => {
	const response = await ask({ run });
	expect([200, 500, 502]).toContain(response.status);
	await response.arrayBuffer();
	await stillRuns();
});

/** Sends bytes; resolves with what comes back until the connection ends. */
function raw(port: number, text: string): Promise<string> {
	return new Promise((resolve) => {
		const socket = net.connect(port, "127.0.0.1");
		let got = "";
		socket.setTimeout(5_000, () => socket.destroy());
		socket.on("data", (chunk) => {
			got += chunk;
		});
		socket.on("error", () => {});
		socket.on("close", () => resolve(got));
		// Node ends a connection that the client has ended, answered or not.
		if (/^(Content-Length|Transfer-Encoding|Expect|Upgrade)/m.test(text))
			socket.end(text);
		else socket.write(text);
	});
}

test("1,500 random HTTP requests", { timeout: 120_000 }, async () => {
	const methods = [
		"GET",
		"POST",
		"DELETE",
		"OPTIONS",
		"HEAD",
		"FOO",
		"",
		"PUT",
	];
	const paths = [
		"/",
		"/live",
		"/live/",
		"/live/a",
		"/live/%",
		"/live/%ff",
		"/live//a",
		"/other/a",
		"//",
		"http://evil/a",
		"*",
		"/live/a?x=1&x=%zz",
		`/live/${"a".repeat(3_000)}`,
		"/../..",
	];
	const fields = [
		"Host: 127.0.0.1",
		"Host: evil",
		"Content-Length: 5",
		"Content-Length: x",
		"Transfer-Encoding: chunked",
		"Expect: 100-continue",
		"Upgrade: websocket",
		"Connection: upgrade",
		"Cookie: \u0001",
		"X-Amz-Target: AWSEvents.PutEvents",
		"Authorization: AWS4-HMAC-SHA256 Credential=111111111111/20260101/eu-west-1/events/aws4_request",
		"Authorization: Basic x",
		"Content-Type: application/x-www-form-urlencoded",
		"Content-Type: application/json",
		"Origin: null",
		"broken",
	];
	const bodies = [
		"",
		"{}",
		"{",
		"Action=Publish",
		"null",
		"[]",
		"5\r\nhello\r\n0\r\n\r\n",
	];
	const ports = [new URL(api()).port, new URL(local.endpoint).port].map(Number);
	for (let i = 0; i < 75; i++)
		await Promise.all(
			Array.from({ length: 20 }, async () => {
				const own = Array.from({ length: 1 + below(5) }, () => one(fields));
				const request = `${one(methods)} ${one(paths)} HTTP/1.1\r\n${own.join("\r\n")}\r\nConnection: close\r\n\r\n${one(bodies)}`;
				const answer = await raw(one(ports), request);
				// A request that ends in the middle of its body, or asks for another protocol, has no answer.
				if (
					!own.some((field) =>
						/^(Content-L|Transfer|Expect|Upgrade|Connection)/.test(field),
					)
				)
					expect(answer, request).toMatch(/^HTTP\/1\.1 \d{3}/);
			}),
		);
	await stillRuns();
});

test("500 random calls of an SDK", { timeout: 120_000 }, async () => {
	const actions = {
		events: [
			"AWSEvents.PutEvents",
			"AWSEvents.ListRules",
			"AWSEvents.toString",
		],
		sqs: [
			"SendMessage",
			"SendMessageBatch",
			"ReceiveMessage",
			"DeleteMessage",
			"DeleteMessageBatch",
			"ChangeMessageVisibility",
			"ChangeMessageVisibilityBatch",
			"GetQueueUrl",
			"GetQueueAttributes",
			"ListQueues",
			"PurgeQueue",
			"__proto__",
		].map((name) => `AmazonSQS.${name}`),
		sns: ["x.Publish", "x.PublishBatch", "x.ListTopics"],
		schemas: [""],
		eventwright: ["x.Send", "x.Queues"],
	} as const;
	const names = [
		"QueueUrl",
		"QueueName",
		"MessageBody",
		"Entries",
		"ReceiptHandle",
		"TopicArn",
		"Message",
		"MessageAttributes",
		"PublishBatchRequestEntries",
		"VisibilityTimeout",
		"MaxNumberOfMessages",
		"message",
		"as",
	];
	const given: readonly unknown[] = [
		...values,
		`${local.endpoint}/${account}/q`,
		`arn:aws:sns:${region}:${account}:t`,
		[{ Id: "a", MessageBody: "b" }],
		[{ Source: "shop", DetailType: "x", Detail: "{}" }],
		[{ Source: 5 }],
		{ a: { DataType: "String" } },
		{ Source: "shop", DetailType: "x", Detail: {} },
		{ TopicArn: "x", Message: 5 },
	];
	for (let i = 0; i < 500; i++) {
		const service = one(Object.keys(actions)) as keyof typeof actions;
		const response = await fetch(local.endpoint, {
			method: "POST",
			headers: {
				authorization: `AWS4-HMAC-SHA256 Credential=${one([account, "nobody", "000000000000"])}/20260101/${region}/${service}/aws4_request`,
				"x-amz-target": one<string>(actions[service]),
			},
			body: JSON.stringify(
				Object.fromEntries(
					Array.from({ length: below(4) }, () => [one(names), one(given)]),
				),
			),
		});
		const text = await response.text();
		expect(() => JSON.parse(text), text).not.toThrow();
		if (response.status === 500) expect(text).not.toMatch(/InternalFailure/);
	}
	await local.tracer.settled();
	await stillRuns();
});
