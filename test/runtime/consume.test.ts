import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { ContentPublished } from "../../generated/events/content/content-published.js";
import { ContentViewed } from "../../generated/events/content/content-viewed.js";
import { consume } from "../../runtime/consume.ts";
import type { EventOf } from "../../runtime/event.ts";
import { sqsConsumer } from "../../runtime/lambda.ts";
import { parseAnyEvent } from "../../runtime/parse.ts";

const event = {
	version: "0",
	id: "7f3c",
	source: "api.gateway.content.get",
	"detail-type": "Content-View-Event",
	account: "111111111111",
	time: "2026-11-24T09:00:00Z",
	region: "eu-west-1",
	resources: ["arn:a"],
	detail: {
		contentId: "c-1",
		viewedAt: "2026-11-24T09:00:00Z",
		channel: "web",
	},
};
const text = JSON.stringify(event);
const envelope = JSON.stringify({
	Type: "Notification",
	TopicArn: "arn:aws:sns:eu-west-1:222222222222:t",
	Message: text,
});

describe("parse", () => {
	test.each([
		["an event", event],
		["its JSON string", text],
		["an SNS envelope", envelope],
	])("%s", (_, input) => {
		expect(ContentViewed.parse(input)).toEqual({
			ok: true,
			value: {
				type: "ContentViewed",
				id: "7f3c",
				source: "api.gateway.content.get",
				detailType: "Content-View-Event",
				time: "2026-11-24T09:00:00Z",
				account: "111111111111",
				region: "eu-west-1",
				resources: ["arn:a"],
				detail: event.detail,
			},
		});
	});

	test.each([
		["invalid JSON", "{", "", "json"],
		[
			"SNS's request to confirm a subscription",
			{ Type: "SubscriptionConfirmation", TopicArn: "t", Message: "You have" },
			"",
			"sns-control",
		],
		[
			"SNS's notice that a subscription has ended",
			{ Type: "UnsubscribeConfirmation", TopicArn: "t", Message: "You have" },
			"",
			"sns-control",
		],
		[
			"an SNS envelope with invalid JSON",
			JSON.stringify({ Type: "Notification", TopicArn: "t", Message: "{" }),
			"",
			"json",
		],
		["a list", "[]", "", "envelope"],
		["null", null, "", "envelope"],
		["an event without an id", { ...event, id: undefined }, "/id", "envelope"],
		[
			"resources that are not a list",
			{ ...event, resources: "arn" },
			"/resources",
			"envelope",
		],
		[
			"another event type",
			{ ...event, "detail-type": "Other" },
			"/detail-type",
			"event-type",
		],
		[
			"a missing detail",
			{ ...event, detail: undefined },
			"/detail",
			"envelope",
		],
		[
			"an invalid detail",
			{ ...event, detail: { ...event.detail, channel: "fax" } },
			"/detail/channel",
			"enum",
		],
	])("rejects %s", (_, input, path, rule) => {
		const result = ContentViewed.parse(input);
		expect(result).toMatchObject({ ok: false, issues: [{ path, rule }] });
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	test("accepts and keeps what a newer producer adds, unless it is asked to be exact", () => {
		const detail = {
			...event.detail,
			traceparent: "00-1",
			viewer: { viewerId: "v-1", plan: { kind: "free" } },
		};
		const grown = { ...event, detail };
		expect(ContentViewed.parse(grown)).toMatchObject({
			ok: true,
			value: { detail },
		});
		const paths = ["/traceparent", "/viewer/plan"];
		const rule = "additionalProperties";
		expect(ContentViewed.parse(grown, { exact: true })).toMatchObject({
			ok: false,
			issues: paths.map((path) => ({ path: `/detail${path}`, rule })),
		});
		expect(ContentViewed.parseDetail(detail)).toMatchObject({
			ok: false,
			issues: paths.map((path) => ({ path, rule })),
		});
	});

	test("a hostile key is an ordinary property", () => {
		const hostile = `{"__proto__": {"polluted": 1}, ${text.slice(1, -2)}, "__proto__": 1}}`;
		const result = ContentViewed.parse(hostile);
		expect(
			result.ok && Object.getOwnPropertyNames(result.value.detail),
		).toContain("__proto__");
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect(ContentViewed.parse(hostile, { exact: true })).toMatchObject({
			issues: [{ path: "/detail/__proto__", rule: "additionalProperties" }],
		});
	});

	test("reports all issues, or only the first", () => {
		const wrong = { ...event, detail: { channel: "fax", durationMs: -1 } };
		const paths = (wanted?: "all" | "first") => {
			const result = ContentViewed.parse(wrong, { issues: wanted });
			return result.ok ? [] : result.issues.map(({ path }) => path);
		};
		expect(paths()).toEqual([
			"/detail/channel",
			"/detail/durationMs",
			"/detail/contentId",
			"/detail/viewedAt",
		]);
		expect(paths("first")).toEqual(["/detail/channel"]);
		expect(ContentViewed.parseDetail({}, { issues: "first" })).toMatchObject({
			ok: false,
			issues: [{ path: "/contentId", rule: "required" }],
		});
	});

	test("distinguishes several event types by source and detail-type", () => {
		expect(
			parseAnyEvent([ContentPublished, ContentViewed], envelope),
		).toMatchObject({ ok: true, value: { type: "ContentViewed" } });
		expect(parseAnyEvent([ContentPublished], envelope)).toMatchObject({
			ok: false,
			issues: [{ rule: "event-type" }],
		});
	});

	test("results follow Standard Schema", () => {
		const { validate } = ContentViewed["~standard"];
		expect(validate(event)).toMatchObject({ value: { type: "ContentViewed" } });
		expect(
			validate({ ...event, detail: { ...event.detail, sections: ["a", 1] } }),
		).toEqual({
			issues: [
				{
					message: "must be string, found number",
					path: ["detail", "sections", "1"],
				},
			],
		});
	});
});

type Events = {
	readonly ContentPublished: EventOf<"ContentPublished", ContentPublished>;
	readonly ContentViewed: EventOf<"ContentViewed", ContentViewed>;
};

describe("consume", () => {
	const record = (messageId: string, body: string, count = "1") => ({
		messageId,
		body,
		attributes: { ApproximateReceiveCount: count },
	});

	test("records fail independently, and each failure is one log line", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const seen: string[] = [];
		const handler = sqsConsumer<Events>(
			{ ContentPublished, ContentViewed },
			{
				ContentPublished: () => {},
				ContentViewed: async ({ detail }) => {
					if (detail.contentId === "fails")
						throw new Error("the database is away");
					seen.push(detail.contentId);
				},
			},
		);
		const withId = (contentId: string) =>
			JSON.stringify({ ...event, detail: { ...event.detail, contentId } });
		const response = await handler({
			Records: [
				record("1", withId("a")),
				record("2", "poison"),
				record("3", withId("fails"), "4"),
				record("4", withId("")),
				record("5", withId("b")),
			],
		});
		expect(response).toEqual({
			batchItemFailures: [
				{ itemIdentifier: "2" },
				{ itemIdentifier: "3" },
				{ itemIdentifier: "4" },
			],
		});
		expect(seen).toEqual(["a", "b"]);
		const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)));
		expect(lines).toMatchObject([
			{ kind: "invalid", messageId: "2" },
			{
				kind: "retryable",
				messageId: "3",
				type: "ContentViewed",
				receiveCount: 4,
				message: "the database is away",
			},
			{
				kind: "invalid",
				messageId: "4",
				message: "/detail/contentId must have at least 1 character",
			},
		]);
		log.mockRestore();
	});

	test.each([
		["a text", "a text"],
		[Object.create(null), "threw a value that cannot be converted to a string"],
		[undefined, "undefined"],
		[Symbol("s"), "Symbol(s)"],
		[runInNewContext("new TypeError('elsewhere')"), "elsewhere"],
	])("a thrown value need not be an Error: %#", async (thrown, message) => {
		const { failures } = await consume<Pick<Events, "ContentViewed">>(
			[record("1", JSON.stringify(event)), record("2", "poison")],
			{ ContentViewed },
			{
				ContentViewed: () => {
					throw thrown;
				},
			},
		);
		expect(failures).toMatchObject([
			{ messageId: "1", kind: "retryable", message },
			{ messageId: "2", kind: "invalid" },
		]);
	});

	test("an empty batch has no failures", async () => {
		const handler = sqsConsumer<Events>(
			{ ContentPublished, ContentViewed },
			{ ContentPublished: () => {}, ContentViewed: () => {} },
		);
		expect(await handler({ Records: [] })).toEqual({ batchItemFailures: [] });
	});
});
