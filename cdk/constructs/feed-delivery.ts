import { Stack, Validations } from "aws-cdk-lib";
import {
	Effect,
	PolicyDocument,
	PolicyStatement,
	Role,
	ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import {
	type AccountRequirements,
	requirementsOf,
	roleProps,
} from "./account-requirements.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { allowDeadLettersOfRules } from "./key-statements.ts";

export interface FeedDeliveryProps extends AccountRequirements {
	readonly eventBusName: string;
	/** What the names of the bus's topics begin with, and no other topics' names. */
	readonly topicNamePrefix: string;
	/** Roles are global in an account. */
	readonly roleName: string;
	readonly deadLetterQueueName: string;
}

/**
 * What the feeds of a bus share: the role by which rules publish to topics, and the queue that keeps what they cannot deliver.
 * Both exist before any rule, so that a rule's first event is not refused: EventBridge does not retry a refusal.
 */
export class FeedDelivery extends Construct {
	readonly role: Role;
	readonly deadLetters: DeadLetterQueue;

	constructor(scope: Construct, id: string, props: FeedDeliveryProps) {
		super(scope, id);
		const { account, region, partition } = Stack.of(this);
		const events = `arn:${partition}:events:${region}:${account}`;
		const rules = `${events}:rule/${props.eventBusName}/*`;
		const topics = `arn:${partition}:sns:${region}:${account}:${props.topicNamePrefix}*`;
		// EventBridge does not support conditions in topic policies, so that the topics' policies cannot tell rules apart.
		this.role = new Role(this, "Role", {
			roleName: props.roleName,
			...roleProps(props),
			assumedBy: new ServicePrincipal("events.amazonaws.com", {
				conditions: {
					StringEquals: { "aws:SourceAccount": account },
					ArnLike: { "aws:SourceArn": rules },
				},
			}),
			inlinePolicies: {
				Publish: new PolicyDocument({
					statements: [
						new PolicyStatement({
							effect: Effect.ALLOW,
							actions: ["sns:Publish"],
							resources: [topics],
						}),
						...(props.encryptionKey
							? [
									new PolicyStatement({
										effect: Effect.ALLOW,
										actions: ["kms:Decrypt", "kms:GenerateDataKey"],
										resources: [props.encryptionKey.keyArn],
									}),
								]
							: []),
					],
				}),
			},
		});
		Validations.of(this.role).acknowledge({
			id: `AwsSolutions::AwsSolutions-IAM5[Resource::${withoutTokens(topics)}]`,
			reason: "The prefix is that of this bus's topics only.",
		});
		this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
			queueName: props.deadLetterQueueName,
			about: `events that rules of ${props.eventBusName} could not deliver: the attributes RULE_ARN and ERROR_CODE of a message say which and why. Mend it, then send the events again.`,
			...requirementsOf(props),
		});
		this.deadLetters.queue.addToResourcePolicy(
			new PolicyStatement({
				effect: Effect.ALLOW,
				principals: [new ServicePrincipal("events.amazonaws.com")],
				actions: ["sqs:SendMessage"],
				resources: [this.deadLetters.queue.queueArn],
				conditions: {
					ArnLike: {
						"aws:SourceArn": [
							rules,
							// An encrypted bus itself sends what it cannot decrypt.
							...(props.encryptionKey
								? [`${events}:event-bus/${props.eventBusName}`]
								: []),
						],
					},
				},
			}),
		);
		if (props.encryptionKey) allowDeadLettersOfRules(props.encryptionKey);
	}
}

/** Pseudo parameters as cdk-nag writes them. */
function withoutTokens(arn: string): string {
	return arn.replace(/\$\{Token\[AWS\.(\w+)\.\d+\]\}/g, "<AWS::$1>");
}
