import { describe, expect, test } from "vitest";
import { ContentPublished } from "../../generated/events/content/content-published.js";
import { ContentViewed } from "../../generated/events/content/content-viewed.js";
import { eventType } from "../../runtime/event-type.ts";
import { type FailedEvent, PublishError } from "../../runtime/outcome.ts";
import { entryBytes, packer } from "../../runtime/pack.ts";
import { publishEvents } from "../../runtime/publish-events.ts";
import type { Entry, SendResult } from "../../runtime/put-events.ts";
import { randomOf } from "../random.ts";

const view = (contentId: string) => ({
	eventType: ContentViewed,
	outgoing: {
		detail: { contentId, viewedAt: "2026-11-24T09:00:00Z", channel: "web" },
	},
});
const article = (body: string) => ({
	eventType: ContentPublished,
	outgoing: {
		detail: {
			contentId: "c",
			title: "t",
			kind: "article",
			publishedAt: "2026-11-24T09:00:00Z",
			authors: [{ name: "a" }],
			body,
		},
	},
});

/** A fake service that answers requests by the script. Further requests succeed. */
function service(script: ((entries: readonly Entry[]) => SendResult)[] = []) {
	const requests: (readonly Entry[])[] = [];
	const slept: number[] = [];
	return {
		requests,
		slept,
		options: {
			eventBusName: "bus",
			send: async (entries: readonly Entry[]) => {
				requests.push(entries);
				const answer = script.shift();
				return answer
					? answer(entries)
					: { Entries: entries.map((entry) => ({ EventId: idOf(entry) })) };
			},
			sleep: (ms: number, signal: AbortSignal) =>
				// The deadline's sleep lasts as long as the call.
				ms >= 10_000
					? new Promise<void>((_, reject) =>
							signal.addEventListener("abort", () => reject(signal.reason)),
						)
					: Promise.resolve(void slept.push(ms)),
			breathe: async () => {},
			now: () => 0,
			random: () => 0.5,
		},
	};
}

/** The sizes in each request. */
function packed(sizes: readonly number[], openMax = 1) {
	const packing = packer<{ bytes: number }>(openMax);
	return [
		...sizes.flatMap((bytes) => packing.add({ bytes })),
		...packing.rest(),
	].map((request) => request.map(({ bytes }) => bytes));
}

const idOf = (entry: Entry) => `id-${JSON.parse(entry.Detail).contentId}`;
const failing =
	(code: string, contentId: string) => (entries: readonly Entry[]) => ({
		Entries: entries.map((entry) =>
			idOf(entry) === `id-${contentId}`
				? { ErrorCode: code, ErrorMessage: "no" }
				: { EventId: idOf(entry) },
		),
	});
const throwing = (error: object) => () => {
	throw Object.assign(new Error("no"), error);
};

async function failures(
	promise: Promise<unknown>,
): Promise<{ failed: readonly FailedEvent[]; eventIds: readonly unknown[] }> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof PublishError))
		throw new Error(`expected a PublishError, got ${error}`);
	return error;
}

describe("packing", () => {
	test("25 events are sent in requests of 10, 10 and 5, and the ids are in event order", async () => {
		const { options, requests } = service();
		const ids = await publishEvents(
			Array.from({ length: 25 }, (_, i) => view(`c${i}`)),
			options,
		);
		expect(requests.map((request) => request.length)).toEqual([10, 10, 5]);
		expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => `id-c${i}`));
	});

	test("no request exceeds 1 MiB, counted in UTF-8", async () => {
		const { options, requests } = service();
		await publishEvents(
			Array.from({ length: 5 }, () => article("é".repeat(200_000))),
			options,
		);
		expect(requests.map((request) => request.length)).toEqual([2, 2, 1]);
		for (const request of requests)
			expect(
				request.reduce((sum, entry) => sum + entryBytes(entry), 0),
			).toBeLessThanOrEqual(1_048_576);
	});

	test("the size limit is exact to the byte", () => {
		expect(packed([1_048_575, 1])).toHaveLength(1);
		expect(packed([1_048_575, 2])).toHaveLength(2);
		expect(packed([])).toEqual([]);
	});

	test("unordered packing fills requests, never makes more of them, and loses no entry", () => {
		expect(packed([600_000, 600_000, 400_000, 400_000])).toHaveLength(3);
		expect(packed([600_000, 600_000, 400_000, 400_000], 16)).toHaveLength(2);
		const { below } = randomOf(7);
		for (let round = 0; round < 3_000; round++) {
			const max = 1 + below(1_047_552);
			const bytes = Array.from({ length: below(60) }, () => 1 + below(max));
			const inOrder = packed(bytes).length;
			for (const openMax of [2, 3, 16]) {
				const requests = packed(bytes, openMax);
				expect(requests.length).toBeLessThanOrEqual(inOrder);
				expect(requests.flat().sort()).toEqual([...bytes].sort());
				for (const request of requests) {
					expect(request.length).toBeLessThanOrEqual(10);
					expect(request.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(
						1_048_576,
					);
				}
			}
		}
	});

	test("an entry's size is its source, detail-type, detail and resources, plus 14 bytes for a time", () => {
		const entry = {
			EventBusName: "a long name that does not count",
			Source: "ab",
			DetailType: "é",
			Detail: "{}",
		};
		expect(entryBytes(entry)).toBe(6);
		expect(entryBytes({ ...entry, Time: new Date(), Resources: ["abc"] })).toBe(
			23,
		);
	});
});

describe("failure", () => {
	test("only failed entries are retried, and only for retryable codes", async () => {
		const { options, requests, slept } = service([
			failing("ThrottlingException", "b"),
			failing("InternalFailure", "b"),
		]);
		expect(
			await publishEvents([view("a"), view("b"), view("c")], options),
		).toEqual(["id-a", "id-b", "id-c"]);
		expect(requests.map((request) => request.map(idOf))).toEqual([
			["id-a", "id-b", "id-c"],
			["id-b"],
			["id-b"],
		]);
		expect(slept).toEqual([100, 200]);
	});

	test.each([
		{ name: "SlowDown" },
		{ name: "RequestThrottledException" },
		{ name: "TransactionInProgressException" },
		{
			name: "InvalidSignatureException",
			$metadata: { httpStatusCode: 403, clockSkewCorrected: true },
		},
	])("errors that the SDK retries are retried: $name", async (error) => {
		const { options, requests } = service([throwing(error)]);
		expect(await publishEvents([view("a")], options)).toEqual(["id-a"]);
		expect(requests).toHaveLength(2);
	});

	test("a final code is not retried; published events keep their ids", async () => {
		const { options, requests } = service([failing("MalformedDetail", "b")]);
		expect(
			await failures(publishEvents([view("a"), view("b")], options)),
		).toMatchObject({
			failed: [
				{
					index: 1,
					type: "ContentViewed",
					code: "MalformedDetail",
					message: "no",
				},
			],
			eventIds: ["id-a", undefined],
		});
		expect(requests).toHaveLength(1);
	});

	test("retries are limited", async () => {
		const { options, requests } = service(
			Array.from({ length: 9 }, () => failing("ThrottlingException", "a")),
		);
		expect(
			(await failures(publishEvents([view("a")], options))).failed[0]?.code,
		).toBe("ThrottlingException");
		expect(requests).toHaveLength(5);
	});

	test.each([
		[
			"a refusal",
			{ name: "AccessDeniedException", $metadata: { httpStatusCode: 400 } },
			1,
			"AccessDeniedException",
		],
		["an empty error", {}, 1, "UnknownError"],
		[
			"too many requests",
			{ name: "Strange", $metadata: { httpStatusCode: 429 } },
			5,
			"Strange",
		],
		[
			"a broken connection",
			{ name: "Error", code: "ECONNRESET" },
			5,
			"ECONNRESET",
		],
		[
			"an unknown 5xx",
			{ name: "Strange", $metadata: { httpStatusCode: 503 } },
			5,
			"Strange",
		],
	])(
		"a failed request fails all of its entries: %s",
		async (_, error, tries, code) => {
			const { options, requests } = service(
				Array.from({ length: 9 }, () => throwing(error)),
			);
			const { failed } = await failures(
				publishEvents([view("a"), view("b")], options),
			);
			expect(failed.map((failure) => failure.code)).toEqual([code, code]);
			expect(requests).toHaveLength(tries);
		},
	);

	test("if there are fewer results than entries, nobody knows which", async () => {
		const { options, requests } = service([
			(entries) => ({
				Entries: entries.slice(1).map((entry) => ({ EventId: idOf(entry) })),
			}),
		]);
		const { failed } = await failures(
			publishEvents([view("a"), view("b")], options),
		);
		expect(failed.map(({ status }) => status)).toEqual(["unknown", "unknown"]);
		expect(requests).toHaveLength(1);
	});
});

test("a sink that hangs does not hold the call, and is not asked again", async () => {
	const { options } = service([
		throwing({
			name: "AccessDeniedException",
			$metadata: { httpStatusCode: 400 },
		}),
	]);
	let asked = 0;
	const error = await failures(
		publishEvents(
			Array.from({ length: 250 }, (_, i) => view(`c${i}`)),
			{
				...options,
				deadlineMs: 60_000,
				sink: () => {
					asked++;
					return new Promise(() => {});
				},
				sleep: (ms, signal) =>
					ms === 10_000 ? Promise.resolve() : options.sleep(ms, signal),
			},
		),
	);
	expect(asked).toBe(1);
	expect(error.failed.some(({ isKept }) => isKept)).toBe(false);
	expect(String(error)).toContain(
		"the sink failed: it took more than 10000 ms",
	);
});

test("requests whose entries have neither an id nor a code end the call, too", async () => {
	const { options, requests } = service(
		Array.from({ length: 99 }, () => (entries: readonly Entry[]) => ({
			Entries: entries.map(() => ({})),
		})),
	);
	const { failed } = await failures(
		publishEvents(
			Array.from({ length: 200 }, (_, i) => view(`c${i}`)),
			options,
		),
	);
	expect(failed).toHaveLength(200);
	expect(requests).toHaveLength(5);
});

describe("rejected before anything is sent", () => {
	test("a detail that cannot be represented in JSON", async () => {
		const { options, requests } = service();
		const open = eventType("Open", "shop", "Open", () => true);
		const { failed } = await failures(
			publishEvents(
				[{ eventType: open, outgoing: { detail: { big: 1n } } }],
				options,
			),
		);
		expect(failed).toMatchObject([{ index: 0, code: "InvalidDetail" }]);
		expect(requests).toEqual([]);
	});

	test("a detail whose JSON is not what it seems", async () => {
		const { options, requests } = service();
		const { detail } = view("a").outgoing;
		const details = [
			Object.create(detail),
			{ ...detail, toJSON: () => ({ contentId: "a" }) },
			{ ...detail, durationMs: Number.NaN },
			{ ...detail, sections: [undefined] },
		];
		const { failed } = await failures(
			publishEvents(
				details.map((detail) => ({
					eventType: ContentViewed,
					outgoing: { detail },
				})),
				options,
			),
		);
		expect(failed.map(({ code }) => code)).toEqual([
			"InvalidDetail",
			"InvalidDetail",
			"InvalidDetail",
			"InvalidDetail",
		]);
		expect(requests).toEqual([]);
	});

	test("a time that is not a date", async () => {
		const { options, requests } = service();
		const { eventType, outgoing } = view("a");
		const { failed } = await failures(
			publishEvents(
				[{ eventType, outgoing: { ...outgoing, time: new Date("x") } }],
				options,
			),
		);
		expect(failed).toMatchObject([{ code: "InvalidTime" }]);
		expect(requests).toEqual([]);
	});

	test("a detail that is invalid against its schema", async () => {
		const { options, requests } = service();
		const { failed } = await failures(
			publishEvents([view("a"), view("")], options),
		);
		expect(failed).toMatchObject([
			{ index: 0, code: "NotSent" },
			{
				index: 1,
				code: "InvalidDetail",
				issues: [{ path: "/contentId", rule: "minLength" }],
			},
		]);
		expect(requests).toEqual([]);
	});

	test("an entry over the size limit, with its size and the limit", async () => {
		const { options, requests } = service();
		const { failed } = await failures(
			publishEvents([article("x".repeat(1_048_576))], options),
		);
		expect(failed[0]).toMatchObject({ code: "EntryTooLarge" });
		expect(failed[0]?.message).toMatch(
			/^the entry is 10487\d\d bytes, the limit is 1047552$/,
		);
		expect(requests).toEqual([]);
		expect(
			(
				await failures(
					publishEvents([article("x".repeat(2_000))], {
						...options,
						entryBytesMax: 1_000,
					}),
				)
			).failed[0]?.message,
		).toContain("the limit is 1000");
	});
});
