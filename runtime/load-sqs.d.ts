// Declares only what is used of the SDK. A test checks it against the SDK's declarations.

import type { Signal } from "./abort-signal.ts";

export interface SqsAttribute {
	readonly DataType: string;
	readonly StringValue?: string | undefined;
	readonly BinaryValue?: Uint8Array | undefined;
}

export interface SqsMessage {
	readonly MessageBody: string;
	readonly MessageAttributes?: Record<string, SqsAttribute> | undefined;
	readonly MessageSystemAttributes?:
		| { readonly AWSTraceHeader: SqsAttribute }
		| undefined;
	readonly MessageGroupId?: string | undefined;
	readonly MessageDeduplicationId?: string | undefined;
}

/** A client of `@aws-sdk/client-sqs`. */
export interface SqsClient {
	send(command: object, options?: { abortSignal?: Signal }): Promise<object>;
}

export declare function loadSqs(): Promise<{
	readonly SQSClient: new (options: object) => SqsClient;
	readonly SendMessageCommand: new (
		input: SqsMessage & { readonly QueueUrl: string },
	) => object;
	readonly SendMessageBatchCommand: new (input: {
		readonly QueueUrl: string;
		readonly Entries: (SqsMessage & { readonly Id: string })[];
	}) => object;
	readonly ChangeMessageVisibilityCommand: new (input: {
		readonly QueueUrl: string;
		readonly ReceiptHandle: string;
		readonly VisibilityTimeout: number;
	}) => object;
	readonly GetQueueUrlCommand: new (input: {
		readonly QueueName: string;
		readonly QueueOwnerAWSAccountId: string;
	}) => object;
}>;
