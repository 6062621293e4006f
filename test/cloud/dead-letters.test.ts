// `eventwright dlq`: a message that can never be handled is found, its schema corrected, and it is handled after all.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import {
	ReceiveMessageCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { TemplateResource } from "../../cloud/template/stack-template.ts";
import { generate } from "../../generator/codegen/generate.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import { eventwright, scratchFiles } from "../eventwright.ts";
import { account, functionOf, roleFor, stackOf } from "./one-stack.ts";

const { folder } = scratchFiles();

const arn = (name: string) => `arn:aws:sqs:eu-west-1:${account}:${name}`;
const queue = (name: string, more: object = {}): TemplateResource => ({
	Type: "AWS::SQS::Queue",
	Properties: { QueueName: name, ...more },
});
const resources: Readonly<Record<string, TemplateResource>> = {
	Role: roleFor("lambda.amazonaws.com", "*"),
	Dead: queue("orders-dead-letters"),
	Orders: queue("orders", {
		RedrivePolicy: {
			deadLetterTargetArn: { "Fn::GetAtt": ["Dead", "Arn"] },
			maxReceiveCount: 2,
		},
	}),
	Unread: queue("unread"),
	Full: queue("full"),
	Odd: queue("odd"),
	Fifo: queue("odd.fifo", { FifoQueue: true }),
	Consumer: functionOf("exports.handler = () => {};", {
		FunctionName: "orders",
		Environment: {
			Variables: {
				EVENTWRIGHT_DEAD_LETTER_QUEUE_URL: { Ref: "Dead" },
			},
		},
	}),
	Mapping: {
		Type: "AWS::Lambda::EventSourceMapping",
		Properties: {
			EventSourceArn: { "Fn::GetAtt": ["Orders", "Arn"] },
			FunctionName: { Ref: "Consumer" },
			FunctionResponseTypes: ["ReportBatchItemFailures"],
		},
	},
};

let local: LocalSystem;
let client: SQSClient;
beforeAll(async () => {
	local = await startLocal([stackOf(resources)], { redeliveryDelayMs: 5 });
	client = new SQSClient({
		endpoint: local.endpoint,
		region: "eu-west-1",
		credentials: { accessKeyId: account, secretAccessKey: "local" },
	});
});
afterAll(async () => {
	client.destroy();
	await local.stop();
});

const event = (n: unknown, id = "7f3c1a52-0000-4000-8000-000000000001") =>
	JSON.stringify({
		version: "0",
		id,
		source: "shop",
		"detail-type": "Placed",
		account,
		time: "2026-11-24T09:00:00Z",
		region: "eu-west-1",
		resources: [],
		detail: { n },
	});
const send = (
	name: string,
	body: string,
	attributes: Record<string, string> = {},
) =>
	client.send(
		new SendMessageCommand({
			QueueUrl: `${local.endpoint}/${account}/${name}`,
			MessageBody: body,
			MessageAttributes: Object.fromEntries(
				Object.entries(attributes).map(([name, StringValue]) => [
					name,
					{ DataType: "String", StringValue },
				]),
			),
		}),
	);
const bodiesIn = async (name: string) =>
	(await local.messagesIn(name)).map(({ body }) => body);
const dlq = (command: string, ...args: readonly string[]) =>
	eventwright(
		"dlq",
		command,
		"orders-dead-letters",
		"--endpoint",
		local.endpoint,
		...args,
	);
const listed = async (...args: readonly string[]) => {
	const { out, code, err } = await dlq("list", "--format", "json", ...args);
	expect(err).toBe("");
	expect(code).toBe(0);
	return out
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));
};

/** Generates the event type's code and its consumer, and deploys it. Returns the folder of the generated code. */
async function deploy(type: string | readonly string[]): Promise<string> {
	const home = path.join(folder(), [type].flat().join("-"));
	const { files, diagnostics } = generate(
		analyse([
			{
				file: "placed.json",
				text: JSON.stringify({
					title: "Placed",
					"x-amazon-events-source": "shop",
					"x-amazon-events-detail-type": "Placed",
					type: "object",
					properties: { n: { type } },
					required: ["n"],
				}),
			},
		]),
	);
	expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual(
		[],
	);
	for (const [file, text] of files) {
		const target = path.join(home, "generated", file);
		mkdirSync(path.dirname(target), { recursive: true });
		writeFileSync(target, text);
	}
	mkdirSync(path.join(home, "node_modules"), { recursive: true });
	symlinkSync(path.resolve("."), path.join(home, "node_modules/eventwright"));
	writeFileSync(
		path.join(home, "handler.ts"),
		`import { sqsConsumer } from "eventwright/lambda";
import { Placed } from "./generated/events/placed.js";
export const handler = sqsConsumer({ Placed }, {
	Placed: ({ detail }, { record }) => {
		if (detail.n === 13) throw new Error("unlucky");
		console.log("handled", detail.n, record.messageAttributes.tenant?.stringValue);
	},
});`,
	);
	await build({
		entryPoints: [path.join(home, "handler.ts")],
		outfile: path.join(home, "bundle/index.mjs"),
		bundle: true,
		platform: "node",
		format: "esm",
		external: ["@aws-sdk/*"],
		logLevel: "silent",
	});
	await local.reload("orders", path.join(home, "bundle"));
	return path.join(home, "generated");
}
const settled = async () => {
	await local.tracer.settled();
	return local.tracer.traces
		.flatMap((trace) => local.tracer.hopsOf(trace))
		.map(({ what }) => what);
};

test("poisoned, found, its schema corrected, redriven, handled", {
	timeout: 60_000,
}, async () => {
	const before = await deploy("integer");
	await send("orders", event("seven"), { tenant: "t-1" });
	await send("orders", event(13));
	await send("orders", "no JSON");
	await settled();

	expect(await listed()).toEqual(
		expect.arrayContaining([
			expect.objectContaining({
				kind: "message",
				reason: "invalid",
				rule: "type",
				pointer: "/detail/n",
				type: "Placed",
				eventId: "7f3c1a52-0000-4000-8000-000000000001",
				source: arn("orders"),
			}),
			expect.objectContaining({
				reason: "failed",
				type: "shop Placed",
				source: arn("orders"),
			}),
			expect.objectContaining({ reason: "json", source: arn("orders") }),
		]),
	);
	expect(await listed("--reason", "json")).toHaveLength(1);
	expect(await listed("--type", "Placed")).toHaveLength(1);
	expect(await listed("--older-than", "1h")).toEqual([]);
	expect(
		await listed(
			"--newer-than",
			"1h",
			"--reason",
			"json",
			"--reason",
			"invalid",
		),
	).toHaveLength(2);

	expect((await dlq("list", "--reason", "invalid")).out).toMatch(
		/^MESSAGE +AGE +EVENT TYPE +REASON\n[0-9a-f]{8} {2}\d+m +Placed +invalid \/detail\/n\n1 message\.\n$/,
	);
	const [invalid] = await listed("--reason", "invalid");
	const { out } = await dlq("show", "--message", invalid.messageId.slice(0, 8));
	expect(out).toContain('"detail":{"n":"seven"}');
	expect(out).toMatch(/tenant +t-1/);

	// The schema is as it was: what is poison stays, the other one fails again.
	const early = await dlq(
		"redrive",
		"--out",
		before,
		"--reason",
		"invalid",
		"--reason",
		"json",
	);
	expect(early.code).toBe(1);
	expect(early.out).toContain("0 messages redriven, 2 stay.");
	expect(early.err).toContain(
		"it would be poison again: /detail/n must be integer, found string",
	);
	expect(await bodiesIn("orders-dead-letters")).toHaveLength(3);

	const after = await deploy(["integer", "string"]);
	const rehearsed = await dlq(
		"redrive",
		"--out",
		after,
		"--reason",
		"invalid",
		"--dry-run",
	);
	expect(rehearsed.code).toBe(0);
	expect(rehearsed.out).toContain(`would go to ${arn("orders")}`);
	expect(await bodiesIn("orders-dead-letters")).toHaveLength(3);

	const redriven = await dlq("redrive", "--out", after, "--reason", "invalid");
	expect(redriven.err).toBe("");
	expect(redriven.out).toContain("1 message redriven.");
	const whats = await settled();
	expect(whats.some((what) => what.includes("handled seven t-1"))).toBe(true);
	expect(await bodiesIn("orders")).toEqual([]);

	// A person may insist: it comes back.
	await dlq("redrive", "--out", after, "--reason", "json", "--force");
	await settled();
	expect((await listed()).map(({ reason }) => reason).sort()).toEqual([
		"failed",
		"json",
	]);

	expect((await dlq("purge")).code).toBe(2);
	expect((await dlq("purge", "--dry-run", "--reason", "json")).out).toContain(
		"1 message would be deleted.",
	);
	expect((await dlq("purge", "--yes", "--reason", "json")).out).toContain(
		"1 message deleted.",
	);
	expect(await bodiesIn("orders-dead-letters")).toEqual([event(13)]);
	expect((await dlq("purge", "--yes")).code).toBe(0);
});

describe("what is wrong is said", () => {
	test.each([
		["no such queue", ["list", "nothing"], "no queue nothing at"],
		["no queue", ["list"], "QUEUE"],
		[
			"a wrong duration",
			["list", "full", "--older-than", "soon"],
			"--older-than must be a duration",
		],
		[
			"a wrong flag",
			["list", "full", "--reasons", "x"],
			"did you mean --reason?",
		],
		[
			"no system",
			["list", "full", "--endpoint", "http://127.0.0.1:1"],
			"no local system answers",
		],
	])("%s", async (_, args, says) => {
		const endpoint = args.includes("--endpoint")
			? []
			: ["--endpoint", local.endpoint];
		const { code, err } = await eventwright("dlq", ...args, ...endpoint);
		expect(code).toBe(2);
		expect(err).toContain(says);
	});

	test("a message that says nowhere where it was stays, until it is told", async () => {
		await send("full", event(1));
		const redrive = (...more: readonly string[]) =>
			eventwright(
				"dlq",
				"redrive",
				"full",
				"--endpoint",
				local.endpoint,
				"--force",
				...more,
			);
		const lost = await redrive();
		expect(lost.code).toBe(1);
		expect(lost.err).toContain(
			"nothing says which queue it was in: give --to QUEUE",
		);
		expect(await bodiesIn("full")).toHaveLength(1);
		const told = await redrive("--to", "unread");
		expect(told.code).toBe(0);
		expect(await bodiesIn("unread")).toEqual([event(1)]);
	});
});

describe("messages that are odd", () => {
	const odd = (command: string, ...args: readonly string[]) =>
		eventwright("dlq", command, "odd", "--endpoint", local.endpoint, ...args);
	const from = (name: string) => ({ "eventwright.queue": arn(name) });

	test("are listed, shown and redriven like all others; one that cannot go anywhere stays alone", async () => {
		const control = `\u009b31m\u202e\u2028`;
		await send(
			"odd",
			'{"source":{"toString":0},"detail-type":"x"}',
			from("unread"),
		);
		await send(
			"odd",
			`{"source":${"[".repeat(9_000)}${"]".repeat(9_000)},"detail-type":"x"}`,
			from("unread"),
		);
		await send("odd", event(1), { ...from("nowhere"), reason: control });
		await send("odd", `${control} text`, from("unread"));

		const list = await odd("list", "--format", "json");
		expect(list.code).toBe(0);
		const lines = list.out.split("\n").filter(Boolean);
		expect(lines).toHaveLength(4);
		const shown = await odd("show", "--format", "json");
		expect(shown.out).not.toMatch(/[\u007f-\u009f\u2028\u202e]/);
		expect(shown.out).toContain("\\u009b31m");
		expect((await odd("show")).out).toContain("attribute reason ");

		const { code, out, err } = await odd("redrive", "--force");
		expect(code).toBe(1);
		expect(out).toContain("3 messages redriven, 1 stay.");
		expect(err).toContain(`no queue ${arn("nowhere")}`);
		expect(await bodiesIn("odd")).toEqual([event(1)]);
		expect(
			(await bodiesIn("unread")).filter((body) => body.includes("toString")),
		).toHaveLength(1);
		expect((await odd("purge", "--yes")).code).toBe(0);
	});

	test("of a FIFO queue are redriven group by group; what cannot be seen is said", async () => {
		for (let n = 0; n < 25; n++)
			await client.send(
				new SendMessageCommand({
					QueueUrl: `${local.endpoint}/${account}/odd.fifo`,
					MessageBody: event(n),
					MessageGroupId: n < 20 ? "g" : "h",
					MessageDeduplicationId: String(n),
					MessageAttributes: {
						"eventwright.queue": {
							DataType: "String",
							StringValue: arn("unread"),
						},
					},
				}),
			);
		const fifo = (command: string, ...args: readonly string[]) =>
			eventwright(
				"dlq",
				command,
				"odd.fifo",
				"--endpoint",
				local.endpoint,
				...args,
			);
		const list = await fifo("list");
		expect(list.err).toContain(
			"could not be received: SQS shows no more of a FIFO group",
		);
		const stays = await fifo("purge", "--yes", "--reason", "none");
		expect(stays.code).toBe(1);
		const { code, out } = await fifo("redrive", "--force");
		expect(out).toContain("25 messages redriven.");
		expect(code).toBe(0);
		expect(await bodiesIn("odd.fifo")).toEqual([]);
	});
});

describe("what SQS does not confirm stays", () => {
	test("is not deleted, and the exit code says so", async () => {
		const letters = Array.from({ length: 3 }, (_, i) => ({
			MessageId: `0000000${i}-0000`,
			ReceiptHandle: `r${i}`,
			Body: event(i),
			Attributes: { SentTimestamp: "1" },
			MD5OfBody: createHash("md5").update(event(i)).digest("hex"),
		}));
		const calls: string[] = [];
		const server = createServer((request, response) => {
			const action =
				String(request.headers["x-amz-target"]).split(".")[1] ?? "";
			request.resume().on("end", () => {
				calls.push(action);
				const answers: Record<string, object> = {
					GetQueueUrl: { QueueUrl: "http://127.0.0.1/111111111111/q" },
					GetQueueAttributes: {
						Attributes: { ApproximateNumberOfMessages: "3" },
					},
					ReceiveMessage: {
						Messages:
							calls.filter((call) => call === action).length === 1
								? letters
								: [],
					},
				};
				response.end(JSON.stringify(answers[action] ?? {}));
			});
		});
		await new Promise<void>((resolve) =>
			server.listen(0, "127.0.0.1", resolve),
		);
		const { port } = server.address() as AddressInfo;
		const { code, out, err } = await eventwright(
			...["dlq", "redrive", arn("q"), "--force", "--to", arn("t")],
			...["--endpoint", `http://127.0.0.1:${port}`],
		);
		server.closeAllConnections();
		server.close();
		expect(code).toBe(1);
		expect(out).toContain("0 messages redriven, 3 stay.");
		expect(err).toContain("SQS did not confirm it");
		expect(err).toContain(
			"3 messages will be visible to others in two minutes only.",
		);
		expect(calls).not.toContain("DeleteMessageBatch");
	});
});

test("a redrive that is killed at any point loses nothing", {
	timeout: 120_000,
}, async () => {
	const count = 300;
	const bodies = Array.from({ length: count }, (_, n) => event(n));
	for (const body of bodies)
		await send("full", body, {
			"eventwright.queue": arn("unread"),
			tenant: "t",
		});
	let partial = 0;
	for (
		let round = 0;
		round < 4 && (await bodiesIn("full")).length > 0;
		round++
	) {
		const before = (await bodiesIn("unread")).length;
		const child: ChildProcess = spawn(
			"node",
			[
				"cli/eventwright.js",
				"dlq",
				"redrive",
				"full",
				"--force",
				"--endpoint",
				local.endpoint,
			],
			{ stdio: "ignore" },
		);
		const ended = new Promise((resolve) => child.on("exit", resolve));
		// It is killed when it has moved some: at another point of its work each time.
		while (
			(await bodiesIn("unread")).length < before + 7 * (round + 1) &&
			child.exitCode === null
		)
			await new Promise((resolve) => setTimeout(resolve, 1));
		child.kill("SIGKILL");
		await ended;
		const left = await bodiesIn("full");
		const moved = await bodiesIn("unread");
		if (left.length > 0 && moved.length > before) partial++;
		const all = new Set([...left, ...moved]);
		expect(bodies.filter((body) => !all.has(body))).toEqual([]);
	}
	expect(partial).toBeGreaterThan(0);
});

test("Ctrl-C ends it after the batch, and what stays is visible at once", {
	timeout: 60_000,
}, async () => {
	const bodies = Array.from({ length: 200 }, (_, n) => event(n, `c-${n}`));
	for (const body of bodies)
		await send("orders-dead-letters", body, {
			"eventwright.queue": arn("full"),
		});
	const child = spawn(
		"node",
		[
			"cli/eventwright.js",
			"dlq",
			"redrive",
			"orders-dead-letters",
			"--force",
			"--endpoint",
			local.endpoint,
		],
		{ stdio: ["ignore", "pipe", "pipe"] },
	);
	let out = "";
	child.stdout.on("data", (chunk) => {
		out += chunk;
	});
	const ended = new Promise<number | null>((resolve) =>
		child.on("exit", resolve),
	);
	while (
		(await bodiesIn("orders-dead-letters")).length === bodies.length &&
		child.exitCode === null
	)
		await new Promise((resolve) => setTimeout(resolve, 2));
	child.kill("SIGINT");
	await ended;
	const left = await bodiesIn("orders-dead-letters");
	const moved = Number(/(\d+) messages? redriven/.exec(out)?.[1]);
	expect(moved + left.length).toBe(bodies.length);
	const visible = await client.send(
		new ReceiveMessageCommand({
			QueueUrl: `${local.endpoint}/${account}/orders-dead-letters`,
			MaxNumberOfMessages: 10,
		}),
	);
	expect((visible.Messages ?? []).length).toBe(Math.min(10, left.length));
});
