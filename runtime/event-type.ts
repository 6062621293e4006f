import type { EventPatternDocument } from "./pattern.ts";

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

type StringMatcher<V> =
	| V
	| { readonly prefix: string | { readonly "equals-ignore-case": string } }
	| { readonly suffix: string | { readonly "equals-ignore-case": string } }
	| { readonly "equals-ignore-case": string }
	| { readonly wildcard: string }
	| { readonly cidr: string }
	| {
			readonly "anything-but":
				| V
				| readonly V[]
				| {
						readonly [K in
							| "prefix"
							| "suffix"
							| "equals-ignore-case"
							| "wildcard"]?: string | readonly string[];
				  };
	  };

type Bound =
	| readonly ["=" | "<" | "<=" | ">" | ">=", number]
	| readonly [">" | ">=", number, "<" | "<=", number];

type NumberMatcher<V> =
	| V
	| { readonly numeric: Bound }
	| { readonly "anything-but": V | readonly V[] };

type ScalarMatcher<V> =
	| { readonly exists: boolean }
	| (V extends string
			? StringMatcher<V>
			: V extends number
				? NumberMatcher<V>
				: V);

type FieldFilter<V> = [V] extends [readonly (infer Item)[]]
	? FieldFilter<Exclude<Item, undefined>>
	: [V] extends [object]
		? DetailFilter<V>
		: readonly ScalarMatcher<V>[];

/** A content filter: the properties that a detail has, each with the values and operators that fit it. */
export type DetailFilter<Detail> = {
	readonly [K in keyof Detail]?: FieldFilter<Exclude<Detail[K], undefined>>;
};

/** An event type as rules know it, perhaps narrowed by a content filter. */
export interface EventSubscription<Type extends string, Detail> {
	readonly type: Type;
	readonly source: string;
	readonly detailType: string;
	/** The rule's event pattern. */
	readonly pattern: EventPatternDocument;
	/** The content filter's part of the pattern, if it has one. */
	readonly filter?: EventPatternDocument;
	/** Exists for the type only. */
	readonly detail?: Detail;
}

export interface EventType<Type extends string, Detail>
	extends EventSubscription<Type, Detail> {
	/** The same event type, only where its detail passes the filter. */
	readonly where: (
		filter: DetailFilter<Detail>,
	) => EventSubscription<Type, Detail>;
}

/** Name → event, of a list of subscriptions: what a consumer of them must handle. */
export type SubscribedEvents<
	Subscriptions extends readonly EventSubscription<string, unknown>[],
> = {
	readonly [S in Subscriptions[number] as S["type"]]: EventOf<
		S["type"],
		Exclude<S["detail"], undefined>
	>;
};

export function eventType<Type extends string, Detail>(
	type: Type,
	source: string,
	detailType: string,
): EventType<Type, Detail> {
	const facts = { type, source, detailType };
	const pattern = { source: [source], "detail-type": [detailType] };
	return {
		...facts,
		pattern,
		where: (filter) => ({
			...facts,
			pattern: { ...pattern, detail: filter },
			filter: filter as EventPatternDocument,
		}),
	};
}
