import type { Issue } from "./issue.ts";

/** An event that was published. */
export interface SentEvent {
	readonly status: "sent";
	/** Index in the list of events to publish. */
	readonly index: number;
	readonly type: string;
	readonly eventId: string;
}

/**
 * An event that was not published, or of which that is unknown.
 *
 * - `not-sent`: EventBridge has not accepted it. Sending it again makes no duplicate.
 * - `unknown`: EventBridge may have accepted it: the request was written, and no usable response came. Sending it again may make
 *   a duplicate.
 */
export interface FailedEvent {
	readonly status: "not-sent" | "unknown";
	/** Index in the list of events to publish. */
	readonly index: number;
	readonly type: string;
	/**
	 * AWS's error code, or the name of the client's error. Before sending: `InvalidEvent`, `InvalidDetail`, `InvalidTime`,
	 * `InvalidResources`, `InvalidTraceHeader` or `EntryTooLarge`; `NotSent` if the call ended before the event's turn.
	 */
	readonly code: string;
	readonly message: string;
	readonly issues?: readonly Issue[];
	/** The error of the client. */
	readonly cause?: unknown;
	/** AWS's id of the request. */
	readonly requestId?: string;
	/** The publisher's sink has taken the event. */
	readonly isKept?: true;
}

/** What became of an event. */
export type Outcome = SentEvent | FailedEvent;

/** Some events were not published, or that is unknown. Events that are not in `failed` were published. */
export class PublishError extends Error {
	override readonly name = "PublishError";
	readonly failed: readonly FailedEvent[];
	/** Event ids by index; undefined if the event failed. */
	readonly eventIds: readonly (string | undefined)[];
	/** The event types' names by index. */
	readonly #types: readonly string[];

	constructor(
		failed: readonly FailedEvent[],
		eventIds: readonly (string | undefined)[],
		types: readonly string[],
		/** What else went wrong: reading the events, or the sink. */
		trouble?: { readonly message: string; readonly cause: unknown },
	) {
		const first = failed.find(({ code }) => code !== "NotSent") ?? failed[0];
		const unknown = failed.filter(({ status }) => status === "unknown").length;
		const kept = failed.filter(({ isKept }) => isKept).length;
		const counts = [
			`${failed.length - unknown} of ${eventIds.length} events were not published`,
			...(unknown > 0 ? [`${unknown} may have been`] : []),
			...(kept > 0 ? [`the sink keeps ${kept}`] : []),
		];
		const reasons = [
			...(first ? [`${first.type}: ${first.code}: ${first.message}`] : []),
			...(trouble ? [trouble.message] : []),
		];
		super(`${counts.join(", ")}: ${reasons.join("; ")}`, {
			cause: trouble?.cause ?? first?.cause,
		});
		this.failed = failed;
		this.eventIds = eventIds;
		this.#types = types;
	}

	/** What became of each event, in the order of the events. */
	get outcomes(): readonly Outcome[] {
		const failed = new Map(this.failed.map((event) => [event.index, event]));
		return this.eventIds.map(
			(eventId, index): Outcome =>
				failed.get(index) ?? {
					status: "sent",
					index,
					type: this.#types[index] as string,
					eventId: eventId as string,
				},
		);
	}
}
