// biome-ignore-all lint/suspicious/noThenProperty: what handlers return may be thenable
// What handlers do: each affects its own record only, and leaves one line.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ContentViewed } from "../../generated/events/content/content-viewed.js";
import type { Delivery, SqsRecord } from "../../runtime/consume.ts";
import type { EventOf } from "../../runtime/event.ts";
import {
	batchMetrics,
	embeddedMetrics,
	eventBridgeConsumer,
	RetryLater,
	sqsConsumer,
} from "../../runtime/lambda.ts";
import { queueService } from "./queue-service.ts";

type Event = EventOf<"ContentViewed", ContentViewed>;
type Handle = (event: Event, delivery: Delivery) => unknown;

const event = (contentId: string) => ({
	version: "0",
	id: "7f3c1a52-0000-4000-8000-000000000001",
	source: "api.gateway.content.get",
	"detail-type": "Content-View-Event",
	account: "111111111111",
	time: "2026-11-24T09:00:00Z",
	region: "eu-west-1",
	resources: [],
	detail: { contentId, viewedAt: "2026-11-24T09:00:00Z", channel: "web" },
});
const queueArn = "arn:aws:sqs:eu-west-1:333333333333:source";
const record = (
	contentId: string,
	attributes: SqsRecord["attributes"] = {},
	more: Partial<SqsRecord> = {},
): SqsRecord => ({
	messageId: `m-${contentId}`,
	receiptHandle: `handle-${contentId}`,
	body: JSON.stringify(event(contentId)),
	attributes: { ApproximateReceiveCount: "2", ...attributes },
	eventSourceARN: queueArn,
	...more,
});

let lines: { text: string; facts: Record<string, unknown> }[] = [];
const service = queueService();

beforeEach(() => {
	lines = [];
	for (const method of ["error", "warn"] as const)
		vi.spyOn(console, method).mockImplementation((text: string) => {
			lines.push({ text, facts: JSON.parse(text) });
		});
});
afterEach(() => vi.restoreAllMocks());

const consumer = (handle: Handle, options = {}) =>
	sqsConsumer<{ ContentViewed: Event }>(
		{ ContentViewed },
		{ ContentViewed: handle as never },
		options,
	);
/** A Lambda context whose time is over after some milliseconds. */
const contextOf = (ms: number) => {
	const end = performance.now() + ms;
	return { getRemainingTimeInMillis: () => end - performance.now() };
};
const failed = ({
	batchItemFailures,
}: {
	batchItemFailures: readonly { itemIdentifier: string }[];
}) => batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

const revoked = () => {
	const { proxy, revoke } = Proxy.revocable({}, {});
	revoke();
	return proxy;
};
const circular = () => {
	const error = new Error("circular") as Error & { cause: unknown };
	error.cause = error;
	return error;
};
const deep = () => {
	let error = new Error("root");
	for (let i = 0; i < 100; i++) error = new Error("outer", { cause: error });
	return error;
};
const throwing = (value: unknown) => () => {
	throw value;
};
const hostile = (key: string) =>
	Object.defineProperty(new Error("hidden"), key, {
		get() {
			throw new Error("getter");
		},
	});

/** What the handler of one record does, and what its line says. */
const misbehaviours: Readonly<Record<string, readonly [Handle, says: RegExp]>> =
	{
		"throws an error": [
			throwing(new Error("the database is away")),
			/the database is away/,
		],
		rejects: [() => Promise.reject(new Error("away")), /away/],
		"rejects later": [
			() =>
				new Promise((_, reject) => setTimeout(reject, 5, new Error("late"))),
			/late/,
		],
		"throws undefined": [throwing(undefined), /undefined/],
		"throws null": [throwing(null), /null/],
		"throws a text": [throwing("a text"), /a text/],
		"throws a number": [throwing(42), /42/],
		"throws a big integer": [throwing(10n), /10/],
		"throws a symbol": [throwing(Symbol("mark")), /Symbol\(mark\)/],
		"throws a function": [throwing(() => {}), /=>/],
		"throws an object with a message": [
			throwing({ code: "E1", message: "as an object" }),
			/as an object.*E1/,
		],
		"throws an object without a prototype": [
			throwing(Object.create(null)),
			/cannot be converted/,
		],
		"throws a revoked proxy": [throwing(revoked()), /cannot be converted/],
		"throws a rejected promise": [
			() => {
				throw Promise.reject(new Error("inner")).catch(() => {});
			},
			/Promise/,
		],
		"throws an error with a cause": [
			throwing(new Error("outer", { cause: new Error("root reason") })),
			/outer.*root reason/,
		],
		"throws a chain of a hundred causes": [throwing(deep()), /outer/],
		"throws an error that causes itself": [throwing(circular()), /circular/],
		"throws an AggregateError": [
			throwing(new AggregateError([new Error("root reason"), "second"], "all")),
			/root reason.*second/,
		],
		"throws an AggregateError of ten thousand": [
			throwing(
				new AggregateError(
					Array.from({ length: 10_000 }, (_, i) => new Error(`e${i}`)),
				),
			),
			/e0/,
		],
		"throws nested AggregateErrors": [
			throwing(
				new AggregateError([new AggregateError([new Error("root reason")])]),
			),
			/root reason/,
		],
		"throws an error with a message of a megabyte": [
			throwing(new Error("x".repeat(1_000_000))),
			/xxx…/,
		],
		"throws an error with a stack of a megabyte": [
			throwing(
				Object.assign(new Error("big stack"), { stack: "s".repeat(1_000_000) }),
			),
			/big stack/,
		],
		"throws an error whose message is an object": [
			throwing(Object.assign(new Error("x"), { message: {} })),
			/Error/,
		],
		"throws an error whose message cannot be read": [
			throwing(hostile("message")),
			/cannot be converted|Error/,
		],
		"throws an error whose stack cannot be read": [
			throwing(hostile("stack")),
			/hidden/,
		],
		"throws an error whose cause cannot be read": [
			throwing(hostile("cause")),
			/hidden/,
		],
		"throws an error that holds itself": [
			throwing(Object.assign(new Error("holds"), { self: globalThis })),
			/holds/,
		],
		"throws an error with a toJSON that throws": [
			throwing(Object.assign(new Error("json"), { toJSON: throwing(1) })),
			/json/,
		],
		"throws an error with line breaks and control characters": [
			throwing(new Error("two\nlines\u001b[31m")),
			/two\\nlines/,
		],
		"throws an error of the SDK": [
			throwing(
				Object.assign(new Error("denied"), {
					name: "AccessDeniedException",
					$metadata: { httpStatusCode: 400 },
				}),
			),
			/AccessDeniedException/,
		],
		"returns a thenable that throws": [
			() => ({ then: throwing(new Error("then")) }),
			/then/,
		],
		"returns an object whose then cannot be read": [
			() =>
				Object.defineProperty({}, "then", {
					get: throwing(new Error("getter")),
				}),
			/getter/,
		],
		"rejects a promise that nobody waits for": [
			() => {
				Promise.reject(new Error("floating"));
			},
			/floating/,
		],
		"rejects it while it runs on": [
			async () => {
				Promise.reject(new Error("floating"));
				await new Promise((resolve) => setTimeout(resolve, 20));
			},
			/floating/,
		],
		"throws in a timer while it runs on": [
			() =>
				new Promise<void>((resolve) => {
					setTimeout(() => {
						setTimeout(resolve, 5);
						throw new Error("timer");
					}, 1);
				}),
			/timer/,
		],
		"throws in process.nextTick": [
			() => {
				process.nextTick(throwing(new Error("tick")));
				return new Promise((resolve) => setTimeout(resolve, 5));
			},
			/tick/,
		],
		"recurses without end": [
			function recurse(): unknown {
				return [recurse()];
			},
			/Maximum call stack/,
		],
		"changes its delivery and event, then throws": [
			(event, delivery) => {
				Object.assign(event, { detail: null });
				Object.assign(delivery, { messageId: "m-good-1" });
				Object.assign(delivery.record ?? {}, {
					messageId: "m-good-1",
					body: "",
				});
				Object.assign(delivery.context ?? {}, {
					getRemainingTimeInMillis: () => 0,
				});
				throw new Error("changed");
			},
			/changed/,
		],
		"asks for a later retry of a queue that is not there": [
			(_, { record }) => {
				Object.assign(record ?? {}, { eventSourceARN: "" });
				throw new RetryLater(5);
			},
			/later retry/,
		],
	};

describe.each(Object.entries(misbehaviours))(
	"a handler %s",
	(_, [misbehave, says]) => {
		test("fails alone", async () => {
			const handled: string[] = [];
			const response = await consumer(async (event, delivery) => {
				if (event.detail.contentId === "bad") return misbehave(event, delivery);
				await new Promise((resolve) => setTimeout(resolve, 10));
				handled.push(`${delivery.messageId} ${event.detail.contentId}`);
			})(
				{ Records: [record("good-1"), record("bad"), record("good-2")] },
				contextOf(60_000),
			);
			expect(handled).toEqual(["m-good-1 good-1", "m-good-2 good-2"]);
			expect(failed(response)).toEqual(["m-bad"]);
			expect(lines).toHaveLength(1);
			const [{ text, facts } = { text: "", facts: {} }] = lines;
			expect(text).toMatch(says);
			expect(text.length).toBeLessThan(17_000);
			expect(facts).toMatchObject({
				level: "ERROR",
				kind: "retryable",
				messageId: "m-bad",
				receiveCount: 2,
				type: "ContentViewed",
			});
		});
	},
);

describe.each([
	[
		"returns something",
		() => ({ batchItemFailures: [{ itemIdentifier: "m-good" }] }),
	],
	["returns a promise of something", async () => false],
	["returns an error", () => new Error("returned")],
	["returns a function", () => throwing(1)],
	[
		"returns a thenable that resolves",
		() => ({ then: (resolve: () => void) => resolve() }),
	],
	[
		"resolves twice",
		() => ({
			then: (resolve: () => void, reject: (error: Error) => void) => {
				resolve();
				reject(new Error("twice"));
			},
		}),
	],
	[
		"catches its own error",
		async () => {
			await Promise.reject(new Error("caught")).catch(() => {});
		},
	],
])("a handler that %s", (_, handle) => {
	test("has handled its record", async () => {
		const response = await consumer(handle as Handle)({
			Records: [record("good"), record("other")],
		});
		expect(failed(response)).toEqual([]);
		expect(lines).toEqual([]);
	});
});

describe("the function's deadline", () => {
	test("a handler that hangs is reported alone, and its signal is aborted", async () => {
		const handled: string[] = [];
		let reason = "";
		const response = await consumer(
			async ({ detail: { contentId } }, { signal }) => {
				if (contentId === "hangs")
					await new Promise(() => {
						signal.addEventListener("abort", () => {
							reason = "aborted";
						});
					});
				handled.push(contentId);
			},
			{ marginMs: 1_000 },
		)(
			{ Records: [record("a"), record("hangs"), record("b")] },
			contextOf(2_000),
		);
		expect(handled).toEqual(["a", "b"]);
		expect(failed(response)).toEqual(["m-hangs"]);
		expect(reason).toBe("aborted");
		expect(lines.map(({ facts }) => facts)).toMatchObject([
			{ kind: "timed out", messageId: "m-hangs", type: "ContentViewed" },
		]);
	});

	test("what the handler does afterwards changes nothing", async () => {
		let rejectLate: (error: Error) => void = () => {};
		const response = await consumer(
			() =>
				new Promise((_, reject) => {
					rejectLate = reject;
				}),
			{ marginMs: 100 },
		)({ Records: [record("a")] }, contextOf(150));
		rejectLate(new Error("too late"));
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(failed(response)).toEqual(["m-a"]);
		expect(lines).toHaveLength(1);
	});

	test("what a listener of the signal throws, or rejects, is its record's", async () => {
		const response = await consumer(
			({ detail: { contentId } }, { signal }) =>
				contentId === "good"
					? undefined
					: new Promise(() => {
							signal.addEventListener("abort", () => {
								if (contentId === "throws") throw new Error("listener");
								Promise.reject(new Error("listener"));
							});
						}),
			{ marginMs: 100 },
		)(
			{ Records: [record("good"), record("throws"), record("rejects")] },
			contextOf(300),
		);
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(failed(response)).toEqual(["m-throws", "m-rejects"]);
	});

	test.each([
		["not a number", () => Number.NaN],
		["without end", () => Number.POSITIVE_INFINITY],
		["longer than a timer lasts", () => Number.MAX_SAFE_INTEGER],
		["not to be had", throwing(new Error("no context"))],
	])("a time that is %s is none", async (_, getRemainingTimeInMillis) => {
		const response = await consumer(
			() => new Promise((resolve) => setTimeout(resolve, 10)),
		)(
			{ Records: [record("a")] },
			{ getRemainingTimeInMillis: getRemainingTimeInMillis as () => number },
		);
		expect(failed(response)).toEqual([]);
	});

	test("records whose turn has not come are reported too", async () => {
		const response = await consumer(() => new Promise(() => {}), {
			marginMs: 100,
			concurrency: 1,
		})({ Records: [record("a"), record("b")] }, contextOf(200));
		expect(failed(response)).toEqual(["m-a", "m-b"]);
		expect(lines.map(({ facts }) => facts.kind)).toEqual([
			"timed out",
			"not started",
		]);
	});
});

describe("order", () => {
	const fifo = (id: string, group: string) =>
		record(id, { MessageGroupId: group, SequenceNumber: "1" });

	test("a failure stops its own group of a FIFO queue", async () => {
		const handled: string[] = [];
		const response = await consumer(async ({ detail: { contentId } }) => {
			await new Promise((resolve) =>
				setTimeout(resolve, contentId === "1" ? 20 : 1),
			);
			if (contentId === "2") throw new Error("no");
			handled.push(contentId);
		})({
			Records: [
				fifo("1", "g"),
				fifo("2", "g"),
				fifo("x", "h"),
				fifo("3", "g"),
				fifo("y", "h"),
				fifo("4", "g"),
			],
		});
		expect(handled).toEqual(["x", "y", "1"]);
		expect(failed(response)).toEqual(["m-2", "m-3", "m-4"]);
	});

	test("what a handler throws late stops its group of a FIFO queue", async () => {
		const handled: string[] = [];
		const response = await consumer(async ({ detail: { contentId } }) => {
			handled.push(contentId);
			if (contentId === "1")
				setTimeout(() => {
					throw new Error("late");
				}, 10);
			else await new Promise((resolve) => setTimeout(resolve, 40));
		})({ Records: ["1", "2", "3", "4"].map((id) => fifo(id, "g")) });
		expect(handled).toEqual(["1", "2"]);
		expect(failed(response)).toEqual(["m-1", "m-3", "m-4"]);
	});

	test("a queue is FIFO by its name, too; groups of a standard queue are no order", async () => {
		const running = async (records: readonly SqsRecord[]) => {
			let now = 0;
			let most = 0;
			await consumer(async () => {
				most = Math.max(most, ++now);
				await new Promise((resolve) => setTimeout(resolve, 5));
				now--;
			})({ Records: records });
			return most;
		};
		const grouped = ["a", "b", "c"].map((id) =>
			record(id, { MessageGroupId: "g" }),
		);
		expect(await running(grouped)).toBe(3);
		expect(
			await running(
				grouped.map((record) => ({
					...record,
					eventSourceARN: `${queueArn}.fifo`,
				})),
			),
		).toBe(1);
	});

	test("at most as many handlers run at once as allowed", async () => {
		let now = 0;
		let most = 0;
		const records = Array.from({ length: 1_000 }, (_, i) => record(`r${i}`));
		const handle = async () => {
			most = Math.max(most, ++now);
			await new Promise((resolve) => setImmediate(resolve));
			now--;
		};
		await consumer(handle)({ Records: records });
		expect(most).toBe(100);
		most = 0;
		await consumer(handle, { concurrency: 7 })({ Records: records });
		expect(most).toBe(7);
	});

	test("invocations at once in one process do not meet", async () => {
		const seen: string[] = [];
		const handle = consumer(async ({ detail: { contentId } }) => {
			await new Promise((resolve) => setTimeout(resolve, 5));
			if (contentId.startsWith("bad")) Promise.reject(new Error(contentId));
			else seen.push(contentId);
		});
		const responses = await Promise.all(
			Array.from({ length: 20 }, (_, i) =>
				handle({ Records: [record(`good-${i}`), record(`bad-${i}`)] }),
			),
		);
		expect(responses.map(failed)).toEqual(
			Array.from({ length: 20 }, (_, i) => [`m-bad-${i}`]),
		);
		expect(seen).toHaveLength(20);
		expect(
			new Set(lines.map(({ facts }) => `${facts.messageId} ${facts.message}`))
				.size,
		).toBe(20);
	});
});

describe("the process", () => {
	test("what others throw still reaches those who listen, who stay as they were", async () => {
		const heard: unknown[] = [];
		const before = process.rawListeners("unhandledRejection");
		process.removeAllListeners("unhandledRejection");
		process.once("unhandledRejection", (error) => heard.push(`once ${error}`));
		process.on("unhandledRejection", (error) => heard.push(error));
		const own = process.rawListeners("unhandledRejection");
		try {
			for (const ms of [10, 20])
				void new Promise((_, reject) => setTimeout(reject, ms, `e${ms}`));
			await consumer(() => {
				Promise.reject(new Error("the handler's"));
				return new Promise((resolve) => setTimeout(resolve, 60));
			})({ Records: [record("a")] });
			expect(heard).toEqual(["once e10", "e10", "e20"]);
			expect(process.rawListeners("unhandledRejection")).toEqual(own.slice(1));
		} finally {
			process.removeAllListeners("unhandledRejection");
			for (const listener of before)
				process.on("unhandledRejection", listener as never);
		}
	});

	test("lives on when a handler throws after its batch has ended", async () => {
		await consumer(() => {
			setTimeout(throwing(new Error("much later")), 20);
		})({ Records: [record("a")] });
		await new Promise((resolve) => setTimeout(resolve, 60));
		expect(lines.map(({ facts }) => facts)).toMatchObject([
			{
				message: "a handler threw after the batch had ended",
				error: { message: "much later", name: "Error" },
			},
		]);
	});
});

describe("what handlers and hooks get is theirs", () => {
	test("a context with its methods", async () => {
		class Context {
			awsRequestId = "r-1";
			getRemainingTimeInMillis() {
				return 60_000;
			}
		}
		let remaining: number | undefined;
		const context = new Context();
		await consumer((_, delivery) => {
			remaining = delivery.context?.getRemainingTimeInMillis?.();
			Object.assign(delivery.context ?? {}, { awsRequestId: "changed" });
		})({ Records: [record("a")] }, context);
		expect(remaining).toBe(60_000);
		expect(context.awsRequestId).toBe("r-1");
	});

	test("metrics that change what they get change no answer", async () => {
		const response = await consumer(throwing(new Error("no")), {
			metrics: ({ failures }: { failures: unknown[] }) => {
				failures.length = 0;
			},
		})({ Records: [record("a")] });
		expect(failed(response)).toEqual(["m-a"]);
	});

	test("an error that delays as it likes changes no answer", async () => {
		const delay = (record: { messageId: string }) => {
			record.messageId = "other";
		};
		const response = await consumer(throwing({ delay }))({
			Records: [record("a")],
		});
		expect(failed(response)).toEqual(["m-a"]);
	});

	test("hooks that reject end nothing", async () => {
		const broken = async () => {
			throw new Error("hook");
		};
		const response = await consumer(throwing(new Error("no")), {
			logger: { error: broken, warn: broken },
			metrics: broken,
		})({ Records: [record("a")] });
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(failed(response)).toEqual(["m-a"]);
	});

	test("a payload that is no JSON loses no line", async () => {
		await consumer(throwing(new Error("no")), { payload: () => 1n })({
			Records: [record("a")],
		});
		expect(lines[0]?.facts).toMatchObject({ message: "no", messageId: "m-a" });
	});

	test.each([
		{ concurrency: 0 },
		{ concurrency: Number.NaN },
		{ concurrency: 0.5 },
		{ marginMs: -1 },
	])("%j is refused where the consumer is made", (options) => {
		expect(() => consumer(() => {}, options)).toThrow(RangeError);
	});
});

test("ten thousand records of which half hang: half is reported, once each", async () => {
	const records = Array.from({ length: 10_000 }, (_, i) => record(`r${i}`));
	const response = await consumer(
		({ detail }) =>
			Number(detail.contentId.slice(1)) < 5_000
				? undefined
				: new Promise(() => {}),
		{ concurrency: 10_000, logger: { error: () => {}, warn: () => {} } },
	)({ Records: records }, contextOf(8_000));
	expect(failed(response)).toEqual(
		records.slice(5_000).map(({ messageId }) => messageId),
	);
});

describe("a later retry", () => {
	test("delays the next delivery, and is reported as failed", async () => {
		const response = await consumer(({ detail }) => {
			if (detail.contentId === "early") throw new RetryLater(300, "not yet");
		})({
			Records: [
				record(
					"early",
					{},
					{ eventSourceARN: queueArn.replace("source", "later") },
				),
				record("b"),
			],
		});
		expect(failed(response)).toEqual(["m-early"]);
		expect(service().calls).toEqual([
			{
				action: "GetQueueUrl",
				input: { QueueName: "later", QueueOwnerAWSAccountId: "333333333333" },
			},
			{
				action: "ChangeMessageVisibility",
				input: {
					QueueUrl: `${service().url}/source`,
					ReceiptHandle: "handle-early",
					VisibilityTimeout: 300,
				},
			},
		]);
		expect(lines[0]?.facts).toMatchObject({
			name: "RetryLater",
			message: "not yet",
		});
	});

	test.each([-1, 42_001, Number.NaN])(
		"of %d seconds is refused where it is made",
		(delay) => {
			expect(() => new RetryLater(delay)).toThrow(
				"delaySeconds must be from 0 to 42000",
			);
		},
	);
});

describe("metrics and logs", () => {
	const records = [
		record("a", { SentTimestamp: String(Date.now() - 60_000) }),
		record("b"),
		record("bad"),
		record("c", {}, { body: "poison" }),
	];
	const handle: Handle = ({ detail }) => {
		if (detail.contentId === "bad") throw new Error("bad");
	};

	test("metrics of each batch", async () => {
		const report = vi.fn();
		await consumer(handle, {
			metrics: batchMetrics(report),
			deadLetterQueueUrl: `${service().url}/dead`,
		})({ Records: records });
		expect(report).toHaveBeenCalledExactlyOnceWith({
			handled: 2,
			failed: 1,
			poisoned: 1,
			ageMs: expect.closeTo(60_000, -5),
		});
	});

	test("as CloudWatch reads them", async () => {
		const print = vi.spyOn(console, "log").mockImplementation(() => {});
		await consumer(handle, {
			metrics: embeddedMetrics({
				namespace: "Shop",
				dimensions: { Consumer: "c" },
			}),
		})({ Records: records });
		expect(JSON.parse(String(print.mock.calls[0]?.[0]))).toMatchObject({
			_aws: {
				CloudWatchMetrics: [{ Namespace: "Shop", Dimensions: [["Consumer"]] }],
			},
			Consumer: "c",
			Handled: 2,
			Failed: 2,
			Poisoned: 0,
		});
	});

	test("a logger, a payload or a report that throws fails nothing", async () => {
		const broken = throwing(new Error("logger"));
		const response = await consumer(handle, {
			logger: { error: broken, warn: broken },
			metrics: broken,
			payload: broken,
		})({ Records: records });
		expect(failed(response)).toEqual(["m-bad", "m-c"]);
	});

	test("a logger of the user's own gets message and facts", async () => {
		const logger = { error: vi.fn(), warn: vi.fn() };
		await consumer(handle, { logger })({ Records: records });
		expect(logger.error.mock.calls).toMatchObject([
			["bad", { kind: "retryable", messageId: "m-bad", name: "Error" }],
			["the value is not JSON", { kind: "invalid", reason: "json" }],
		]);
	});
});

describe("a function that EventBridge invokes", () => {
	const direct = (handle: Handle, options = {}) =>
		eventBridgeConsumer<{ ContentViewed: Event }>(
			{ ContentViewed },
			{ ContentViewed: handle as never },
			options,
		);

	test("handles the event", async () => {
		const handle = vi.fn();
		await direct(handle)(event("a"));
		expect(handle.mock.calls[0]?.[0]).toMatchObject({
			detail: { contentId: "a" },
		});
	});

	test("throws what the handler threw, so that Lambda tries again", async () => {
		const error = new Error("away");
		await expect(direct(throwing(error))(event("a"))).rejects.toBe(error);
	});

	test("throws before its time is over", async () => {
		await expect(
			direct(() => new Promise(() => {}), { marginMs: 100 })(
				event("a"),
				contextOf(200),
			),
		).rejects.toThrow("had not ended when the time was over");
	});

	test("sends what can never be handled to the dead-letter queue, or throws", async () => {
		const broken = { ...event("a"), detail: {} };
		await expect(direct(() => {})(broken)).rejects.toThrow(
			"/detail/contentId is required",
		);
		await direct(() => {}, { deadLetterQueueUrl: `${service().url}/dead` })(
			broken,
		);
		expect(service().calls).toMatchObject([
			{ action: "SendMessage", input: { MessageBody: JSON.stringify(broken) } },
		]);
	});
});
