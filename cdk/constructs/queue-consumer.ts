import { Duration } from "aws-cdk-lib";
import {
	Alarm,
	ComparisonOperator,
	type IAlarmAction,
	TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { CfnSubscription } from "aws-cdk-lib/aws-sns";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { SystemError } from "../system/definition.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { EventFunction } from "./event-function.ts";

export interface QueueConsumerProps {
	/** Name of the queue and the function. */
	readonly consumerName: string;
	/** Path of the handler's file. */
	readonly entry: string;
	/** Name of the function's role. Roles are global in an account. @default consumerName */
	readonly roleName?: string;
	/** Topics to subscribe to. Their policies must allow it. */
	readonly topicArns: readonly string[];
	/** Timeout of the function. @default 10 seconds */
	readonly timeout?: Duration;
	/** @default 10 */
	readonly batchSize?: number;
	/** How long to wait for a full batch. @default 0 seconds */
	readonly maxBatchingWindow?: Duration;
	/** Number of deliveries before a message is dead-lettered; at least 5. @default 5 */
	readonly maxReceiveCount?: number;
	/** Age of the oldest message at which the alarm fires. @default 15 minutes */
	readonly oldestMessageAlarmAge?: Duration;
	readonly alarmAction?: IAlarmAction;
}

/** A queue subscribed to topics, and the function that handles its messages. Dead-letter queues keep failed messages. */
export class QueueConsumer extends Construct {
	readonly queue: Queue;
	readonly deadLetters: DeadLetterQueue;
	/** Messages that SNS could not deliver to the queue. */
	readonly undelivered: DeadLetterQueue;
	readonly handler: EventFunction;

	constructor(scope: Construct, id: string, props: QueueConsumerProps) {
		super(scope, id);
		const timeout = props.timeout ?? Duration.seconds(10);
		const batchingWindow = props.maxBatchingWindow ?? Duration.seconds(0);
		const maxReceiveCount = props.maxReceiveCount ?? 5;
		if (maxReceiveCount < 5)
			throw new Error(
				`maxReceiveCount must be at least 5, got ${maxReceiveCount}: throttled polls count as deliveries`,
			);
		const alarm = props.alarmAction ? { alarmAction: props.alarmAction } : {};
		this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
			queueName: `${props.consumerName}-dead-letters`,
			...alarm,
		});
		this.undelivered = new DeadLetterQueue(this, "Undelivered", {
			queueName: `${props.consumerName}-undelivered`,
			...alarm,
		});
		this.queue = new Queue(this, "Queue", {
			queueName: props.consumerName,
			encryption: QueueEncryption.SQS_MANAGED,
			enforceSSL: true,
			// Six times the function's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
			visibilityTimeout: Duration.seconds(
				6 * timeout.toSeconds() + batchingWindow.toSeconds(),
			),
			retentionPeriod: Duration.days(4),
			deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount },
		});
		this.handler = new EventFunction(this, "Handler", {
			functionName: props.consumerName,
			entry: props.entry,
			...(props.roleName ? { roleName: props.roleName } : {}),
			...alarm,
			timeout,
		});
		this.handler.function.addEventSource(
			new SqsEventSource(this.queue, {
				batchSize: props.batchSize ?? 10,
				maxBatchingWindow: batchingWindow,
				reportBatchItemFailures: true,
			}),
		);
		expectToFit(props.topicArns, props.consumerName);
		this.subscribe(props.topicArns);
		const age = props.oldestMessageAlarmAge ?? Duration.minutes(15);
		const ageAlarm = new Alarm(this, "AgeAlarm", {
			alarmName: `${props.consumerName}-falls-behind`,
			alarmDescription: `${props.consumerName} has a message that is older than ${age.toMinutes()} minutes.`,
			metric: this.queue.metricApproximateAgeOfOldestMessage({
				period: Duration.minutes(1),
				statistic: "Maximum",
			}),
			threshold: age.toSeconds(),
			comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
			evaluationPeriods: 3,
			treatMissingData: TreatMissingData.NOT_BREACHING,
		});
		if (props.alarmAction) ageAlarm.addAlarmAction(props.alarmAction);
	}

	/** One statement per queue: a policy has at most 20, and 8,192 bytes. */
	private subscribe(topicArns: readonly string[]): void {
		if (topicArns.length === 0) return;
		for (const queue of [this.queue, this.undelivered.queue]) {
			const statement = new PolicyStatement({
				effect: Effect.ALLOW,
				principals: [new ServicePrincipal("sns.amazonaws.com")],
				actions: ["sqs:SendMessage"],
				resources: [queue.queueArn],
				conditions: { ArnEquals: { "aws:SourceArn": [...topicArns] } },
			});
			queue.addToResourcePolicy(statement);
		}
		for (const topicArn of topicArns) {
			// The id is the topic's. A subscription that got another topic would be replaced, and `Subscribe` returns the existing
			// one for the same topic and queue, which CloudFormation would then delete.
			const subscription = new CfnSubscription(
				this,
				`Subscription-${topicArn.split(":").at(-1)}`,
				{
					topicArn,
					protocol: "sqs",
					endpoint: this.queue.queueArn,
					rawMessageDelivery: true,
					redrivePolicy: {
						deadLetterTargetArn: this.undelivered.queue.queueArn,
					},
				},
			);
			// SNS cannot deliver before the queues' policies exist.
			subscription.node.addDependency(this.queue, this.undelivered.queue);
		}
	}
}

/** Bytes of a queue policy: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html */
const policyBytesMax = 8_192;
/** What a queue policy has besides the topics: two statements and their ARNs. */
const policyBytesElse = 900;

function expectToFit(topicArns: readonly string[], consumerName: string): void {
	const bytes = policyBytesElse + JSON.stringify(topicArns).length;
	if (bytes > policyBytesMax)
		throw new SystemError(
			`${consumerName} subscribes to ${topicArns.length} topics: its queue's policy would have some ${bytes} bytes, the quota is ${policyBytesMax}; split the consumer`,
		);
}
