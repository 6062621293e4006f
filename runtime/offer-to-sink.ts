import type { Sink, UnpublishedEvent } from "./outgoing.ts";
import { type Call, errorText, type Trouble } from "./publish-call.ts";

const sinkEventsMax = 100;
const sinkTimeoutMs = 10_000;

/** Offers the sink what has failed, if it is at least so much, and marks what it took. All its turns together have 10 seconds. */
export function offer(call: Call, min = sinkEventsMax): void {
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
				events.length > 0
					? (call.sinkGone ?? (await keep(sink, events, call)))
					: undefined;
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
	call: Call,
): Promise<Trouble | undefined> {
	const { now, sleep } = call.options;
	const done = new AbortController();
	const startedMs = now();
	let isLate = false;
	try {
		await Promise.race([
			sink(events),
			sleep(sinkTimeoutMs - call.sinkMs, done.signal).then(() => {
				isLate = true;
				throw new Error(`it took more than ${sinkTimeoutMs} ms`);
			}),
		]);
		return undefined;
	} catch (cause) {
		const trouble = { message: `the sink failed: ${errorText(cause)}`, cause };
		// The next turn would take as long.
		if (isLate) call.sinkGone = trouble;
		return trouble;
	} finally {
		done.abort();
		call.sinkMs += now() - startedMs;
	}
}
