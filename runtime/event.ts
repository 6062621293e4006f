/** An event pattern as a rule has it: fields with lists of values and operators, nested as the event is. */
export type EventPatternDocument = { readonly [field: string]: unknown };

/** An EventBridge event whose detail has been validated. */
export interface EventOf<Type extends string, Detail> {
	/** The event type's name: its schema's title. */
	readonly type: Type;
	readonly id: string;
	readonly source: string;
	readonly detailType: string;
	/** When it was published, RFC 3339. */
	readonly time: string;
	/** The account that published it. */
	readonly account: string;
	readonly region: string;
	readonly resources: readonly string[];
	readonly detail: Detail;
}

/** An event type as rules know it, perhaps narrowed by a content filter. */
export interface EventSubscription<Type extends string, Detail> {
	readonly type: Type;
	readonly source: string;
	readonly detailType: string;
	/** The rule's event pattern. */
	readonly pattern: EventPatternDocument;
	/** The content filter's part of the pattern, if it has one. */
	readonly filter?: EventPatternDocument;
	/** Where the filter was written, also one that asks for nothing: file and line, as the engine's stack names them. */
	readonly filteredAt?: string;
	/** Exists for the type only. */
	readonly detail?: Detail;
}

/** An event type with no filter. `where` of `eventwright/pattern` narrows it. */
export type EventType<Type extends string, Detail> = EventSubscription<
	Type,
	Detail
>;

/** Name → event, of a list of subscriptions: what a consumer of them must handle. */
export type SubscribedEvents<
	Subscriptions extends readonly EventSubscription<string, unknown>[],
> = {
	readonly [S in Subscriptions[number] as S["type"]]: EventOf<
		S["type"],
		Exclude<S["detail"], undefined>
	>;
};
