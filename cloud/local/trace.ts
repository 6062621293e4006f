export type Outcome =
	| "ok"
	/** The rule's pattern does not match. */
	| "no match"
	| "denied"
	| "failed"
	/** Returns to the queue for redelivery. */
	| "retry"
	| "dead letter"
	/** Goes on in AWS, in a part that is not simulated here. */
	| "not simulated";

/** One step of an event's path. */
export interface Hop {
	/** Id of the request that started the trace. */
	readonly trace: number;
	readonly hop: number;
	/** The previous hop; absent for the request itself. */
	readonly parent?: number;
	readonly account: string;
	/** Resource kind and name, such as `queue media-analytics`. */
	readonly resource: string;
	readonly outcome: Outcome;
	readonly what: string;
	/** Milliseconds since the request started. */
	readonly ms: number;
}

export type HopFacts = Pick<Hop, "account" | "resource" | "outcome" | "what">;

interface Trace {
	readonly id: number;
	readonly startMs: number;
	readonly hops: Hop[];
	/** Number of unfinished steps. The trace is settled at 0. */
	pending: number;
	/** Called once it is settled. */
	readonly waiting: (() => void)[];
}

/** The position in a trace that later steps are attached to. */
export interface Span {
	readonly trace: number;
	readonly hop?: number;
	/** Number of hops so far. */
	readonly depth?: number;
}

const tracesMax = 1_000;

/** Records the hops of each request and detects when a request is settled. */
export class Tracer {
	readonly #clock: () => number;
	readonly #traces = new Map<number, Trace>();
	readonly #waiting = new Set<() => void>();
	#begun = 0;
	#isStopped = false;
	#hops = 0;
	/** Called with each settled trace. */
	onSettled: (hops: readonly Hop[]) => void = () => {};

	constructor(clock: () => number) {
		this.#clock = clock;
	}

	/** Starts a trace with one pending step, which the caller must release. */
	begin(): Span {
		const id = ++this.#begun;
		this.#forgetOldest();
		this.#traces.set(id, {
			id,
			startMs: this.#clock(),
			hops: [],
			pending: 1,
			waiting: [],
		});
		return { trace: id };
	}

	/** Reserves a hop whose outcome is recorded later. Further hops can be attached before that. */
	reserve(after: Span): Span {
		this.#trace(after);
		return {
			trace: after.trace,
			hop: ++this.#hops,
			depth: (after.depth ?? 0) + 1,
		};
	}

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
		for (const wake of trace.waiting.splice(0)) wake();
		this.onSettled(this.hopsOf(span.trace));
		if (this.#isIdle()) {
			for (const wake of this.#waiting) wake();
			this.#waiting.clear();
		}
	}

	/** The trace's hops; each comes after its parent. */
	hopsOf(trace: number): readonly Hop[] {
		const hops = this.#traces.get(trace)?.hops ?? [];
		return [...hops].sort((a, b) => a.hop - b.hop);
	}

	get traces(): readonly number[] {
		return [...this.#traces.keys()];
	}

	/** Resolves once a trace is settled, or the tracer is stopped. */
	async settledOf(span: Span): Promise<void> {
		const trace = this.#trace(span);
		// What is released may be held again at once, by a step that follows.
		while (trace.pending > 0 && !this.#isStopped)
			await new Promise<void>((resolve) => {
				trace.waiting.push(resolve);
			});
	}

	/** Wakes all who wait: nothing settles any more. */
	stop(): void {
		this.#isStopped = true;
		for (const { waiting } of this.#traces.values())
			for (const wake of waiting.splice(0)) wake();
		for (const wake of this.#waiting) wake();
		this.#waiting.clear();
	}

	/** Resolves once every trace is settled, or the tracer is stopped. */
	settled(): Promise<void> {
		if (this.#isIdle() || this.#isStopped) return Promise.resolve();
		return new Promise((resolve) => {
			this.#waiting.add(resolve);
		});
	}

	/** Limits memory in long runs: drops the oldest settled trace. */
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
