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
	if (status !== 200)
		response.setHeader("x-amzn-errortype", "AccessDeniedException");
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
