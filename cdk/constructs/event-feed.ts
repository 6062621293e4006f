import { Stack } from "aws-cdk-lib";
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
import { DeadLetterQueue } from "./dead-letter-queue.ts";

export interface EventFeedProps {
	readonly eventBus: IEventBusRef;
	/** Of the rule and of the topic. */
	readonly feedName: string;
	/** As the rule is to hold it. */
	readonly eventPattern: { readonly [field: string]: unknown };
	readonly alarmAction?: IAlarmAction;
}

/** SNS's ceiling, in bytes; a topic takes a quarter of it unless told. */
const messageBytesMax = 1_048_576;

/** A rule that feeds a topic, for queues of other accounts to subscribe to; what cannot be delivered is kept. */
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
		// EventBridge takes no condition in a topic's policy; a role of the rule's own keeps every other rule out.
		const role = new Role(this, "Role", {
			roleName: `${props.feedName}-feed`,
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
		// The construct's own type of a pattern knows neither $or nor every operator.
		(this.rule.node.defaultChild as CfnRule).eventPattern = props.eventPattern;
	}

	/** Lets another account subscribe one queue of its own. */
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
