// `eventwright send`: to a system of its own, and to a running one.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import { readAssembly } from "../../cloud/template/assembly.ts";
import { eventwright, scratchFiles } from "../eventwright.ts";
import { queueFor, stackOf } from "./one-stack.ts";

const { file, folder } = scratchFiles();

const send = (...args: readonly string[]) => eventwright("send", ...args);

const account = "222222222222";
const template = {
	Parameters: { BusName: { Type: "String" } },
	Resources: {
		Bus: {
			Type: "AWS::Events::EventBus",
			Properties: { Name: { Ref: "BusName" } },
		},
		...queueFor("events.amazonaws.com"),
		Rule: {
			Type: "AWS::Events::Rule",
			Properties: {
				Name: "placed",
				EventBusName: { Ref: "BusName" },
				EventPattern: { source: ["shop"] },
				Targets: [{ Id: "q", Arn: { "Fn::GetAtt": ["Queue", "Arn"] } }],
			},
		},
		Stranger: {
			Type: "AWS::IAM::Role",
			Properties: { RoleName: "stranger", AssumeRolePolicyDocument: {} },
		},
	},
};
const placed = {
	Source: "shop",
	DetailType: "Placed",
	Detail: { id: 1 },
	EventBusName: "orders",
};
const from = () => [
	"--template",
	file("t.json", template),
	"--account",
	account,
	"--parameter",
	"BusName=orders",
];

describe("to a system of its own", () => {
	test("prints the hops and what the queues hold", async () => {
		const { code, out, err } = await send(
			file("placed.json", placed),
			...from(),
		);
		expect(err).toContain("Not simulated: nothing.");
		expect(out).toMatch(/✓ 222222222222 bus orders {2}receives shop \/ Placed/);
		expect(out).toMatch(/queue q {2}1 message\n/);
		expect(out).not.toContain("\u001b");
		expect(code).toBe(0);
	});

	test("as JSON, one object per line", async () => {
		const { code, out } = await send(
			file("two.json", [placed, { ...placed, Source: "other" }]),
			...from(),
			"--format",
			"json",
		);
		const lines = out
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as Record<string, unknown>);
		expect(new Set(lines.map(({ kind }) => kind))).toEqual(
			new Set(["hop", "queue"]),
		);
		expect(lines.at(-1)).toMatchObject({
			kind: "queue",
			name: "q",
			account,
			messages: 1,
		});
		// No rule takes the second one.
		expect(code).toBe(1);
	});

	test("a role that may not send is refused", async () => {
		const { code, out, err } = await send(
			file("placed.json", placed),
			...from(),
			"--as",
			`arn:aws:iam::${account}:role/stranger`,
		);
		expect(out).toContain(
			"no identity-based or resource-based policy allows it",
		);
		expect(err).toContain("message 1 was refused: AccessDeniedException");
		expect(code).toBe(1);
	});

	test("a service control policy limits an account", async () => {
		const scp = file("scp.json", {
			Version: "2012-10-17",
			Statement: { Effect: "Deny", Action: "events:*", Resource: "*" },
		});
		const { code, err } = await send(
			file("placed.json", placed),
			...from(),
			"--scp",
			scp,
		);
		expect(err).toContain(
			"an explicit deny of a service control policy applies",
		);
		expect(code).toBe(1);
	});

	test("an event of an AWS service", async () => {
		const own = structuredClone(template);
		Object.assign(own.Resources.Rule.Properties, {
			EventBusName: "default",
			EventPattern: { source: ["aws.s3"] },
		});
		const { code, out } = await send(
			file("s3.json", {
				source: "aws.s3",
				"detail-type": "Object Created",
				detail: {},
			}),
			"--template",
			`${file("own.json", own)}=${account}`,
		);
		expect(out).toMatch(/queue q {2}1 message\n/);
		expect(code).toBe(0);
	});
});

describe("wrong use", () => {
	test.each<[string, () => readonly string[], string]>([
		["no file", () => ["nothing.json"], "there is no file nothing.json"],
		["no JSON", () => [file("broken.json", "{")], "is not JSON"],
		["a list of texts", () => [file("texts.json", ["a"])], "message 1 is"],
		["no message", () => [file("none.json", [])], "has no message"],
		[
			"a message of no kind",
			() => [file("odd.json", { a: 1 }), ...from()],
			"message 1: a message is a PutEvents entry",
		],
		[
			"an unknown parameter",
			() => [file("placed.json", placed), ...from(), "--parameter", "Nam=x"],
			"no template has a parameter Nam; there are BusName",
		],
		[
			"an account that is none",
			() => [file("placed.json", placed), "--account", "12"],
			"--account must be a 12-digit account id",
		],
		[
			"a role that is not there",
			() => [
				file("placed.json", placed),
				...from(),
				"--as",
				`arn:aws:iam::${account}:role/nobody`,
			],
			"there is no role",
		],
		[
			"a policy for a running system",
			() => [file("placed.json", placed), "--scp", "nothing.json"],
			"--scp is for a system of its own",
		],
		[
			"a bus that is not there",
			() => [
				file("nowhere.json", { ...placed, EventBusName: "nope" }),
				...from(),
			],
			"there is no bus nope; there are default, orders",
		],
		[
			"an event whose id is no string",
			() => [
				file("odd-id.json", { source: "aws.s3", "detail-type": "x", id: 5 }),
				...from(),
			],
			"id of an event must be a string, got 5",
		],
		[
			"no running system",
			() => [file("placed.json", placed), "--endpoint", "http://127.0.0.1:1"],
			'start one with "eventwright dev"',
		],
	])("%s", async (_, args, message) => {
		const { code, err, out } = await send(...args());
		expect(err).toContain(message);
		expect(out).toBe("");
		expect(code).toBe(2);
	});
});

describe("to a running system", () => {
	let local: LocalSystem;
	beforeAll(async () => {
		local = await startLocal([
			{
				...stackOf(template.Resources as never),
				template: { ...template } as never,
				account,
			},
		]);
	});
	afterAll(() => local.stop());

	test("what is sent arrives there", async () => {
		const { code, out, err } = await send(
			file("parameter.json", { ...placed, EventBusName: "BusName" }),
			"--endpoint",
			local.endpoint,
		);
		expect(err).toBe("");
		expect(out).toMatch(/queue q {2}1 message\n/);
		expect(code).toBe(0);
		expect(await local.messagesIn("q")).toHaveLength(1);
	});

	test("SQS and SNS messages, and one that names no sender", async () => {
		const { code, out } = await send(
			file("sqs.json", {
				QueueArn: `arn:aws:sqs:eu-west-1:${account}:q`,
				MessageBody: { a: 1 },
			}),
			"--endpoint",
			local.endpoint,
		);
		expect(out).toContain('{"a":1}');
		expect(code).toBe(0);
		const { code: refused, err } = await send(
			file("sns.json", {
				TopicArn: `arn:aws:sns:eu-west-1:${account}:t`,
				Message: "m",
			}),
			"--endpoint",
			local.endpoint,
		);
		expect(err).toContain("NotFoundException");
		expect(refused).toBe(1);
	});
});

test("a cloud assembly whose stacks state no account runs in one that is named", async () => {
	const assembly = path.join(folder(), "cdk.out");
	mkdirSync(assembly, { recursive: true });
	writeFileSync(
		path.join(assembly, "manifest.json"),
		JSON.stringify({
			version: "48.0.0",
			artifacts: {
				Shop: {
					type: "aws:cloudformation:stack",
					environment: "aws://unknown-account/unknown-region",
					properties: { templateFile: "Shop.template.json" },
				},
			},
		}),
	);
	writeFileSync(
		path.join(assembly, "Shop.template.json"),
		JSON.stringify({
			Resources: template.Resources,
			Parameters: template.Parameters,
		}),
	);
	const [stack] = readAssembly(assembly);
	expect(stack).toMatchObject({ account: "000000000000", region: "us-east-1" });
	expect(stack?.notes).toEqual([
		"has no account of its own: runs in 000000000000 (set --account)",
		"has no region of its own: runs in us-east-1 (set --region)",
	]);
	expect(
		readAssembly(assembly, { account, region: "eu-west-1" })[0],
	).toMatchObject({ account, region: "eu-west-1", notes: [] });
	const { code, out, err } = await send(
		file("placed.json", placed),
		"--assembly",
		assembly,
		"--parameter",
		"BusName=orders",
	);
	expect(err).toContain("runs in 000000000000 (set --account)");
	expect(out).toMatch(/queue q {2}1 message\n/);
	expect(code).toBe(0);
});
