// SNS's API: https://docs.aws.amazon.com/sns/latest/api/
import { isObject } from "../../../../runtime/json.ts";
import { AwsError } from "../../aws-error.ts";
import { type Cloud, DeliveryError, type Message } from "../../cloud.ts";
import { type Caller, knownCaller } from "../../credentials.ts";
import { sendKeyActions } from "../../delivery.ts";
import type { QueryNames } from "../../query-protocol.ts";
import type { AwsRequest } from "../../service.ts";
import type { LocalTopic, Topics } from "./topics.ts";

export const snsQueryNames: QueryNames = {
	namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
	lists: {},
	maps: new Set(["MessageAttributes"]),
	numbers: new Set(),
};

type Input = Readonly<Record<string, unknown>>;

export async function callSns(
	request: AwsRequest,
	topics: Topics,
	cloud: Cloud,
): Promise<object> {
	const { operation, input } = request;
	const caller = knownCaller(request);
	switch (operation) {
		case "Publish": {
			const topic = topicOf(input, caller, topics, cloud);
			return { MessageId: await publish(topic, input, caller, cloud) };
		}
		case "PublishBatch":
			return publishBatch(
				topicOf(input, caller, topics, cloud),
				input,
				caller,
				cloud,
			);
		case "ListTopics":
			return {
				Topics: [...topics.values()]
					.filter(
						({ account, region }) =>
							caller.principal.kind !== "service" &&
							account === caller.principal.account &&
							region === request.region,
					)
					.map(({ arn }) => ({ TopicArn: arn })),
			};
		default:
			throw new AwsError(
				501,
				"NotImplemented",
				`sns:${operation} is not simulated by the local system`,
			);
	}
}

const invalid = (message: string) =>
	new AwsError(400, "InvalidParameter", `Invalid parameter: ${message}`);

function topicOf(
	{ TopicArn, TargetArn, PhoneNumber }: Input,
	{ principal }: Caller,
	topics: Topics,
	cloud: Cloud,
): LocalTopic {
	const arn = TopicArn ?? TargetArn;
	if (PhoneNumber !== undefined)
		throw new AwsError(
			501,
			"NotImplemented",
			"sns:Publish to a phone number is not simulated by the local system",
		);
	if (typeof arn !== "string")
		throw invalid(
			"TopicArn or TargetArn Reason: no value for required parameter",
		);
	const found = topics.get(arn);
	if (!found)
		throw new AwsError(
			404,
			"NotFoundException",
			"Topic does not exist",
			"NotFound",
		);
	const decision = cloud.decideWithKey(
		principal,
		"sns:Publish",
		found,
		sendKeyActions,
	);
	if (!decision.allowed)
		throw new AwsError(
			403,
			"AuthorizationErrorException",
			decision.reason,
			"AuthorizationError",
		);
	return found;
}

async function publish(
	topic: LocalTopic,
	input: Input,
	caller: Caller,
	cloud: Cloud,
): Promise<string> {
	const message = messageOf(input);
	return cloud
		.within(caller, (span) => topic.publish(message, span))
		.catch((error: unknown) => {
			if (error instanceof DeliveryError)
				throw invalid(error.message.replace(/^Invalid parameter: /, ""));
			throw error;
		});
}

function messageOf(input: Input): Message {
	const { Message: body, Subject, MessageStructure } = input;
	if (typeof body !== "string" || body === "") throw invalid("Empty message");
	const text = (value: unknown) =>
		typeof value === "string" ? value : undefined;
	return {
		body: MessageStructure === "json" ? defaultOf(body) : body,
		attributes: attributesOf(input.MessageAttributes),
		subject: text(Subject),
		groupId: text(input.MessageGroupId),
		deduplicationId: text(input.MessageDeduplicationId),
	};
}

/** A message for each protocol; queues and functions have none of their own here. */
function defaultOf(body: string): string {
	try {
		const parsed: unknown = JSON.parse(body);
		if (isObject(parsed) && typeof parsed.default === "string")
			return parsed.default;
	} catch {
		// Refused below.
	}
	throw invalid("Message Structure - No default entry in JSON message body");
}

function attributesOf(stated: unknown): NonNullable<Message["attributes"]> {
	if (stated === undefined) return {};
	if (!isObject(stated)) throw invalid("MessageAttributes");
	return Object.fromEntries(
		Object.entries(stated).map(([name, attribute]) => {
			const { DataType, StringValue, BinaryValue } = isObject(attribute)
				? attribute
				: {};
			const value = StringValue ?? BinaryValue;
			if (typeof DataType !== "string" || typeof value !== "string")
				throw new AwsError(
					400,
					"InvalidParameterValueException",
					`The message attribute '${name}' must contain a type and a value.`,
					"ParameterValueInvalid",
				);
			return [name, { type: DataType, value }];
		}),
	);
}

async function publishBatch(
	topic: LocalTopic,
	{ PublishBatchRequestEntries: stated }: Input,
	caller: Caller,
	cloud: Cloud,
): Promise<object> {
	const entries = Array.isArray(stated) ? stated : [];
	if (entries.length === 0)
		throw new AwsError(
			400,
			"EmptyBatchRequestException",
			"The batch has no entries.",
			"EmptyBatchRequest",
		);
	if (entries.length > 10)
		throw new AwsError(
			400,
			"TooManyEntriesInBatchRequestException",
			"The batch request contains more entries than permissible.",
			"TooManyEntriesInBatchRequest",
		);
	const Successful: object[] = [];
	const Failed: object[] = [];
	for (const entry of entries) {
		const own = isObject(entry) ? entry : {};
		try {
			Successful.push({
				Id: own.Id,
				MessageId: await publish(topic, own, caller, cloud),
			});
		} catch (error) {
			if (!(error instanceof AwsError)) throw error;
			Failed.push({
				Id: own.Id,
				Code: error.queryCode,
				Message: error.message,
				SenderFault: true,
			});
		}
	}
	return { Successful, Failed };
}
