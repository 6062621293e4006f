import { isArray, isObject, token } from "./json.ts";
import type { DetailFilter } from "./pattern/filter.ts";
import type { CheckedFilter } from "./pattern/literals.ts";
import {
	type EventPatternDocument,
	PatternError,
	validate,
} from "./pattern/pattern.ts";

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

export interface EventType<Type extends string, Detail>
	extends EventSubscription<Type, Detail> {
	/**
	 * The same event type, only where its detail passes the filter. What EventBridge would refuse is a type error, also a filter
	 * that is too large; so values are literals, or, where only run time knows them, `checked` ones of `eventwright/pattern`.
	 * Throws a `PatternError` for a filter that a cast has brought here, and for an object that is not plain.
	 *
	 * @example
	 * ContentViewed.where({ channel: ["web", { prefix: "app-" }], durationMs: [{ numeric: [">", 1000] }] })
	 */
	readonly where: <const Filter extends DetailFilter<Detail>>(
		filter: Filter & CheckedFilter<Filter, Detail>,
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
		where: (wanted) => {
			expectPlain(wanted, "");
			const filter = withoutEmpty(
				withoutUndefined(structuredClone(wanted)) as EventPatternDocument,
			);
			const place = callerOf(new Error().stack);
			const filteredAt = place === undefined ? {} : { filteredAt: place };
			if (Object.keys(filter).length === 0)
				return { ...facts, pattern, ...filteredAt };
			const narrowed = { ...pattern, detail: filter };
			const checked = validate(narrowed);
			if (!checked.ok) throw new PatternError(checked.issues);
			return { ...facts, pattern: narrowed, filter, ...filteredAt };
		},
	};
}

/** A literal's `__proto__: […]` is no field of it, but what it inherits from: it would be lost. */
function expectPlain(value: unknown, path: string): void {
	if (typeof value !== "object" || value === null) return;
	const prototype = Object.getPrototypeOf(value);
	if (
		!Array.isArray(value) &&
		prototype !== null &&
		Object.getPrototypeOf(prototype) !== null
	)
		throw new PatternError([
			{
				path,
				message:
					'is no plain object; a field called __proto__ is written ["__proto__"]',
			},
		]);
	for (const [name, inner] of Object.entries(value))
		expectPlain(inner, path + token(name));
}

/** A property that is `undefined` is none, as in JSON. */
function withoutUndefined(value: unknown): unknown {
	if (isArray(value)) return value.map(withoutUndefined);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).flatMap(([name, inner]) =>
			inner === undefined ? [] : [[name, withoutUndefined(inner)]],
		),
	);
}

/** An object without fields asks for nothing, and EventBridge refuses it; an alternative that asks for nothing always holds. */
function withoutEmpty(filter: EventPatternDocument): EventPatternDocument {
	return Object.fromEntries(
		Object.entries(filter).flatMap(([field, wanted]) => {
			if (field === "$or" && Array.isArray(wanted)) {
				const branches = wanted.map(withoutEmpty);
				return branches.every((branch) => Object.keys(branch).length > 0)
					? [[field, branches]]
					: [];
			}
			if (!isObject(wanted)) return [[field, wanted]];
			const inner = withoutEmpty(wanted);
			return Object.keys(inner).length > 0 ? [[field, inner]] : [];
		}),
	);
}

/** The frame above this module's own. */
function callerOf(stack: string | undefined): string | undefined {
	const [, place] =
		/\(?((?:file:|\/)[^()\n]+):\d+\)?$/.exec(stack?.split("\n")[2] ?? "") ?? [];
	return place;
}
