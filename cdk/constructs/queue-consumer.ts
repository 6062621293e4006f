import { Duration, Names, Token } from "aws-cdk-lib";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { CfnSubscription, type ITopic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { SystemError } from "../system/definition.ts";
import { requirementsOf } from "./account-requirements.ts";
import { addAlarm } from "./alarm.ts";
import { DeadLetterQueue, encryptionOf } from "./dead-letter-queue.ts";
import { EventFunction, type FunctionProps } from "./event-function.ts";
import { allowTopics } from "./key-statements.ts";

/** Where `sqsConsumer` reads its dead-letter queue's URL. */
const deadLetterVariable = "EVENTWRIGHT_DEAD_LETTER_QUEUE_URL";

export interface QueueConsumerProps extends FunctionProps {
	/** Name of the queue and the function. */
	readonly consumerName: string;
	/** Topics to subscribe to. The policy of one in another account must allow it. */
	readonly topics: readonly ITopic[];
	/** @default 10 */
	readonly batchSize?: number;
	/** How long to wait for a full batch. @default 0 seconds, or 1 if the batch size is more than 10 */
	readonly maxBatchingWindow?: Duration;
	/** How many batches are handled at once, from 2 to 1,000. @default no limit */
	readonly maxConcurrency?: number;
	/** Number of deliveries before a message is dead-lettered; at least 5. @default 5 */
	readonly maxReceiveCount?: number;
	/** Age of the oldest message at which the alarm fires. @default 15 minutes */
	readonly oldestMessageAlarmAge?: Duration;
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
		const batchSize = props.batchSize ?? 10;
		// Lambda's rule: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
		const windowMin = batchSize > 10 ? 1 : 0;
		const batchingWindow =
			props.maxBatchingWindow ?? Duration.seconds(windowMin);
		if (batchingWindow.toSeconds() < windowMin)
			throw new Error(
				`maxBatchingWindow must be at least 1 second for a batchSize of ${batchSize}, got ${batchingWindow.toSeconds()}`,
			);
		const maxReceiveCount = props.maxReceiveCount ?? 5;
		if (maxReceiveCount < 5)
			throw new Error(
				`maxReceiveCount must be at least 5, got ${maxReceiveCount}: throttled polls count as deliveries`,
			);
		const requirements = requirementsOf(props);
		this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
			queueName: `${props.consumerName}-dead-letters`,
			about: `messages that ${props.consumerName} failed to handle ${maxReceiveCount} times, or can never handle: its log group has the errors. Mend the cause, then run: eventwright dlq redrive ${props.consumerName}-dead-letters`,
			...requirements,
		});
		this.undelivered = new DeadLetterQueue(this, "Undelivered", {
			queueName: `${props.consumerName}-undelivered`,
			about: `messages that SNS could not deliver to ${props.consumerName}: its policy, or its key's, refuses them. Mend it, then send the messages to ${props.consumerName} again.`,
			...requirements,
		});
		this.queue = new Queue(this, "Queue", {
			queueName: props.consumerName,
			...encryptionOf(props.encryptionKey),
			enforceSSL: true,
			// Six times the function's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
			visibilityTimeout: Duration.seconds(
				6 * timeout.toSeconds() + batchingWindow.toSeconds(),
			),
			retentionPeriod: Duration.days(4),
			deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount },
		});
		const { consumerName: functionName, topics } = props;
		const topicArns = topics.map(({ topicArn }) => topicArn);
		this.handler = new EventFunction(this, "Handler", {
			...props,
			// What `sqsConsumer` cannot ever handle it sends there itself.
			environment: {
				...props.environment,
				[deadLetterVariable]: this.deadLetters.queue.queueUrl,
			},
			functionName,
			timeout,
		});
		this.allowDeadLetters(props.encryptionKey);
		this.handler.function.addEventSource(
			new SqsEventSource(this.queue, {
				batchSize,
				maxBatchingWindow: batchingWindow,
				reportBatchItemFailures: true,
				...(props.maxConcurrency === undefined
					? {}
					: { maxConcurrency: props.maxConcurrency }),
			}),
		);
		expectToFit(topicArns, props.consumerName);
		if (props.encryptionKey && topicArns.length > 0)
			allowTopics(props.encryptionKey, topicArns);
		this.subscribe(topics, topicArns);
		const age = props.oldestMessageAlarmAge ?? Duration.minutes(15);
		addAlarm(this, "AgeAlarm", {
			alarmName: `${props.consumerName}-falls-behind`,
			alarmDescription: `${props.consumerName} has a message that is older than ${age.toMinutes()} minutes; after 4 days it is deleted. Its log group has the errors; if there are none, raise its concurrency or batch size.`,
			metric: this.queue.metricApproximateAgeOfOldestMessage({
				period: Duration.minutes(1),
				statistic: "Maximum",
			}),
			threshold: age.toSeconds(),
			evaluationPeriods: 3,
			...(props.alarmAction ? { alarmAction: props.alarmAction } : {}),
		});
	}

	/** What CDK's grant has besides the function does not need. */
	private allowDeadLetters(key: IKey | undefined): void {
		this.handler.role.addToPolicy(
			new PolicyStatement({
				sid: "DeadLetters",
				actions: ["sqs:SendMessage"],
				resources: [this.deadLetters.queue.queueArn],
			}),
		);
		if (key)
			this.handler.role.addToPolicy(
				new PolicyStatement({
					sid: "DeadLettersKey",
					// What reads the queue may decrypt already.
					actions: ["kms:GenerateDataKey"],
					resources: [key.keyArn],
				}),
			);
	}

	/** One statement per queue: a policy has at most 20, and 8,192 bytes. */
	private subscribe(
		topics: readonly ITopic[],
		topicArns: readonly string[],
	): void {
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
		for (const topic of topics) {
			const { topicArn } = topic;
			// The id is the topic's. A subscription that got another topic would be replaced, and `Subscribe` returns the existing
			// one for the same topic and queue, which CloudFormation would then delete.
			const name = Token.isUnresolved(topicArn)
				? Names.nodeUniqueId(topic.node)
				: topicArn.split(":").at(-1);
			const subscription = new CfnSubscription(this, `Subscription-${name}`, {
				topicArn,
				protocol: "sqs",
				endpoint: this.queue.queueArn,
				rawMessageDelivery: true,
				redrivePolicy: {
					deadLetterTargetArn: this.undelivered.queue.queueArn,
				},
			});
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
