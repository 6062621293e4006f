// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code of functions
// What a function, a queue and a terminal see, as in AWS.
import { execFile } from "node:child_process";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { renderTrace } from "../../cloud/local/render.ts";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import { readAssembly, readTemplate } from "../../cloud/template/assembly.ts";
import type { TemplateResource } from "../../cloud/template/stack-template.ts";
import { account, functionOf, region, roleFor, stackOf } from "./one-stack.ts";

let local: LocalSystem | undefined;
afterEach(async () => {
	await local?.stop();
	local = undefined;
});

const arnOf = (service: string, name: string) =>
	`arn:aws:${service}:${region}:${account}:${name}`;

const polled = (
	code: string,
	mapping: object = {},
	queue: object = {},
): Readonly<Record<string, TemplateResource>> => ({
	Role: roleFor("lambda.amazonaws.com", "sqs:*"),
	Function: functionOf(code, { Timeout: 10 }),
	Queue: {
		Type: "AWS::SQS::Queue",
		Properties: { QueueName: "q", VisibilityTimeout: 60, ...queue },
	},
	Mapping: {
		Type: "AWS::Lambda::EventSourceMapping",
		Properties: {
			EventSourceArn: arnOf("sqs", "q"),
			FunctionName: { Ref: "Function" },
			BatchSize: 1,
			...mapping,
		},
	},
});

const logsIn = (system: LocalSystem) =>
	system.tracer.traces
		.flatMap((trace) => system.tracer.hopsOf(trace))
		.filter(({ resource }) => resource.startsWith("log of"))
		.map(({ what }) => what);

test("an invocation has a trace id and its kind of initialization", async () => {
	local = await startLocal([
		stackOf(
			polled(
				"exports.handler = async () => console.log(process.env._X_AMZN_TRACE_ID, process.env.AWS_LAMBDA_INITIALIZATION_TYPE);",
			),
		),
	]);
	for (const body of ["a", "b"])
		await local.send({ QueueArn: arnOf("sqs", "q"), MessageBody: body });
	const logs = logsIn(local);
	expect(logs).toHaveLength(2);
	for (const line of logs)
		expect(line).toMatch(
			/^Root=1-[\da-f]{8}-[\da-f]{24};Parent=[\da-f]{16};Sampled=0 on-demand$/,
		);
	expect(new Set(logs).size).toBe(2);
});

describe("a queue is polled", () => {
	/** Each invocation says that it has begun, and waits for another one. */
	const waiting = (folder: string) => `
		const fs = require("node:fs");
		exports.handler = async ({ Records: [record] }) => {
			fs.writeFileSync(${JSON.stringify(folder)} + "/" + record.messageId, "");
			for (let i = 0; i < 500; i++) {
				if (fs.readdirSync(${JSON.stringify(folder)}).length > 1) return console.log("together");
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
			console.log("alone");
		};`;

	test.each([
		["by several batches at once", {}, "together"],
		[
			"by two, as ScalingConfig says",
			{ ScalingConfig: { MaximumConcurrency: 2 } },
			"together",
		],
	])("%s", async (_, mapping, said) => {
		const folder = mkdtempSync(path.join(tmpdir(), "together-"));
		try {
			const system = await startLocal([
				stackOf(polled(waiting(folder), mapping)),
			]);
			local = system;
			await Promise.all(
				["a", "b"].map((body) =>
					system.send({ QueueArn: arnOf("sqs", "q"), MessageBody: body }),
				),
			);
			expect(logsIn(system)).toEqual([said, said]);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	test("of a FIFO queue, the messages of a group in order, one after the other", async () => {
		local = await startLocal([
			stackOf(
				polled(
					"let running = 0; exports.handler = async ({ Records }) => { for (const { body } of Records) console.log(body, ++running); await new Promise((resolve) => setTimeout(resolve, 5)); running -= Records.length; };",
					{ EventSourceArn: arnOf("sqs", "q.fifo") },
					{
						QueueName: "q.fifo",
						FifoQueue: true,
						ContentBasedDeduplication: true,
					},
				),
			),
		]);
		const system = local;
		await Promise.all(
			["1", "2", "3", "4", "5"].map((body) =>
				system.send({
					QueueArn: arnOf("sqs", "q.fifo"),
					MessageBody: body,
					MessageGroupId: "g",
				}),
			),
		);
		const order = logsIn(system).map((line) => line.split(" ")[0]);
		expect([...order].sort()).toEqual(["1", "2", "3", "4", "5"]);
		expect(logsIn(system).every((line) => line.endsWith(" 1"))).toBe(true);
	});
});

test("an event keeps its id from bus to bus in a Region, and gets another in another", async () => {
	const bus = (name: string): TemplateResource => ({
		Type: "AWS::Events::EventBus",
		Properties: { Name: name },
	});
	const other = `arn:aws:events:us-east-1:${account}:event-bus/other`;
	const near = arnOf("events", "event-bus/near");
	local = await startLocal([
		stackOf({
			From: bus("from"),
			Near: bus("near"),
			Role: roleFor("events.amazonaws.com", "events:PutEvents"),
			Rule: {
				Type: "AWS::Events::Rule",
				Properties: {
					EventBusName: "from",
					EventPattern: { source: ["shop"] },
					Targets: [near, other].map((Arn, i) => ({
						Id: String(i),
						Arn,
						RoleArn: { "Fn::GetAtt": ["Role", "Arn"] },
					})),
				},
			},
		}),
		{ ...stackOf({ Other: bus("other") }), name: "other", region: "us-east-1" },
	]);
	const { hops } = await local.send({
		Source: "shop",
		DetailType: "Placed",
		Detail: {},
		EventBusName: arnOf("events", "event-bus/from"),
	});
	const id = (name: string) =>
		/as (\w{8})/.exec(
			hops.find(({ resource }) => resource === `bus ${name}`)?.what ?? "",
		)?.[1];
	expect(id("near")).toBe(id("from"));
	expect(id("other")).toMatch(/^\w{8}$/);
	expect(id("other")).not.toBe(id("from"));
});

test("control characters of events never reach a terminal", async () => {
	local = await startLocal([stackOf({})]);
	const { hops } = await local.send(
		{
			Source: "shop",
			DetailType: "x\u001b]0;owned\u0007\nforged\u202e",
			Detail: {},
		},
		account,
	);
	const shown = renderTrace(hops, (_, text) => text);
	expect(shown).toContain("x\\u001b]0;owned\\u0007\\u000aforged\\u202e");
	expect(shown.split("\n")).toHaveLength(hops.length);
});

test("a start removes the code that killed runs have left", async () => {
	// No process has this id.
	const left = "node_modules/.cache/eventwright-local/4194999-left";
	mkdirSync(left, { recursive: true });
	local = await startLocal([stackOf({})]);
	expect(existsSync(left)).toBe(false);
});

describe("templates that are wrong are named with file and place", () => {
	const queue = (
		name: unknown,
	): Readonly<Record<string, TemplateResource>> => ({
		Q: { Type: "AWS::SQS::Queue", Properties: { QueueName: name } },
	});
	test.each<[string, unknown, string]>([
		[
			"a name that refers to itself",
			queue({ Ref: "Q" }),
			"s: Q: Q's QueueName refers to itself",
		],
		[
			"two that refer to each other",
			{
				...queue({ "Fn::GetAtt": ["T", "TopicName"] }),
				T: {
					Type: "AWS::SNS::Topic",
					Properties: { TopicName: { "Fn::GetAtt": ["Q", "QueueName"] } },
				},
			},
			"refers to itself",
		],
		[
			"Fn::Join of a number",
			queue({ "Fn::Join": 5 }),
			"s: Q: Fn::Join wants [delimiter, list], got 5",
		],
		[
			"a reference to toString",
			queue({ Ref: "toString" }),
			"s: Q: there is no resource or parameter toString",
		],
		[
			"a reference to __proto__",
			queue({ Ref: "__proto__" }),
			"there is no resource or parameter __proto__",
		],
		[
			"a list where an object is wanted",
			{ Q: { Type: "AWS::SQS::Queue", Properties: { RedrivePolicy: [] } } },
			"s: Q: RedrivePolicy must be an object, or a text of JSON, got []",
		],
		[
			"a text that is not JSON",
			{ Q: { Type: "AWS::SQS::Queue", Properties: { RedrivePolicy: "{" } } },
			"s: Q: RedrivePolicy is a text that is not JSON",
		],
		[
			"a missing part",
			{ S: { Type: "AWS::SNS::Subscription", Properties: { TopicArn: "t" } } },
			"s: S: Protocol is missing",
		],
	])("%s", async (_, resources, message) => {
		await expect(
			startLocal([stackOf(resources as never)]).then((started) => {
				local = started;
			}),
		).rejects.toThrow(message);
	});

	test.each<[string, unknown, string]>([
		[
			"a resource that is null",
			{ Resources: { Q: null } },
			"Q must be an object with a Type, got null",
		],
		[
			"a condition that is null",
			{ Resources: { Q: { Type: "T", Condition: null } } },
			"Q has a Condition that is null, not the name of a condition",
		],
		[
			"a loop of another form",
			{ Resources: { "Fn::ForEach::L": [5, ["a"], {}] } },
			"Fn::ForEach::L must be [identifier, list, {key: value}]",
		],
		[
			"what a loop makes",
			{ Resources: { "Fn::ForEach::L": ["N", ["a"], { "Q${N}": null }] } },
			"Qa must be an object with a Type, got null",
		],
		["no resources", {}, "it has no Resources"],
		["text", '{"Resources": {', "is not a CloudFormation template"],
	])("%s", (_, template, message) => {
		const folder = mkdtempSync(path.join(tmpdir(), "broken-"));
		const file = path.join(folder, "broken.json");
		writeFileSync(
			file,
			typeof template === "string" ? template : JSON.stringify(template),
		);
		try {
			expect(() => readTemplate(file)).toThrow(message);
			expect(() => readTemplate(file)).toThrow(file);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	test("an assembly that holds itself", () => {
		const folder = mkdtempSync(path.join(tmpdir(), "cycle-"));
		writeFileSync(
			path.join(folder, "manifest.json"),
			JSON.stringify({
				artifacts: {
					Stage: {
						type: "cdk:cloud-assembly",
						properties: { directoryName: "." },
					},
				},
			}),
		);
		try {
			expect(() => readAssembly(folder)).toThrow(
				"Stage is an assembly that holds itself",
			);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

test("a function whose code is the project's own folder, with what it has installed", async () => {
	const project = mkdtempSync(path.join(tmpdir(), "project-"));
	try {
		mkdirSync(path.join(project, "node_modules/told"), { recursive: true });
		const write = (name: string, text: string) =>
			writeFileSync(path.join(project, name), text);
		write("node_modules/told/index.js", "module.exports = 'installed';");
		write(
			"app.js",
			"exports.handler = async () => console.log(require('told'));",
		);
		write(
			"template.json",
			JSON.stringify({
				Resources: {
					...polled(""),
					Function: {
						...functionOf(""),
						Properties: {
							...functionOf("").Properties,
							Handler: "app.handler",
							Code: "./",
						},
					},
				},
			}),
		);
		write(
			"message.json",
			JSON.stringify({ QueueArn: arnOf("sqs", "q"), MessageBody: "m" }),
		);
		// Its work folder is inside of what is copied.
		const { out, err } = await new Promise<{ out: string; err: string }>(
			(resolve) => {
				execFile(
					process.execPath,
					[
						path.resolve("cli/eventwright.js"),
						"send",
						"message.json",
						"--template",
						`template.json=${account}/${region}`,
					],
					{ cwd: project },
					(_, out, err) => resolve({ out, err }),
				);
			},
		);
		expect(err).toContain("Not simulated: nothing.");
		expect(out).toContain("log of f  installed");
		expect(
			readdirSync(path.join(project, "node_modules/.cache/eventwright-local")),
		).toEqual([]);
	} finally {
		rmSync(project, { recursive: true, force: true });
	}
});
