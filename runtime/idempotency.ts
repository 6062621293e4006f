import type { Idempotency } from "./consume.ts";
import type { EventOf, EventType } from "./event.ts";

/** Remembers which events have been handled. Each call may reject: the record then fails, and is delivered again. */
export interface IdempotencyStore {
	/**
	 * Claims a key, unless it is claimed or done. This must be atomic. A claim expires after some milliseconds, so that the key of a
	 * function that was ended is free again.
	 */
	readonly begin: (
		key: string,
		expiresMs: number,
	) => Promise<"begun" | "busy" | "done">;
	/** Marks a claimed key as done. */
	readonly complete: (key: string) => Promise<void>;
	/** Frees a claimed key: its handler failed. */
	readonly release: (key: string) => Promise<void>;
}

export interface IdempotencyOptions {
	/** What two events have in common if they are the same. Default: the property that the schema names by `x-idempotency-key`, or the event's id. */
	readonly key?: ((event: EventOf<string, unknown>) => string) | undefined;
	/** How long a claim lasts if Lambda's context is not passed to the consumer, in milliseconds. Default: 60,000. */
	readonly expiresMs?: number | undefined;
}

/**
 * Runs each event's effect once, however often the event is delivered: while a delivery is handled, others of the event fail and come
 * again later; once it is handled, they are dropped.
 *
 * An event's id changes when its producer publishes it again. What the schema names by `x-idempotency-key` does not.
 *
 * @example
 * export const handler = sqsConsumer(types, handlers, { idempotency: idempotency(store) });
 */
export function idempotency(
	store: IdempotencyStore,
	{ key, expiresMs = 60_000 }: IdempotencyOptions = {},
): Idempotency {
	return {
		once: async (event, eventType, { context, signal }, handle) => {
			const name = `${event.source} ${event.detailType} ${(key ?? keyOf(eventType))(event)}`;
			const state = await store.begin(
				name,
				context?.getRemainingTimeInMillis?.() ?? expiresMs,
			);
			if (state === "done") return;
			if (state === "busy")
				throw new Error("another delivery of the event is being handled");
			try {
				await handle();
			} catch (error) {
				// After the time is over, the claim may be another's; it expires by itself, as it does if this fails.
				if (!signal.aborted)
					try {
						await store.release(name);
					} catch {}
				throw error;
			}
			await store.complete(name);
		},
	};
}

const keyOf =
	({ idempotencyKey }: EventType<string, unknown>) =>
	({ id, detail }: EventOf<string, unknown>): string =>
		idempotencyKey === undefined
			? id
			: `${idempotencyKey}=${JSON.stringify((detail as Record<string, unknown>)[idempotencyKey])}`;
