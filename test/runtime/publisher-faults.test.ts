// The SDK's own client against a service that misbehaves: nothing is lost, and nothing is reported that is not so.
import { readFileSync } from "node:fs";
import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eventBridgePublisher } from "../../runtime/event-bridge-publisher.ts";
import { eventType } from "../../runtime/event-type.ts";
import { PublishError } from "../../runtime/outcome.ts";
import type {
	PublishAllOptions,
	PublisherOptions,
} from "../../runtime/outgoing.ts";
import {
	networkCodes,
	throttlingCodes,
	transientCodes,
	transientStatuses,
} from "../../runtime/request-failure.ts";

const open = eventType<"Open", { n: number }>(
	"Open",
	"shop",
	"Open",
	() => true,
);
const other = eventType<"Other", { n: number }>(
	"Other",
	"shop",
	"Other",
	() => true,
);
const events = (count: number) =>
	Array.from({ length: count }, (_, n) => ({
		eventType: open,
		outgoing: { detail: { n } },
	}));

interface Received {
	readonly Source: string;
	readonly DetailType: string;
	readonly Detail: string;
}

interface Exchange {
	readonly entries: readonly Received[];
	/** Accepts the entries, as EventBridge does. Returns their results. */
	readonly take: (entries?: readonly Received[]) => { EventId: string }[];
	readonly response: ServerResponse;
	readonly request: IncomingMessage;
}

type Fault = (exchange: Exchange) => void;

/** Ids of what the service has accepted, by the event's number. */
let taken = new Map<number, string[]>();
let requests = 0;
let fault: Fault | undefined;
/** Which requests have the fault. */
let isFaulty: (request: number) => boolean = () => true;
let port = 0;

const server = createServer((request, response) => {
	const chunks: Buffer[] = [];
	request.on("data", (chunk: Buffer) => chunks.push(chunk));
	request.on("error", () => {});
	request.on("end", () => {
		const { Entries } = JSON.parse(String(Buffer.concat(chunks))) as {
			Entries: Received[];
		};
		const take: Exchange["take"] = (accepted = Entries) =>
			accepted.map(({ Detail }) => {
				const { n } = JSON.parse(Detail) as { n: number };
				const id = `id-${n}-${(taken.get(n)?.length ?? 0) + 1}`;
				taken.set(n, [...(taken.get(n) ?? []), id]);
				return { EventId: id };
			});
		requests++;
		response.setHeader("x-amzn-requestid", `request-${requests}`);
		if (fault && isFaulty(requests))
			fault({ entries: Entries, take, response, request });
		else answer(response, 200, { Entries: take() });
	});
});

beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	({ port } = server.address() as AddressInfo);
	vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
	vi.stubEnv("AWS_REGION", "eu-west-1");
	vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
	vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
});

afterAll(() => {
	vi.unstubAllEnvs();
	server.closeAllConnections();
	server.close();
});

const answer = (response: ServerResponse, status: number, body: unknown) =>
	response
		.writeHead(status, { "content-type": "application/x-amz-json-1.1" })
		.end(typeof body === "string" ? body : JSON.stringify(body));

const refusal =
	(status: number, code: string, headers: Record<string, string> = {}): Fault =>
	({ response }) => {
		response.setHeader("x-amzn-errortype", code);
		for (const [name, value] of Object.entries(headers))
			response.setHeader(name, value);
		answer(response, status, { message: "no" });
	};
const takenBut =
	(then: Fault): Fault =>
	(exchange) => {
		exchange.take();
		then(exchange);
	};
const raw =
	(text: string): Fault =>
	({ request }) =>
		request.socket.end(text);
const entryCode =
	(code: string): Fault =>
	({ entries, response }) =>
		answer(response, 200, {
			Entries: entries.map(() => ({ ErrorCode: code, ErrorMessage: "no" })),
		});
const results =
	(change: (ids: { EventId: string }[]) => unknown): Fault =>
	({ take, response }) =>
		answer(response, 200, { Entries: change(take()) });

type Status = "not-sent" | "unknown";

interface Row {
	readonly fault: Fault;
	/** What becomes of an event if each request has the fault. */
	readonly every: Status;
	/** What becomes of it if its first request has the fault. */
	readonly once: "sent" | Status;
	/** Whether the call ends at once. */
	readonly ends?: true;
	readonly code?: string;
	readonly options?: PublisherOptions;
}

const hanging: PublisherOptions = { requestTimeoutMs: 1_500, attemptsMax: 2 };

const faults: Readonly<Record<string, Row>> = {
	"500, not taken": {
		fault: refusal(500, "InternalException"),
		every: "unknown",
		once: "sent",
		code: "InternalException",
	},
	"500 after it has taken the events": {
		fault: takenBut(refusal(500, "InternalException")),
		every: "unknown",
		once: "sent",
	},
	"502 with a page of a proxy": {
		fault: takenBut(({ response }) => answer(response, 502, "<html>")),
		every: "unknown",
		once: "sent",
	},
	"503": {
		fault: refusal(503, "ServiceUnavailable"),
		every: "unknown",
		once: "sent",
	},
	"504 after it has taken the events": {
		fault: takenBut(refusal(504, "GatewayTimeout")),
		every: "unknown",
		once: "sent",
	},
	"501, which the SDK does not retry": {
		fault: takenBut(refusal(501, "NotImplemented")),
		every: "unknown",
		once: "unknown",
	},
	"429": {
		fault: refusal(429, "Strange"),
		every: "not-sent",
		once: "sent",
	},
	"a throttled request": {
		fault: refusal(400, "ThrottlingException"),
		every: "not-sent",
		once: "sent",
		code: "ThrottlingException",
	},
	"a throttled request with status 503": {
		fault: refusal(503, "SlowDown"),
		every: "not-sent",
		once: "sent",
	},
	"a time-out that the service states": {
		fault: refusal(408, "RequestTimeout"),
		every: "not-sent",
		once: "sent",
	},
	"access denied": {
		fault: refusal(400, "AccessDeniedException"),
		every: "not-sent",
		once: "not-sent",
		ends: true,
		code: "AccessDeniedException",
	},
	"no such bus": {
		fault: refusal(400, "ResourceNotFoundException"),
		every: "not-sent",
		once: "not-sent",
		ends: true,
	},
	"expired credentials": {
		fault: refusal(400, "ExpiredTokenException"),
		every: "not-sent",
		once: "not-sent",
		ends: true,
	},
	"an unknown access key": {
		fault: refusal(403, "UnrecognizedClientException"),
		every: "not-sent",
		once: "not-sent",
		ends: true,
	},
	"a signature that is wrong": {
		fault: refusal(403, "InvalidSignatureException"),
		every: "not-sent",
		once: "not-sent",
		ends: true,
	},
	"404 without a body": {
		fault: ({ response }) => answer(response, 404, ""),
		every: "not-sent",
		once: "not-sent",
		ends: true,
	},
	"a request that is refused for what it holds": {
		fault: refusal(400, "ValidationException"),
		every: "not-sent",
		once: "not-sent",
	},
	"413": {
		fault: refusal(413, "RequestEntityTooLargeException"),
		every: "not-sent",
		once: "not-sent",
	},
	"a serialization error": {
		fault: refusal(400, "SerializationException"),
		every: "not-sent",
		once: "not-sent",
	},
	"half a JSON": {
		fault: ({ take, response }) =>
			answer(response, 200, JSON.stringify({ Entries: take() }).slice(0, 40)),
		every: "unknown",
		once: "unknown",
	},
	"an empty body": {
		fault: takenBut(({ response }) => answer(response, 200, "")),
		every: "unknown",
		once: "unknown",
	},
	"a page instead of JSON": {
		fault: takenBut(({ response }) => answer(response, 200, "<html>")),
		every: "unknown",
		once: "unknown",
	},
	"a response without Entries": {
		fault: takenBut(({ response }) => answer(response, 200, {})),
		every: "unknown",
		once: "unknown",
	},
	"fewer results than entries": {
		fault: results((ids) => ids.slice(1)),
		every: "unknown",
		once: "unknown",
		code: "NoResult",
	},
	"more results than entries": {
		fault: results((ids) => [...ids, { EventId: "more" }]),
		every: "unknown",
		once: "unknown",
	},
	"no results": {
		fault: results(() => []),
		every: "unknown",
		once: "unknown",
	},
	"results that are null": {
		fault: results((ids) => ids.map(() => null)),
		every: "unknown",
		once: "unknown",
	},
	"results without an id and a code": {
		fault: results((ids) => ids.map(() => ({}))),
		every: "unknown",
		once: "unknown",
	},
	"empty ids": {
		fault: results((ids) => ids.map(() => ({ EventId: "" }))),
		every: "unknown",
		once: "unknown",
	},
	"an entry's InternalFailure": {
		fault: entryCode("InternalFailure"),
		every: "not-sent",
		once: "sent",
		code: "InternalFailure",
	},
	"an entry's ThrottlingException": {
		fault: entryCode("ThrottlingException"),
		every: "not-sent",
		once: "sent",
	},
	"an entry's MalformedDetail": {
		fault: entryCode("MalformedDetail"),
		every: "not-sent",
		once: "not-sent",
		code: "MalformedDetail",
	},
	"an entry's AccessDeniedException": {
		fault: entryCode("AccessDeniedException"),
		every: "not-sent",
		once: "not-sent",
		ends: true,
	},
	"an entry's code that nobody knows": {
		fault: entryCode("Strange"),
		every: "not-sent",
		once: "not-sent",
	},
	"a connection that is cut after the events are taken": {
		fault: takenBut(({ request }) => request.socket.destroy()),
		every: "unknown",
		once: "sent",
		code: "ECONNRESET",
	},
	"a connection that is cut before they are": {
		fault: ({ request }) => request.socket.destroy(),
		every: "unknown",
		once: "sent",
	},
	"a connection that is cut in the response's headers": {
		fault: takenBut(raw("HTTP/1.1 200 OK\r\ncontent-")),
		every: "unknown",
		once: "sent",
	},
	"a connection that is cut in the response's body": {
		fault: takenBut(
			raw('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{"Entries":['),
		),
		every: "unknown",
		once: "sent",
	},
	"a response that is not HTTP": {
		fault: takenBut(raw("hello\r\n\r\n")),
		every: "unknown",
		once: "unknown",
	},
	"a body in broken chunks": {
		fault: takenBut(
			raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
		),
		every: "unknown",
		once: "sent",
	},
	"a redirect": {
		fault: ({ response }) => {
			response.setHeader("location", "/elsewhere");
			answer(response, 307, "");
		},
		every: "unknown",
		once: "unknown",
	},
	"no response": {
		fault: ({ take }) => void take(),
		every: "unknown",
		once: "sent",
		code: "TimeoutError",
		options: hanging,
	},
	"a response that never ends": {
		fault: takenBut(({ response }) => void response.writeHead(200).write("{")),
		every: "unknown",
		once: "sent",
		options: hanging,
	},
	"a response that comes too late": {
		fault: ({ take, response }) => {
			const Entries = take();
			setTimeout(() => answer(response, 200, { Entries }), 2_500);
		},
		every: "unknown",
		once: "sent",
		options: hanging,
	},
};

/** Publishes and checks the report against what the service has taken. */
async function publish(
	count: number,
	options: PublisherOptions = {},
	callOptions: PublishAllOptions = {},
) {
	const publisher = eventBridgePublisher({ eventBusName: "bus", ...options });
	const error = await publisher(events(count), callOptions).then(
		(eventIds) => ({
			outcomes: eventIds.map(
				(eventId, index) => ({ status: "sent", index, eventId }) as const,
			),
		}),
		(error: unknown) => {
			if (error instanceof PublishError) return error;
			throw error;
		},
	);
	expect(error.outcomes).toHaveLength(count);
	for (const outcome of error.outcomes) {
		const ids = taken.get(outcome.index) ?? [];
		if (outcome.status === "sent") expect(ids).toContain(outcome.eventId);
		if (outcome.status === "not-sent") expect(ids).toEqual([]);
	}
	return error;
}

function misbehave(how: Fault | undefined, which: typeof isFaulty): void {
	taken = new Map();
	requests = 0;
	fault = how;
	isFaulty = which;
}

const statuses = ({
	outcomes,
}: {
	outcomes: readonly { status: string }[];
}) => [...new Set(outcomes.map(({ status }) => status))];

describe.each(Object.entries(faults))("%s", (_, row) => {
	const { every, once, ends, code, options = {} } = row;

	test("in every request", async () => {
		misbehave(row.fault, () => true);
		const attemptsMax = options.attemptsMax ?? 2;
		const error = await publish(3, { ...options, attemptsMax });
		expect(statuses(error)).toEqual([every]);
		expect(requests).toBe(once === "sent" ? attemptsMax : 1);
		if (code)
			expect(error.outcomes).toMatchObject([{ code }, { code }, { code }]);
	});

	test("in the first of three requests", async () => {
		misbehave(row.fault, (request) => request === 1);
		const error = await publish(25, options);
		expect(statuses({ outcomes: error.outcomes.slice(0, 10) })).toEqual([once]);
		expect(statuses({ outcomes: error.outcomes.slice(10) })).toEqual([
			ends ? "not-sent" : "sent",
		]);
	});

	test("in the second of three requests", async () => {
		misbehave(row.fault, (request) => request === 2);
		const error = await publish(25, options);
		expect(statuses({ outcomes: error.outcomes.slice(0, 10) })).toEqual([
			"sent",
		]);
		expect(statuses({ outcomes: error.outcomes.slice(10, 20) })).toEqual([
			once,
		]);
		expect(statuses({ outcomes: error.outcomes.slice(20) })).toEqual([
			ends ? "not-sent" : "sent",
		]);
	});

	test("in every second request, four at once", async () => {
		misbehave(row.fault, (request) => request % 2 === 0);
		const error = await publish(
			45,
			{ ...options, attemptsMax: 2 },
			{ unordered: true },
		);
		// The first request has no fault.
		expect(statuses(error)).toContain("sent");
	});
});

describe("faults beside the service's", () => {
	test("nothing listens", async () => {
		misbehave(undefined, () => false);
		const client = new EventBridgeClient({ endpoint: "http://127.0.0.1:1" });
		const error = await publish(3, { client, attemptsMax: 2 });
		expect(error.outcomes).toMatchObject([
			{ status: "not-sent", code: "ECONNREFUSED" },
			{ status: "not-sent" },
			{ status: "not-sent" },
		]);
	});

	test("the host has no address", async () => {
		const client = new EventBridgeClient({
			endpoint: "http://nowhere.invalid",
			requestHandler: {
				httpAgent: {
					lookup: (_: string, __: object, found: (error: Error) => void) =>
						found(
							Object.assign(new Error("getaddrinfo ENOTFOUND"), {
								code: "ENOTFOUND",
								syscall: "getaddrinfo",
							}),
						),
				},
			},
		});
		const error = await publish(1, { client, attemptsMax: 2 });
		expect(error.outcomes).toMatchObject([{ status: "not-sent" }]);
	});

	test.each([
		[
			"fail",
			() =>
				Promise.reject(
					Object.assign(new Error("none"), {
						name: "CredentialsProviderError",
					}),
				),
			"CredentialsProviderError",
		],
		["hang", () => new Promise<never>(() => {}), "TimeoutError"],
	])("the credentials %s", async (_, credentials, code) => {
		misbehave(undefined, () => false);
		const client = new EventBridgeClient({ credentials });
		const error = await publish(12, {
			client,
			attemptsMax: 1,
			requestTimeoutMs: 200,
		});
		expect(requests).toBe(0);
		expect(error.outcomes[0]).toMatchObject({ status: "not-sent", code });
		expect(statuses(error)).toEqual(["not-sent"]);
	});

	test("a client of the user's own, which retries, sends once per attempt", async () => {
		misbehave(refusal(500, "InternalException"), () => true);
		const client = new EventBridgeClient({ maxAttempts: 7 });
		await publish(1, { client, attemptsMax: 3 });
		expect(requests).toBe(3);
	});

	test("a client that ignores the signal and never answers", async () => {
		misbehave(undefined, () => false);
		const client = { send: () => new Promise<never>(() => {}) };
		const error = await publish(2, {
			client: client as unknown as EventBridgeClient,
			requestTimeoutMs: 100,
			attemptsMax: 2,
		});
		expect(statuses(error)).toEqual(["unknown"]);
	});

	test("the service refuses after it may have accepted: that stays unknown", async () => {
		misbehave(
			(exchange) =>
				(requests === 1
					? takenBut(({ request }) => request.socket.destroy())
					: refusal(400, "AccessDeniedException"))(exchange),
			() => true,
		);
		const error = await publish(1);
		expect(error.outcomes).toMatchObject([
			{
				status: "unknown",
				code: "AccessDeniedException",
				message: /an attempt before it ended with ECONNRESET/,
			},
		]);
	});

	test("an outage ends the call after five requests", async () => {
		misbehave(refusal(400, "ThrottlingException"), () => true);
		const error = await publish(1_000);
		expect(requests).toBe(5);
		expect(statuses(error)).toEqual(["not-sent"]);
		expect(error.outcomes[999]).toMatchObject({
			code: "NotSent",
			message: "nothing more was sent after ThrottlingException: no",
		});
	});

	test("an event type that may not be published stops no other", async () => {
		misbehave(
			({ entries, take, response }) =>
				answer(response, 200, {
					Entries: entries.map((entry) =>
						entry.DetailType === "Other"
							? { ErrorCode: "AccessDeniedException" }
							: take([entry])[0],
					),
				}),
			() => true,
		);
		const publisher = eventBridgePublisher({ eventBusName: "bus" });
		const mixed = Array.from({ length: 60 }, (_, n) => ({
			eventType: n % 2 ? other : open,
			outgoing: { detail: { n } },
		}));
		const error = await publisher(mixed).catch((error) => error);
		expect(
			error.outcomes.map(({ status }: { status: string }) => status),
		).toEqual(
			mixed.map(({ eventType }) => (eventType === other ? "not-sent" : "sent")),
		);
		expect(requests).toBe(6);
	});

	test("Retry-After is waited for", async () => {
		misbehave(
			refusal(503, "X", { "retry-after": "1" }),
			(request) => request === 1,
		);
		const before = performance.now();
		expect(statuses(await publish(1))).toEqual(["sent"]);
		expect(performance.now() - before).toBeGreaterThan(950);
	});

	test("a Retry-After after the deadline ends the call at once", async () => {
		misbehave(refusal(429, "X", { "retry-after": "3600" }), () => true);
		const error = await publish(30, {}, { deadlineMs: 60_000 });
		expect(requests).toBe(1);
		expect(error.outcomes[29]).toMatchObject({
			message:
				"nothing more was sent after DeadlineExceeded: the next attempt would be after the call's deadline",
		});
	});

	test("the deadline comes while a request is in flight", async () => {
		misbehave(
			({ take }) => void take(),
			(request) => request === 2,
		);
		const error = await publish(25, {}, { deadlineMs: 3_000 });
		expect(error.outcomes.slice(10)).toMatchObject([
			...Array.from({ length: 10 }, () => ({
				status: "unknown",
				code: "DeadlineExceeded",
			})),
			...Array.from({ length: 5 }, () => ({ code: "NotSent" })),
		]);
	});

	test("the caller aborts while a request is in flight, and before", async () => {
		const caller = new AbortController();
		misbehave(
			({ take }) => {
				take();
				caller.abort(new Error("enough"));
			},
			(request) => request === 2,
		);
		const error = await publish(25, {}, { signal: caller.signal });
		expect(error.outcomes.slice(10)).toMatchObject([
			...Array.from({ length: 10 }, () => ({
				status: "unknown",
				message: "enough",
			})),
			...Array.from({ length: 5 }, () => ({ status: "not-sent" })),
		]);
		requests = 0;
		taken = new Map();
		const again = await publish(2, {}, { signal: caller.signal });
		expect(statuses(again)).toEqual(["not-sent"]);
		expect(requests).toBe(0);
	});

	test("cause and request id are kept", async () => {
		misbehave(refusal(400, "AccessDeniedException"), () => true);
		const error = await publish(1);
		expect(error.outcomes[0]).toMatchObject({
			requestId: "request-1",
			cause: { name: "AccessDeniedException" },
		});
		expect((error as PublishError).cause).toMatchObject({
			name: "AccessDeniedException",
		});
	});
});

test("what is retried is what the SDK retries", () => {
	const source = readFileSync(
		"node_modules/@smithy/core/dist-es/submodules/retry/service-error-classification/constants.js",
		"utf8",
	);
	const constant = (name: string) => {
		const [, list = ""] =
			new RegExp(`export const ${name} = (\\[[^\\]]*\\])`).exec(source) ?? [];
		return JSON.parse(list.replace(/,\s*\]/, "]")) as unknown[];
	};
	expect([...throttlingCodes]).toEqual(constant("THROTTLING_ERROR_CODES"));
	expect([...transientCodes]).toEqual(constant("TRANSIENT_ERROR_CODES"));
	expect([...networkCodes]).toEqual([
		...constant("NODEJS_TIMEOUT_ERROR_CODES"),
		...constant("NODEJS_NETWORK_ERROR_CODES"),
	]);
	expect([...transientStatuses]).toEqual(
		constant("TRANSIENT_ERROR_STATUS_CODES"),
	);
});
