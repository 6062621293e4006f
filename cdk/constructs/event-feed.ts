import { Token } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { AccountPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type CfnTopic, Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { hashOf } from "../system/names.ts";

export interface EventFeedProps {
	/** Name of a bus in this account and region. */
	readonly eventBusName: string;
	/** Name of the rule and the topic. */
	readonly feedName: string;
	/** The rule's event pattern, used as is. */
	readonly eventPattern: { readonly [field: string]: unknown };
	/** The role by which the rule publishes, such as that of a `FeedDelivery`. */
	readonly roleArn: string;
	/** The queue that keeps events that could not be delivered. */
	readonly deadLetterQueueArn: string;
	/** ARN or alias of the topic's key, which the role may use. @default SNS does not encrypt */
	readonly kmsMasterKeyId?: string;
}

/** SNS's maximum message size in bytes. A topic's default is a quarter of it. */
const messageBytesMax = 1_048_576;

/** A rule that sends to a topic, which queues of other accounts can subscribe to. */
export class EventFeed extends Construct {
	readonly topic: Topic;
	readonly rule: CfnRule;
	private readonly readers = new Set<string>();

	constructor(scope: Construct, id: string, props: EventFeedProps) {
		super(scope, id);
		this.topic = new Topic(this, "Topic", {
			topicName: props.feedName,
			enforceSSL: true,
		});
		const topic = this.topic.node.defaultChild as CfnTopic;
		topic.maximumMessageSize = messageBytesMax;
		if (props.kmsMasterKeyId) topic.kmsMasterKeyId = props.kmsMasterKeyId;
		// A rule of another bus is another rule, so that both can be there while producers change.
		const ruleId = Token.isUnresolved(props.eventBusName)
			? "Rule"
			: `Rule-${props.eventBusName}`;
		// The EventPattern type of CDK's own rule lacks $or and some operators, and its target writes a policy per rule.
		this.rule = new CfnRule(this, ruleId, {
			name: props.feedName,
			eventBusName: props.eventBusName,
			eventPattern: props.eventPattern,
			state: "ENABLED",
			targets: [
				{
					id: "Topic",
					arn: this.topic.topicArn,
					roleArn: props.roleArn,
					deadLetterConfig: { arn: props.deadLetterQueueArn },
					// EventBridge's maxima: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html
					retryPolicy: {
						maximumEventAgeInSeconds: 86_400,
						maximumRetryAttempts: 185,
					},
				},
			],
		});
	}

	/** Lets another account subscribe one of its queues. */
	allowSubscription(account: string, queueArn: string): void {
		if (!this.readers.has(account)) this.allowReading(account);
		this.topic.addToResourcePolicy(
			new PolicyStatement({
				sid: `Subscribe${hashOf(queueArn)}`,
				effect: Effect.ALLOW,
				principals: [new AccountPrincipal(account)],
				actions: ["sns:Subscribe"],
				resources: [this.topic.topicArn],
				conditions: {
					StringEquals: {
						"sns:Protocol": "sqs",
						"sns:Endpoint": queueArn,
					},
				},
			}),
		);
	}

	/** CloudFormation reads a topic before it subscribes, at least in the published source of its handler. */
	private allowReading(account: string): void {
		this.readers.add(account);
		this.topic.addToResourcePolicy(
			new PolicyStatement({
				sid: `Read${account}`,
				effect: Effect.ALLOW,
				principals: [new AccountPrincipal(account)],
				actions: ["sns:GetTopicAttributes"],
				resources: [this.topic.topicArn],
			}),
		);
	}
}
