import { offer } from "./offer-to-sink.ts";
import { PublishError } from "./outcome.ts";
import { type Packer, packer, requestBytesMax } from "./pack.ts";
import { prepare } from "./prepare-event.ts";
import {
	abortion,
	type Call,
	DeadlineError,
	type EventToPublish,
	errorText,
	nothingMore,
	notSent,
	type Pending,
	type PublishEventsOptions,
	reject,
	type Trouble,
} from "./publish-call.ts";
import type { Failure } from "./request-failure.ts";
import { sendRequest } from "./send-request.ts";

/** Entries that are kept between validating a list and sending it. The others are written again, so that memory stays bounded. */
const keptBytesMax = 2 * requestBytesMax;
const openRequestsMax = 16;
/** How long an async iterable may take for its next event before those that it gave are sent. */
const lingerMs = 100;

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
		sinkMs: 0,
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
		if (end && !call.options.sink) {
			notSent(call, { ...event, index }, nothingMore(end), end.cause);
			continue;
		}
		const pending = prepared.get(index) ?? (await prepare(event, index, call));
		prepared.delete(index);
		// The sink gets what is valid, as it would have been sent.
		if (pending && end) notSent(call, pending, nothingMore(end), end.cause);
		else if (pending) await queue.add(pending);
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
			if (call.signal.aborted) call.ended ??= abortion(call.signal);
			if (call.ended) return unread(call.ended);
			const next = Promise.resolve(iterator.next());
			let result = await within(next, call, lingerMs);
			if (!result) {
				await queue.sendRest();
				result = await within(next, call);
			}
			if (result?.done) return undefined;
			if (!result) return unread(call.ended ?? abortion(call.signal));
			const pending = await prepare(result.value, index, call);
			if (pending) await queue.add(pending);
			else if (call.options.onInvalid !== "rest")
				return {
					message: `not all events were read: event ${index} is invalid`,
					cause: undefined,
				};
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

/** Whoever sends again what failed must know that there was more; a source that was waited for may have given one event more. */
const unread = ({ code, message, cause }: Failure): Trouble => ({
	message: `not all events were read: ${code}: ${message}`,
	cause,
});

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
