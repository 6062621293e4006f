// What services need of a customer-managed key. CDK writes none of these statements.
import { Stack, Token } from "aws-cdk-lib";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";

const toEncrypt = ["kms:Decrypt", "kms:GenerateDataKey"];

/**
 * Lets EventBridge encrypt a bus's events, and those of its archive:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html and `encryption-archives.html`
 */
export function allowBus(
	key: IKey,
	busArn: string,
	account: string,
	archiveArn?: string,
): void {
	const events = new ServicePrincipal("events.amazonaws.com");
	const ofBus = {
		StringEquals: { "aws:SourceAccount": account },
		ArnEquals: {
			"aws:SourceArn": archiveArn === undefined ? busArn : [busArn, archiveArn],
		},
	};
	allow(key, {
		sid: "EventBus",
		principals: [events],
		actions:
			archiveArn === undefined
				? toEncrypt
				: [...toEncrypt, "kms:ReEncryptFrom", "kms:ReEncryptTo"],
		conditions: {
			...ofBus,
			StringEquals: {
				...ofBus.StringEquals,
				[busContext]: busArn,
			},
		},
	});
	allow(key, {
		sid: "DescribeForEventBus",
		principals: [events],
		actions: ["kms:DescribeKey"],
		conditions: ofBus,
	});
}

const busContext = "kms:EncryptionContext:aws:events:event-bus:arn";

/**
 * Lets EventBridge send to an encrypted dead-letter queue, but not use the key for a bus. It takes no source condition; the
 * queue's policy has one: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function allowDeadLettersOfRules(key: IKey): void {
	allow(key, {
		sid: "DeadLettersOfRules",
		principals: [new ServicePrincipal("events.amazonaws.com")],
		actions: toEncrypt,
		conditions: { Null: { [busContext]: "true" } },
	});
}

/**
 * Lets SNS send messages to an encrypted queue, of any topic in the topics' accounts: the queue's policy says which. So the key
 * is good for topics that are subscribed to later.
 */
export function allowTopics(key: IKey, topicArns: readonly string[]): void {
	const owners = topicArns.map((arn) =>
		Token.isUnresolved(arn) ? arn : arn.replace(/[^:]*$/, "*"),
	);
	allow(key, {
		sid: "Topics",
		principals: [new ServicePrincipal("sns.amazonaws.com")],
		actions: toEncrypt,
		conditions: { ArnLike: { "aws:SourceArn": [...new Set(owners)] } },
	});
}

/** Lets CloudWatch Logs encrypt a log group: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
export function allowLogGroup(
	scope: Construct,
	key: IKey | undefined,
	logGroupName: string,
): void {
	if (!key) return;
	const { partition, region, account } = Stack.of(scope);
	allow(key, {
		principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
		actions: [
			"kms:Encrypt",
			"kms:Decrypt",
			"kms:ReEncryptFrom",
			"kms:ReEncryptTo",
			"kms:GenerateDataKey",
			"kms:DescribeKey",
		],
		conditions: {
			ArnEquals: {
				"kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:${logGroupName}`,
			},
		},
	});
}

function allow(
	key: IKey,
	statement: ConstructorParameters<typeof PolicyStatement>[0],
): void {
	key.addToResourcePolicy(
		new PolicyStatement({
			effect: Effect.ALLOW,
			resources: ["*"],
			...statement,
		}),
	);
}
