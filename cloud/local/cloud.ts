// What the services share while a system runs.
import { type Access, decide, decideAssume } from "../template/access.ts";
import type { Decision, Principal } from "../template/policy.ts";
import type { Caller } from "./credentials.ts";
import type { Span, Tracer } from "./trace.ts";

/** A delivery target: a queue, topic, function or bus. */
export interface Receiver {
	/** The permission to send to it. */
	readonly action: string;
	/** As hops name it. */
	readonly label: string;
	/** Takes a message and records its own hop after the span. Rejects with a `DeliveryError` if the service would refuse it. */
	readonly receive: (message: string, after: Span) => Promise<void>;
}

export class DeliveryError extends Error {
	override readonly name = "DeliveryError";
	/** The hop that reports it, if there is one already. */
	readonly span: Span | undefined;

	constructor(message: string, span?: Span) {
		super(message);
		this.span = span;
	}
}

export interface LocalOptions {
	/** How long a failed message waits until it is delivered again, instead of the queue's visibility timeout. */
	readonly redeliveryDelayMs: number;
	/** Of the first REST API; the others follow. 0 takes any. */
	readonly port: number;
}

export class Cloud {
	readonly tracer: Tracer;
	readonly options: LocalOptions;
	readonly endpoint: string;
	/** By ARN. */
	readonly receivers = new Map<string, Receiver>();
	/** By access key id. */
	readonly callers = new Map<string, Caller>();
	readonly #access: Access;
	readonly #notSimulated: Set<string>;
	readonly #later: (() => void)[] = [];
	readonly #stops: (() => Promise<void>)[] = [];

	constructor(
		tracer: Tracer,
		options: LocalOptions,
		endpoint: string,
		access: Access,
	) {
		this.tracer = tracer;
		this.options = options;
		this.endpoint = endpoint;
		this.#access = access;
		this.#notSimulated = new Set(access.notEvaluated);
	}

	/** Decides by the policies of the templates. */
	decide(
		principal: Principal,
		action: string,
		resource: string,
		context: Readonly<Record<string, string | readonly string[]>> = {},
	): Decision {
		return decide(this.#access, principal, action, resource, context);
	}

	/** Whether a service may take on a role. */
	decideAssume(
		service: string,
		roleArn: string,
		context: Readonly<Record<string, string>>,
	): Decision {
		return decideAssume(this.#access, service, roleArn, context);
	}

	/** Names, once, something that is not simulated. */
	notSimulated(what: string): void {
		this.#notSimulated.add(what);
	}

	get notSimulatedParts(): readonly string[] {
		return [...this.#notSimulated].sort();
	}

	/** Does something once every resource is created. */
	later(action: () => void): void {
		this.#later.push(action);
	}

	finish(): void {
		for (const action of this.#later.splice(0)) action();
	}

	onStop(stop: () => Promise<void>): void {
		this.#stops.push(stop);
	}

	async stop(): Promise<void> {
		await Promise.all(this.#stops.splice(0).map((stop) => stop()));
	}
}
