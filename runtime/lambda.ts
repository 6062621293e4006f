import {
	type BatchResponse,
	batchResponse,
	type ConsumeOptions,
	consume,
	type EventTypesOf,
	type HandlersOf,
	type RecordFailure,
	type SqsRecord,
} from "./consume.ts";

/**
 * Creates a Lambda handler for a queue. It parses each record, calls the handler of its event type, and reports each
 * failed record (`ReportBatchItemFailures`), so that the queue redelivers it and finally moves it to its
 * dead-letter queue. Each failure is logged as one line of JSON. Events are read tolerantly unless `exact` is set.
 *
 * @example
 * export const handler = sqsConsumer<Subscribed<"recommendations">>({ ContentViewed }, {
 *   ContentViewed: async ({ detail }) => count(detail.contentId),
 * });
 */
export function sqsConsumer<Events>(
	types: EventTypesOf<Events>,
	handlers: HandlersOf<Events>,
	options?: ConsumeOptions,
): (event: {
	readonly Records: readonly SqsRecord[];
}) => Promise<BatchResponse> {
	return async ({ Records }) => {
		const failures = await consume(Records, types, handlers, options);
		for (const failure of failures) console.error(logLine(failure));
		return batchResponse(failures);
	};
}

function logLine(failure: RecordFailure): string {
	const error = failure.kind === "retryable" ? failure.error : undefined;
	return JSON.stringify({
		level: "ERROR",
		...failure,
		issues: undefined,
		error: undefined,
		stack: error instanceof Error ? error.stack : undefined,
	});
}
