import { isObject } from "../../../../runtime/json.ts";
import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";
import { type Caller, knownCaller } from "../../credentials.ts";
import { sendKeyActions } from "../../delivery.ts";
import type { QueryNames } from "../../query-protocol.ts";
import type { AwsRequest } from "../../service.ts";
import type { LocalQueue, Queues, ReceivedMessage } from "./queue.ts";

type Input = AwsRequest["input"];

/** The actions that are simulated: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
const actions = new Set([
	"ChangeMessageVisibility",
	"ChangeMessageVisibilityBatch",
	"DeleteMessage",
	"DeleteMessageBatch",
	"DeleteQueue",
	"GetQueueAttributes",
	"GetQueueUrl",
	"ListQueueTags",
	"ListQueues",
	"PurgeQueue",
	"ReceiveMessage",
	"SendMessage",
	"SendMessageBatch",
]);

/** What an action needs of the queue's key. */
const keyActions: Readonly<Record<string, readonly string[]>> = {
	SendMessage: sendKeyActions,
	SendMessageBatch: sendKeyActions,
	ReceiveMessage: ["kms:Decrypt"],
};

export const sqsQueryNames: QueryNames = {
	namespace: "http://queue.amazonaws.com/doc/2012-11-05/",
	lists: {
		Attribute: "Attributes",
		AttributeName: "AttributeNames",
		MessageAttribute: "MessageAttributes",
		MessageAttributeName: "MessageAttributeNames",
		MessageSystemAttributeName: "MessageSystemAttributeNames",
		SendMessageBatchRequestEntry: "Entries",
		DeleteMessageBatchRequestEntry: "Entries",
		ChangeMessageVisibilityBatchRequestEntry: "Entries",
	},
	items: {
		Attributes: "Attribute",
		MessageAttributes: "MessageAttribute",
		Messages: "Message",
		QueueUrls: "QueueUrl",
		Successful: "SendMessageBatchResultEntry",
		Failed: "BatchResultErrorEntry",
	},
	maps: new Set(["Attributes", "MessageAttributes"]),
	numbers: new Set([
		"DelaySeconds",
		"MaxNumberOfMessages",
		"VisibilityTimeout",
		"WaitTimeSeconds",
		"MaxResults",
	]),
};

export async function callQueue(
	request: AwsRequest,
	queues: Queues,
	cloud: Cloud,
): Promise<object> {
	const { operation } = request;
	const caller = knownCaller(request);
	const { principal } = caller;
	const account = principal.kind === "service" ? "" : principal.account;
	if (!actions.has(operation))
		throw new AwsError(
			400,
			"InvalidAction",
			`The action ${operation} is not valid for this endpoint: the local system does not simulate it.`,
		);
	const { input } = request;
	if (operation === "ListQueues")
		return {
			QueueUrls: [...queues.values()]
				.filter(
					(queue) =>
						queue.account === account &&
						queue.region === request.region &&
						queue.name.startsWith(String(input.QueueNamePrefix ?? "")),
				)
				.map(({ url }) => url),
		};
	const queue = queueOf(request, account, queues);
	const action = `sqs:${operation.replace(/Batch$/, "")}`;
	const decision = cloud.decideWithKey(
		principal,
		action,
		queue,
		keyActions[operation] ?? [],
	);
	if (!decision.allowed)
		throw new AwsError(
			403,
			"AccessDeniedException",
			decision.reason,
			"AccessDenied",
		);
	if (operation === "GetQueueUrl") return { QueueUrl: queue.url };
	checkHandles(input);
	switch (operation) {
		case "SendMessage":
			return sendMessage(input, queue, queues, caller, cloud);
		case "SendMessageBatch":
			return sendBatch(input, queue, queues, caller, cloud);
		case "GetQueueAttributes":
			return ownAttributes(await queue.call(operation, input), queue);
	}
	const response = await queue.call(operation, input);
	if (operation === "ReceiveMessage")
		for (const message of (response.Messages ?? []) as Writable[]) {
			const { MessageId, ReceiptHandle } = message;
			queue.traces.received(MessageId, ReceiptHandle);
			const source = queue.movedFrom.get(MessageId);
			if (source !== undefined && wantsSource(input))
				message.Attributes = {
					...message.Attributes,
					DeadLetterQueueSourceArn: source,
				};
		}
	if (operation === "DeleteMessage")
		queue.traces.deleted(String(input.ReceiptHandle));
	if (operation === "DeleteMessageBatch")
		for (const entry of entriesIn(input))
			queue.traces.deleted(String(entry.ReceiptHandle));
	return response;
}

type Writable = Omit<ReceivedMessage, "Attributes"> & {
	Attributes?: Readonly<Record<string, string>>;
};

/** Whether a request asks for the queue that a message was moved from, which the engine does not know. */
const wantsSource = (input: Input): boolean =>
	[input.MessageSystemAttributeNames, input.AttributeNames]
		.flat()
		.some((name) => name === "All" || name === "DeadLetterQueueSourceArn");

async function sendMessage(
	input: Input,
	queue: LocalQueue,
	queues: Queues,
	caller: Caller,
	cloud: Cloud,
): Promise<Record<string, unknown>> {
	const { MessageBody } = input;
	if (typeof MessageBody !== "string")
		throw new AwsError(
			400,
			"MissingParameter",
			"The request must contain the parameter MessageBody.",
		);
	const isForDeadLetters = [...queues.values()].some(
		({ deadLetterArn }) => deadLetterArn === queue.arn,
	);
	return cloud.within(caller, (span) =>
		queue.send(
			{ ...input, MessageBody },
			span,
			isForDeadLetters ? "dead letter" : "ok",
		),
	);
}

const batchMax = 10;

/** Sends each entry by itself, so that each message has its trace. */
async function sendBatch(
	input: Input,
	queue: LocalQueue,
	queues: Queues,
	caller: Caller,
	cloud: Cloud,
): Promise<object> {
	const entries = entriesIn(input);
	const refuse = (code: string, message: string) => {
		throw new AwsError(400, code, message, `AWS.SimpleQueueService.${code}`);
	};
	if (entries.length === 0)
		refuse(
			"EmptyBatchRequest",
			"There should be at least one SendMessageBatchRequestEntry in the request.",
		);
	if (entries.length > batchMax)
		refuse(
			"TooManyEntriesInBatchRequest",
			`Maximum number of entries per request are ${batchMax}. You have sent ${entries.length}.`,
		);
	const ids = entries.map(({ Id }) => String(Id));
	if (!ids.every((id) => /^[\w-]{1,80}$/.test(id)))
		refuse(
			"InvalidBatchEntryId",
			"A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
		);
	if (new Set(ids).size < ids.length)
		refuse("BatchEntryIdsNotDistinct", "Two entries have the same Id.");
	const Successful: object[] = [];
	const Failed: object[] = [];
	for (const { Id, ...entry } of entries)
		try {
			Successful.push({
				Id,
				...(await sendMessage(entry, queue, queues, caller, cloud)),
			});
		} catch (error) {
			if (!(error instanceof AwsError)) throw error;
			const { code, message } = error;
			Failed.push({ Id, Code: code, Message: message, SenderFault: true });
		}
	return { Successful, ...(Failed.length > 0 ? { Failed } : {}) };
}

const entriesIn = ({ Entries }: Input): readonly Input[] =>
	Array.isArray(Entries) ? Entries.filter(isObject) : [];

function queueOf(
	{ operation, input, path, region }: AwsRequest,
	account: string,
	queues: Queues,
): LocalQueue {
	const [owner, name] =
		operation === "GetQueueUrl"
			? [input.QueueOwnerAWSAccountId ?? account, input.QueueName]
			: String(input.QueueUrl ?? path)
					.split("/")
					.slice(-2);
	const ofName = [...queues.values()].filter(
		(queue) => queue.account === owner && queue.name === name,
	);
	const found = ofName.find((queue) => queue.region === region) ?? ofName[0];
	if (found && !found.isDeleted()) return found;
	if (operation !== "GetQueueUrl" && input.QueueUrl === undefined && !name)
		throw new AwsError(
			400,
			"MissingParameter",
			"The request must contain the parameter QueueUrl.",
		);
	throw new AwsError(
		400,
		"QueueDoesNotExist",
		`The specified queue does not exist: there is no queue ${owner}/${name} in these stacks.`,
		"AWS.SimpleQueueService.NonExistentQueue",
	);
}

/** SQS refuses a receipt handle that it cannot have made. */
function checkHandles(input: AwsRequest["input"]): void {
	if (input.ReceiptHandle !== undefined && !isHandle(input.ReceiptHandle))
		throw new AwsError(
			400,
			"ReceiptHandleIsInvalid",
			`The input receipt handle "${input.ReceiptHandle}" is not a valid receipt handle.`,
		);
	if (
		Array.isArray(input.Entries) &&
		!input.Entries.every((entry) => isObject(entry))
	)
		throw new AwsError(
			400,
			"InvalidParameterValue",
			"Entries must be a list of objects.",
		);
}

const isHandle = (value: unknown): boolean =>
	typeof value === "string" &&
	/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(value);

/** The engine knows one account only. */
function ownAttributes(
	response: Record<string, unknown>,
	{ arn, account }: LocalQueue,
): object {
	const { Attributes } = response;
	if (!isObject(Attributes)) return response;
	const { QueueArn, RedrivePolicy } = Attributes;
	return {
		...response,
		Attributes: {
			...Attributes,
			...(QueueArn === undefined ? {} : { QueueArn: arn }),
			...(typeof RedrivePolicy === "string"
				? {
						RedrivePolicy: RedrivePolicy.replace(
							":000000000000:",
							`:${account}:`,
						),
					}
				: {}),
		},
	};
}
