// Event sources of a function: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
import { isObject } from "../../../runtime/json.ts";
import {
	addRule,
	allowQueue,
	defined,
	type FunctionEvent,
	type Properties,
	type Sam,
} from "./parts.ts";

export function readEvent(event: FunctionEvent, sam: Sam): void {
	const read = Object.hasOwn(readers, event.type)
		? readers[event.type]
		: undefined;
	if (read) read(event, sam);
	else sam.note(`${event.what} (${event.type}) is not read`);
}

const rule = ({ id, stated, arn }: FunctionEvent, sam: Sam): void => {
	addRule(id, stated, arn, sam);
	allow(id, arn, "events.amazonaws.com", { "Fn::GetAtt": [id, "Arn"] }, sam);
};

function allow(
	id: string,
	arn: unknown,
	service: string,
	sourceArn: unknown,
	sam: Pick<Sam, "add">,
): void {
	sam.add(`${id}Permission`, "AWS::Lambda::Permission", {
		FunctionName: arn,
		Action: "lambda:InvokeFunction",
		Principal: service,
		SourceArn: sourceArn,
	});
}

/** Properties that a mapping has under the same name. */
const ofMapping = [
	"BatchSize",
	"Enabled",
	"FilterCriteria",
	"FunctionResponseTypes",
	"MaximumBatchingWindowInSeconds",
	"ScalingConfig",
	"StartingPosition",
];

function mapping(
	id: string,
	source: unknown,
	stated: Properties,
	arn: unknown,
	sam: Sam,
): void {
	sam.add(id, "AWS::Lambda::EventSourceMapping", {
		EventSourceArn: source,
		FunctionName: arn,
		...defined(
			Object.fromEntries(ofMapping.map((name) => [name, stated[name]])),
		),
	});
}

const subscription = ({ id, stated, arn }: FunctionEvent, sam: Sam): void => {
	const { Topic, SqsSubscription, RedrivePolicy } = stated;
	const { FilterPolicy, FilterPolicyScope } = stated;
	const common = {
		TopicArn: Topic,
		...defined({ FilterPolicy, FilterPolicyScope, RedrivePolicy }),
	};
	if (!SqsSubscription) {
		sam.add(id, "AWS::SNS::Subscription", {
			...common,
			Protocol: "lambda",
			Endpoint: arn,
		});
		allow(id, arn, "sns.amazonaws.com", Topic, sam);
		return;
	}
	const given = isObject(SqsSubscription) ? SqsSubscription : {};
	const own = `${id}Queue`;
	const queueArn = given.QueueArn ?? { "Fn::GetAtt": [own, "Arn"] };
	if (given.QueueArn === undefined) sam.add(own, "AWS::SQS::Queue", {});
	if (given.QueueArn === undefined)
		allowQueue(`${id}QueuePolicy`, own, "sns.amazonaws.com", sam, Topic);
	else
		sam.add(`${id}QueuePolicy`, "AWS::SQS::QueuePolicy", {
			Queues: [given.QueueUrl],
			PolicyDocument: {
				Version: "2012-10-17",
				Statement: [
					{
						Effect: "Allow",
						Principal: { Service: "sns.amazonaws.com" },
						Action: "sqs:SendMessage",
						Resource: queueArn,
						Condition: { ArnEquals: { "aws:SourceArn": Topic } },
					},
				],
			},
		});
	sam.add(id, "AWS::SNS::Subscription", {
		...common,
		Protocol: "sqs",
		Endpoint: queueArn,
	});
	mapping(`${id}EventSourceMapping`, queueArn, given, arn, sam);
};

const fromStream =
	(property: string) =>
	({ id, stated, arn }: FunctionEvent, sam: Sam): void =>
		mapping(id, stated[property], stated, arn, sam);

const readers: Readonly<
	Record<string, (event: FunctionEvent, sam: Sam) => void>
> = {
	EventBridgeRule: rule,
	CloudWatchEvent: rule,
	Schedule: rule,
	ScheduleV2: ({ id, stated, arn }, sam) =>
		sam.add(id, "AWS::Scheduler::Schedule", {
			...stated,
			Target: { Arn: arn },
		}),
	SQS: fromStream("Queue"),
	Kinesis: fromStream("Stream"),
	DynamoDB: fromStream("Stream"),
	MSK: fromStream("Stream"),
	MQ: fromStream("Broker"),
	SNS: subscription,
	Api: (event, sam) => sam.apis.route("rest", event),
	HttpApi: (event, sam) => sam.apis.route("http", event),
};
