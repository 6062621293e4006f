import { attempt, describeError } from "./describe-error.ts";
import type { EventType } from "./event.ts";
import { describeIssues, type Issue } from "./issue.ts";
import { type FailedEvent, PublishError } from "./outcome.ts";
import type {
	Outgoing,
	PublishAllOptions,
	Sink,
	UnpublishedEvent,
} from "./outgoing.ts";
import { entryBytes, type Packer, packer, requestBytesMax } from "./pack.ts";
import type { Entry, SendResult } from "./put-events.ts";
import {
	entryFailure,
	type Failure,
	noResult,
	requestFailure,
} from "./request-failure.ts";

/** Calls PutEvents with 1 to 10 entries. Rejects with an `UnsentError` if the request was never written. */
export type Send = (
	entries: readonly Entry[],
	signal: AbortSignal,
) => Promise<SendResult>;

export interface PublishEventsOptions extends PublishAllOptions {
	readonly send: Send;
	/** Name or ARN. A bus in another account needs the ARN. */
	readonly eventBusName: string;
	readonly entryBytesMax?: number | undefined;
	readonly attemptsMax?: number | undefined;
	readonly sink?: Sink | undefined;
	/** Waits. Rejects when the signal is aborted. */
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
	/** Lets other work of the process run. */
	readonly breathe: () => Promise<void>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** Returns a number from 0 to 1, for the jitter between attempts. */
	readonly random: () => number;
}

export interface EventToPublish {
	readonly eventType: EventType<string, unknown>;
	readonly outgoing: Outgoing<unknown>;
}

const envelopeBytes = 1_024;
/** Entries that are kept between validating a list and sending it. The others are written again, so that memory stays bounded. */
const keptBytesMax = 2 * requestBytesMax;
/** How much is validated and written in a row: some 5 ms. */
const bytesPerTurn = requestBytesMax / 8;
const openRequestsMax = 16;
/** How long an async iterable may take for its next event before those that it gave are sent. */
const lingerMs = 100;
const sinkEventsMax = 100;
const sinkTimeoutMs = 10_000;

interface Pending extends EventToPublish {
	readonly index: number;
	readonly entry: Entry;
	readonly bytes: number;
}

/** The state of one call. */
interface Call {
	readonly options: PublishEventsOptions;
	readonly signal: AbortSignal;
	readonly endsAtMs: number;
	readonly attemptsMax: number;
	readonly eventIds: (string | undefined)[];
	readonly types: string[];
	readonly failed: Failed[];
	/** How many of the failed events the sink has been offered. */
	offered: number;
	/** What went wrong with the sink. */
	sinkTrouble?: Trouble | undefined;
	/** The sink's turns, one after the other. */
	keeping: Promise<void>;
	/** Bytes written since other work could run. */
	turnBytes: number;
	/** Requests in a row of which no event was accepted. */
	failuresInARow: number;
	/** The service wants no request before. */
	notBeforeMs: number;
	/** Why no more is sent. */
	ended?: Failure;
	/** Event types that may not be published. */
	readonly denied: Map<string, Failure>;
}

interface Failed {
	/** What the sink gets, until it has it. Undefined if there is no sink for it. */
	readonly event: Unsent | undefined;
	readonly outcome: FailedEvent;
}

type Unsent = Omit<UnpublishedEvent, "outcome">;

/**
 * Publishes events in as few requests as possible. Every detail of a list is validated and measured before anything is sent.
 * @returns the event ids, in the order of the events
 * @throws PublishError if any event was not published
 */
export async function publishEvents(
	events: readonly EventToPublish[] | AsyncIterable<EventToPublish>,
	options: PublishEventsOptions,
): Promise<readonly string[]> {
	checkOptions(options);
	const list = isList(events) ? [...events] : undefined;
	const deadline = new AbortController();
	const done = new AbortController();
	const {
		deadlineMs = list ? 10_000 + 100 * list.length : Number.POSITIVE_INFINITY,
	} = options;
	const call: Call = {
		options,
		signal: options.signal
			? AbortSignal.any([options.signal, deadline.signal])
			: deadline.signal,
		endsAtMs: options.now() + deadlineMs,
		attemptsMax: options.attemptsMax ?? 5,
		eventIds: [],
		types: [],
		failed: [],
		offered: 0,
		keeping: Promise.resolve(),
		turnBytes: 0,
		failuresInARow: 0,
		notBeforeMs: 0,
		denied: new Map(),
	};
	const onDeadline = () => deadline.abort(new DeadlineError(deadlineMs));
	if (deadlineMs <= 0) onDeadline();
	else if (deadlineMs !== Number.POSITIVE_INFINITY)
		options.sleep(deadlineMs, done.signal).then(onDeadline, () => {});
	let trouble: Trouble | undefined;
	try {
		trouble = list
			? await publishList(list, call)
			: await publishStream(events as AsyncIterable<EventToPublish>, call);
		offer(call, 1);
		await call.keeping;
	} finally {
		done.abort();
	}
	trouble ??= call.sinkTrouble;
	const failed = call.failed
		.map(({ outcome }) => outcome)
		.sort((a, b) => a.index - b.index);
	if (failed.length > 0 || trouble)
		throw new PublishError(failed, call.eventIds, call.types, trouble);
	return call.eventIds as string[];
}

class DeadlineError extends Error {
	override readonly name = "DeadlineExceeded";
	constructor(deadlineMs: number) {
		super(`the call took more than ${deadlineMs} ms`);
	}
}

const isList = <T>(
	events: readonly T[] | AsyncIterable<T>,
): events is readonly T[] => Array.isArray(events);

function checkOptions(options: PublishEventsOptions): void {
	const { concurrency = 1, attemptsMax = 1 } = options;
	for (const [name, value] of Object.entries({ concurrency, attemptsMax }))
		if (!Number.isInteger(value) || value < 1)
			throw new RangeError(
				`${name} must be a whole number of at least 1, got ${value}`,
			);
	const { deadlineMs = 0, entryBytesMax = 0 } = options;
	for (const [name, value] of Object.entries({ deadlineMs, entryBytesMax }))
		if (typeof value !== "number" || Number.isNaN(value))
			throw new RangeError(`${name} must be a number, got ${value}`);
}

/** What went wrong besides events that failed. */
interface Trouble {
	readonly message: string;
	readonly cause: unknown;
}

async function publishList(
	events: readonly EventToPublish[],
	call: Call,
): Promise<undefined> {
	const prepared = new Map<number, Pending>();
	if (call.options.onInvalid !== "rest") {
		let keptBytes = 0;
		for (const [index, event] of events.entries()) {
			if (call.signal.aborted) break;
			const pending = await prepare(event, index, call);
			if (!pending || keptBytes + pending.bytes > keptBytesMax) continue;
			keptBytes += pending.bytes;
			prepared.set(index, pending);
		}
		if (call.failed.length > 0) {
			const refused = new Set(call.failed.map(({ outcome }) => outcome.index));
			for (const [index, event] of events.entries())
				if (!refused.has(index))
					reject(
						call,
						{ ...event, index },
						"NotSent",
						"another event in the same call was rejected, so nothing was sent",
					);
			return;
		}
	}
	const queue = requestQueue(call);
	for (const [index, event] of events.entries()) {
		if (call.signal.aborted) call.ended ??= abortion(call.signal);
		const end = call.ended;
		if (end) {
			notSent(call, { ...event, index }, nothingMore(end), end.cause);
			continue;
		}
		const pending = prepared.get(index) ?? (await prepare(event, index, call));
		prepared.delete(index);
		if (pending) await queue.add(pending);
	}
	await queue.finish();
}

async function publishStream(
	events: AsyncIterable<EventToPublish>,
	call: Call,
): Promise<Trouble | undefined> {
	const queue = requestQueue(call);
	let iterator: AsyncIterator<EventToPublish> | undefined;
	try {
		iterator = events[Symbol.asyncIterator]();
		for (let index = 0; ; index++) {
			const next = Promise.resolve(iterator.next());
			let result = await within(next, call, lingerMs);
			if (!result) {
				await queue.sendRest();
				result = await within(next, call);
			}
			if (result?.done) return undefined;
			if (!result || call.ended) {
				const end = call.ended ?? abortion(call.signal);
				if (result)
					notSent(
						call,
						{ ...result.value, index },
						nothingMore(end),
						end.cause,
					);
				return {
					message: `not all events were read: ${end.code}: ${end.message}`,
					cause: end.cause,
				};
			}
			const pending = await prepare(result.value, index, call);
			if (pending) await queue.add(pending);
			else if (call.options.onInvalid !== "rest") return undefined;
		}
	} catch (cause) {
		const message = `the events could not be read: ${errorText(cause)}`;
		return { message, cause };
	} finally {
		// A source that hangs must not hold the call.
		new Promise((resolve) => resolve(iterator?.return?.())).catch(() => {});
		await queue.finish();
	}
}

/** Resolves with undefined if the call ends, or the time, before the promise settles. */
function within<T>(
	promise: Promise<T>,
	{ options, signal }: Call,
	ms?: number,
): Promise<T | undefined> {
	return new Promise((resolve, reject) => {
		const settled = new AbortController();
		const end = () => {
			resolve(undefined);
			settled.abort();
			signal.removeEventListener("abort", end);
		};
		promise.then(resolve, reject).finally(end);
		if (signal.aborted) {
			end();
			return;
		}
		signal.addEventListener("abort", end);
		if (ms !== undefined) options.sleep(ms, settled.signal).then(end, () => {});
	});
}

/** Packs entries and sends requests; `add` waits while enough are in flight. */
function requestQueue(call: Call) {
	const { unordered, concurrency = unordered ? 4 : 1 } = call.options;
	const packing: Packer<Pending> = packer(unordered ? openRequestsMax : 1);
	const inFlight = new Set<Promise<void>>();
	const start = async (requests: readonly (readonly Pending[])[]) => {
		for (const request of requests) {
			while (inFlight.size >= concurrency) await Promise.race(inFlight);
			const sent: Promise<void> = sendRequest(request, call).finally(() => {
				inFlight.delete(sent);
				offer(call);
			});
			inFlight.add(sent);
		}
	};
	return {
		add: (pending: Pending) => start(packing.add(pending)),
		sendRest: () => start(packing.rest()),
		finish: async () => {
			await start(packing.rest());
			await Promise.all(inFlight);
		},
	};
}

/** Validates and measures an event. Returns undefined if it cannot be published, which is then recorded. */
async function prepare(
	event: EventToPublish,
	index: number,
	call: Call,
): Promise<Pending | undefined> {
	if (call.turnBytes >= bytesPerTurn) {
		call.turnBytes = 0;
		await call.options.breathe();
	}
	const refuse = (
		code: string,
		message: string,
		issues?: readonly Issue[],
	): undefined => reject(call, { ...event, index }, code, message, issues);
	if (!isEvent(event))
		return refuse("InvalidEvent", "it is not an event with its event type");
	const { eventType, outgoing } = event;
	call.types[index] = eventType.type;
	call.eventIds[index] = undefined;
	const text = toJson(outgoing.detail);
	if (text === undefined)
		return refuse("InvalidDetail", "the detail cannot be represented in JSON");
	call.turnBytes += text.length;
	// The value, since JSON has no NaN; and what is sent, since JSON has no inherited properties, and toJSON() returns anything.
	const given = attempt(() => eventType.parseDetail(outgoing.detail));
	const checked = given?.ok ? eventType.parseDetail(JSON.parse(text)) : given;
	if (!checked) return refuse("InvalidDetail", "the detail cannot be read");
	if (!checked.ok)
		return refuse(
			"InvalidDetail",
			describeIssues(checked.issues),
			checked.issues,
		);
	const { time, resources, traceHeader } = outgoing;
	if (time !== undefined && !isValidDate(time))
		return refuse("InvalidTime", "the time is not a valid date");
	if (resources !== undefined && !isTexts(resources))
		return refuse("InvalidResources", "the resources are not a list of ARNs");
	if (
		traceHeader !== undefined &&
		!(
			typeof traceHeader === "string" &&
			traceHeader.length > 0 &&
			traceHeader.length <= 500
		)
	)
		return refuse(
			"InvalidTraceHeader",
			"the trace header is not a string of 1 to 500 characters",
		);
	const entry = entryOf(eventType, outgoing, text, call.options.eventBusName);
	const bytes = entryBytes(entry);
	const bytesMax =
		call.options.entryBytesMax ?? requestBytesMax - envelopeBytes;
	if (bytes > bytesMax)
		return refuse(
			"EntryTooLarge",
			`the entry is ${bytes} bytes, the limit is ${bytesMax}`,
		);
	return { ...event, index, entry, bytes };
}

function entryOf(
	{ source, detailType }: EventType<string, unknown>,
	{ time, resources, traceHeader }: Outgoing<unknown>,
	detail: string,
	eventBusName: string,
): Entry {
	return {
		EventBusName: eventBusName,
		Source: source,
		DetailType: detailType,
		Detail: detail,
		// The caller may go on to change it.
		...(time ? { Time: new Date(time) } : {}),
		...(resources ? { Resources: [...resources] } : {}),
		...(traceHeader ? { TraceHeader: traceHeader } : {}),
	};
}

function toJson(detail: unknown): string | undefined {
	try {
		return JSON.stringify(detail);
	} catch {
		return undefined;
	}
}

/** A date of another realm is not an instance of this one's `Date`. */
const isValidDate = (value: unknown): boolean =>
	Object.prototype.toString.call(value) === "[object Date]" &&
	!Number.isNaN(Number(value));

const isEvent = (value: unknown): boolean => {
	const { eventType, outgoing } = (value ?? {}) as Partial<EventToPublish>;
	return typeof eventType?.parseDetail === "function" && Boolean(outgoing);
};

const isTexts = (value: unknown): boolean =>
	Array.isArray(value) && value.every((item) => typeof item === "string");

/** Sends a request until each of its events is accepted or has failed. Never rejects. */
async function sendRequest(
	request: readonly Pending[],
	call: Call,
): Promise<void> {
	const last = new Map<Pending, Failure>();
	/** After which attempt EventBridge may have the event. */
	const unknown = new Map<Pending, Failure>();
	let waiting = request;
	for (let attempt = 1; waiting.length > 0; attempt++) {
		await waitForTurn(attempt, call);
		const sending: Pending[] = [];
		for (const pending of waiting) {
			const end = call.ended ?? call.denied.get(pending.eventType.type);
			const failure = last.get(pending);
			if (!end) sending.push(pending);
			else if (failure) fail(call, pending, failure, unknown.get(pending));
			else notSent(call, pending, nothingMore(end), end.cause);
		}
		if (sending.length === 0) return;
		const failures = await attemptSend(sending, call);
		waiting = sending.filter((pending, i) => {
			const failure = failures[i];
			if (!failure) return false;
			last.set(pending, failure);
			if (failure.isUnknown) unknown.set(pending, failure);
			if (failure.isRetryable && attempt < call.attemptsMax) return true;
			fail(call, pending, failure, unknown.get(pending));
			return false;
		});
	}
}

const nothingMore = ({ code, message }: Failure): string =>
	`nothing more was sent after ${code}: ${message}`;

/** Waits between attempts, and as long as the service asks; not at all if the call would end before. */
async function waitForTurn(attempt: number, call: Call): Promise<void> {
	const { now, random, sleep } = call.options;
	const backoffMs =
		attempt === 1 ? 0 : random() * Math.min(5_000, 100 * 2 ** (attempt - 1));
	const waitMs = Math.max(backoffMs, call.notBeforeMs - now());
	if (!call.ended && waitMs > 0) {
		if (now() + waitMs >= call.endsAtMs)
			call.ended ??= ending(
				"DeadlineExceeded",
				`the next attempt would be after the call's deadline`,
			);
		else await sleep(waitMs, call.signal).catch(() => {});
	}
	if (call.signal.aborted) call.ended ??= abortion(call.signal);
}

const ending = (code: string, message: string, cause?: unknown): Failure => ({
	code,
	message,
	isUnknown: false,
	isRetryable: false,
	endsCall: true,
	cause,
});

function abortion({ reason }: AbortSignal): Failure {
	const code = reason instanceof DeadlineError ? reason.name : "AbortError";
	return ending(code, errorText(reason), reason);
}

const errorText = (error: unknown): string => describeError(error).message;

type Indexed = EventToPublish & { readonly index: number };

/** Records why an event failed. */
function fail(
	call: Call,
	pending: Pending,
	failure: Failure,
	/** The attempt after which EventBridge may have it. */
	unknown: Failure | undefined,
): void {
	record(call, pending, outcomeOf(failure, unknown), unsentOf(pending, call));
}

/** Records that the call ended before an event's turn. */
function notSent(
	call: Call,
	event: Indexed | Pending,
	message: string,
	cause?: unknown,
): void {
	record(
		call,
		event,
		{
			status: "not-sent",
			code: "NotSent",
			message,
			...(cause === undefined ? {} : { cause }),
		},
		unsentOf(event, call),
	);
}

/** Records that an event is invalid, or that another one is: nobody could send it. */
function reject(
	call: Call,
	event: Indexed,
	code: string,
	message: string,
	issues?: readonly Issue[],
): undefined {
	record(
		call,
		event,
		{
			status: "not-sent",
			code,
			message,
			...(issues === undefined ? {} : { issues }),
		},
		undefined,
	);
}

function record(
	call: Call,
	{ index, eventType }: Indexed,
	outcome: Omit<FailedEvent, "index" | "type">,
	event: Unsent | undefined,
): void {
	const { type } = eventType ?? { type: "" };
	call.types[index] = type;
	call.eventIds[index] = undefined;
	call.failed.push({ event, outcome: { index, type, ...outcome } });
}

/** An event for the sink: as it was written, since the caller may have changed it. */
function unsentOf(
	event: Indexed | Pending,
	{ options }: Call,
): Unsent | undefined {
	if (!options.sink || !isEvent(event)) return undefined;
	const { type, source, detailType } = event.eventType;
	const { eventBusName } = options;
	const names = { type, source, detailType, eventBusName };
	if (!("entry" in event)) return { ...event.outgoing, ...names };
	const { Detail, Time, Resources, TraceHeader } = event.entry;
	return {
		...names,
		detail: JSON.parse(Detail),
		time: Time,
		resources: Resources,
		traceHeader: TraceHeader,
	};
}

function outcomeOf(
	failure: Failure,
	unknown: Failure | undefined,
): Omit<FailedEvent, "index" | "type"> {
	const { code, message, requestId } = failure;
	const cause = failure.cause ?? unknown?.cause;
	const isUnknown = failure.isUnknown || unknown !== undefined;
	return {
		status: isUnknown ? "unknown" : "not-sent",
		code,
		message:
			unknown && !failure.isUnknown
				? `${message}; an attempt before it ended with ${unknown.code}: ${unknown.message}`
				: message,
		...(cause === undefined ? {} : { cause }),
		...(requestId === undefined ? {} : { requestId }),
	};
}

/** Returns the failure of each event that was not accepted. */
async function attemptSend(
	waiting: readonly Pending[],
	call: Call,
): Promise<readonly (Failure | undefined)[]> {
	let result: SendResult;
	try {
		result = await call.options.send(
			waiting.map(({ entry }) => entry),
			call.signal,
		);
	} catch (error) {
		return wholeFailure(
			waiting,
			requestFailure(error, call.options.now()),
			call,
		);
	}
	const requestId = result?.$metadata?.requestId;
	const results = result?.Entries;
	if (!Array.isArray(results) || results.length !== waiting.length)
		return wholeFailure(
			waiting,
			noResult(
				`the service returned ${Array.isArray(results) ? results.length : "no"} results for ${waiting.length} entries`,
				requestId,
			),
			call,
		);
	const failures = waiting.map((pending, i): Failure | undefined => {
		const { EventId, ErrorCode, ErrorMessage } = results[i] ?? {};
		if (typeof EventId === "string" && EventId !== "") {
			call.eventIds[pending.index] = EventId;
			return undefined;
		}
		if (typeof ErrorCode !== "string" || ErrorCode === "")
			return noResult(
				"the service returned neither an id nor an error code for this entry",
				requestId,
			);
		const failure = entryFailure(ErrorCode, ErrorMessage, requestId);
		if (deniedCodes.has(ErrorCode))
			call.denied.set(pending.eventType.type, failure);
		return failure;
	});
	const [first] = failures;
	if (failures.includes(undefined)) call.failuresInARow = 0;
	else if (
		first &&
		failures.every((failure) => failure?.isRetryable || failure?.isUnknown)
	)
		countFailure(first, call);
	return failures;
}

/** Codes of entries that say the same of all events of the type: a policy can only tell by source and detail-type. */
const deniedCodes = new Set([
	"AccessDeniedException",
	"NotAuthorizedForSourceException",
	"NotAuthorizedForDetailTypeException",
]);

function wholeFailure(
	waiting: readonly Pending[],
	failure: Failure,
	call: Call,
): readonly Failure[] {
	const { retryAfterMs, endsCall, isRetryable, isUnknown } = failure;
	if (retryAfterMs !== undefined)
		call.notBeforeMs = Math.max(
			call.notBeforeMs,
			call.options.now() + retryAfterMs,
		);
	if (endsCall) call.ended ??= failure;
	if (isRetryable || isUnknown) countFailure(failure, call);
	return waiting.map(() => failure);
}

/** The budget of a call: it ends if as many requests in a row fail as an event may have attempts. */
function countFailure(failure: Failure, call: Call): void {
	call.failuresInARow++;
	if (call.failuresInARow >= call.attemptsMax) call.ended ??= failure;
}

/** Offers the sink what has failed, if it is at least so much, and marks what it took. It holds the call for 10 seconds at most. */
function offer(call: Call, min = sinkEventsMax): void {
	const { sink } = call.options;
	if (!sink) return;
	call.keeping = call.keeping.then(async () => {
		while (call.failed.length - call.offered >= min) {
			const from = call.offered;
			const batch = call.failed.slice(from, from + sinkEventsMax);
			call.offered += batch.length;
			const events = batch.flatMap(({ event, outcome }) =>
				event ? [{ ...event, outcome: { ...outcome } }] : [],
			);
			const trouble =
				events.length > 0 ? await keep(sink, events, call) : undefined;
			call.sinkTrouble ??= trouble;
			batch.forEach(({ event, outcome }, i) => {
				const isKept = event !== undefined && trouble === undefined;
				call.failed[from + i] = {
					event: undefined,
					outcome: isKept ? { ...outcome, isKept } : outcome,
				};
			});
		}
	});
}

async function keep(
	sink: Sink,
	events: readonly UnpublishedEvent[],
	{ options }: Call,
): Promise<Trouble | undefined> {
	const done = new AbortController();
	try {
		await Promise.race([
			sink(events),
			options.sleep(sinkTimeoutMs, done.signal).then(() => {
				throw new Error(`it took more than ${sinkTimeoutMs} ms`);
			}),
		]);
		return undefined;
	} catch (cause) {
		return { message: `the sink failed: ${errorText(cause)}`, cause };
	} finally {
		done.abort();
	}
}
