export type Outcome =
	| "ok"
	/** The rule's pattern does not match. */
	| "no match"
	| "denied"
	| "failed"
	/** Goes back to its queue, to be delivered again. */
	| "retry"
	| "dead letter";

/** One step of an event's way. */
export interface Hop {
	/** The request that began it all. */
	readonly trace: number;
	readonly hop: number;
	/** The hop before; none for the request itself. */
	readonly parent?: number;
	readonly account: string;
	/** AWS's name of the resource's kind and its own, as `queue media-analytics`. */
	readonly resource: string;
	readonly outcome: Outcome;
	/** What happened. */
	readonly what: string;
	/** Since the request began. */
	readonly ms: number;
}

export type HopFacts = Pick<Hop, "account" | "resource" | "outcome" | "what">;

interface Trace {
	readonly id: number;
	readonly startMs: number;
	readonly hops: Hop[];
	/** Steps that have begun and not ended: the trace is over when there are none. */
	pending: number;
}

/** Where a step's successors are attached. */
export interface Span {
	readonly trace: number;
	readonly hop?: number;
	/** How many hops lead here. */
	readonly depth?: number;
}

const tracesMax = 1_000;

/** Keeps the hops of requests, and knows when a request has had all its consequences. */
export class Tracer {
	readonly #clock: () => number;
	readonly #traces = new Map<number, Trace>();
	readonly #waiting = new Set<() => void>();
	#begun = 0;
	#hops = 0;
	/** Called with each trace whose last step has ended. */
	onSettled: (hops: readonly Hop[]) => void = () => {};

	constructor(clock: () => number) {
		this.#clock = clock;
	}

	/** Begins a trace with one pending step: whoever began it ends it. */
	begin(): Span {
		const id = ++this.#begun;
		this.#forgetOldest();
		this.#traces.set(id, {
			id,
			startMs: this.#clock(),
			hops: [],
			pending: 1,
		});
		return { trace: id };
	}

	/** Announces a hop whose outcome comes later, so that its successors can be attached before. */
	reserve(after: Span): Span {
		this.#trace(after);
		return {
			trace: after.trace,
			hop: ++this.#hops,
			depth: (after.depth ?? 0) + 1,
		};
	}

	/** Records a reserved hop. */
	record(span: Span, after: Span, facts: HopFacts): void {
		const trace = this.#trace(span);
		trace.hops.push({
			trace: trace.id,
			hop: span.hop as number,
			...(after.hop === undefined ? {} : { parent: after.hop }),
			...facts,
			ms: Math.round(this.#clock() - trace.startMs),
		});
	}

	hop(after: Span, facts: HopFacts): Span {
		const span = this.reserve(after);
		this.record(span, after, facts);
		return span;
	}

	hold(span: Span): void {
		this.#trace(span).pending++;
	}

	release(span: Span): void {
		const trace = this.#trace(span);
		trace.pending--;
		if (trace.pending > 0) return;
		this.onSettled(this.hopsOf(span.trace));
		if (this.#isIdle()) {
			for (const wake of this.#waiting) wake();
			this.#waiting.clear();
		}
	}

	/** The trace's hops, each after the one that it follows from. */
	hopsOf(trace: number): readonly Hop[] {
		const hops = this.#traces.get(trace)?.hops ?? [];
		return [...hops].sort((a, b) => a.hop - b.hop);
	}

	get traces(): readonly number[] {
		return [...this.#traces.keys()];
	}

	/** Resolves when no trace has a pending step. */
	settled(): Promise<void> {
		if (this.#isIdle()) return Promise.resolve();
		return new Promise((resolve) => {
			this.#waiting.add(resolve);
		});
	}

	/** A system that runs for days keeps the latest traces only, and those that are not over. */
	#forgetOldest(): void {
		if (this.#traces.size < tracesMax) return;
		for (const [id, { pending }] of this.#traces)
			if (pending === 0) {
				this.#traces.delete(id);
				return;
			}
	}

	#isIdle(): boolean {
		return [...this.#traces.values()].every(({ pending }) => pending === 0);
	}

	#trace({ trace }: Span): Trace {
		const found = this.#traces.get(trace);
		if (!found) throw new Error(`there is no trace ${trace}`);
		return found;
	}
}
