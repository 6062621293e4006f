// Streams, invalid events, sinks and hooks of publishAll, with the SDK's client and a local service.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { domainPublisher } from "../../runtime/domain-publisher.ts";
import { eventType } from "../../runtime/event-type.ts";
import { PublishError } from "../../runtime/outcome.ts";
import type {
	OperationEnd,
	OutgoingEvent,
	Publish,
	PublishAll,
	PublisherOptions,
	UnpublishedEvent,
} from "../../runtime/outgoing.ts";

const open = eventType<"Open", { n: number }>(
	"Open",
	"shop",
	"Opened",
	(value, report) => {
		if (typeof (value as { n: unknown }).n === "number") return true;
		report?.issues?.push({
			path: "/n",
			rule: "type",
			message: "must be number",
		});
		return false;
	},
);
type Event = OutgoingEvent<string, { n: unknown; pad?: string }>;
interface Domain {
	readonly open: Publish<{ n: number }>;
	readonly publishAll: PublishAll<Event>;
}

let received: { Detail: string; TraceHeader?: string; Time?: number }[][] = [];
let status = 200;
let code = "AccessDeniedException";
let inFlight = 0;
let inFlightMax = 0;
let client: EventBridgeClient;

const server = createServer(async (request, response) => {
	inFlightMax = Math.max(inFlightMax, ++inFlight);
	const chunks: Buffer[] = [];
	request.on("data", (chunk: Buffer) => chunks.push(chunk));
	await once(request, "end");
	await new Promise((resolve) => setTimeout(resolve, 5));
	const { Entries } = JSON.parse(String(Buffer.concat(chunks)));
	received.push(Entries);
	inFlight--;
	if (status !== 200) response.setHeader("x-amzn-errortype", code);
	response.writeHead(status).end(
		JSON.stringify(
			status === 200
				? {
						Entries: Entries.map(({ Detail }: { Detail: string }) => ({
							EventId: `id-${JSON.parse(Detail).n}`,
						})),
					}
				: { message: "no" },
		),
	);
});

beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	client = new EventBridgeClient({
		region: "eu-west-1",
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		credentials: { accessKeyId: "a", secretAccessKey: "b" },
	});
	return () => {
		server.closeAllConnections();
		server.close();
	};
});

beforeEach(() => {
	received = [];
	status = 200;
	code = "AccessDeniedException";
	inFlightMax = 0;
});

const domain = (options: PublisherOptions = {}) =>
	domainPublisher<Domain>(
		{ open },
		{ eventBusName: "bus", client, ...options },
	);
const event = (n: unknown, pad?: string): Event => ({
	type: "Open",
	detail: pad === undefined ? { n } : { n, pad },
});
async function* stream(count: number, each: (n: number) => unknown = () => {}) {
	for (let n = 0; n < count; n++) {
		await each(n);
		yield event(n);
	}
}
const failure = (promise: Promise<unknown>): Promise<PublishError> =>
	promise.then(
		() => Promise.reject(new Error("it succeeded")),
		(error: unknown) =>
			error instanceof PublishError ? error : Promise.reject(error),
	);
const sizes = () => received.map((entries) => entries.length);

describe("an async iterable", () => {
	test("is published in requests of ten, in order", async () => {
		const ids = await domain().publishAll(stream(25));
		expect(ids).toEqual(Array.from({ length: 25 }, (_, n) => `id-${n}`));
		expect(sizes()).toEqual([10, 10, 5]);
	});

	test("is read no faster than its events are accepted", async () => {
		const ahead: number[] = [];
		await domain().publishAll(
			stream(200, (n) => ahead.push(n - received.flat().length)),
			{ concurrency: 2 },
		);
		// Two requests in flight, one that waits, and one that is being filled.
		expect(Math.max(...ahead)).toBeLessThanOrEqual(40);
		expect(inFlightMax).toBeLessThanOrEqual(2);
	});

	test("that pauses does not hold the events that it gave", async () => {
		const [first, second] = await domain().publishAll(
			stream(
				2,
				(n) => n && vi.waitFor(() => expect(received).toHaveLength(1), 5_000),
			),
		);
		expect([first, second]).toEqual(["id-0", "id-1"]);
		expect(sizes()).toEqual([1, 1]);
	});

	test("that fails: what it gave is sent, and the error is kept", async () => {
		const cause = new Error("broken source");
		const error = await failure(
			domain().publishAll(
				stream(20, (n) => {
					if (n === 13) throw cause;
				}),
			),
		);
		expect(error.failed).toEqual([]);
		expect(error.eventIds.filter(Boolean)).toHaveLength(13);
		expect(error.cause).toBe(cause);
		expect(error.message).toContain("could not be read: broken source");
	});

	test("is closed when the call ends, and nobody thinks that all was sent", async () => {
		const caller = new AbortController();
		let isClosed = false;
		const source = (async function* () {
			try {
				yield event(1);
				caller.abort(new Error("enough"));
				yield event(2);
			} finally {
				isClosed = true;
			}
		})();
		const error = await failure(
			domain().publishAll(source, { signal: caller.signal }),
		);
		expect(isClosed).toBe(true);
		expect(error.message).toContain("not all events were read");
	});

	test("that never goes on ends with the deadline", async () => {
		const error = await failure(
			domain().publishAll(
				stream(5, (n) => n === 3 && new Promise(() => {})),
				{ deadlineMs: 1_500 },
			),
		);
		expect(error.eventIds).toEqual(["id-0", "id-1", "id-2"]);
		expect(error.message).toContain("DeadlineExceeded");
	});

	test("stops being read when the service refuses for good", async () => {
		status = 400;
		let read = 0;
		const error = await failure(
			domain().publishAll(stream(1_000, () => read++)),
		);
		expect(read).toBeLessThan(50);
		expect(received).toHaveLength(1);
		expect(error.failed.length).toBe(error.eventIds.length);
	});

	test("with an invalid event: nothing more is sent, or all others are", async () => {
		const source = async function* () {
			yield* [event(1), event("x"), event(3)];
		};
		const none = await failure(domain().publishAll(source()));
		expect(none.outcomes).toMatchObject([
			{ status: "sent" },
			{ status: "not-sent", code: "InvalidDetail" },
		]);
		expect(none.message).toContain(
			"not all events were read: event 1 is invalid",
		);
		const rest = await failure(
			domain().publishAll(source(), { onInvalid: "rest" }),
		);
		expect(rest.outcomes).toMatchObject([
			{ status: "sent", eventId: "id-1" },
			{ status: "not-sent", issues: [{ path: "/n" }] },
			{ status: "sent", eventId: "id-3" },
		]);
	});
});

describe("a source that is odd", () => {
	test("rejects although nobody waits for it any more", async () => {
		const lost: unknown[] = [];
		const onLost = (error: unknown) => lost.push(error);
		process.on("unhandledRejection", onLost);
		const caller = new AbortController();
		const source = {
			[Symbol.asyncIterator]: () => ({
				next: () =>
					new Promise<never>((_, reject) =>
						caller.signal.addEventListener("abort", () =>
							reject(new Error("source")),
						),
					),
			}),
		};
		const publishing = failure(
			domain().publishAll(source, { signal: caller.signal }),
		);
		caller.abort(new Error("enough"));
		await publishing;
		await failure(domain().publishAll(source, { signal: caller.signal }));
		await new Promise((resolve) => setTimeout(resolve, 20));
		process.removeListener("unhandledRejection", onLost);
		expect(lost).toEqual([]);
	});

	test("is closed while it hangs", async () => {
		const close = vi.fn(
			async () => ({ done: true, value: undefined }) as never,
		);
		const source = {
			[Symbol.asyncIterator]: () => ({
				next: () => new Promise<never>(() => {}),
				return: close,
			}),
		};
		await failure(domain().publishAll(source, { deadlineMs: 200 }));
		expect(close).toHaveBeenCalled();
	});

	test("gives an event after the call has ended: it is reported, and kept", async () => {
		status = 400;
		const kept: UnpublishedEvent[] = [];
		const sink = async (events: readonly UnpublishedEvent[]) =>
			void kept.push(...events);
		const error = await failure(
			domain({ sink }).publishAll(
				stream(
					30,
					(n) =>
						n === 10 &&
						vi
							.waitFor(() => expect(received.length).toBeGreaterThan(0), 5_000)
							.then(() => new Promise((resolve) => setTimeout(resolve, 300))),
				),
			),
		);
		expect(error.failed).toHaveLength(11);
		expect(kept).toHaveLength(11);
	});

	test("uses one object for all: what is sent and kept is what it was", async () => {
		const reused = { type: "Open", detail: { n: 0 }, time: new Date(0) };
		const source = async function* () {
			for (let n = 0; n < 5; n++) {
				reused.detail.n = n;
				reused.time.setTime(n * 1_000);
				yield reused;
			}
		};
		await domain().publishAll(source());
		expect(received[0]?.map(({ Time }) => Time)).toEqual([0, 1, 2, 3, 4]);
		status = 400;
		const kept: UnpublishedEvent[] = [];
		await failure(
			domain({ sink: async (events) => void kept.push(...events) }).publishAll(
				source(),
			),
		);
		expect(kept.map(({ detail }) => detail)).toEqual(
			[0, 1, 2, 3, 4].map((n) => ({ n })),
		);
	});
});

describe("options that are wrong", () => {
	test.each([
		[
			{ concurrency: 0 },
			"concurrency must be a whole number of at least 1, got 0",
		],
		[{ concurrency: Number.NaN }, "got NaN"],
		[{ deadlineMs: Number.NaN }, "deadlineMs must be a number, got NaN"],
	])("%j", async (options, says) => {
		await expect(domain().publishAll([event(1)], options)).rejects.toThrow(
			says,
		);
	});

	test.each([
		[{ attemptsMax: 0 }, "attemptsMax"],
		[{ requestTimeoutMs: 0 }, "requestTimeoutMs must be more than 0, got 0"],
	])("%j of a publisher", async (options, says) => {
		await expect(
			(async () => domain(options).open({ n: 1 }))(),
		).rejects.toThrow(says);
	});

	test.each([2 ** 31, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
		"a time of %d ms is no short one",
		async (ms) => {
			expect(
				await domain({ requestTimeoutMs: ms }).publishAll([event(1)], {
					deadlineMs: ms,
				}),
			).toEqual(["id-1"]);
		},
	);

	test.each([0, -5])(
		"a deadline of %d ms is over before anything is sent",
		async (deadlineMs) => {
			const error = await failure(
				domain().publishAll([event(1)], { deadlineMs }),
			);
			expect(error.outcomes).toMatchObject([{ status: "not-sent" }]);
			expect(received).toEqual([]);
		},
	);
});

describe("what is thrown may be anything", () => {
	const hostile = [
		Object.create(null),
		{ name: Object.create(null), message: 5 },
		{
			get message() {
				throw new Error("getter");
			},
		},
	];

	test.each(hostile.map((error, i) => [i, error]))(
		"by the client: %d",
		async (_, error) => {
			const broken = {
				send: () => Promise.reject(error),
			} as unknown as EventBridgeClient;
			const { outcomes } = await failure(
				domain({ client: broken, attemptsMax: 1 }).open({ n: 1 }),
			);
			expect(outcomes).toMatchObject([{ status: "unknown" }]);
		},
	);

	test.each(hostile.map((error, i) => [i, error]))(
		"by the sink and the source: %d",
		async (_, error) => {
			status = 400;
			const { failed } = await failure(
				domain({ sink: () => Promise.reject(error) }).publishAll(
					stream(12, (n) => {
						if (n === 11) throw error;
					}),
				),
			);
			expect(failed.length).toBeGreaterThanOrEqual(10);
		},
	);

	test("by the detail", async () => {
		class Hostile {
			toJSON() {
				return { n: 1 };
			}
			get n(): number {
				throw new Error("getter");
			}
		}
		const events = [
			event(1),
			{ type: "Open", detail: new Hostile() },
			event(3),
		];
		const { outcomes } = await failure(
			domain().publishAll(events, { onInvalid: "rest" }),
		);
		expect(outcomes).toMatchObject([
			{ status: "sent" },
			{ status: "not-sent", code: "InvalidDetail" },
			{ status: "sent" },
		]);
	});
});

test("a client that ignores that it was given up writes nothing afterwards", async () => {
	const slow = new EventBridgeClient({
		region: "eu-west-1",
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		credentials: () =>
			new Promise((resolve) =>
				setTimeout(resolve, 200, { accessKeyId: "a", secretAccessKey: "b" }),
			),
	});
	const { send } = slow;
	slow.send = ((command: never) =>
		(send as (command: never) => Promise<never>).call(slow, command)) as never;
	const { outcomes } = await failure(
		domain({ client: slow, requestTimeoutMs: 50, attemptsMax: 1 }).open({
			n: 1,
		}),
	);
	await new Promise((resolve) => setTimeout(resolve, 400));
	expect(outcomes).toMatchObject([
		{ status: "not-sent", code: "TimeoutError" },
	]);
	expect(received).toEqual([]);
});

describe("invalid events of a list", () => {
	test.each([
		["a detail", event("x"), "InvalidDetail"],
		["a detail that is no JSON", event(1n), "InvalidDetail"],
		["no detail", { type: "Open" } as never, "InvalidDetail"],
		["a time", { ...event(1), time: new Date(Number.NaN) }, "InvalidTime"],
		[
			"a time that is a string",
			{ ...event(1), time: "now" as never },
			"InvalidTime",
		],
		[
			"a time that is null",
			{ ...event(1), time: null as never },
			"InvalidTime",
		],
		["resources", { ...event(1), resources: [1] as never }, "InvalidResources"],
		[
			"resources that are a string",
			{ ...event(1), resources: "arn" as never },
			"InvalidResources",
		],
		[
			"a trace header",
			{ ...event(1), traceHeader: "x".repeat(501) },
			"InvalidTraceHeader",
		],
		["the size", event(1, "x".repeat(1_100_000)), "EntryTooLarge"],
	])("%s fails its own event only", async (_, invalid, code) => {
		const events = [event(0), invalid, event(2)];
		const none = await failure(domain().publishAll(events));
		expect(none.outcomes).toMatchObject([
			{ code: "NotSent" },
			{ status: "not-sent", code },
			{ code: "NotSent" },
		]);
		expect(none.message).toContain(code);
		expect(received).toEqual([]);
		const rest = await failure(
			domain().publishAll(events, { onInvalid: "rest" }),
		);
		expect(rest.outcomes).toMatchObject([
			{ status: "sent" },
			{ status: "not-sent", code },
			{ status: "sent" },
		]);
	});

	test("a detail that changes while a long list is sent is never sent invalid", async () => {
		const pad = "x".repeat(100_000);
		const events = Array.from({ length: 120 }, (_, n) => event(n, pad));
		const publishing = failure(domain().publishAll(events));
		await vi.waitFor(() => expect(received.length).toBeGreaterThan(0), 20_000);
		for (const { detail } of events.slice(-3))
			Object.assign(detail, { n: "x" });
		const { failed } = await publishing;
		expect(failed.map(({ code }) => code)).toEqual(
			Array.from({ length: 3 }, () => "InvalidDetail"),
		);
		expect(received.flat()).toHaveLength(117);
	});
});

test("unordered requests run beside each other, as many as allowed", async () => {
	await domain().publishAll(
		Array.from({ length: 200 }, (_, n) => event(n)),
		{ unordered: true, concurrency: 3 },
	);
	expect(inFlightMax).toBe(3);
	expect(received.flat()).toHaveLength(200);
});

test("time and trace header are sent", async () => {
	const time = new Date("2026-11-24T09:00:00Z");
	await domain().open({ n: 1 }, { time, traceHeader: "Root=1-2-3" });
	expect(received).toMatchObject([
		[{ TraceHeader: "Root=1-2-3", Time: time.getTime() / 1_000 }],
	]);
});

describe("the sink", () => {
	const invalid = event("x");

	test("gets the valid events that could not be sent, and the error says so", async () => {
		status = 400;
		const kept: UnpublishedEvent[] = [];
		const sink = vi.fn(async (events: readonly UnpublishedEvent[]) => {
			kept.push(...events);
		});
		const events = [
			invalid,
			...Array.from({ length: 250 }, (_, n) => event(n)),
		];
		const error = await failure(
			domain({ sink }).publishAll(events, { onInvalid: "rest" }),
		);
		expect(sink).toHaveBeenCalledTimes(3);
		expect(kept).toHaveLength(250);
		expect(kept[0]).toMatchObject({
			type: "Open",
			source: "shop",
			detailType: "Opened",
			eventBusName: "bus",
			detail: { n: 0 },
			outcome: { code: "AccessDeniedException", status: "not-sent" },
		});
		expect(error.failed.filter(({ isKept }) => isKept)).toHaveLength(250);
		expect(error.failed[0]).not.toHaveProperty("isKept");
		expect(error.message).toContain("the sink keeps 250");
	});

	test("that fails loses nothing: the events are reported as not kept", async () => {
		status = 400;
		const sink = () => Promise.reject(new Error("full"));
		const error = await failure(domain({ sink }).open({ n: 1 }));
		expect(error.failed).toHaveLength(1);
		expect(error.failed[0]).not.toHaveProperty("isKept");
		expect(error.message).toContain("the sink failed: full");
	});

	test("gets events that were refused with a code that begins with Invalid", async () => {
		status = 400;
		code = "InvalidSignatureException";
		const kept: UnpublishedEvent[] = [];
		await failure(
			domain({ sink: async (events) => void kept.push(...events) }).open({
				n: 1,
			}),
		);
		expect(kept).toHaveLength(1);
	});

	test("gets only valid events, also after the call has ended", async () => {
		status = 400;
		const kept: UnpublishedEvent[] = [];
		const events = [
			...Array.from({ length: 30 }, (_, n) => event(n)),
			event(1n),
			event("x"),
			event(32),
		];
		const error = await failure(
			domain({ sink: async (events) => void kept.push(...events) }).publishAll(
				events,
				{ onInvalid: "rest" },
			),
		);
		expect(received).toHaveLength(1);
		expect(kept).toHaveLength(31);
		expect(error.failed.filter(({ isKept }) => !isKept)).toMatchObject([
			{ index: 30, code: "InvalidDetail" },
			{ index: 31, code: "InvalidDetail" },
		]);
	});

	test("gets nothing of a list that is rejected", async () => {
		const sink = vi.fn();
		await failure(domain({ sink }).publishAll([event(1), invalid]));
		expect(sink).not.toHaveBeenCalled();
	});
});

describe("the observer", () => {
	test("sees each request, and how it ended", async () => {
		const ends: OperationEnd[] = [];
		const observe = vi.fn(() => (end: OperationEnd) => void ends.push(end));
		await domain({ observe }).publishAll(stream(12));
		expect(observe.mock.calls).toMatchObject([
			[
				{
					name: "send bus",
					attributes: {
						"messaging.destination.name": "bus",
						"messaging.operation.type": "send",
						"messaging.batch.message_count": 10,
					},
				},
			],
			[{ attributes: { "messaging.batch.message_count": 2 } }],
		]);
		expect(ends.map(({ accepted }) => accepted)).toEqual([10, 2]);
		status = 400;
		await failure(domain({ observe }).open({ n: 1 }));
		expect(ends[2]).toMatchObject({
			accepted: 0,
			attributes: { "error.type": "AccessDeniedException" },
			error: { name: "AccessDeniedException" },
		});
	});

	test("that throws fails nothing", async () => {
		const broken = () => {
			throw new Error("observer");
		};
		expect(await domain({ observe: broken }).open({ n: 1 })).toBe("id-1");
		expect(await domain({ observe: () => broken }).open({ n: 2 })).toBe("id-2");
	});
});
