import type { Consumed, RecordFailure, SqsRecord } from "./consume.ts";
import { attempt, cut, describeError } from "./describe-error.ts";
import type { Issue } from "./issue.ts";

/** Where a consumer logs: the default prints lines of JSON. Powertools' logger fits. */
export interface Logger {
	readonly error: (message: string, facts: LogFacts) => void;
	readonly warn: (message: string, facts: LogFacts) => void;
}

export interface LogFacts {
	readonly [name: string]: unknown;
}

export interface LogOptions {
	readonly logger?: Logger | undefined;
	/** What the log may hold of what senders wrote: `logPayload` of the issues and the record. Default: nothing. */
	readonly payload?: PayloadOf | undefined;
}

/** Returns what a line has of a record. */
export type PayloadOf = (
	body: string | undefined,
	issues: readonly Issue[] | undefined,
) => unknown;

/** The issues with names and values, and the first 4,000 characters of the record. */
export const logPayload: PayloadOf = (body = "", issues) => ({
	issues: issues?.slice(0, 10),
	body: cut(body, messageMax),
});

/** Bounds of a line: CloudWatch bills by the byte. */
const messageMax = 4_000;
const lineMax = 16_384;

const printTo =
	(method: "error" | "warn", level: string) =>
	(message: string, facts: LogFacts): void => {
		const { kind, messageId, type } = facts;
		// A payload may be anything.
		const line =
			attempt(() => JSON.stringify({ level, message, ...facts })) ??
			JSON.stringify({ level, message, kind, messageId, type });
		console[method](
			line.length > lineMax
				? JSON.stringify({ level, message, cut: line.slice(0, messageMax) })
				: line,
		);
	};

export const consoleLogger: Logger = {
	error: printTo("error", "ERROR"),
	warn: printTo("warn", "WARN"),
};

/** Logs what was not handled: no line holds what a sender wrote, unless it is asked for. */
export function logConsumed(
	{ failures, poisoned }: Consumed,
	records: readonly SqsRecord[],
	{ logger = consoleLogger, payload }: LogOptions,
): void {
	const log = (level: keyof Logger, failure: RecordFailure) =>
		attempt(() => {
			const { message, issues, error, messageId, ...facts } = failure;
			const { message: reason, ...thrown } =
				error === undefined ? { message: "" } : describeError(error);
			const body = payload
				? records.find((record) => record.messageId === messageId)?.body
				: undefined;
			return logger[level](cut(message, messageMax), {
				...facts,
				messageId: cut(String(messageId)),
				...(error === undefined
					? {}
					: facts.kind === "invalid"
						? { error: { message: reason, ...thrown } }
						: thrown),
				payload: attempt(() => payload?.(body, issues)),
			});
		});
	for (const failure of failures) log("error", failure);
	for (const record of poisoned) log("warn", record);
}
