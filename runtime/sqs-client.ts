import { loadSqs, type SqsAttribute, type SqsClient } from "./load-sqs.js";

let shared: Promise<SqsClient> | undefined;

/** A client that lives as long as the process, configured by the environment. */
export function sqsClient(): Promise<SqsClient> {
	shared ??= loadSqs().then(({ SQSClient }) => new SQSClient({}));
	return shared;
}

/** An attribute of a message. */
export const stringAttribute = (value: string): SqsAttribute => ({
	DataType: "String",
	StringValue: value,
});
