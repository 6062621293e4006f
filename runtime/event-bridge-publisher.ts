import { EventBridgeClient, PutEventsCommand } from "./aws-sdk.js";
import { attempt, describeError } from "./describe-error.ts";
import type {
	Observe,
	OperationEnd,
	PublishAllOptions,
	PublisherOptions,
} from "./outgoing.ts";
import type { EventToPublish } from "./publish-call.ts";
import { publishEvents } from "./publish-events.ts";
import type { Entry, SendResult } from "./put-events.ts";
import { UnsentError } from "./request-failure.ts";
import { timerMs } from "./timer.ts";

/** Publishes events of any types and returns their ids in the same order. */
export type Publisher = (
	events: readonly EventToPublish[] | AsyncIterable<EventToPublish>,
	options?: PublishAllOptions,
) => Promise<readonly string[]>;

/** Creates a publisher for one bus. Throws an `Error` if neither the options nor the environment name the bus. */
export function eventBridgePublisher({
	eventBusName = process.env.EVENT_BUS_NAME,
	client = newClient(),
	requestTimeoutMs = 3_000,
	observe,
	...options
}: PublisherOptions = {}): Publisher {
	if (!eventBusName)
		throw new Error(
			"no event bus to publish to: set EVENT_BUS_NAME, or pass eventBusName",
		);
	if (!(requestTimeoutMs > 0))
		throw new RangeError(
			`requestTimeoutMs must be more than 0, got ${requestTimeoutMs}`,
		);
	return (events, callOptions) =>
		publishEvents(events, {
			...options,
			...callOptions,
			eventBusName,
			send: (entries, signal) =>
				observed(observe, eventBusName, entries.length, () =>
					sendOnce(client, entries, signal, requestTimeoutMs),
				),
			sleep,
			breathe: () => new Promise((resolve) => setImmediate(resolve)),
			now: Date.now,
			random: Math.random,
		});
}

export const newClient = () => new EventBridgeClient({});

/** Sends one request once: the publisher retries entry by entry, and the SDK's retries would multiply with these. */
async function sendOnce(
	client: EventBridgeClient,
	entries: readonly Entry[],
	callSignal: AbortSignal,
	timeoutMs: number,
): Promise<SendResult> {
	const command = new PutEventsCommand({ Entries: [...entries] });
	const abort = new AbortController();
	let isPrepared = false;
	let isWritten = false;
	const steps = command.middlewareStack as MiddlewareStack;
	steps.add(
		(next) => (args) => {
			isPrepared = true;
			return next(args);
		},
		{ name: "eventwrightPrepared", step: "initialize", priority: "high" },
	);
	steps.add((next) => next, {
		// The place of the SDK's retries.
		name: "retryMiddleware",
		step: "finalizeRequest",
		priority: "high",
		override: true,
	});
	steps.add(
		(next) => (args) => {
			// What was given up is not written afterwards.
			if (abort.signal.aborted) return Promise.reject(abort.signal.reason);
			isWritten = true;
			return next(args);
		},
		{ name: "eventwrightWritten", step: "deserialize", priority: "low" },
	);
	const onCallEnd = () => abort.abort(callSignal.reason);
	callSignal.addEventListener("abort", onCallEnd);
	const timer = setTimeout(
		() => abort.abort(new TimeoutError(timeoutMs)),
		timerMs(timeoutMs),
	);
	try {
		if (callSignal.aborted) onCallEnd();
		// A client that ignores the signal must not hold the call.
		return await Promise.race([
			client.send(command, { abortSignal: abort.signal }),
			rejection(abort.signal),
		]);
	} catch (error) {
		const cause = abort.signal.aborted ? abort.signal.reason : error;
		// A client that is not the SDK's may run no middleware.
		if (isPrepared && !isWritten)
			throw new UnsentError("the request was not written", { cause });
		throw cause;
	} finally {
		clearTimeout(timer);
		callSignal.removeEventListener("abort", onCallEnd);
	}
}

/** The steps in which the SDK sends a command. */
interface MiddlewareStack {
	add(
		middleware: (
			next: (args: object) => Promise<object>,
		) => (args: object) => Promise<object>,
		options: {
			readonly name: string;
			readonly step: "initialize" | "finalizeRequest" | "deserialize";
			readonly priority: "high" | "low";
			readonly override?: boolean;
		},
	): void;
}

class TimeoutError extends Error {
	override readonly name = "TimeoutError";
	constructor(timeoutMs: number) {
		super(`the request took more than ${timeoutMs} ms`);
	}
}

const rejection = (signal: AbortSignal): Promise<never> =>
	new Promise((_, reject) => {
		if (signal.aborted) reject(signal.reason);
		signal.addEventListener("abort", () => reject(signal.reason));
	});

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve, reject) => {
		const onAbort = () => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(() => {
			signal.removeEventListener("abort", onAbort);
			resolve();
		}, timerMs(ms));
		signal.addEventListener("abort", onAbort);
		if (signal.aborted) onAbort();
	});

/** Names: https://opentelemetry.io/docs/specs/semconv/registry/attributes/messaging/ */
async function observed(
	observe: Observe | undefined,
	eventBusName: string,
	count: number,
	request: () => Promise<SendResult>,
): Promise<SendResult> {
	if (!observe) return request();
	const startedMs = performance.now();
	const end = attempt(() =>
		observe({
			name: `send ${eventBusName}`,
			attributes: {
				"messaging.system": "aws.eventbridge",
				"messaging.operation.name": "send",
				"messaging.operation.type": "send",
				"messaging.destination.name": eventBusName,
				"messaging.batch.message_count": count,
			},
		}),
	);
	const report = (
		result: SendResult | undefined,
		outcome: Pick<OperationEnd, "error">,
		errorType: string | undefined,
		requestId: string | undefined,
	) =>
		attempt(() =>
			end?.({
				durationMs: performance.now() - startedMs,
				accepted:
					result?.Entries?.filter?.(({ EventId }) => EventId).length ?? 0,
				attributes: {
					...(errorType ? { "error.type": errorType } : {}),
					...(requestId ? { "aws.request_id": requestId } : {}),
				},
				...outcome,
			}),
		);
	try {
		const result = await request();
		const failed = attempt(() =>
			result?.Entries?.find(({ ErrorCode }) => ErrorCode),
		);
		report(result, {}, failed?.ErrorCode, result?.$metadata?.requestId);
		return result;
	} catch (error) {
		const thrown = error instanceof UnsentError ? error.cause : error;
		const { name } = describeError(thrown);
		const requestId = attempt(
			() =>
				(thrown as { $metadata?: { requestId?: string } }).$metadata?.requestId,
		);
		report(undefined, { error: thrown }, name ?? "_OTHER", requestId);
		throw error;
	}
}
