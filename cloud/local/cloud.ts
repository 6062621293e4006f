// State that the services share while a system runs.
import {
	type Access,
	decide,
	decideAssume,
	decideKey,
	keyArnOf,
} from "../template/access.ts";
import type { Decision, Principal } from "../template/policy.ts";
import type { Caller } from "./credentials.ts";
import type { Span, Tracer } from "./trace.ts";

/** A delivery target: a queue, topic, function or bus. */
export interface Receiver {
	/** The IAM action that a sender needs. */
	readonly action: string;
	/** Its name in a trace. */
	readonly label: string;
	/** The key that encrypts it: ARN, id or alias. Undefined if it is not a customer's. */
	readonly key?: string;
	/** Receives a message and records a hop after the span. Rejects with a `DeliveryError` if the service would refuse the message. */
	readonly receive: (message: string, after: Span) => Promise<void>;
}

export class DeliveryError extends Error {
	override readonly name = "DeliveryError";
	/** The hop that reports the error, if it is already recorded. */
	readonly span: Span | undefined;

	constructor(message: string, span?: Span) {
		super(message);
		this.span = span;
	}
}

export interface LocalOptions {
	/** Delay before a failed message is redelivered. Replaces the queue's visibility timeout. */
	readonly redeliveryDelayMs: number;
	/** Port of the first REST API; the others use the following ports. 0 picks any free port. */
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

	/** Evaluates the templates' policies. */
	decide(
		principal: Principal,
		action: string,
		resource: string,
		context: Readonly<Record<string, string | readonly string[]>> = {},
	): Decision {
		return decide(this.#access, principal, action, resource, context);
	}

	/** The key that a resource states. Reports one that is in no template. */
	keyOf(
		key: unknown,
		place: { readonly account: string; readonly region: string },
	): string | undefined {
		if (key === undefined) return undefined;
		const name = String(key);
		if (keyArnOf(this.#access, name, place) === undefined)
			this.notSimulated(`the key ${name}, which is taken to let everybody in`);
		return name;
	}

	/** Whether a principal may use the key of a resource. */
	decideKey(
		principal: Principal,
		actions: readonly string[],
		key: string,
		resource: string,
		context: Readonly<Record<string, string>> = {},
	): Decision {
		const [, , , region = "", account = ""] = resource.split(":");
		const place = { account, region };
		return decideKey(this.#access, { principal, actions, key, place, context });
	}

	/** Whether a service may assume a role. */
	decideAssume(
		service: string,
		roleArn: string,
		context: Readonly<Record<string, string>>,
	): Decision {
		return decideAssume(this.#access, service, roleArn, context);
	}

	/** Reports a feature as not simulated; each is listed once. */
	notSimulated(what: string): void {
		this.#notSimulated.add(what);
	}

	get notSimulatedParts(): readonly string[] {
		return [...this.#notSimulated].sort();
	}

	/** Defers an action until every resource is created. */
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
