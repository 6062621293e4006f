import type { Span, Tracer } from "../../trace.ts";

/** Positions of a queue's messages in their traces. A message holds its trace while a consumer may still receive it. */
export class MessageTraces {
	readonly #tracer: Tracer;
	readonly #isPolled: () => boolean;
	readonly #known = new Map<
		string,
		{ readonly span: Span; readonly isHeld: boolean }
	>();
	/** Ids of all messages. A FIFO queue returns a known one for a duplicate. */
	readonly #sent = new Set<string>();
	/** Message ids by receipt handle, of messages that clients received. */
	readonly #receipts = new Map<string, string>();

	constructor(tracer: Tracer, isPolled: () => boolean) {
		this.#tracer = tracer;
		this.#isPolled = isPolled;
	}

	/** Adds a message that the queue holds or is about to hold. */
	add(messageId: string, span: Span): void {
		limit(this.#sent.add(messageId));
		const isHeld = this.#isPolled();
		if (isHeld) this.#tracer.hold(span);
		this.#known.set(messageId, { span, isHeld });
	}

	/** The span of a message. One that no trace has sent begins a trace. */
	spanOf(messageId: string): Span {
		const known = this.#known.get(messageId);
		if (known) return known.span;
		const span = this.#tracer.begin();
		this.#known.set(messageId, { span, isHeld: true });
		return span;
	}

	/** Whether the message has not ended. */
	has(messageId: string): boolean {
		return this.#known.has(messageId);
	}

	wasSent(messageId: string): boolean {
		return this.#sent.has(messageId);
	}

	/** Ends a message that was handled, deleted or moved. */
	end(messageId: string): void {
		const known = this.#known.get(messageId);
		this.#known.delete(messageId);
		if (known?.isHeld) this.#tracer.release(known.span);
	}

	endAll(): void {
		for (const messageId of [...this.#known.keys()]) this.end(messageId);
		this.#receipts.clear();
	}

	received(messageId: string, receiptHandle: string): void {
		limit(this.#receipts.set(receiptHandle, messageId));
	}

	/** Ends a message that a client deletes. */
	deleted(receiptHandle: string): void {
		const messageId = this.#receipts.get(receiptHandle);
		this.#receipts.delete(receiptHandle);
		if (messageId !== undefined) this.end(messageId);
	}
}

const rememberedMax = 10_000;

/** Limits memory in long runs: forgets the oldest key. */
function limit(remembered: Map<string, string> | Set<string>): void {
	const [oldest] = remembered.keys();
	if (remembered.size > rememberedMax && oldest !== undefined)
		remembered.delete(oldest);
}
