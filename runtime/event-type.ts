import { isArray, isObject, nestsDeeperThan, token } from "./json.ts";
import type { DetailFilter } from "./pattern/filter.ts";
import type { ValidFilter } from "./pattern/literals.ts";
import {
	type EventPatternDocument,
	PatternError,
	validate,
} from "./pattern/pattern.ts";
import { levelsMax, structureIssues } from "./pattern/validate.ts";

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
	 * Throws a `PatternError` for what a cast has brought here or TypeScript does not see, as the properties of a record that is
	 * spread, and for an object that is not plain.
	 *
	 * @example
	 * ContentViewed.where({ channel: ["web", { prefix: "app-" }], durationMs: [{ numeric: [">", 1000] }] })
	 */
	readonly where: <const Filter extends DetailFilter<Detail>>(
		filter: Filter & ValidFilter<Filter, Detail>,
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
			const name = `the filter of ${type}`;
			if (!isObject(wanted) || nestsDeeperThan(wanted, levelsMax))
				throw new PatternError(structureIssues(wanted), name);
			const filter = withoutEmpty(
				plainCopy(wanted, "", name) as EventPatternDocument,
			);
			const place = callerOf(new Error().stack);
			const filteredAt = place === undefined ? {} : { filteredAt: place };
			if (Object.keys(filter).length === 0)
				return { ...facts, pattern, ...filteredAt };
			const narrowed = { ...pattern, detail: filter };
			const verdict = validate(narrowed);
			if (!verdict.ok) throw new PatternError(verdict.issues, name);
			return { ...facts, pattern: narrowed, filter, ...filteredAt };
		},
	};
}

/** Without what is `undefined`, as in JSON. A literal's `__proto__: […]` is no field, but what it inherits from: it would be lost. */
function plainCopy(value: unknown, path: string, name: string): unknown {
	if (isArray(value))
		return value.map((item, i) => plainCopy(item, path + token(i), name));
	if (!isObject(value)) return value;
	const prototype = Object.getPrototypeOf(value);
	if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
		throw new PatternError(
			[
				{
					path,
					message: Object.hasOwn(prototype, "constructor")
						? "is an instance of a class, and must be a plain object"
						: 'is no plain object; a field called __proto__ is written ["__proto__"]',
				},
			],
			name,
		);
	return Object.fromEntries(
		Object.entries(value).flatMap(([field, inner]) =>
			inner === undefined
				? []
				: [[field, plainCopy(inner, path + token(field), name)]],
		),
	);
}

/** An object without fields asks for nothing, and EventBridge refuses it; an alternative that asks for nothing always holds. */
function withoutEmpty(filter: EventPatternDocument): EventPatternDocument {
	return Object.fromEntries(
		Object.entries(filter).flatMap(([field, wanted]) => {
			if (field === "$or" && isArray(wanted)) {
				const branches = wanted.map((branch) =>
					isObject(branch) ? withoutEmpty(branch) : branch,
				);
				return branches.every(
					(branch) => !isObject(branch) || Object.keys(branch).length > 0,
				)
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
