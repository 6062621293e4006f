import { afterEach, describe, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { Hop } from "../../cloud/local/trace.ts";
import type { StackTemplate } from "../../cloud/template/stack-template.ts";
import { removals } from "../policy-statements.ts";
import {
	post,
	publishedBody,
	referenceStacks,
	withTemplate,
} from "../reference-system.ts";

let local: LocalSystem | undefined;
afterEach(async () => {
	await local?.stop();
	local = undefined;
});

async function start(
	stacks: readonly StackTemplate[] = referenceStacks(),
): Promise<{ local: LocalSystem; url: string }> {
	local = await startLocal(stacks);
	return { local, url: local.apis[0]?.url ?? "" };
}

const allHops = ({ tracer }: LocalSystem): readonly Hop[] =>
	tracer.traces.flatMap((trace) => tracer.hopsOf(trace));
const handledBy = (hops: readonly Hop[], name: string) =>
	hops.filter(
		({ resource, outcome }) =>
			resource === `function ${name}` && outcome === "ok",
	).length;

describe("the path through three accounts", () => {
	test("a view that matches both rules reaches both consumers", async () => {
		const { local, url } = await start();
		const response = await fetch(
			`${url}/content/c-1?channel=app-ios&durationMs=42000&viewerId=v-7`,
		);
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ contentId: "c-1" });
		await local.tracer.settled();
		const hops = allHops(local);
		expect(new Set(hops.map(({ account }) => account))).toEqual(
			new Set(["111111111111", "222222222222", "333333333333"]),
		);
		expect(handledBy(hops, "media-analytics")).toBe(1);
		expect(handledBy(hops, "media-recommendations")).toBe(1);
		const log = hops.find(
			({ resource }) => resource === "log of media-recommendations",
		);
		expect(JSON.parse(log?.what ?? "")).toEqual({
			message: "a signal of interest",
			contentId: "c-1",
			durationMs: 42000,
		});
	});

	test("a view that the content filter excludes reaches only the other consumer", async () => {
		const { local, url } = await start();
		await fetch(`${url}/content/c-1?channel=newsletter&durationMs=42000`);
		await local.tracer.settled();
		const hops = allHops(local);
		expect(handledBy(hops, "media-analytics")).toBe(1);
		expect(
			hops.some(
				({ resource }) => resource === "function media-recommendations",
			),
		).toBe(false);
		expect(
			hops.find(
				({ resource }) =>
					resource === "rule media_recommendations_content-view-event",
			),
		).toMatchObject({
			outcome: "no match",
			what: 'detail.channel is "newsletter", wants "web" or prefix "app-"',
		});
	});

	test.each([
		["MessageBody", { detail: { channel: ["tv", "web"] } }, true, ""],
		[
			"MessageBody",
			{ detail: { channel: ["tv"] } },
			false,
			'detail.channel is "web", wants "tv"',
		],
		[
			"MessageAttributes",
			{ channel: ["web"] },
			false,
			'channel is no value, wants "web"',
		],
	])(
		"a subscription's filter policy by %s: %j",
		async (scope, policy, passes, why) => {
			const { local, url } = await start(
				withTemplate(
					referenceStacks(),
					"media-consumer-analytics",
					({ Resources }) => {
						for (const { Type, Properties } of Object.values(Resources))
							if (Type === "AWS::SNS::Subscription")
								Object.assign(Properties, {
									FilterPolicy: policy,
									FilterPolicyScope: scope,
								});
					},
				),
			);
			await fetch(`${url}/content/c-1?channel=web&durationMs=42000`);
			await local.tracer.settled();
			const hops = allHops(local);
			expect(handledBy(hops, "media-analytics")).toBe(passes ? 1 : 0);
			expect(
				hops.find(
					({ resource }) => resource === "subscription of media-analytics",
				)?.what ?? "",
			).toBe(why);
		},
	);

	test("missing content returns 404 and publishes no event", async () => {
		const { local, url } = await start();
		expect((await fetch(`${url}/content/nothing`)).status).toBe(404);
		await local.tracer.settled();
		expect(
			allHops(local).some(({ resource }) => resource.startsWith("bus")),
		).toBe(false);
	});

	test("only alarms are not simulated", async () => {
		const { local } = await start();
		expect(local.notSimulated.map((what) => what.split(" ")[0])).toEqual([
			"AWS::CloudWatch::Alarm",
		]);
		expect(local.assumptions).toEqual([]);
	});
});

describe("POST /content", () => {
	test("a valid body is accepted with the event's id, and handled", async () => {
		const { local, url } = await start();
		const response = await post(url, publishedBody);
		expect(response.status).toBe(202);
		const { eventId } = (await response.json()) as { eventId: string };
		await local.tracer.settled();
		const hops = allHops(local);
		expect(
			hops.find(({ resource }) => resource === "bus media-events")?.what,
		).toContain(eventId.slice(0, 8));
		expect(handledBy(hops, "media-analytics")).toBe(1);
	});

	test.each([
		["a wrong type", { ...publishedBody, title: 7 }, "/title"],
		[
			"a value outside the enum",
			{ ...publishedBody, kind: "leaflet" },
			"/kind",
		],
		[
			"a missing property",
			{ ...publishedBody, contentId: undefined },
			"contentId",
		],
		["an unknown property", { ...publishedBody, colour: "red" }, "colour"],
		[
			"a wrong nested property",
			{ ...publishedBody, authors: [{ name: "" }] },
			"/authors/0/name",
		],
	])(
		"the API model rejects %s, and the trace names the property",
		async (_, body, property) => {
			const { local, url } = await start();
			const response = await post(url, body);
			expect(response.status).toBe(400);
			expect(await response.json()).toEqual({
				message: "Invalid request body",
			});
			await local.tracer.settled();
			expect(allHops(local)[0]?.what).toContain(property);
			expect(
				allHops(local).some(({ resource }) => resource.startsWith("function")),
			).toBe(false);
		},
	);

	test.each([
		[
			"a format",
			{ ...publishedBody, publishedAt: "yesterday" },
			"/publishedAt",
		],
		["a condition", { ...publishedBody, kind: "video" }, "/durationMs"],
	])(
		"the function rejects what the API model cannot check: %s",
		async (_, body, path) => {
			const { local, url } = await start();
			const response = await post(url, body);
			expect(response.status).toBe(400);
			expect(await response.json()).toMatchObject({ issues: [{ path }] });
			await local.tracer.settled();
			const hops = allHops(local);
			expect(
				hops.some(({ resource }) => resource === "function media-post-content"),
			).toBe(true);
			expect(hops.some(({ resource }) => resource.startsWith("bus"))).toBe(
				false,
			);
		},
	);

	test.each([
		["no body", "", "application/json"],
		["a bare word", "hello", "application/json"],
		["truncated JSON", '{"contentId":', "application/json"],
		[
			"another content type, which the API model does not check",
			"hello",
			"text/plain",
		],
	])("a request without JSON is refused: %s", async (_, body, contentType) => {
		const { url } = await start();
		expect((await post(url, body, contentType)).status).toBe(400);
	});

	test("if the bus denies access, the response is 503", async () => {
		const { local, url } = await start(
			withTemplate(referenceStacks(), "media-hub", ({ Resources }) => {
				for (const { Type, Properties } of Object.values(Resources))
					if (Type === "AWS::Events::EventBus") delete Properties.Policy;
			}),
		);
		expect((await post(url, publishedBody)).status).toBe(503);
		await local.tracer.settled();
		expect(
			allHops(local).find(({ outcome }) => outcome === "denied")?.resource,
		).toBe("bus media-events");
	});
});

describe("failure", () => {
	test("an event whose handler fails twice is redelivered and handled once", async () => {
		const { local, url } = await start();
		local.failNext("media-analytics", 2, "a fault");
		await post(url, publishedBody);
		await local.tracer.settled();
		const outcomes = allHops(local)
			.filter(({ resource }) => resource === "function media-analytics")
			.map(({ outcome }) => outcome);
		expect(outcomes).toEqual(["retry", "retry", "ok"]);
		expect(await local.messagesIn("media-analytics")).toEqual([]);
		expect(await local.messagesIn("media-analytics-dead-letters")).toEqual([]);
	});

	describe("a poisoned message", () => {
		const bodies = [
			"this is not JSON",
			'{"Type":"Notification","TopicArn":"x","Message":"nor this"}',
			'{"detail":"no envelope"}',
		];
		/** Sends the messages to a consumer that gets them in one batch with two good ones. */
		async function send(stacks: readonly StackTemplate[]) {
			const { local, url } = await start(
				withTemplate(stacks, "media-consumer-analytics", ({ Resources }) => {
					for (const { Type, Properties } of Object.values(Resources))
						if (Type === "AWS::Lambda::EventSourceMapping")
							Properties.MaximumBatchingWindowInSeconds = 1;
				}),
			);
			const { SQSClient, SendMessageCommand } = await import(
				"@aws-sdk/client-sqs"
			);
			const client = new SQSClient({
				endpoint: local.endpoint,
				region: "eu-west-1",
				credentials: { accessKeyId: "333333333333", secretAccessKey: "local" },
			});
			for (const MessageBody of bodies)
				await client.send(
					new SendMessageCommand({
						QueueUrl: `${local.endpoint}/333333333333/media-analytics`,
						MessageBody,
						MessageAttributes: {
							tenant: { DataType: "String", StringValue: "t-1" },
						},
					}),
				);
			client.destroy();
			await post(url, publishedBody);
			await fetch(`${url}/content/c-1`);
			await local.tracer.settled();
			const dead = await local.messagesIn("media-analytics-dead-letters");
			expect(dead.map(({ body }) => body).sort()).toEqual([...bodies].sort());
			expect(await local.messagesIn("media-analytics")).toEqual([]);
			return { hops: allHops(local), dead };
		}

		test("is received once, and ends in the dead-letter queue unchanged", async () => {
			const { hops } = await send(referenceStacks());
			expect(
				hops.filter(
					({ resource, what }) =>
						resource === "function media-analytics" && what === "handled",
				),
			).toHaveLength(2 + bodies.length);
			expect(
				hops.filter(
					({ resource, outcome }) =>
						resource === "queue media-analytics-dead-letters" &&
						outcome === "dead letter",
				),
			).toHaveLength(bodies.length);
		});

		test("ends there after five deliveries if the function may not send it", async () => {
			const stacks = referenceStacks();
			const removal = removals(stacks).find(
				({ stack, title }) =>
					stack === "media-consumer-analytics" && /DeadLetters sqs/.test(title),
			);
			if (!removal) throw new Error("no such statement");
			const { hops } = await send(
				withTemplate(stacks, removal.stack, removal.remove),
			);
			expect(handledBy(hops, "media-analytics")).toBe(2);
			expect(
				hops.filter(({ outcome }) => outcome === "dead letter"),
			).toHaveLength(bodies.length);
		});
	});

	test("a message that a topic refuses ends in the rule's dead-letter queue", async () => {
		const { local, url } = await start(
			withTemplate(referenceStacks(), "media-hub", ({ Resources }) => {
				for (const { Type, Properties } of Object.values(Resources))
					if (Type === "AWS::SNS::Topic")
						Properties.MaximumMessageSize = undefined;
			}),
		);
		const body = { ...publishedBody, body: "x".repeat(300_000) };
		expect((await post(url, body)).status).toBe(202);
		await local.tracer.settled();
		expect(
			allHops(local).find(({ outcome }) => outcome === "failed")?.what,
		).toContain("the topic's limit is 262144");
		const [kept] = await local.messagesIn("media_undelivered");
		expect(JSON.parse(kept?.body ?? "{}").detail).toEqual(body);
	});
});

describe("size", () => {
	test("an event of 300 kB reaches the consumer", async () => {
		const { local, url } = await start();
		expect(
			(await post(url, { ...publishedBody, body: "é".repeat(150_000) })).status,
		).toBe(202);
		await local.tracer.settled();
		expect(handledBy(allHops(local), "media-analytics")).toBe(1);
	});

	test("an event over the limit is refused before it is sent, with its size and the limit", async () => {
		const { local, url } = await start();
		const response = await post(url, {
			...publishedBody,
			body: "x".repeat(1_100_000),
		});
		expect(response.status).toBe(413);
		expect(((await response.json()) as { message: string }).message).toMatch(
			/^the entry is 11\d{5} bytes, the limit is 1047552$/,
		);
		await local.tracer.settled();
		expect(
			allHops(local).some(({ resource }) => resource.startsWith("bus")),
		).toBe(false);
	});
});
