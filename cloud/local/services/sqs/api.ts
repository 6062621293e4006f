import { isObject } from "../../../../runtime/json.ts";
import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";
import { knownCaller } from "../../credentials.ts";
import type { QueryNames } from "../../query-protocol.ts";
import type { AwsRequest } from "../../service.ts";
import type { LocalQueue, Queues } from "./queue.ts";

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

/** What an action needs of the queue's key: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
const keyActions: Readonly<Record<string, readonly string[]>> = {
	SendMessage: ["kms:GenerateDataKey", "kms:Decrypt"],
	SendMessageBatch: ["kms:GenerateDataKey", "kms:Decrypt"],
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
	const wanted = keyActions[operation];
	const denied = [
		cloud.decide(principal, action, queue.arn),
		...(queue.key === undefined || wanted === undefined
			? []
			: [cloud.decideKey(principal, wanted, queue.key, queue.arn)]),
	].find(({ allowed }) => !allowed);
	if (denied && !denied.allowed)
		throw new AwsError(
			403,
			"AccessDeniedException",
			denied.reason,
			"AccessDenied",
		);
	if (operation === "GetQueueUrl") return { QueueUrl: queue.url };
	checkHandles(input);
	if (operation === "GetQueueAttributes")
		return ownAttributes(await queue.call(operation, input), queue);
	if (operation !== "SendMessage") return queue.call(operation, input);
	const { MessageBody } = input;
	if (typeof MessageBody !== "string")
		throw new AwsError(
			400,
			"MissingParameter",
			"The request must contain the parameter MessageBody.",
		);
	const around = caller.span();
	const begun = around === undefined ? cloud.tracer.begin() : undefined;
	try {
		return await queue.send(
			{ ...input, MessageBody },
			around ?? begun ?? cloud.tracer.begin(),
		);
	} finally {
		if (begun) cloud.tracer.release(begun);
	}
}

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
	answer: Record<string, unknown>,
	{ arn, account }: LocalQueue,
): object {
	const { Attributes } = answer;
	if (!isObject(Attributes)) return answer;
	const { QueueArn, RedrivePolicy } = Attributes;
	return {
		...answer,
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
