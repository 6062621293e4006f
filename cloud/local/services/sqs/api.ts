import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../cloud.ts";
import { knownCaller } from "../../credentials.ts";
import type { AwsRequest } from "../../service.ts";
import type { Queues } from "./queue.ts";

/** SQS's API: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
export async function callQueue(
	request: AwsRequest,
	queues: Queues,
	cloud: Cloud,
): Promise<object> {
	const { operation, input } = request;
	const { principal } = knownCaller(request);
	const account = principal.kind === "service" ? "" : principal.account;
	const [owner, name] =
		operation === "GetQueueUrl"
			? [input.QueueOwnerAWSAccountId ?? account, input.QueueName]
			: String(input.QueueUrl ?? "")
					.split("/")
					.slice(-2);
	const queue = [...queues.values()].find(
		(candidate) => candidate.account === owner && candidate.name === name,
	);
	if (!queue)
		throw new AwsError(
			400,
			"QueueDoesNotExist",
			`there is no queue ${owner}/${name} in these stacks`,
		);
	const decision = cloud.decide(
		principal,
		`sqs:${operation.replace(/Batch$/, "")}`,
		queue.arn,
	);
	if (!decision.allowed)
		throw new AwsError(403, "AccessDenied", decision.reason);
	if (operation === "GetQueueUrl") return { QueueUrl: queue.url };
	if (operation !== "SendMessage") return queue.call(operation, input);
	const { MessageBody } = input;
	if (typeof MessageBody !== "string")
		throw new AwsError(400, "MissingParameter", "MessageBody is required");
	const begun = cloud.tracer.begin();
	try {
		return await queue.send({ ...input, MessageBody }, begun);
	} finally {
		cloud.tracer.release(begun);
	}
}
