import type { Mismatch } from "../../pattern/engine/mismatches.ts";
import {
	authorize,
	type Decision,
	type Principal,
	type Statement,
} from "../template/policy.ts";
import type { StackTemplate } from "../template/stack-template.ts";
import type { LocalRestApi } from "./services/api-gateway/resources.ts";
import type { LocalBus } from "./services/events/bus.ts";
import type { LocalFunction } from "./services/lambda/function.ts";
import type { LocalRegistry } from "./services/schemas/registry.ts";
import type { LocalTopic } from "./services/sns/topic.ts";
import type { LocalQueue } from "./services/sqs/queue.ts";
import type { Span, Tracer } from "./trace.ts";

/** A template's resource, its properties resolved. */
export interface Resource {
	readonly stack: StackTemplate;
	readonly logicalId: string;
	readonly type: string;
	readonly properties: Readonly<Record<string, unknown>>;
	/** What `Ref` gives. */
	readonly ref: string;
	readonly attributes: Readonly<Record<string, string>>;
}

/** What one type of resource needs so that the runner can run it. */
export interface ResourceType {
	/** Properties that are run. */
	readonly simulates: readonly string[];
	/** Properties that change nothing here. Every other property is named at start as not simulated. */
	readonly ignores?: readonly string[];
	/** What `Ref` and `Fn::GetAtt` give; `property` resolves one of the resource's own. */
	readonly identify: (resource: Identity) => {
		readonly ref: string;
		readonly attributes?: Readonly<Record<string, string>>;
	};
	readonly create?: (resource: Resource, cloud: Cloud) => void | Promise<void>;
}

export interface Identity {
	readonly stack: StackTemplate;
	readonly logicalId: string;
	readonly property: (name: string) => unknown;
	/** The local AWS endpoint. */
	readonly endpoint: string;
}

/** Something that takes what a rule, a topic or a failed delivery sends. */
export interface Receiver {
	/** The permission to send to it. */
	readonly action: string;
	/** As hops name it. */
	readonly label: string;
	/** Takes a message; records its own hop after the span. Rejects with a `DeliveryError` where the service would refuse. */
	readonly receive: (message: string, after: Span) => Promise<void>;
}

export class DeliveryError extends Error {
	override readonly name = "DeliveryError";
	/** The hop that tells of it, if there is one already. */
	readonly span: Span | undefined;

	constructor(message: string, span?: Span) {
		super(message);
		this.span = span;
	}
}

export interface Caller {
	readonly principal: Principal;
	/** What it is at, when it calls; a call from outside begins a trace of its own. */
	readonly span: () => Span | undefined;
}

export interface Role {
	readonly arn: string;
	readonly name: string;
	readonly account: string;
	readonly trust: readonly Statement[];
	readonly policies: Statement[];
}

export interface Rule {
	readonly name: string;
	readonly arn: string;
	/** Nothing where it matches. */
	readonly mismatches: (event: unknown) => readonly Mismatch[];
	readonly deliver: (event: object, after: Span) => Promise<void>;
}

export interface LocalApi {
	readonly name: string;
	readonly account: string;
	readonly url: string;
	/** As `GET /content/{contentId}`. */
	readonly routes: readonly string[];
}

export interface LocalOptions {
	/** How long a message that failed waits until it is delivered again; stands for the queue's visibility timeout. */
	readonly redeliveryDelayMs: number;
	/** Of the first REST API; the others follow. 0 takes any. */
	readonly port: number;
}

/** All accounts' resources while they run. */
export class Cloud {
	readonly tracer: Tracer;
	readonly options: LocalOptions;
	readonly endpoint: string;
	readonly callers = new Map<string, Caller>();
	readonly roles = new Map<string, Role>();
	readonly resourcePolicies = new Map<string, Statement[]>();
	readonly receivers = new Map<string, Receiver>();
	/** Bus ARN → its rules. */
	readonly rules = new Map<string, Rule[]>();
	readonly functions = new Map<string, LocalFunction>();
	readonly queues = new Map<string, LocalQueue>();
	readonly topics = new Map<string, LocalTopic>();
	readonly buses = new Map<string, LocalBus>();
	readonly registries = new Map<string, LocalRegistry>();
	/** By id. */
	readonly restApis = new Map<string, LocalRestApi>();
	readonly apis: LocalApi[] = [];
	readonly #notSimulated = new Set<string>();
	readonly #later: (() => void)[] = [];
	readonly #stops: (() => Promise<void>)[] = [];

	constructor(tracer: Tracer, options: LocalOptions, endpoint: string) {
		this.tracer = tracer;
		this.options = options;
		this.endpoint = endpoint;
	}

	/** Decides by the policies of the templates. */
	decide(
		principal: Principal,
		action: string,
		resource: string,
		context: Readonly<Record<string, string | readonly string[]>> = {},
	): Decision {
		const identity =
			principal.kind === "role"
				? (this.roles.get(principal.arn)?.policies ?? [])
				: [];
		return authorize(
			{ principal, action, resource, context },
			identity,
			this.resourcePolicies.get(resource) ?? [],
		);
	}

	/** Whether a service may take on a role. */
	decideAssume(
		service: string,
		roleArn: string,
		context: Readonly<Record<string, string>>,
	): Decision {
		const role = this.roles.get(roleArn);
		if (!role) return { allowed: false, reason: `there is no role ${roleArn}` };
		return authorize(
			{
				principal: { kind: "service", service },
				action: "sts:AssumeRole",
				resource: roleArn,
				context,
			},
			[],
			role.trust,
		);
	}

	addResourcePolicy(resource: string, statements: readonly Statement[]): void {
		const there = this.resourcePolicies.get(resource) ?? [];
		this.resourcePolicies.set(resource, [...there, ...statements]);
	}

	/** Says, once and by name, that something is not run here. */
	notSimulated(what: string): void {
		this.#notSimulated.add(what);
	}

	get notSimulatedParts(): readonly string[] {
		return [...this.#notSimulated].sort();
	}

	/** Does something once every resource stands. */
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

/** The statements of a policy document, whatever form it has. */
export function statementsOf(document: unknown): readonly Statement[] {
	const { Statement: stated } = (document ?? {}) as { Statement?: unknown };
	return (
		Array.isArray(stated) ? stated : stated ? [stated] : []
	) as Statement[];
}
