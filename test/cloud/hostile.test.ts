// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
// External templates and misbehaving functions: the runner reports what happened and keeps running.
import { afterEach, describe, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { TemplateResource } from "../../cloud/template/stack-template.ts";
import {
	account,
	apiPermission,
	functionOf,
	invocations,
	region,
	restApiOf,
	roleFor,
	stackOf,
} from "./one-stack.ts";

const api: Readonly<Record<string, TemplateResource>> = {
	Role: roleFor("lambda.amazonaws.com", "events:*"),
	...restApiOf("ANY", { Type: "AWS_PROXY", Uri: invocations }),
	Permission: apiPermission,
};

let local: LocalSystem | undefined;
afterEach(async () => {
	await local?.stop();
	local = undefined;
});

async function start(
	resources: Readonly<Record<string, TemplateResource>>,
	redeliveryDelayMs = 5,
): Promise<LocalSystem> {
	local = await startLocal([stackOf(resources)], { redeliveryDelayMs });
	return local;
}

const withApi = (code: string, properties: object = {}) =>
	start({ ...api, Function: functionOf(code, properties) });
const hops = (system: LocalSystem) =>
	system.tracer.traces.flatMap((trace) => system.tracer.hopsOf(trace));

describe("a function behind an API", () => {
	test.each([
		['({ statusCode: 200, headers: { "x-note": "a\\nb" } })', 502],
		['({ statusCode: 200, headers: { "bad header": "x" } })', 502],
		["({ statusCode: 99 })", 502],
		["({ statusCode: 1000 })", 502],
		['"text"', 502],
		["undefined", 502],
		['({ statusCode: "201", headers: null, body: null })', 201],
		[
			"({ statusCode: 200, body: String(context.getRemainingTimeInMillis() > 0 && context.invokedFunctionArn.endsWith(':f')) })",
			200,
		],
		[
			"new Promise((resolve) => process.stdout.write('printed\\n', () => resolve({ statusCode: 204 })))",
			204,
		],
		["(() => { throw new Error('no') })()", 502],
		["process.exit(3)", 502],
	])("that returns %s: %i", async (answer, status) => {
		const system = await withApi(
			`exports.handler = async (event, context) => ${answer};`,
		);
		expect((await fetch(`${system.apis[0]?.url}/`)).status).toBe(status);
		await system.tracer.settled();
		expect(hops(system)[0]?.what).toContain(`returns ${status}`);
	});

	test.each([
		[
			"a callback",
			"exports.handler = (event, context, callback) => callback(null, { statusCode: 200 });",
		],
		[
			"a promise and an unused callback",
			"exports.handler = async (event, context, callback) => ({ statusCode: 200 });",
		],
		[
			"an ES module",
			"export const handler = async () => ({ statusCode: 200 });",
		],
	])("with %s", async (_, code) => {
		const system = await withApi(code);
		expect((await fetch(`${system.apis[0]?.url}/`)).status).toBe(200);
	});

	test("multiple cookies and binary bodies are returned unchanged", async () => {
		const system = await withApi(
			'exports.handler = async () => ({ statusCode: 200, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] }, body: "//79", isBase64Encoded: true });',
		);
		const response = await fetch(`${system.apis[0]?.url}/`);
		expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
		expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([
			0xff, 0xfe, 0xfd,
		]);
	});

	test("a timeout ends the environment, and the next request starts a new one", async () => {
		const system = await withApi(
			"exports.handler = async ({ path, queryStringParameters: q }) => (q ? new Promise(() => {}) : { statusCode: 200 });",
			{ Timeout: 1 },
		);
		const url = `${system.apis[0]?.url}/`;
		expect((await fetch(`${url}?hang=1`)).status).toBe(502);
		expect((await fetch(url)).status).toBe(200);
		expect(
			hops(system).some(
				({ what }) => what === "Task timed out after 1.00 seconds",
			),
		).toBe(true);
	});

	test("loading the code does not count against the timeout", async () => {
		const system = await withApi(
			"const end = Date.now() + 1300; while (Date.now() < end); exports.handler = async () => ({ statusCode: 200 });",
			{ Timeout: 1 },
		);
		expect((await fetch(`${system.apis[0]?.url}/`)).status).toBe(200);
	});

	test("handles 60 concurrent requests", async () => {
		const system = await withApi(
			"exports.handler = async () => ({ statusCode: 200 });",
		);
		const answers = await Promise.all(
			Array.from({ length: 60 }, () => fetch(`${system.apis[0]?.url}/`)),
		);
		expect(new Set(answers.map(({ status }) => status))).toEqual(
			new Set([200]),
		);
	});

	test.each([
		["/live/%zz", 400],
		["//", 403],
		["/other/", 403],
	])("the path %s returns %i", async (path, status) => {
		const system = await withApi(
			"exports.handler = async () => ({ statusCode: 200 });",
		);
		const origin = new URL(system.apis[0]?.url ?? "").origin;
		expect((await fetch(`${origin}${path}`)).status).toBe(status);
		await system.tracer.settled();
		expect(hops(system)).toHaveLength(1);
	});
});

const consumer = (
	code: string,
	queueProperties: object = {},
): Readonly<Record<string, TemplateResource>> => ({
	Role: roleFor("lambda.amazonaws.com", "sqs:*"),
	DeadLetters: { Type: "AWS::SQS::Queue", Properties: { QueueName: "dead" } },
	Queue: {
		Type: "AWS::SQS::Queue",
		Properties: {
			QueueName: "q",
			RedrivePolicy: {
				deadLetterTargetArn: { "Fn::GetAtt": ["DeadLetters", "Arn"] },
				maxReceiveCount: 2,
			},
			...queueProperties,
		},
	},
	QueuePolicy: {
		Type: "AWS::SQS::QueuePolicy",
		Properties: {
			Queues: [{ Ref: "Queue" }],
			PolicyDocument: {
				Statement: [
					{
						Effect: "Allow",
						Principal: { Service: "events.amazonaws.com" },
						Action: "sqs:SendMessage",
						Resource: "*",
					},
				],
			},
		},
	},
	Rule: {
		Type: "AWS::Events::Rule",
		Properties: {
			Name: "r",
			EventPattern: { source: ["shop"] },
			Targets: [{ Id: "q", Arn: { "Fn::GetAtt": ["Queue", "Arn"] } }],
		},
	},
	Function: functionOf(code),
	Mapping: {
		Type: "AWS::Lambda::EventSourceMapping",
		Properties: {
			EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] },
			FunctionName: { Ref: "Function" },
			FunctionResponseTypes: ["ReportBatchItemFailures"],
		},
	},
});

async function put(
	system: LocalSystem,
	entry: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
	const response = await fetch(system.endpoint, {
		method: "POST",
		headers: {
			authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/events/aws4_request, SignedHeaders=host, Signature=0`,
			"x-amz-target": "AWSEvents.PutEvents",
		},
		body: JSON.stringify({ Entries: [entry] }),
	});
	return {
		status: response.status,
		body: (await response.json()) as Record<string, unknown>,
	};
}

const entry = { Source: "shop", DetailType: "Order", Detail: "{}" };

describe("a function behind a queue", () => {
	test.each([
		["throws", "throw new Error('no')"],
		[
			"reports an item that is not in the batch",
			"return { batchItemFailures: [{ itemIdentifier: 'nothing' }] }",
		],
		[
			"reports an item without an identifier",
			"return { batchItemFailures: [{}] }",
		],
		[
			"returns a string instead of a list",
			"return { batchItemFailures: 'all' }",
		],
		["exits its process", "process.exit(1)"],
	])(
		"that %s: the message is redelivered, then dead-lettered",
		async (_, statement) => {
			const system = await start(
				consumer(`exports.handler = async () => { ${statement} };`),
			);
			await put(system, entry);
			await system.tracer.settled();
			expect(
				hops(system).filter(({ outcome }) => outcome === "retry"),
			).toHaveLength(2);
			expect(await system.messagesIn("dead")).toHaveLength(1);
		},
	);

	test("that is slower than the queue's visibility timeout: no message is lost, and the runner keeps running", async () => {
		const slow =
			"exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 1400)); throw new Error('no'); };";
		const system = await start(consumer(slow, { VisibilityTimeout: 1 }));
		await put(system, entry);
		await system.tracer.settled();
		expect(await system.messagesIn("dead")).toHaveLength(1);
	});

	test("a message that no filter matches is deleted, and the trace shows it", async () => {
		const resources = consumer("exports.handler = async () => {};");
		const mapping = resources.Mapping as TemplateResource;
		const system = await start({
			...resources,
			Mapping: {
				...mapping,
				Properties: {
					...mapping.Properties,
					FilterCriteria: {
						Filters: [{ Pattern: '{"body":{"source":["other"]}}' }],
					},
				},
			},
		});
		await put(system, entry);
		await system.tracer.settled();
		expect(hops(system).at(-1)).toMatchObject({
			outcome: "no match",
			what: "deletes the message: no filter of the mapping matches",
		});
		expect(await system.messagesIn("q")).toEqual([]);
	});

	test("a dead-letter queue of another stack is named, and what it gets is shown", async () => {
		const { DeadLetters: _, ...rest } = consumer(
			"exports.handler = async () => { throw new Error('no'); };",
			{
				RedrivePolicy: {
					deadLetterTargetArn: "arn:aws:sqs:eu-west-1:111111111111:nowhere",
					maxReceiveCount: 2,
				},
			},
		);
		const system = await start(rest);
		expect(system.notSimulated.join("\n")).toContain(
			"the dead-letter queue of the queue q: arn:aws:sqs:eu-west-1:111111111111:nowhere is in none of these stacks",
		);
		await put(system, entry);
		await system.tracer.settled();
		expect(hops(system).at(-1)).toMatchObject({
			outcome: "not simulated",
			resource: "arn:aws:sqs:eu-west-1:111111111111:nowhere",
		});
		expect(await system.messagesIn("q")).toEqual([]);
	});
});

describe("events", () => {
	test("a detail nested too deeply is malformed, and the runner keeps running", async () => {
		const system = await start(consumer("exports.handler = async () => {};"));
		const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
		expect((await put(system, { ...entry, Detail: deep })).body).toMatchObject({
			FailedEntryCount: 1,
			Entries: [{ ErrorCode: "MalformedDetail" }],
		});
		expect((await put(system, entry)).body).toMatchObject({
			FailedEntryCount: 0,
		});
	});

	test.each([
		[{ ...entry, Source: 7 }, 400],
		[{ ...entry, Time: "abc" }, 400],
		[null, 400],
	])("%j is refused as in AWS", async (wrong, status) => {
		const system = await start(consumer("exports.handler = async () => {};"));
		expect((await put(system, wrong as object)).status).toBe(status);
	});

	test("a rule that sends to its own bus does so once", async () => {
		const system = await start({
			Role: roleFor("events.amazonaws.com", "events:*"),
			Rule: {
				Type: "AWS::Events::Rule",
				Properties: {
					Name: "again",
					EventPattern: { source: ["shop"] },
					Targets: [
						{
							Id: "bus",
							Arn: `arn:aws:events:${region}:${account}:event-bus/default`,
							RoleArn: { "Fn::GetAtt": ["Role", "Arn"] },
						},
					],
				},
			},
		});
		await put(system, entry);
		await system.tracer.settled();
		expect(hops(system).at(-1)).toMatchObject({
			outcome: "failed",
			what: expect.stringContaining(
				"does not send an event that came from another bus on",
			),
		});
	});
});

describe("an invalid template is an error at startup", () => {
	test.each<[string, Readonly<Record<string, TemplateResource>>, string]>([
		[
			"an invalid pattern",
			{
				Rule: {
					Type: "AWS::Events::Rule",
					Properties: { Name: "r", EventPattern: { source: "shop" } },
				},
			},
			"s: Rule: the rule r has an event pattern that AWS rejects: /source must be a list of values or an object",
		],
		[
			"a dangling reference",
			{
				T: {
					Type: "AWS::SNS::Topic",
					Properties: { TopicName: { Ref: "Nothing" } },
				},
			},
			"there is no resource or parameter Nothing",
		],
	])("%s", async (_, resources, message) => {
		await expect(start(resources)).rejects.toThrow(message);
	});

	test("lists what is not simulated", async () => {
		const system = await start({
			Table: { Type: "AWS::DynamoDB::Table", Properties: {} },
			Queue: {
				Type: "AWS::SQS::Queue",
				Properties: { KmsMasterKeyId: "k", FifoThroughputLimit: "perQueue" },
			},
			Python: {
				Type: "AWS::Lambda::Function",
				Properties: { FunctionName: "p", Runtime: "python3.13", Role: "r" },
			},
		});
		expect(system.notSimulated).toEqual([
			"AWS::DynamoDB::Table (Table)",
			"the function p: the runtime python3.13 (Python)",
			"the key k, which is taken to let everybody in (Queue)",
		]);
	});

	test("values that are not known are assumed and named", async () => {
		const system = await start({
			A: {
				Type: "AWS::SNS::Topic",
				Properties: { TopicName: { "Fn::GetAtt": ["Q", "Arm"] } },
			},
			B: {
				Type: "AWS::SNS::Topic",
				Properties: { TopicName: { "Fn::ImportValue": "exported" } },
			},
			Q: { Type: "AWS::SQS::Queue" },
		});
		expect(system.assumptions).toEqual([
			's: Q.Arm: "s-Q-Arm" is assumed',
			's: the import exported, which no stack here exports: "exported" is assumed',
		]);
	});
});
