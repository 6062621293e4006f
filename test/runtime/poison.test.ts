// Records that can never be handled: each fails alone, is kept byte for byte, says why, and leaks nothing.
import {
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
	vi,
} from "vitest";
import { ContentPublished } from "../../generated/events/content/content-published.js";
import { ContentViewed } from "../../generated/events/content/content-viewed.js";
import type { SqsRecord } from "../../runtime/consume.ts";
import { logPayload, sqsConsumer } from "../../runtime/lambda.ts";
import type { SqsAttribute } from "../../runtime/load-sqs.js";
import { queueService } from "./queue-service.ts";

/** What a sender wrote, and nobody may read. */
const secret = "ada@example.com";
const id = "7f3c1a52-0000-4000-8000-000000000001";
const good = {
	version: "0",
	id,
	source: "api.gateway.content.get",
	"detail-type": "Content-View-Event",
	account: "111111111111",
	time: "2026-11-24T09:00:00Z",
	region: "eu-west-1",
	resources: [],
	detail: {
		contentId: "c-1",
		viewedAt: "2026-11-24T09:00:00Z",
		channel: "web",
		sections: [secret],
	},
};
const published = {
	...good,
	source: "api.gateway.content.post",
	"detail-type": "Content-Published-Event",
	detail: {
		contentId: secret,
		title: secret,
		kind: "article",
		publishedAt: "2026-11-24T09:00:00Z",
		authors: [{ name: secret }],
		body: secret,
	},
};

const service = queueService();
let lines: string[] = [];

beforeAll(() => {
	vi.stubEnv("EVENTWRIGHT_DEAD_LETTER_QUEUE_URL", `${service().url}/dead`);
});
beforeEach(() => {
	lines = [];
	for (const method of ["error", "warn"] as const)
		vi.spyOn(console, method).mockImplementation((line) => lines.push(line));
});
afterEach(() => vi.restoreAllMocks());

const event = (more: object) => JSON.stringify({ ...good, ...more });
const detail = (more: object) => event({ detail: { ...good.detail, ...more } });
const article = (more: object) =>
	JSON.stringify({ ...published, detail: { ...published.detail, ...more } });
const envelope = (message: string, more: object = {}) =>
	JSON.stringify({
		Type: "Notification",
		TopicArn: "arn:aws:sns:eu-west-1:222222222222:t",
		Message: message,
		...more,
	});
const without = (key: string) => {
	const { [key]: _, ...rest } = good as Record<string, unknown>;
	return JSON.stringify(rest);
};
const withoutDetail = (key: string) => detail({ [key]: undefined });
const deep = (levels: number) =>
	`${"[".repeat(levels)}"${secret}"${"]".repeat(levels)}`;

type Shape = readonly [
	name: string,
	body: string,
	reason: string,
	pointer?: string,
];

const shapes: readonly Shape[] = [
	// No JSON.
	["no text", "", "json"],
	["blanks", "  \n", "json"],
	["a word", secret, "json"],
	["a sentence", `bought by ${secret}`, "json"],
	["an open brace", "{", "json"],
	["half an event", event({}).slice(0, -20), "json"],
	["a comma at the end", `{"a": "${secret}",}`, "json"],
	["single quotes", `{'id': '${secret}'}`, "json"],
	["a comment", `/* ${secret} */ {}`, "json"],
	["two values", `${event({})}${event({})}`, "json"],
	["lines of JSON", `${event({})}\n${event({})}`, "json"],
	["XML", `<event>${secret}</event>`, "json"],
	["YAML", `id: ${secret}`, "json"],
	["base64", Buffer.from(secret).toString("base64"), "json"],
	["a byte order mark", `\ufeff${event({})}`, "json"],
	["control characters", `{"a": "\u0007${secret}"}`, "json"],
	["NaN", `{"id": NaN, "a": "${secret}"}`, "json"],
	["undefined", "undefined", "json"],
	["a number with a leading zero", "012", "json"],
	["an unfinished escape", `{"a": "${secret}\\`, "json"],
	["a form", `id=1&user=${secret}`, "json"],
	["SNS with a word", envelope(secret), "json"],
	["SNS with half an event", envelope(event({}).slice(0, 30)), "json"],
	["SNS with no text", envelope(""), "json"],
	// No event.
	["null", "null", "envelope"],
	["true", "true", "envelope"],
	["a number", "42", "envelope"],
	["a string", JSON.stringify(secret), "envelope"],
	["a list", JSON.stringify([secret]), "envelope"],
	["a list of events", `[${event({})}]`, "envelope"],
	["an empty object", "{}", "envelope"],
	["a plain object", JSON.stringify({ user: secret }), "envelope"],
	["only the detail", JSON.stringify(good.detail), "envelope"],
	[
		"an entry of PutEvents",
		JSON.stringify({
			Source: good.source,
			DetailType: good["detail-type"],
			Detail: secret,
		}),
		"envelope",
	],
	[
		"an event in a string",
		JSON.stringify(event({ detail: secret })),
		"envelope",
	],
	[
		"an S3 notification",
		JSON.stringify({ Records: [{ eventSource: "aws:s3", key: secret }] }),
		"envelope",
	],
	[
		"S3's test",
		JSON.stringify({
			Service: "Amazon S3",
			Event: "s3:TestEvent",
			Bucket: secret,
		}),
		"envelope",
	],
	[
		"a dead letter of Lambda",
		JSON.stringify({ requestPayload: good, responseContext: {} }),
		"envelope",
	],
	["SNS with null", envelope("null"), "envelope"],
	["SNS with a list", envelope(JSON.stringify([secret])), "envelope"],
	["SNS with a string", envelope(JSON.stringify(secret)), "envelope"],
	["SNS in SNS", envelope(envelope(event({}))), "envelope"],
	[
		"SNS without a topic",
		JSON.stringify({ Type: "Notification", Message: event({}) }),
		"envelope",
	],
	[
		"SNS with a message that is an object",
		JSON.stringify({ Type: "Notification", TopicArn: "t", Message: good }),
		"envelope",
	],
	...["id", "source", "detail-type", "time", "account", "region", "detail"].map(
		(key): Shape => [
			`an event without ${key}`,
			without(key),
			"envelope",
			`/${key}`,
		],
	),
	...["id", "source", "detail-type", "time", "account", "region"].map(
		(key): Shape => [
			`${key} is a number`,
			event({ [key]: 5 }),
			"envelope",
			`/${key}`,
		],
	),
	["the source is null", event({ source: null }), "envelope", "/source"],
	[
		"resources that are a string",
		event({ resources: secret }),
		"envelope",
		"/resources",
	],
	[
		"resources that are objects",
		event({ resources: [{ secret }] }),
		"envelope",
		"/resources",
	],
	["an event's id that is an object", '{"id":{"toString":1}}', "envelope"],
	["an id nested without end", `{"id":${deep(100_000)}}`, "envelope"],
	[
		"a type of a message that is an object",
		'{"TopicArn":"x","Type":{"toString":1}}',
		"envelope",
	],
	// SNS's own messages.
	[
		"a subscription that waits to be confirmed",
		envelope(secret, {
			Type: "SubscriptionConfirmation",
			Token: secret,
			SubscribeURL: `https://x/${secret}`,
		}),
		"sns-control",
	],
	[
		"a subscription that has ended",
		envelope(secret, { Type: "UnsubscribeConfirmation", Token: secret }),
		"sns-control",
	],
	// Other event types.
	[
		"another detail-type",
		event({ "detail-type": secret }),
		"event-type",
		"/detail-type",
	],
	["another source", event({ source: secret }), "event-type", "/source"],
	[
		"an event of AWS",
		event({ source: "aws.s3", "detail-type": "Object Created" }),
		"event-type",
		"/detail-type",
	],
	[
		"the type's name in another case",
		event({ "detail-type": "content-view-event" }),
		"event-type",
		"/detail-type",
	],
	[
		"a detail-type with a blank",
		event({ "detail-type": "Content-View-Event " }),
		"event-type",
		"/detail-type",
	],
	[
		"a detail-type of a megabyte",
		event({ "detail-type": "x".repeat(900_000) }),
		"event-type",
		"/detail-type",
	],
	[
		"__proto__ as a detail-type",
		event({ "detail-type": "__proto__" }),
		"event-type",
		"/detail-type",
	],
	[
		"source and detail-type of two types",
		event({ source: published.source }),
		"event-type",
		"/source",
	],
	[
		"SNS with another type",
		envelope(event({ "detail-type": secret })),
		"event-type",
		"/detail-type",
	],
	// Details.
	["no detail", event({ detail: {} }), "invalid", "/detail/contentId"],
	["a detail that is null", event({ detail: null }), "invalid", "/detail"],
	[
		"a detail that is a string",
		event({ detail: secret }),
		"invalid",
		"/detail",
	],
	[
		"a detail that is a list",
		event({ detail: [secret] }),
		"invalid",
		"/detail",
	],
	[
		"a detail that is JSON in a string",
		event({ detail: JSON.stringify(good.detail) }),
		"invalid",
		"/detail",
	],
	...["contentId", "viewedAt", "channel"].map(
		(key): Shape => [
			`no ${key}`,
			withoutDetail(key),
			"invalid",
			`/detail/${key}`,
		],
	),
	[
		"an id that is empty",
		detail({ contentId: "" }),
		"invalid",
		"/detail/contentId",
	],
	[
		"an id that is too long",
		detail({ contentId: secret.repeat(10) }),
		"invalid",
		"/detail/contentId",
	],
	[
		"an id that is a number",
		detail({ contentId: 5 }),
		"invalid",
		"/detail/contentId",
	],
	[
		"an id that is an object",
		detail({ contentId: { [secret]: 1 } }),
		"invalid",
		"/detail/contentId",
	],
	[
		"a time that is none",
		detail({ viewedAt: secret }),
		"invalid",
		"/detail/viewedAt",
	],
	[
		"a day that does not exist",
		detail({ viewedAt: "2026-02-30T00:00:00Z" }),
		"invalid",
		"/detail/viewedAt",
	],
	[
		"a channel that is unknown",
		detail({ channel: secret }),
		"invalid",
		"/detail/channel",
	],
	[
		"a channel that is null",
		detail({ channel: null }),
		"invalid",
		"/detail/channel",
	],
	[
		"a duration below zero",
		detail({ durationMs: -1 }),
		"invalid",
		"/detail/durationMs",
	],
	[
		"a duration that is a fraction",
		detail({ durationMs: 1.5 }),
		"invalid",
		"/detail/durationMs",
	],
	[
		"a duration that is a string",
		detail({ durationMs: secret }),
		"invalid",
		"/detail/durationMs",
	],
	[
		"sections that are a string",
		detail({ sections: secret }),
		"invalid",
		"/detail/sections",
	],
	[
		"a section that is a number",
		detail({ sections: [secret, 5] }),
		"invalid",
		"/detail/sections/1",
	],
	[
		"a viewer that is a string",
		detail({ viewer: secret }),
		"invalid",
		"/detail/viewer",
	],
	[
		"a viewer's id that is empty",
		detail({ viewer: { viewerId: "" } }),
		"invalid",
		"/detail/viewer/viewerId",
	],
	[
		"a viewer's country",
		detail({ viewer: { country: secret } }),
		"invalid",
		"/detail/viewer/country",
	],
	[
		"a viewer's device",
		detail({ viewer: { device: { kind: secret } } }),
		"invalid",
		"/detail/viewer/device/kind",
	],
	[
		"a list nested without end",
		detail({ channel: JSON.parse(deep(500)) }),
		"invalid",
		"/detail/channel",
	],
	[
		"ten thousand wrong sections",
		detail({ sections: Array.from({ length: 10_000 }, () => 1) }),
		"invalid",
		"/detail/sections/0",
	],
	[
		"an article without authors",
		article({ authors: [] }),
		"invalid",
		"/detail/authors",
	],
	[
		"an author without a name",
		article({ authors: [{ [secret]: 1 }] }),
		"invalid",
		"/detail/authors/0/name",
	],
	[
		"an author's address",
		article({ authors: [{ name: "a", email: `${secret} ` }] }),
		"invalid",
		"/detail/authors/0/email",
	],
	[
		"an address that is none",
		article({ url: `not a URL of ${secret}` }),
		"invalid",
		"/detail/url",
	],
	[
		"a kind that is unknown",
		article({ kind: secret }),
		"invalid",
		"/detail/kind",
	],
	[
		"tags that repeat",
		article({ tags: [secret, secret] }),
		"invalid",
		"/detail/tags",
	],
	[
		"a tag that is none",
		article({ tags: [`${secret}!`] }),
		"invalid",
		"/detail/tags/0",
	],
	[
		"a video without its duration",
		article({ kind: "video" }),
		"invalid",
		"/detail/durationMs",
	],
	[
		"SNS with a wrong detail",
		envelope(detail({ channel: secret })),
		"invalid",
		"/detail/channel",
	],
];

const record = (body: string, more: Partial<SqsRecord> = {}): SqsRecord => ({
	messageId: "m-bad",
	body,
	attributes: { ApproximateReceiveCount: "1" },
	eventSourceARN: "arn:aws:sqs:eu-west-1:333333333333:source",
	...more,
});
const handled: string[] = [];
const consumer = (options = {}) =>
	sqsConsumer(
		{ ContentViewed, ContentPublished } as never,
		{
			ContentViewed: (_: never, { messageId }: { messageId: string }) =>
				void handled.push(messageId),
			ContentPublished: () => {},
		} as never,
		options,
	);
/** Handles a record between two good ones. Returns what is reported as failed. */
async function handle(bad: SqsRecord, options = {}) {
	handled.length = 0;
	const { batchItemFailures } = await consumer(options)({
		Records: [
			record(event({}), { messageId: "m-1" }),
			bad,
			record(event({}), { messageId: "m-2" }),
		],
	});
	expect(handled).toEqual(["m-1", "m-2"]);
	return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
const attributesOf = (call = service().calls[0]) =>
	call?.input.MessageAttributes as Record<string, SqsAttribute>;
const texts = (attributes = attributesOf()) =>
	Object.fromEntries(
		Object.entries(attributes).map(([name, { StringValue }]) => [
			name,
			StringValue,
		]),
	);

test(`there are at least 90 shapes: ${shapes.length}`, () => {
	expect(shapes.length).toBeGreaterThanOrEqual(90);
	expect(new Set(shapes.map(([name]) => name)).size).toBe(shapes.length);
});

describe("a record that can never be handled", () => {
	test.each(shapes.map(([name, ...shape]) => [name, shape] as const))(
		"%s",
		async (_, [body, reason, pointer]) => {
			expect(await handle(record(body))).toEqual([]);
			expect(service().calls).toHaveLength(1);
			expect(service().calls[0]).toMatchObject({
				action: "SendMessage",
				input: { QueueUrl: `${service().url}/dead`, MessageBody: body },
			});
			const attributes = texts();
			expect(attributes).toMatchObject({
				"eventwright.reason": reason,
				"eventwright.queue": "arn:aws:sqs:eu-west-1:333333333333:source",
				"eventwright.message-id": "m-bad",
				"eventwright.rule": expect.stringMatching(/^[\w -]+$/),
			});
			if (pointer) expect(attributes["eventwright.pointer"]).toBe(pointer);
			if (reason === "invalid")
				expect(attributes).toMatchObject({
					"eventwright.type": expect.stringMatching(
						/^Content(Viewed|Published)$/,
					),
					"eventwright.event-id": id,
				});
			expect(lines).toHaveLength(1);
			const [line = ""] = lines;
			expect(JSON.parse(line)).toMatchObject({
				level: "WARN",
				kind: "invalid",
				messageId: "m-bad",
				reason,
			});
			expect(line.length).toBeLessThan(8_000);
			for (const told of [line, JSON.stringify(attributes)]) {
				expect(told).not.toContain(secret);
				expect(told).not.toContain("xxxx");
			}
		},
	);
});

test("names that only the sender knows are not told", async () => {
	const exact = { exact: true };
	await handle(record(detail({ viewer: { [secret]: 1 }, [secret]: 1 })), exact);
	expect(texts()["eventwright.pointer"]).toBe("/detail/viewer/*");
	expect(lines.join()).not.toContain(secret);
	expect(lines.join()).toContain("/detail/* is not a property of the schema");
});

test("an event id that is no UUID is not told", async () => {
	await handle(record(event({ id: secret, detail: {} })));
	expect(texts()).not.toHaveProperty("eventwright.event-id");
	expect(lines.join()).not.toContain(secret);
});

test("the log has issues and record if that is asked for", async () => {
	await handle(record(detail({ channel: secret })), { payload: logPayload });
	expect(JSON.parse(lines[0] ?? "")).toMatchObject({
		payload: {
			issues: [{ found: secret }],
			body: expect.stringContaining(secret),
		},
	});
});

describe("what the record had is kept", () => {
	const messageAttributes = {
		tenant: { dataType: "String", stringValue: "t-1" },
		count: { dataType: "Number", stringValue: "5" },
		mark: {
			dataType: "Binary",
			binaryValue: Buffer.from([0, 255]).toString("base64"),
		},
		"eventwright.reason": {
			dataType: "String",
			stringValue: "of an earlier time",
		},
	};

	test("attributes, trace and group", async () => {
		await handle(
			record("poison", {
				messageAttributes,
				attributes: { MessageGroupId: "g", AWSTraceHeader: "Root=1" },
			}),
		);
		expect(service().calls[0]?.input).toMatchObject({
			MessageGroupId: "g",
			MessageSystemAttributes: { AWSTraceHeader: { StringValue: "Root=1" } },
			MessageAttributes: {
				tenant: { DataType: "String", StringValue: "t-1" },
				count: { DataType: "Number", StringValue: "5" },
				mark: { DataType: "Binary", BinaryValue: "AP8=" },
				"eventwright.reason": { StringValue: "json" },
			},
		});
	});

	test.each([3, 8, 10])(
		"%d attributes of its own leave as much room as SQS has",
		async (count) => {
			await handle(
				record("poison", {
					messageAttributes: Object.fromEntries(
						Array.from({ length: count }, (_, i) => [
							`a${i}`,
							messageAttributes.tenant,
						]),
					),
				}),
			);
			const names = Object.keys(attributesOf());
			expect(names.length).toBeLessThanOrEqual(10);
			expect(names.filter((name) => name.startsWith("a"))).toHaveLength(count);
			if (count < 10) expect(names).toContain("eventwright.reason");
		},
	);

	test("the group and the id in a FIFO queue", async () => {
		await handle(
			record("poison", {
				attributes: { MessageGroupId: "g", SequenceNumber: "1" },
			}),
			{ deadLetterQueueUrl: `${service().url}/dead.fifo` },
		);
		expect(service().calls[0]?.input).toMatchObject({
			MessageGroupId: "g",
			MessageDeduplicationId: "m-bad",
		});
	});

	test("a poisoned record of a FIFO group does not stop the group", async () => {
		const fifo = { attributes: { MessageGroupId: "g", SequenceNumber: "1" } };
		const done: string[] = [];
		const { batchItemFailures } = await sqsConsumer(
			{ ContentViewed } as never,
			{
				ContentViewed: (_: never, { messageId }: { messageId: string }) =>
					void done.push(messageId),
			} as never,
		)({
			Records: [
				record("poison", fifo),
				record(event({}), { ...fifo, messageId: "m-2" }),
			],
		});
		expect(batchItemFailures).toEqual([]);
		expect(done).toEqual(["m-2"]);
	});
});

describe("a record that the dead-letter queue does not take is reported as failed", () => {
	test.each([
		["denies it", 403, "AccessDenied"],
		["is gone", 400, "QueueDoesNotExist"],
		["takes no message of that size", 400, "InvalidParameterValue"],
	])("it %s", async (_, status, code) => {
		service().respond = (_, response) => {
			response.writeHead(status, { "x-amzn-errortype": code }).end("{}");
			return true;
		};
		expect(await handle(record("poison"))).toEqual(["m-bad"]);
		expect(JSON.parse(lines[0] ?? "")).toMatchObject({
			level: "ERROR",
			kind: "invalid",
			reason: "json",
			error: { name: code },
		});
	});

	test("it cannot be reached in time", async () => {
		service().respond = () => true;
		const end = performance.now() + 700;
		const { batchItemFailures } = await consumer({ marginMs: 200 })(
			{ Records: [record("poison")] },
			{ getRemainingTimeInMillis: () => end - performance.now() },
		);
		expect(batchItemFailures).toEqual([{ itemIdentifier: "m-bad" }]);
		expect(JSON.parse(lines[0] ?? "")).toMatchObject({
			kind: "invalid",
			reason: "json",
		});
	});

	test("there is none", async () => {
		expect(await handle(record("poison"), { deadLetterQueueUrl: "" })).toEqual([
			"m-bad",
		]);
		expect(service().calls).toEqual([]);
	});
});

describe("an event of an unknown event type", () => {
	const unknown = record(event({ "detail-type": "Other" }));

	test.each([
		["dead-letter", [], 1, 1],
		["fail", ["m-bad"], 0, 1],
		["skip", [], 0, 0],
	])("%s", async (onUnknown, failed, sent, logged) => {
		expect(await handle(unknown, { onUnknown })).toEqual(failed);
		expect(service().calls).toHaveLength(sent);
		expect(lines).toHaveLength(logged);
	});

	test("an invalid one of a known type is poison all the same", async () => {
		await handle(record(detail({ channel: "fax" })), { onUnknown: "skip" });
		expect(service().calls).toHaveLength(1);
	});
});
