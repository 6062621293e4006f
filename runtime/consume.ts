import type { Signal } from "./abort-signal.ts";
import { attempt, describeError } from "./describe-error.ts";
import type { EventOf, EventType, ParseOptions } from "./event.ts";
import type { Issue } from "./issue.ts";
import { parseAnyEvent } from "./parse.ts";
import { type Poison, poisonOf, uuid } from "./poison.ts";

/** A message attribute, as Lambda has it. */
export interface RecordAttribute {
	readonly dataType: string;
	readonly stringValue?: string;
	/** In base64. */
	readonly binaryValue?: string;
}

/** The part of an SQS record in a Lambda event that is read. */
export interface SqsRecord {
	readonly messageId: string;
	readonly body: string;
	readonly receiptHandle?: string;
	readonly attributes?: {
		readonly ApproximateReceiveCount?: string;
		/** Milliseconds since 1970. */
		readonly SentTimestamp?: string;
		readonly MessageGroupId?: string;
		/** Only in FIFO queues. */
		readonly SequenceNumber?: string;
		readonly AWSTraceHeader?: string;
	};
	readonly messageAttributes?: Readonly<Record<string, RecordAttribute>>;
	readonly eventSourceARN?: string;
}

/** The response for `ReportBatchItemFailures`: the records to return to the queue. */
export interface BatchResponse {
	readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * A record that was not handled.
 *
 * - `invalid`: it never can be. It went to the dead-letter queue, or could not be sent there and is delivered again.
 * - `retryable`: its handler failed, or asked for a later retry.
 * - `timed out`: its handler had not ended when the function's time was over.
 * - `not started`: the time was over before its turn, or an earlier record of its group in a FIFO queue failed.
 */
export interface RecordFailure extends Partial<Poison> {
	readonly kind: "invalid" | "retryable" | "timed out" | "not started";
	readonly messageId: string;
	/** How many times the queue has delivered it, including this time. */
	readonly receiveCount: number;
	readonly message: string;
	/** Why it is invalid, in the words of `parse`, which may hold what its sender wrote. */
	readonly issues?: readonly Issue[];
	/** What the handler threw, or why the record could not be sent to the dead-letter queue. */
	readonly error?: unknown;
}

/** The event type of each event, by name. */
export type EventTypesOf<Events> = {
	readonly [Type in keyof Events & string]: Events[Type] extends EventOf<
		string,
		infer Detail
	>
		? EventType<Type, Detail>
		: never;
};

/** What Lambda tells of the invocation: the part that is read. */
export interface LambdaContext {
	readonly getRemainingTimeInMillis?: () => number;
	readonly awsRequestId?: string;
}

/** What a handler gets beside the event. */
export interface Delivery {
	readonly messageId: string;
	/** How many times the queue has delivered the record, including this time. */
	readonly receiveCount: number;
	/** Aborted shortly before the function's time is over. */
	readonly signal: Signal;
	/** Lambda's context. */
	readonly context: LambdaContext | undefined;
	/** The record; of a function that EventBridge invokes, the event as one. */
	readonly record: SqsRecord;
}

/** Exactly one handler for each event. Of a queue, it may throw a `RetryLater`. */
export type HandlersOf<Events> = {
	readonly [Type in keyof Events & string]: (
		event: Events[Type],
		delivery: Delivery,
	) => Promise<void> | void;
};

/** Runs each event's effect once. `eventwright/idempotency` makes one. */
export interface Idempotency {
	/** Calls the handler unless somebody has handled the event. Rejects while another does. */
	readonly once: (
		event: EventOf<string, unknown>,
		eventType: EventType<string, unknown>,
		delivery: Delivery,
		handle: () => Promise<void>,
	) => Promise<void>;
}

/** How a consumer reads and handles its records. */
export interface ConsumeOptions extends Pick<ParseOptions, "exact"> {
	/** How many records of a standard queue, or groups of a FIFO queue, are handled at once. Default: 100. */
	readonly concurrency?: number | undefined;
	/** What becomes of an event of no event type of the consumer: it is sent to the dead-letter queue, fails, or is dropped. Default: "dead-letter". */
	readonly onUnknown?: "dead-letter" | "fail" | "skip" | undefined;
	readonly idempotency?: Idempotency | undefined;
}

/** What `consume` needs of its surroundings. */
export interface ConsumeServices {
	readonly context?: LambdaContext | undefined;
	/** Aborted shortly before the function's time is over. */
	readonly signal?: Signal | undefined;
	/** Sends a record that can never be handled to the dead-letter queue. Without it, such a record fails. */
	readonly sendToDeadLetters?:
		| ((record: SqsRecord, poison: Poison) => Promise<void>)
		| undefined;
	/** Runs a handler. It calls `onLost` with what the handler throws where nobody waits. */
	readonly isolate?:
		| ((
				run: () => Promise<void>,
				onLost: (error: unknown) => void,
		  ) => Promise<void>)
		| undefined;
}

/** What became of a batch. */
export interface Consumed {
	/** Records that are delivered again. */
	readonly failures: readonly RecordFailure[];
	/** Records that were sent to the dead-letter queue. */
	readonly poisoned: readonly RecordFailure[];
	/** Number of records that were handled, now or before. */
	readonly handled: number;
	/** Number of events of unknown event types that were dropped. */
	readonly skipped: number;
}

type AnyEventType = EventType<string, unknown>;

type Handler = (
	event: EventOf<string, unknown>,
	delivery: Delivery,
) => Promise<void> | void;

/** What became of a record. */
type Fate = RecordFailure | "handled" | "skipped" | { poisoned: RecordFailure };

/** Handles each record of a batch by itself. A record fails if it cannot be parsed or its handler throws. */
export async function consume<Events>(
	records: readonly SqsRecord[],
	types: EventTypesOf<Events>,
	handlers: HandlersOf<Events>,
	{
		exact,
		concurrency = 100,
		onUnknown = "dead-letter",
		idempotency,
	}: ConsumeOptions = {},
	{
		context,
		signal,
		sendToDeadLetters,
		isolate = justRun,
	}: ConsumeServices = {},
): Promise<Consumed> {
	const known = Object.values(types) as AnyEventType[];
	const byType = handlers as unknown as Readonly<Record<string, Handler>>;
	/** What is known of a record so far: first that its turn has not come, then that its handler has not ended. */
	const fates = new Map<SqsRecord, Fate>();
	const fail = (
		record: SqsRecord,
		kind: RecordFailure["kind"],
		message: string,
		facts: Partial<RecordFailure> = {},
	): RecordFailure => ({
		kind,
		messageId: record.messageId,
		receiveCount: receiveCountOf(record),
		message,
		...facts,
	});

	/** Groups of which a record failed. */
	const broken = new Set<Lane>();
	const aborted = signal && abortOf(signal);
	const handle = async (record: SqsRecord, lane: Lane): Promise<Fate> => {
		const parsed = parseAnyEvent(known, record.body, { exact });
		if (!parsed.ok) return refuse(record, parsed.issues);
		const event = parsed.value;
		const { type } = event;
		const facts = { type, eventId: uuid(event.id) };
		fates.set(
			record,
			fail(record, "timed out", "had not ended when the time was over", facts),
		);
		const failed = (error: unknown) =>
			fail(record, "retryable", describeError(error).message, {
				...facts,
				error,
			});
		const own = new AbortController();
		const delivery = deliveryOf(record, context, own.signal);
		/** What the handler threw where nobody waits. */
		let lost: { readonly error: unknown } | undefined;
		const run = async () => {
			await isolate(
				async () => {
					// Here, so that what a listener throws is the handler's.
					aborted?.then(() => own.abort());
					return (byType[type] as Handler)(event, delivery);
				},
				(error) => {
					lost = { error };
					fates.set(record, failed(error));
					broken.add(lane);
				},
			);
			if (lost) throw lost.error;
		};
		try {
			await (idempotency
				? idempotency.once(
						event,
						known.find((known) => known.type === type) as AnyEventType,
						delivery,
						run,
					)
				: run());
			return lost ? failed(lost.error) : "handled";
		} catch (error) {
			const trouble = await delay(error, { ...record });
			return failed(trouble ?? error);
		}
	};

	const refuse = async (
		record: SqsRecord,
		issues: readonly Issue[],
	): Promise<Fate> => {
		const poison = poisonOf(record.body, issues, known);
		const failure = fail(record, "invalid", poison.message, {
			...poison,
			issues,
		});
		const isUnknown = poison.reason === "event-type";
		if (isUnknown && onUnknown === "skip") return "skipped";
		if (!sendToDeadLetters || (isUnknown && onUnknown === "fail"))
			return failure;
		// What is said if the time is over before.
		fates.set(record, failure);
		try {
			await sendToDeadLetters(record, poison);
			return { poisoned: failure };
		} catch (error) {
			return { ...failure, error };
		}
	};

	const lanes = lanesOf(records);
	let next = 0;
	const work = async () => {
		for (let lane = lanes[next++]; lane; lane = lanes[next++])
			for (const record of lane) {
				if (signal?.aborted || broken.has(lane)) break;
				const fate = await handle(record, lane).catch((error: unknown) =>
					fail(record, "retryable", describeError(error).message, { error }),
				);
				if (signal?.aborted) return;
				fates.set(record, fate);
				if (isFailure(fate)) break;
			}
	};
	const workers = Promise.all(
		Array.from({ length: Math.min(concurrency, lanes.length) }, work),
	);
	await (aborted ? Promise.race([workers, aborted]) : workers);

	const all = records.map(
		(record) =>
			fates.get(record) ??
			fail(
				record,
				"not started",
				"the time was over, or an earlier record of the group failed",
			),
	);
	return {
		failures: all.filter(isFailure),
		poisoned: all.flatMap((fate) =>
			typeof fate === "object" && "poisoned" in fate ? [fate.poisoned] : [],
		),
		handled: all.filter((fate) => fate === "handled").length,
		skipped: all.filter((fate) => fate === "skipped").length,
	};
}

const justRun = (run: () => Promise<void>) => run();

const isFailure = (fate: Fate): fate is RecordFailure =>
	typeof fate === "object" && "kind" in fate;

/** What a handler changes is its own. */
const deliveryOf = (
	record: SqsRecord,
	context: LambdaContext | undefined,
	signal: Signal,
): Delivery => ({
	messageId: record.messageId,
	receiveCount: receiveCountOf(record),
	signal,
	context:
		context &&
		Object.assign(Object.create(Object.getPrototypeOf(context)), context),
	record: { ...record },
});

const receiveCountOf = ({ attributes }: SqsRecord): number =>
	Number(attributes?.ApproximateReceiveCount ?? 1);

const abortOf = (signal: Signal): Promise<void> =>
	new Promise((resolve) => {
		if (signal.aborted) resolve();
		signal.addEventListener("abort", () => resolve());
	});

/** Records that are handled one after the other. */
type Lane = readonly SqsRecord[];

/** Each lane is a group of a FIFO queue, or a single record: in a standard queue, a group is no order. */
function lanesOf(records: readonly SqsRecord[]): readonly Lane[] {
	const lanes = new Map<unknown, SqsRecord[]>();
	for (const record of records) {
		const { MessageGroupId, SequenceNumber } = record.attributes ?? {};
		const key =
			SequenceNumber || record.eventSourceARN?.endsWith(".fifo")
				? MessageGroupId
				: record;
		const lane = lanes.get(key) ?? [];
		lanes.set(key, lane);
		lane.push(record);
	}
	return [...lanes.values()];
}

/** Delays the next delivery if the handler asked for it. Returns why it could not: what the handler threw may be a promise. */
async function delay(
	error: unknown,
	record: SqsRecord,
): Promise<Error | undefined> {
	try {
		await attempt(() => (error as Later).delay(record));
		return undefined;
	} catch (cause) {
		return new Error("the next delivery could not be delayed", { cause });
	}
}

/** The part of `RetryLater` that is called. A consumer that throws none need not bundle it. */
interface Later {
	readonly delay: (record: SqsRecord) => Promise<void>;
}

/** The response that returns the failed records to the queue. */
export function batchResponse(
	failures: readonly RecordFailure[],
): BatchResponse {
	return {
		batchItemFailures: failures.map(({ messageId }) => ({
			itemIdentifier: messageId,
		})),
	};
}
