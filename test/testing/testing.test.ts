import { existsSync, globSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLocal } from "../../cloud/local/runner.ts";
import { ContentPublished } from "../../generated/events/content/content-published.js";
import { ContentViewed } from "../../generated/events/content/content-viewed.js";
import { contentPublisher } from "../../generated/publishers/content.js";
import type { EventOf, EventType } from "../../runtime/event.ts";
import { sqsConsumer } from "../../runtime/lambda.ts";
import { PublishError } from "../../runtime/outcome.ts";
import { handledBy } from "../../testing/handled.ts";
import { recordingPublisher } from "../../testing/recording-publisher.ts";
import { sample, wires } from "../../testing/sample.ts";
import { eventwright } from "../eventwright.ts";
import { referenceStacks } from "../reference-system.ts";

describe("a sample", () => {
	test("is an example of the schema, with overrides merged into it", () => {
		expect(sample(ContentViewed)).toEqual({
			contentId: "c-1",
			viewedAt: "2026-11-24T09:00:00Z",
			channel: "newsletter",
		});
		const viewed = sample(ContentViewed, {
			channel: "web",
			viewer: { device: { kind: "tv" } },
		});
		expect(viewed).toMatchObject({
			channel: "web",
			contentId: "c-1",
			viewer: { device: { kind: "tv" } },
		});
		expect(
			sample(ContentPublished, { tags: undefined, authors: [{ name: "A" }] }),
		).toEqual({
			contentId: "c-3",
			title: "Queues, explained",
			kind: "article",
			publishedAt: "2026-11-24T08:00:00Z",
			url: "https://example.com/c-3",
			authors: [{ name: "A" }],
		});
	});

	test("that the overrides make invalid is an error with the issues", () => {
		expect(() => sample(ContentViewed, { contentId: "" })).toThrow(
			"the sample of ContentViewed is not valid with these overrides: /contentId must have at least 1 character",
		);
		// @ts-expect-error: no channel of this name
		expect(() => sample(ContentViewed, { channel: "fax" })).toThrow(
			"/channel must be one of",
		);
	});

	test("changes no other", () => {
		const first = sample(ContentPublished);
		Object.assign(first.authors[0] ?? {}, { name: "changed" });
		expect(sample(ContentPublished).authors[0]?.name).toBe("Ada Lovelace");
	});

	test.each(["event", "sqs", "sns"] as const)(
		"as %s is what a consumer reads",
		(wire) => {
			const input = sample(ContentViewed, {}, wire);
			const parsed = ContentViewed.parse("body" in input ? input.body : input, {
				exact: true,
			});
			expect(parsed).toMatchObject({
				ok: true,
				value: { detail: sample(ContentViewed) },
			});
		},
	);

	test("as a record goes through a handler, each with an id of its own", async () => {
		const seen: string[] = [];
		const handler = sqsConsumer<{
			ContentViewed: EventOf<"ContentViewed", ContentViewed>;
		}>(
			{ ContentViewed },
			{ ContentViewed: (_, { messageId }) => void seen.push(messageId) },
		);
		const Records = [
			sample(ContentViewed, {}, "sqs"),
			sample(ContentViewed, {}, "sns"),
		];
		expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
		expect(new Set(seen).size).toBe(2);
	});

	test("says what to do if there is no contract", () => {
		expect(() =>
			sample(ContentViewed, {}, "detail", { generatedFolder: "nowhere" }),
		).toThrow(
			"there is no contract of ContentViewed in nowhere/contracts: run codegen",
		);
	});

	test("shares nothing with its overrides, and removes what is undefined", () => {
		const authors = [{ name: "A" }];
		const published = sample(ContentPublished, { authors });
		Object.assign(published.authors[0] ?? {}, { name: "changed" });
		expect(authors).toEqual([{ name: "A" }]);
		expect(
			Object.keys(
				sample(ContentViewed, { viewer: { country: undefined, viewerId: "v" } })
					.viewer ?? {},
			),
		).toEqual(["viewerId"]);
		expect(() => sample(ContentViewed, {}, "fax" as never)).toThrow(
			"there is no form fax; there are detail, entry",
		);
	});

	const folders = globSync("test/generator/cases/*/expected").filter((folder) =>
		existsSync(path.join(folder, "contracts")),
	);
	test.each(folders)("of each event type of %s is valid", async (folder) => {
		const modules = await Promise.all(
			globSync("events/**/*.js", { cwd: folder }).map(
				(file) =>
					import(
						pathToFileURL(path.resolve(folder, file)).href
					) as Promise<object>,
			),
		);
		const types = modules
			.flatMap((module) => Object.values(module))
			.filter(
				(value): value is EventType<string, unknown> =>
					value?.detailType !== undefined,
			);
		expect(types.length).toBeGreaterThan(0);
		for (const type of types)
			for (const wire of wires)
				expect(
					sample(type, {}, wire, { generatedFolder: folder }),
				).toBeDefined();
	});
});

describe("eventwright sample", () => {
	test("prints an event in the form that is asked for", async () => {
		const { out, code } = await eventwright(
			"sample",
			"ContentViewed",
			"--wire",
			"entry",
		);
		expect(code).toBe(0);
		expect(JSON.parse(out)).toMatchObject({
			Source: "api.gateway.content.get",
			DetailType: "Content-View-Event",
		});
	});

	test.each([
		[
			["sample", "Viewed"],
			"there is no event type Viewed; there are ContentPublished, ContentViewed",
		],
		[["sample", "ContentViewed", "--wire", "fax"], "--wire must be one of"],
		[
			["sample", "ContentViewed", "--out", "nowhere"],
			"there are no event types in nowhere: run codegen",
		],
	])("%j is wrong use", async (args, says) => {
		const { code, err } = await eventwright(...args);
		expect(code).toBe(2);
		expect(err).toContain(says);
	});
});

describe("a recording publisher", () => {
	test("validates as in production, and records", async () => {
		const { publisher, published, detailsOf, failNext, clear } =
			recordingPublisher(contentPublisher);
		const detail = sample(ContentViewed);
		const eventId = await publisher.contentViewed(detail, {
			resources: ["arn:a"],
		});
		expect(published).toEqual([
			{
				eventId,
				source: "api.gateway.content.get",
				detailType: "Content-View-Event",
				detail,
				time: undefined,
				resources: ["arn:a"],
				eventBusName: "recorded",
			},
		]);
		expect(detailsOf(ContentViewed)).toEqual([detail]);
		expect(detailsOf(ContentPublished)).toEqual([]);
		await expect(
			publisher.contentViewed({ ...detail, contentId: "" }),
		).rejects.toThrow("InvalidDetail");
		failNext("AccessDeniedException");
		const error: unknown = await publisher
			.contentViewed(detail)
			.catch((error) => error);
		expect(error).toBeInstanceOf(PublishError);
		expect(error).toMatchObject({
			failed: [{ status: "not-sent", code: "AccessDeniedException" }],
		});
		failNext("ThrottlingException");
		await expect(publisher.contentViewed(detail)).rejects.toThrow(
			"ThrottlingException",
		);
		failNext("InternalFailure");
		clear();
		expect(published).toEqual([]);
		await publisher.contentViewed(detail);
	});
});

describe("a local system", () => {
	let local: Awaited<ReturnType<typeof startLocal>>;
	beforeAll(async () => {
		local = await startLocal(referenceStacks(), { redeliveryDelayMs: 1 });
	});
	afterAll(() => local.stop());

	test("does not call an event handled that the function has sent to its dead-letter queue", async () => {
		await local.send(
			{
				Source: ContentPublished.source,
				DetailType: ContentPublished.detailType,
				Detail: { no: "content" },
				EventBusName:
					"arn:aws:events:eu-west-1:222222222222:event-bus/media-events",
			},
			"arn:aws:iam::111111111111:role/media-post-content-eu-west-1",
		);
		await expect(
			handledBy(local, "media-analytics", ContentPublished),
		).rejects.toThrow("has handled no event");
	});

	test("tells when a function has handled an event, or what happened instead", async () => {
		await fetch(`${local.apis[0]?.url}/content/c-1`);
		const [hops] = await handledBy(local, "media-analytics", ContentViewed);
		expect(hops?.at(0)?.resource).toBe("api media-api");
		await expect(
			handledBy(local, "media-recommendations", ContentViewed),
		).rejects.toThrow(
			/has handled no event api\.gateway\.content\.get \/ Content-View-Event; this is what happened:\n.*bus media-events/s,
		);
	});
});
