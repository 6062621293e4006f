// State that the services share while a system runs.
import {
	type Access,
	decide,
	decideAssume,
	decideKey,
	isManagedByAws,
	keyArnOf,
} from "../template/access.ts";
import { type Directory, describeOther } from "../template/directory.ts";
import type { Decision, Principal } from "../template/policy.ts";
import type { Resource } from "../template/resource.ts";
import type { Caller } from "./credentials.ts";
import type { Span, Tracer } from "./trace.ts";

/** What is sent to a receiver. */
export interface Message {
	readonly body: string;
	/** Message attributes, by name. */
	readonly attributes?: Readonly<Record<string, MessageAttribute>>;
	/** Of a FIFO queue or topic. */
	readonly groupId?: string | undefined;
	readonly deduplicationId?: string | undefined;
	readonly subject?: string | undefined;
	/** Whether it comes to a dead-letter queue, as what could not be delivered or handled. */
	readonly isDeadLetter?: boolean;
	/** The region of the bus that sends it on to another bus. */
	readonly fromRegion?: string;
}

export interface MessageAttribute {
	/** Such as `String`. */
	readonly type: string;
	/** Binary values are in base64. */
	readonly value: string;
}

/** A delivery target: a queue, topic, function or bus. */
export interface Receiver {
	/** The IAM action that a sender needs; `undefined` if no policy of the resource says who may send. */
	readonly action: string | undefined;
	/** Its name in a trace. */
	readonly label: string;
	/** The key that encrypts it: ARN, id or alias. Undefined if it is not a customer's. */
	readonly key?: string;
	/** Receives a message and records a hop after the span. Rejects with a `DeliveryError` if the service would refuse the message. */
	readonly receive: (message: Message, after: Span) => Promise<void>;
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
	/** Delay before a failed message is redelivered. Replaces the queue's visibility timeout, and Lambda's waits between tries. */
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
	readonly #directory: Directory;
	/** What is not simulated, and the logical ids that it concerns. */
	readonly #notSimulated = new Map<string, Set<string>>();
	readonly #later: (() => void)[] = [];
	readonly #pauses = new Set<() => void>();
	#isStopped = false;
	readonly #stops: (() => Promise<void>)[] = [];

	constructor(
		tracer: Tracer,
		options: LocalOptions,
		endpoint: string,
		access: Access,
		directory: Directory,
	) {
		this.tracer = tracer;
		this.options = options;
		this.endpoint = endpoint;
		this.#access = access;
		this.#directory = directory;
		for (const what of access.notEvaluated) this.notSimulated(what);
	}

	/** Evaluates the templates' policies. */
	decide(
		principal: Principal,
		action: string,
		resource: string,
		context: Readonly<Record<string, string | readonly string[]>> = {},
	): Decision {
		const now = new Date();
		return decide(this.#access, principal, action, resource, {
			"aws:CurrentTime": now.toISOString(),
			"aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
			...context,
		});
	}

	/** The key that a resource states. Reports one that is in no template. */
	keyOf(key: unknown, resource: Resource): string | undefined {
		if (key === undefined) return undefined;
		const name = String(key);
		if (
			!isManagedByAws(name) &&
			keyArnOf(this.#access, name, resource.stack) === undefined
		)
			this.notSimulated(
				`the key ${name}, which is taken to let everybody in`,
				resource,
			);
		return name;
	}

	/** The role that a resource states. Reports one that is in no template. */
	roleOf(role: string, resource: Resource): string {
		if (!this.#access.roles.has(role))
			this.notSimulated(
				`the role ${role}, which is in none of these stacks and taken to allow everything`,
				resource,
			);
		return role;
	}

	/** Whether a principal may use the key of a resource. */
	decideKey(
		principal: Principal,
		actions: readonly string[],
		key: string,
		resource: string,
		context: Readonly<Record<string, string>> = {},
	): Decision {
		const [, , service = "", region = "", account = ""] = resource.split(":");
		const place = { account, region };
		return decideKey(this.#access, {
			principal,
			actions,
			key,
			place,
			context: {
				...(principal.kind === "service"
					? {}
					: { "kms:ViaService": `${service}.${region}.amazonaws.com` }),
				...context,
			},
		});
	}

	/** Whether a principal may call an action on a resource, and use the resource's key for it. */
	decideWithKey(
		principal: Principal,
		action: string | undefined,
		{ arn, key }: { readonly arn: string; readonly key?: string | undefined },
		keyActions: readonly string[],
		context: Readonly<Record<string, string | readonly string[]>> = {},
		keyContext: Readonly<Record<string, string>> = {},
	): Decision {
		const own: Decision =
			action === undefined
				? { allowed: true }
				: this.decide(principal, action, arn, context);
		return own.allowed && key !== undefined && keyActions.length > 0
			? this.decideKey(principal, keyActions, key, arn, keyContext)
			: own;
	}

	/** Whether a service may assume a role. */
	decideAssume(
		service: string,
		roleArn: string,
		context: Readonly<Record<string, string>>,
	): Decision {
		return decideAssume(this.#access, service, roleArn, context);
	}

	/** What the templates have at an ARN that nothing here receives for; a phrase. */
	describeOther(arn: string): string {
		return describeOther(this.#directory, arn);
	}

	/** Reports a feature as not simulated; each is listed once, with the resources that it concerns. */
	notSimulated(what: string, of?: Pick<Resource, "logicalId">): void {
		const ids = this.#notSimulated.get(what) ?? new Set();
		if (of) ids.add(of.logicalId);
		this.#notSimulated.set(what, ids);
	}

	get notSimulatedParts(): readonly string[] {
		return [...this.#notSimulated]
			.map(([what, ids]) =>
				ids.size === 0 ? what : `${what} (${[...ids].sort().join(", ")})`,
			)
			.sort();
	}

	/** Runs a client's call in its caller's trace, or in a trace of its own. */
	async within<T>(
		caller: Caller,
		step: (span: Span) => Promise<T>,
	): Promise<T> {
		const around = caller.span();
		const span = around ?? this.tracer.begin();
		try {
			return await step(span);
		} finally {
			if (!around) this.tracer.release(span);
		}
	}

	/** Holds a trace until a step that nobody waits for has ended. What it throws is a hop, and never ends the process. */
	follow(span: Span, account: string, step: () => Promise<void>): void {
		this.tracer.hold(span);
		step()
			.catch((error: Error) => {
				this.tracer.hop(span, {
					account,
					resource: "local system",
					outcome: "failed",
					what: error.message,
				});
			})
			.finally(() => this.tracer.release(span));
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

	get isStopped(): boolean {
		return this.#isStopped;
	}

	/** Waits, or until the system stops. */
	pause(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const end = () => {
				clearTimeout(timer);
				this.#pauses.delete(end);
				resolve();
			};
			const timer = setTimeout(end, ms);
			this.#pauses.add(end);
		});
	}

	async stop(): Promise<void> {
		this.#isStopped = true;
		for (const end of this.#pauses) end();
		this.tracer.stop();
		await Promise.all(this.#stops.splice(0).map((stop) => stop()));
	}
}
