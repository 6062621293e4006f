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

/** Calls a function. Returns undefined if it throws, as a getter may, or a revoked proxy, or somebody's logger. */
export function attempt<T>(call: () => T): T | undefined {
	try {
		return call();
	} catch {
		return undefined;
	}
}

/** Describes an error, its causes, and the errors of an AggregateError. Never throws. */
export function describeError(error: unknown, depth = 0): ErrorFacts {
	const read = (key: string): unknown =>
		attempt(() => (error as Record<string, unknown>)[key]);
	const text = (key: string, max?: number): string | undefined => {
		const value = read(key);
		return typeof value === "string" || typeof value === "number"
			? cut(`${value}`, max)
			: undefined;
	};
	const inner = (value: unknown) => describeError(value, depth + 1);
	const cause = depth < depthMax ? read("cause") : undefined;
	const errors =
		depth < depthMax
			? attempt(() => (read("errors") as unknown[]).slice(0, errorsMax))
			: undefined;
	return {
		message:
			(typeof error === "string" ? undefined : text("message")) ??
			attempt(() => cut(String(error))) ??
			"threw a value that cannot be converted to a string",
		name: text("name"),
		code: text("code"),
		stack: depth === 0 ? text("stack", stackMax) : undefined,
		cause: cause === undefined ? undefined : inner(cause),
		errors: errors && attempt(() => [...errors].map(inner)),
	};
}
