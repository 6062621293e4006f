// Whatever was thrown, as facts for a log: bounded, and without a second error.

export interface ErrorFacts {
	readonly message: string;
	readonly name?: string | undefined;
	readonly code?: string | undefined;
	readonly stack?: string | undefined;
	readonly cause?: ErrorFacts | undefined;
	/** Of an AggregateError. */
	readonly errors?: readonly ErrorFacts[] | undefined;
}

const textMax = 1_000;
const stackMax = 4_000;
const depthMax = 4;
const errorsMax = 5;

/** The first characters of a text. */
export const cut = (text: string, max = textMax): string =>
	text.length > max ? `${text.slice(0, max)}…` : text;

/** Calls a function. Returns undefined if it throws, as a getter may, or a revoked proxy, or somebody's logger; if it rejects, nobody hears of it. */
export function attempt<T>(call: () => T): T | undefined {
	try {
		const result = call();
		if (result instanceof Promise) result.catch(() => {});
		return result;
	} catch {
		return undefined;
	}
}

/** Describes an error, its causes, and the errors of an AggregateError. Never throws. */
export function describeError(error: unknown, depth = 0): ErrorFacts {
	if ((typeof error !== "object" && typeof error !== "function") || !error)
		return { message: cut(String(error)) };
	const read = (key: string): unknown =>
		attempt(() => (error as unknown as Record<string, unknown>)[key]);
	const text = (key: string, max?: number): string | undefined => {
		const value = read(key);
		return typeof value === "string" || typeof value === "number"
			? cut(`${value}`, max)
			: undefined;
	};
	const goesOn = depth < depthMax;
	const cause = goesOn ? read("cause") : undefined;
	const errors = goesOn ? read("errors") : undefined;
	const isList = attempt(() => Array.isArray(errors));
	return {
		message:
			text("message") ??
			attempt(() => cut(String(error))) ??
			"threw a value that cannot be converted to a string",
		name: text("name"),
		code: text("code"),
		stack: depth === 0 ? text("stack", stackMax) : undefined,
		cause: cause === undefined ? undefined : describeError(cause, depth + 1),
		errors: isList
			? attempt(() =>
					Array.prototype.slice
						.call(errors, 0, errorsMax)
						.map((inner) => describeError(inner, depth + 2)),
				)
			: undefined,
	};
}
