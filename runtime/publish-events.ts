import type { EventType } from "./event.ts";
import { describeIssues, type Issue } from "./issue.ts";
import { type FailedEvent, PublishError } from "./outcome.ts";
import type { Outgoing, PublishAllOptions, Sink } from "./outgoing.ts";
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
	/** Bytes written since other work could run. */
	turnBytes: number;
	/** Requests in a row of which no event was accepted. */
	failuresInARow: number;
	/** The service wants no request before. */
	notBeforeMs: number;
	/** Why no more is sent. */
	ended?: Failure;
	/** Nothing was sent, as an event is invalid. */
	isRejected?: true;
	/** Event types that may not be published. */
	readonly denied: Map<string, Failure>;
}

interface Failed {
	readonly event: EventToPublish;
	readonly outcome: FailedEvent;
}

/**
 * Publishes events in as few requests as possible. Every detail of a list is validated and measured before anything is sent.
 * @returns the event ids, in the order of the events
 * @throws PublishError if any event was not published
 */
export async function publishEvents(
	events: readonly EventToPublish[] | AsyncIterable<EventToPublish>,
	options: PublishEventsOptions,
): Promise<readonly string[]> {
	const deadline = new AbortController();
	const done = new AbortController();
	const { deadlineMs = defaultDeadlineMs(events) } = options;
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
		turnBytes: 0,
		failuresInARow: 0,
		notBeforeMs: 0,
		denied: new Map(),
	};
	if (deadlineMs !== Number.POSITIVE_INFINITY)
		options.sleep(deadlineMs, done.signal).then(
			() => deadline.abort(new DeadlineError(deadlineMs)),
			() => {},
		);
	const trouble = await (isList(events)
		? publishList(events, call)
		: publishStream(events, call));
	done.abort();
	const lost = await keep(call);
	const failed = call.failed
		.map(({ outcome }) => outcome)
		.sort((a, b) => a.index - b.index);
	if (failed.length > 0 || trouble)
		throw new PublishError(failed, call.eventIds, call.types, trouble ?? lost);
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

const defaultDeadlineMs = (events: object): number =>
	Array.isArray(events)
		? 10_000 + 100 * events.length
		: Number.POSITIVE_INFINITY;

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
			const pending = await prepare(event, index, call);
			if (!pending || keptBytes + pending.bytes > keptBytesMax) continue;
			keptBytes += pending.bytes;
			prepared.set(index, pending);
		}
		if (call.failed.length > 0) {
			call.isRejected = true;
			const refused = new Set(call.failed.map(({ outcome }) => outcome.index));
			for (const [index, event] of events.entries())
				if (!refused.has(index))
					notSent(
						call,
						{ ...event, index },
						"another event in the same call was rejected, so nothing was sent",
					);
			return;
		}
	}
	const queue = requestQueue(call);
	for (const [index, event] of events.entries()) {
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
				const { code, message, cause } = call.ended ?? abortion(call.signal);
				return {
					message: `not all events were read: ${code}: ${message}`,
					cause,
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
		if (signal.aborted) return end();
		signal.addEventListener("abort", end);
		promise.then(resolve, reject).finally(end);
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
			const sent: Promise<void> = sendRequest(request, call).finally(() =>
				inFlight.delete(sent),
			);
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
	const { eventType, outgoing } = event;
	call.types[index] = eventType.type;
	call.eventIds[index] = undefined;
	const refuse = (
		code: string,
		message: string,
		issues?: readonly Issue[],
	): undefined =>
		record(
			call,
			{ ...event, index },
			{
				status: "not-sent",
				code,
				message,
				...(issues === undefined ? {} : { issues }),
			},
		) as undefined;
	const text = toJson(outgoing.detail);
	if (text === undefined)
		return refuse("InvalidDetail", "the detail cannot be represented in JSON");
	call.turnBytes += text.length;
	// The value, since JSON has no NaN; and what is sent, since JSON has no inherited properties, and toJSON() returns anything.
	const given = eventType.parseDetail(outgoing.detail);
	const checked = given.ok ? eventType.parseDetail(JSON.parse(text)) : given;
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
		...(time ? { Time: time } : {}),
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

const errorText = (error: unknown): string =>
	error instanceof Error ? error.message : String(error);

type Indexed = EventToPublish & { readonly index: number };

/** Records why an event failed. */
function fail(
	call: Call,
	event: Indexed,
	failure: Failure,
	/** The attempt after which EventBridge may have it. */
	unknown: Failure | undefined,
): void {
	record(call, event, outcomeOf(failure, unknown));
}

/** Records that the call ended before an event's turn. */
function notSent(
	call: Call,
	event: Indexed,
	message: string,
	cause?: unknown,
): void {
	record(call, event, {
		status: "not-sent",
		code: "NotSent",
		message,
		...(cause === undefined ? {} : { cause }),
	});
}

function record(
	call: Call,
	{ index, eventType, outgoing }: Indexed,
	outcome: Omit<FailedEvent, "index" | "type">,
): void {
	const { type } = eventType;
	call.types[index] = type;
	call.eventIds[index] = undefined;
	call.failed.push({
		event: { eventType, outgoing },
		outcome: { index, type, ...outcome },
	});
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
	else if (first && failures.every((failure) => failure?.isRetryable))
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

/** Gives the sink what could not be sent, and marks what it took. */
async function keep(call: Call): Promise<Trouble | undefined> {
	const { eventBusName, sink } = call.options;
	if (!sink || call.isRejected) return undefined;
	const kept = call.failed
		.map((failed, at) => ({ ...failed, at }))
		.filter(({ outcome }) => !isInvalid(outcome));
	let trouble: Trouble | undefined;
	for (let i = 0; i < kept.length; i += sinkEventsMax) {
		const batch = kept.slice(i, i + sinkEventsMax);
		try {
			await sink(
				batch.map(({ event: { eventType, outgoing }, outcome }) => ({
					...outgoing,
					type: eventType.type,
					source: eventType.source,
					detailType: eventType.detailType,
					eventBusName,
					outcome,
				})),
			);
			for (const { event, outcome, at } of batch)
				call.failed[at] = { event, outcome: { ...outcome, isKept: true } };
		} catch (cause) {
			trouble ??= { message: `the sink failed: ${errorText(cause)}`, cause };
		}
	}
	return trouble;
}

const isInvalid = ({ code }: FailedEvent): boolean =>
	code.startsWith("Invalid") || code === "EntryTooLarge";
