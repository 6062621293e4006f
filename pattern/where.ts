import type {
	EventPatternDocument,
	EventSubscription,
	EventType,
} from "../runtime/event.ts";
import { isArray, isObject, nestsDeeperThan } from "../runtime/json.ts";
import { token } from "../runtime/json-pointer.ts";
import { levelsMax, structureIssues, validate } from "./engine/validate.ts";
import type { DetailFilter } from "./filter.ts";
import { PatternError } from "./match.ts";

/**
 * The same event type, only where its detail passes the filter. Types check properties, values and the operators that fit; values
 * may be literals or variables. Everything else that EventBridge would refuse (sizes, empty lists, wildcards that are too complex,
 * numbers that are not finite) throws a `PatternError`, which names the file and line of this call.
 *
 * @example
 * where(ContentViewed, { channel: ["web", { prefix: "app-" }], durationMs: [{ numeric: [">", 1000] }], tenant: [tenant] })
 */
export function where<Event extends EventType<string, unknown>>(
	event: Event,
	filter: FilterOf<Event>,
): Event {
	const { type, source, detailType, pattern } = event;
	const filteredAt = callerOf(where);
	const name = `${filteredAt ? `${filteredAt}: ` : ""}the filter of ${type}`;
	if (event.filter)
		throw new TypeError(`${name} narrows a filter: write both in one`);
	if (!isObject(filter) || nestsDeeperThan(filter, levelsMax))
		throw new PatternError(structureIssues(filter), name);
	const wanted = withoutEmpty(
		plainCopy(filter, "", name) as EventPatternDocument,
	);
	const facts = {
		type,
		source,
		detailType,
		...(filteredAt === undefined ? {} : { filteredAt }),
	};
	if (Object.keys(wanted).length === 0) return { ...facts, pattern } as Event;
	const narrowed = { ...pattern, detail: wanted };
	const verdict = validate(narrowed);
	if (!verdict.ok) throw new PatternError(verdict.issues, name);
	return { ...facts, pattern: narrowed, filter: wanted } as unknown as Event;
}

/** A conditional type, since the compiler takes three times as long over a filter whose type is inferred from it, too. */
type FilterOf<Event> =
	Event extends EventSubscription<string, infer Detail>
		? DetailFilter<Detail>
		: never;

/** Drops properties that are `undefined`, as JSON does. A literal's `__proto__: […]` sets the prototype and would be lost. */
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
						? "is an instance of a class; write a plain object"
						: 'is not a plain object; write a field called __proto__ as ["__proto__"]',
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

/** EventBridge refuses an object without fields. An alternative without fields always holds, so its whole `$or` does. */
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

/** File and line of the call of a function, as the engine's stack names them; `undefined` where stacks are switched off. */
function callerOf(called: (...args: never) => unknown): string | undefined {
	const here: { stack?: string } = {};
	Error.captureStackTrace(here, called);
	const [, place] =
		/\(?((?:file:|\/)[^()\n]+):\d+\)?$/m.exec(here.stack ?? "") ?? [];
	return place;
}
