import type { EventOf, EventType, ParseOptions } from "./event.ts";
import { describeIssues, type Issue } from "./issue.ts";
import { parseAnyEvent } from "./parse.ts";

/** The part of an SQS record in a Lambda event that is read. */
export interface SqsRecord {
	readonly messageId: string;
	readonly body: string;
	readonly attributes?: { readonly ApproximateReceiveCount?: string };
}

/** The response for `ReportBatchItemFailures`: the records to return to the queue. */
export interface BatchResponse {
	readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** A record that was not handled. An invalid record always fails; a retryable one may succeed later. */
export type RecordFailure = {
	readonly messageId: string;
	/** How many times the queue has delivered it, including this time. */
	readonly receiveCount: number;
	readonly message: string;
} & (
	| { readonly kind: "invalid"; readonly issues: readonly Issue[] }
	| {
			readonly kind: "retryable";
			readonly type: string;
			readonly error: unknown;
	  }
);

/** The event type of each event, by name. */
export type EventTypesOf<Events> = {
	readonly [Type in keyof Events & string]: Events[Type] extends EventOf<
		string,
		infer Detail
	>
		? EventType<Type, Detail>
		: never;
};

/** Exactly one handler for each event. */
export type HandlersOf<Events> = {
	readonly [Type in keyof Events & string]: (
		event: Events[Type],
		record: SqsRecord,
	) => Promise<void> | void;
};

/** How the records' events are read. */
export type ConsumeOptions = Pick<ParseOptions, "exact">;

/** Handles each record of a batch independently. A record fails if it cannot be parsed or its handler throws. */
export async function consume<Events>(
	records: readonly SqsRecord[],
	types: EventTypesOf<Events>,
	handlers: HandlersOf<Events>,
	{ exact }: ConsumeOptions = {},
): Promise<readonly RecordFailure[]> {
	const known = Object.values(types) as EventType<string, unknown>[];
	const byType = handlers as unknown as Readonly<Record<string, Handler>>;
	const outcomes = await Promise.all(
		records.map(async (record): Promise<RecordFailure | undefined> => {
			const { messageId, body, attributes } = record;
			const receiveCount = Number(attributes?.ApproximateReceiveCount ?? 1);
			const facts = { messageId, receiveCount };
			const parsed = parseAnyEvent(known, body, { exact });
			if (!parsed.ok) {
				const { issues } = parsed;
				const message = describeIssues(issues);
				return { kind: "invalid", ...facts, message, issues };
			}
			const { type } = parsed.value;
			try {
				await (byType[type] as Handler)(parsed.value, record);
				return undefined;
			} catch (error) {
				const message = messageOf(error);
				return { kind: "retryable", ...facts, type, message, error };
			}
		}),
	);
	return outcomes.filter((failure) => failure !== undefined);
}

function messageOf(error: unknown): string {
	try {
		return error instanceof Error ? error.message : String(error);
	} catch {
		// Objects without a prototype cannot be converted to a string.
		return "threw a value that cannot be converted to a string";
	}
}

type Handler = (
	event: EventOf<string, unknown>,
	record: SqsRecord,
) => Promise<void> | void;

/** The response that returns the failed records to the queue. */
export function batchResponse(
	failures: readonly RecordFailure[],
): BatchResponse {
	return {
		batchItemFailures: failures.map(({ messageId }) => ({
			itemIdentifier: messageId,
		})),
	};
}
