import type {
	EventPatternDocument,
	EventSubscription,
} from "../runtime/event.ts";
import { isArray, isObject, nestsDeeperThan } from "../runtime/json.ts";
import { token } from "../runtime/json-pointer.ts";
import { levelsMax, structureIssues, validate } from "./engine/validate.ts";
import type { DetailFilter } from "./filter.ts";
import { PatternError } from "./match.ts";
import { rulePattern } from "./rule-pattern.ts";

/**
 * Narrows an event type by a content filter on its detail. The compiler checks properties, values and operators; values
 * may be literals or variables. Anything else that EventBridge would reject (size, empty lists, overly complex wildcards,
 * non-finite numbers) throws a `PatternError`, which names the file and line of this call. A consumer with several filters on one
 * event type gives all but one a name, which becomes part of the names of rule and topic.
 *
 * @example
 * where(ContentViewed, { channel: ["web", { prefix: "app-" }], durationMs: [{ numeric: [">", minimumMs] }] })
 */
export function where<Event extends EventSubscription<string, unknown>>(
	event: Event,
	filter: FilterOf<Event>,
	{ name: filterName }: { readonly name?: string } = {},
): Narrowed<Event> {
	const { type, source, detailType } = event;
	const filteredAt = callerOf(where);
	const name = `${filteredAt ? `${filteredAt}: ` : ""}the filter of ${type}`;
	if (event.filter)
		throw new TypeError(
			`${name} is the second on this event type: combine both in one where()`,
		);
	if (filterName !== undefined && !/^[A-Za-z0-9-]{1,32}$/.test(filterName))
		throw new TypeError(
			`${name} is called ${JSON.stringify(filterName)}: a name has 1 to 32 letters, digits and hyphens`,
		);
	if (!isObject(filter) || nestsDeeperThan(filter, levelsMax))
		throw new PatternError(structureIssues(filter), name);
	const wanted = withoutEmpty(
		plainCopy(filter, "", name) as EventPatternDocument,
	);
	const facts = {
		type,
		source,
		detailType,
		...(filterName === undefined ? {} : { filterName }),
		...(filteredAt === undefined ? {} : { filteredAt }),
	};
	if (Object.keys(wanted).length === 0) return facts;
	const narrowed = { ...facts, filter: wanted };
	const verdict = validate(rulePattern(narrowed));
	if (!verdict.ok) throw new PatternError(verdict.issues, name);
	return narrowed;
}

type Narrowed<Event extends EventSubscription<string, unknown>> =
	EventSubscription<Event["type"], Exclude<Event["~detail"], undefined>>;

/** A conditional type: checking takes three times as long if the compiler also infers the detail's type from the filter. */
type FilterOf<Event> =
	Event extends EventSubscription<string, infer Detail>
		? DetailFilter<Detail>
		: never;

/** Removes `undefined` properties, as JSON does. Rejects a literal's `__proto__: […]`, which would be lost: it sets the prototype. */
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

/** Removes empty objects, which EventBridge rejects. An empty alternative always matches, so its whole `$or` is removed. */
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

/** File and line of a function's call, from the stack trace; `undefined` if stack traces are disabled. */
function callerOf(called: (...args: never) => unknown): string | undefined {
	const here: { stack?: string } = {};
	Error.captureStackTrace(here, called);
	return frame.exec(here.stack ?? "")?.[1];
}

/** A line of a stack trace that is in a file; captures the file, whose path may contain parentheses, and the line. */
const frame = /^ +at (?:.*? \()?((?:file:|\/|[A-Za-z]:\\)[^<>\n]+):\d+\)?$/m;
