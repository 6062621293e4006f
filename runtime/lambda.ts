import type { ReportMetrics } from "./batch-metrics.ts";
import {
	type BatchResponse,
	batchResponse,
	type Consumed,
	type ConsumeOptions,
	consume,
	type EventTypesOf,
	type HandlersOf,
	type LambdaContext,
	type SqsRecord,
} from "./consume.ts";
import { consoleLogger, type LogOptions, logConsumed } from "./consumer-log.ts";
import { sendToDeadLetters } from "./dead-letter-sender.ts";
import { attempt, describeError } from "./describe-error.ts";
import { isolate } from "./isolate.ts";

export {
	type BatchMetrics,
	batchMetrics,
	type EmbeddedMetricsOptions,
	embeddedMetrics,
	type ReportMetrics,
} from "./batch-metrics.ts";
export {
	type LogFacts,
	type Logger,
	logPayload,
	type PayloadOf,
} from "./consumer-log.ts";

import { uuid } from "./poison.ts";
import { timerMs } from "./timer.ts";

export { RetryLater } from "./retry-later.ts";

export interface ConsumerOptions extends ConsumeOptions, LogOptions {
	/** URL of the queue for records that can never be handled. Default: the environment variable EVENTWRIGHT_DEAD_LETTER_QUEUE_URL, which `QueueConsumer` sets. */
	readonly deadLetterQueueUrl?: string | undefined;
	/** How long before the function's time is over handlers are given up. Default: a tenth of the time, at least 200 and at most 2,000. */
	readonly marginMs?: number | undefined;
	/** Called after each batch: `embeddedMetrics` of what CloudWatch reads, or `batchMetrics` of a function. */
	readonly metrics?: ReportMetrics | undefined;
}

/**
 * Creates a Lambda handler for a queue. It parses each record, calls the handler of its event type, and reports each
 * failed record (`ReportBatchItemFailures`), so that the queue delivers it again and finally moves it to its
 * dead-letter queue. A record that can never be handled goes there at once. Each of them is logged as one line of JSON.
 *
 * Records of a group of a FIFO queue are handled one after the other, and a failure stops the group. It ends before the function's
 * time is over: a handler that has not ended is reported alone.
 *
 * @example
 * export const handler = sqsConsumer<Subscribed<"recommendations">>({ ContentViewed }, {
 *   ContentViewed: async ({ detail }) => count(detail.contentId),
 * });
 */
export function sqsConsumer<Events>(
	types: EventTypesOf<Events>,
	handlers: HandlersOf<Events>,
	options: ConsumerOptions = {},
): (
	event: { readonly Records: readonly SqsRecord[] },
	context?: LambdaContext,
) => Promise<BatchResponse> {
	checkOptions(options);
	return async ({ Records }, context) => {
		const { failures } = await consumeUntil(
			Records,
			types,
			handlers,
			options,
			context,
		);
		return batchResponse(failures);
	};
}

/**
 * Creates a Lambda handler for a rule whose target is the function itself. It throws if the event was not handled, so that Lambda tries
 * it again, twice, and then uses the function's own dead-letter queue or destination. An event that can never be handled goes to
 * the dead-letter queue at once, if there is one.
 */
export function eventBridgeConsumer<Events>(
	types: EventTypesOf<Events>,
	handlers: HandlersOf<Events>,
	options: ConsumerOptions = {},
): (event: unknown, context?: LambdaContext) => Promise<void> {
	checkOptions(options);
	return async (event, context) => {
		const { id } = (event ?? {}) as { readonly id?: unknown };
		const record = {
			messageId: uuid(id) ?? "",
			// One that is nested too deeply is read as it is, and no dead-letter queue takes it.
			body: attempt(() => JSON.stringify(event)) ?? (event as string),
		};
		const { failures } = await consumeUntil(
			[record],
			types,
			handlers,
			options,
			context,
		);
		const [failure] = failures;
		if (!failure) return;
		if (failure.kind === "retryable") throw failure.error;
		throw new Error(failure.message);
	};
}

function checkOptions({
	concurrency = 1,
	marginMs = 0,
}: ConsumerOptions): void {
	if (!Number.isInteger(concurrency) || concurrency < 1)
		throw new RangeError(
			`concurrency must be a whole number of at least 1, got ${concurrency}`,
		);
	if (!(marginMs >= 0))
		throw new RangeError(`marginMs must be at least 0, got ${marginMs}`);
}

/** Handles records until shortly before the function's time is over. */
async function consumeUntil<Events>(
	records: readonly SqsRecord[],
	types: EventTypesOf<Events>,
	handlers: HandlersOf<Events>,
	options: ConsumerOptions,
	context: LambdaContext | undefined,
): Promise<Consumed> {
	const {
		deadLetterQueueUrl = process.env.EVENTWRIGHT_DEAD_LETTER_QUEUE_URL,
		logger = consoleLogger,
		metrics,
		marginMs,
	} = options;
	const end = new AbortController();
	const remainingMs = attempt(() => context?.getRemainingTimeInMillis?.());
	const timer = Number.isFinite(remainingMs)
		? setTimeout(() => end.abort(), handlingMs(remainingMs as number, marginMs))
		: undefined;
	let isOver = false;
	try {
		const consumed = await consume(records, types, handlers, options, {
			context,
			signal: end.signal,
			isolate: (run, onLost) =>
				isolate(run, (error) => {
					if (!isOver) onLost(error);
					else
						attempt(() =>
							logger.error(afterwards, { error: describeError(error) }),
						);
				}),
			sendToDeadLetters: deadLetterQueueUrl
				? (record, poison) =>
						sendToDeadLetters(deadLetterQueueUrl, record, poison, end.signal)
				: undefined,
		});
		isOver = true;
		logConsumed(consumed, records, options);
		const { failures, poisoned } = consumed;
		attempt(() =>
			metrics?.(
				{ ...consumed, failures: [...failures], poisoned: [...poisoned] },
				records,
			),
		);
		return consumed;
	} finally {
		clearTimeout(timer);
	}
}

/** How long handlers have. */
const handlingMs = (
	remainingMs: number,
	marginMs = Math.min(2_000, Math.max(200, remainingMs / 10)),
): number => timerMs(remainingMs - marginMs);

const afterwards = "a handler threw after the batch had ended";
