import {
	abortion,
	type Call,
	ending,
	fail,
	nothingMore,
	notSent,
	type Pending,
} from "./publish-call.ts";
import type { SendResult } from "./put-events.ts";
import {
	entryFailure,
	type Failure,
	noResult,
	requestFailure,
} from "./request-failure.ts";

/** Sends a request until each of its events is accepted or has failed. Never rejects. */
export async function sendRequest(
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
			const end = call.ended;
			const failure =
				call.denied.get(pending.eventType.type) ?? (end && last.get(pending));
			if (failure) fail(call, pending, failure, unknown.get(pending));
			else if (end) notSent(call, pending, nothingMore(end), end.cause);
			else sending.push(pending);
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
