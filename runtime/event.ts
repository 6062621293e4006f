/** A rule's event pattern: fields with lists of values and operators, nested like the event. */
export type EventPatternDocument = { readonly [field: string]: unknown };

/** An EventBridge event whose detail has been validated. */
export interface EventOf<Type extends string, Detail> {
	/** The event type's name: its schema's title. */
	readonly type: Type;
	readonly id: string;
	readonly source: string;
	readonly detailType: string;
	/** Time of publishing, RFC 3339. */
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
	/** The rule's event pattern. */
	readonly pattern: EventPatternDocument;
	/** The content filter, which is the pattern's `detail`. */
	readonly filter?: EventPatternDocument;
	/** File and line of the `where` call, from the stack trace. Set for an empty filter, too. */
	readonly filteredAt?: string;
	/** Only for type inference; never set. */
	readonly detail?: Detail;
}

/** An event type without a filter. `where` of `eventwright/pattern` narrows it. */
export type EventType<Type extends string, Detail> = EventSubscription<
	Type,
	Detail
>;

/** The events that a consumer of these subscriptions must handle, by event type name. */
export type SubscribedEvents<
	Subscriptions extends readonly EventSubscription<string, unknown>[],
> = {
	readonly [S in Subscriptions[number] as S["type"]]: EventOf<
		S["type"],
		Exclude<S["detail"], undefined>
	>;
};
