import { Stack, Token } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import {
	type CfnRule,
	type EventPattern,
	type IEventBusRef,
	Rule,
} from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import {
	AccountPrincipal,
	Effect,
	PolicyStatement,
	Role,
	ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { type CfnTopic, Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { nameMax, resourceName } from "../system/names.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";

export interface EventFeedProps {
	readonly eventBus: IEventBusRef;
	/** Name of the rule and the topic. */
	readonly feedName: string;
	/** The rule's event pattern, used as is. */
	readonly eventPattern: { readonly [field: string]: unknown };
	readonly alarmAction?: IAlarmAction;
}

/** SNS's maximum message size in bytes. A topic's default is a quarter of it. */
const messageBytesMax = 1_048_576;

/** A rule that sends to a topic, which queues of other accounts can subscribe to. A dead-letter queue keeps undelivered events. */
export class EventFeed extends Construct {
	readonly topic: Topic;
	readonly rule: Rule;
	readonly deadLetters: DeadLetterQueue;

	constructor(scope: Construct, id: string, props: EventFeedProps) {
		super(scope, id);
		const { account, region, partition } = Stack.of(this);
		this.topic = new Topic(this, "Topic", {
			topicName: props.feedName,
			enforceSSL: true,
		});
		(this.topic.node.defaultChild as CfnTopic).maximumMessageSize =
			messageBytesMax;
		this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
			queueName: `${props.feedName}-undelivered`,
			...(props.alarmAction ? { alarmAction: props.alarmAction } : {}),
		});
		// EventBridge does not support conditions in topic policies. A dedicated role keeps other rules from publishing.
		const role = new Role(this, "Role", {
			roleName: Token.isUnresolved(region)
				? resourceName(nameMax.role, props.feedName, "feed")
				: resourceName(nameMax.role, props.feedName, region, "feed"),
			assumedBy: new ServicePrincipal("events.amazonaws.com", {
				conditions: {
					StringEquals: { "aws:SourceAccount": account },
					ArnEquals: {
						"aws:SourceArn": `arn:${partition}:events:${region}:${account}:rule/${props.eventBus.eventBusRef.eventBusName}/${props.feedName}`,
					},
				},
			}),
		});
		this.rule = new Rule(this, "Rule", {
			ruleName: props.feedName,
			eventBus: props.eventBus,
			eventPattern: { source: ["replaced below"] } satisfies EventPattern,
			targets: [
				new targets.SnsTopic(this.topic, {
					role,
					authorizeUsingRole: true,
					deadLetterQueue: this.deadLetters.queue,
				}),
			],
		});
		// A role that may not publish yet fails deliveries for good: EventBridge does not retry them.
		this.rule.node.addDependency(role);
		// The construct's EventPattern type lacks $or and some operators.
		(this.rule.node.defaultChild as CfnRule).eventPattern = props.eventPattern;
	}

	/** Lets another account subscribe one of its queues. */
	allowSubscription(account: string, queueArn: string): void {
		this.topic.addToResourcePolicy(
			new PolicyStatement({
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
}
