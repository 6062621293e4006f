import { IdempotencyConfig } from "@aws-lambda-powertools/idempotency";
import type { IdempotencyStore } from "./idempotency.ts";

/** A persistence layer of `@aws-lambda-powertools/idempotency`, such as `DynamoDBPersistenceLayer`: the part that is called. */
export interface PersistenceLayer {
	configure(options: { config: IdempotencyConfig }): void;
	saveInProgress(data: string, remainingTimeInMillis?: number): Promise<void>;
	saveSuccess(data: string, result: string): Promise<void>;
	deleteRecord(data: string): Promise<void>;
	getRecord(data: string): Promise<{ getStatus(): string }>;
}

export interface PowertoolsStoreOptions {
	/** How long an event is known to be handled, in seconds: longer than a queue keeps it. Default: 14 days, SQS's longest retention. */
	readonly expiresAfterSeconds?: number | undefined;
}

/**
 * Remembers handled events in a table of Powertools for AWS Lambda: https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
 *
 * @example
 * const store = powertoolsStore(new DynamoDBPersistenceLayer({ tableName: "handled-events" }));
 */
export function powertoolsStore(
	layer: PersistenceLayer,
	{ expiresAfterSeconds = 14 * 24 * 3_600 }: PowertoolsStoreOptions = {},
): IdempotencyStore {
	layer.configure({ config: new IdempotencyConfig({ expiresAfterSeconds }) });
	return {
		begin: async (key, expiresMs) => {
			try {
				await layer.saveInProgress(key, expiresMs);
				return "begun";
			} catch (error) {
				const { name } = error as Error;
				if (name !== "IdempotencyItemAlreadyExistsError") throw error;
				const record = await layer.getRecord(key);
				return record.getStatus() === "COMPLETED" ? "done" : "busy";
			}
		},
		complete: (key) => layer.saveSuccess(key, ""),
		release: (key) => layer.deleteRecord(key),
	};
}
