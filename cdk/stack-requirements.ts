import {
	CfnResource,
	DefaultStackSynthesizer,
	Duration,
	type IStackSynthesizer,
	RemovalPolicy,
	type Stack,
	type StackProps,
} from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { ManagedPolicy } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { AccountRequirements } from "./constructs/account-requirements.ts";
import type { FunctionProps } from "./constructs/event-function.ts";
import {
	type FunctionSettings,
	type SystemDefinition,
	SystemError,
} from "./system/definition.ts";
import { systemTag } from "./system/names.ts";

type Account = keyof SystemDefinition["accounts"];

/** Where a stack goes, and what CloudFormation and CDK are told about it. */
export function stackProps(
	{ accounts, name, region, terminationProtection = true }: SystemDefinition,
	account: Account,
): StackProps {
	const { id, tags = {}, bootstrapQualifier } = accounts[account];
	return {
		env: { account: id, region },
		tags: { ...tags, [systemTag]: name },
		terminationProtection,
		...(bootstrapQualifier === undefined
			? {}
			: {
					synthesizer: new DefaultStackSynthesizer({
						qualifier: bootstrapQualifier,
					}) as IStackSynthesizer,
				}),
	};
}

/** What the account requires of the constructs in a stack. `keyAlias` is that of the key which the stack makes, if keys are required. */
export function requirements(
	stack: Stack,
	system: SystemDefinition,
	account: Account,
	keyAlias?: string,
): AccountRequirements {
	const {
		alarmTopicArn,
		customerManagedKeys = false,
		logRetentionDays,
		permissionsBoundaryArn,
		rolePath,
	} = system.accounts[account];
	return {
		...(rolePath === undefined ? {} : { rolePath }),
		...(permissionsBoundaryArn === undefined
			? {}
			: {
					permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(
						stack,
						"Boundary",
						permissionsBoundaryArn,
					),
				}),
		...(logRetentionDays === undefined
			? {}
			: { logRetention: retentionOf(logRetentionDays) }),
		...(customerManagedKeys && keyAlias !== undefined
			? {
					encryptionKey: new Key(stack, "Key", {
						alias: keyAlias,
						enableKeyRotation: true,
						// Dead letters outlive the stack, and cannot be read without it.
						removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
					}),
				}
			: {}),
		...alarmOf(stack, alarmTopicArn),
	};
}

function retentionOf(days: number): RetentionDays {
	if (RetentionDays[days] === undefined)
		throw new SystemError(
			`logRetentionDays is ${days}: CloudWatch Logs has no such period, but ${Object.values(RetentionDays).filter(Number.isInteger).join(", ")}`,
		);
	return days;
}

/** The action that notifies a topic, as a prop. */
function alarmOf(
	scope: Construct,
	topicArn: string | undefined,
): { readonly alarmAction?: IAlarmAction } {
	if (topicArn === undefined) return {};
	const id = `AlarmTopic-${topicArn.split(":").at(-1)}`;
	const known = scope.node.tryFindChild(id) as ReturnType<
		typeof Topic.fromTopicArn
	>;
	return {
		alarmAction: new SnsAction(
			known ?? Topic.fromTopicArn(scope, id, topicArn),
		),
	};
}

/** The props of a function, from the settings in the system and what its account requires. */
export function functionProps(
	stack: Stack,
	system: SystemDefinition,
	account: Account,
	required: AccountRequirements,
	settings: FunctionSettings,
): FunctionProps {
	const { vpc } = system.accounts[account];
	const {
		alarmTopicArn,
		entry,
		environment,
		grants,
		memorySize,
		reservedConcurrentExecutions,
		timeoutSeconds,
	} = settings;
	return {
		...required,
		...alarmOf(stack, alarmTopicArn),
		entry,
		...(environment ? { environment } : {}),
		...(grants ? { grants } : {}),
		...(memorySize === undefined ? {} : { memorySize }),
		...(reservedConcurrentExecutions === undefined
			? {}
			: { reservedConcurrentExecutions }),
		...(timeoutSeconds === undefined
			? {}
			: { timeout: Duration.seconds(timeoutSeconds) }),
		...(vpc ? { vpc } : {}),
	};
}

/** Resources of a stack: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const resourcesMax = 500;

/** Throws a `SystemError` if the stack has more resources than CloudFormation takes. */
export function expectToFit(stack: Stack, remedy: string): void {
	const count = stack.node
		.findAll()
		.filter((child) => CfnResource.isCfnResource(child)).length;
	if (count > resourcesMax)
		throw new SystemError(
			`the stack ${stack.stackName} has ${count} resources, CloudFormation takes ${resourcesMax}: ${remedy}`,
		);
}
