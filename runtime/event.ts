import type { Result } from "./issue.ts";
import type { Validator } from "./validator/rules.ts";

/** A rule's event pattern: fields with lists of values and operators, nested like the event. */
export type EventPatternDocument = { readonly [field: string]: unknown };

/** An EventBridge event whose detail has been validated. */
export interface EventOf<Type extends string, Detail> {
	/** The event type's name: its schema's title. */
	readonly type: Type;
	readonly id: string;
	readonly source: string;
	readonly detailType: string;
	/** When it happened, as the publisher says; by default the time of publishing. RFC 3339. */
	readonly time: string;
	/** Id of the publishing account. */
	readonly account: string;
	readonly region: string;
	readonly resources: readonly string[];
	readonly detail: Detail;
}

/** An event type that a rule subscribes to, optionally narrowed by a content filter. */
export interface EventSubscription<Type extends string, Detail> {
	readonly type: Type;
	readonly source: string;
	readonly detailType: string;
	/** The content filter: the `detail` of the rule's pattern. */
	readonly filter?: EventPatternDocument;
	/** The filter's name in rules and topics, if the consumer has several filters on the event type. */
	readonly filterName?: string;
	/** File and line of the `where` call, from the stack trace. Set for an empty filter, too. */
	readonly filteredAt?: string;
	/** Only for type inference; never set. */
	readonly "~detail"?: Detail;
}

/** How an event is read. */
export interface ParseOptions {
	/** Refuse what the schema does not know, as a publisher does. Default: false. */
	readonly exact?: boolean | undefined;
	/** Whether to report all issues or only the first. Default: "all". */
	readonly issues?: "all" | "first" | undefined;
}

/** Standard Schema v1, so that an event type works with any tool that accepts such validators: https://standardschema.dev */
interface StandardSchema<Output> {
	readonly "~standard": {
		readonly version: 1;
		readonly vendor: "eventwright";
		readonly validate: (value: unknown) =>
			| { readonly value: Output }
			| {
					readonly issues: readonly {
						readonly message: string;
						readonly path: readonly string[];
					}[];
			  };
		readonly types?: { readonly input: unknown; readonly output: Output };
	};
}

/**
 * An event type: what producers, consumers, rules and tests import. `where` of `eventwright/pattern` narrows it, `publish` of
 * `eventwright/aws` sends one.
 */
export interface EventType<Type extends string, Detail>
	extends EventSubscription<Type, Detail>,
		StandardSchema<EventOf<Type, Detail>> {
	/** Generated. Call `parse` or `parseDetail` instead: its parameters belong to the generator. */
	readonly validate: Validator;
	/** The property of the detail that two deliveries of one event have in common, which the schema names by `x-idempotency-key`. */
	readonly idempotencyKey?: string;
	/**
	 * Parses an EventBridge event: an object, a JSON string, or an SNS notification from SQS. Never throws. A reader is open:
	 * it accepts and keeps properties that a closed object does not name, and unknown values of an `x-extensible-enum`.
	 */
	readonly parse: (
		input: unknown,
		options?: ParseOptions,
	) => Result<EventOf<Type, Detail>>;
	/** Validates a detail that is about to be published, exactly as the publisher does. Never throws. */
	readonly parseDetail: (
		detail: unknown,
		options?: Pick<ParseOptions, "issues">,
	) => Result<Detail>;
}

/** An event of one of several types. */
export type EventOfAny<
	Subscriptions extends readonly EventSubscription<string, unknown>[],
> = SubscribedEvents<Subscriptions>[Subscriptions[number]["type"]];

/** The events that a consumer of these subscriptions must handle, by event type name. */
export type SubscribedEvents<
	Subscriptions extends readonly EventSubscription<string, unknown>[],
> = {
	readonly [S in Subscriptions[number] as S["type"]]: EventOf<
		S["type"],
		Exclude<S["~detail"], undefined>
	>;
};
