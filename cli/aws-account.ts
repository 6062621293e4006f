// What a deployment asks AWS about an account. Credentials are those of a profile, or of the environment.
import {
	APIGatewayClient,
	GetAccountCommand,
} from "@aws-sdk/client-api-gateway";
import {
	CloudControlClient,
	GetResourceCommand,
} from "@aws-sdk/client-cloudcontrol";
import {
	CloudFormationClient,
	DeleteStackCommand,
	DescribeStacksCommand,
	GetTemplateCommand,
	type Stack,
	UpdateTerminationProtectionCommand,
	waitUntilStackDeleteComplete,
} from "@aws-sdk/client-cloudformation";
import { ListSchemasCommand, SchemasClient } from "@aws-sdk/client-schemas";
import {
	GetQueueAttributesCommand,
	GetQueueUrlCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Template } from "../cloud/template/stack-template.ts";

export interface DeployedStack {
	readonly name: string;
	readonly status: string;
	readonly template: Template;
	readonly terminationProtection: boolean;
	readonly tags: Readonly<Record<string, string>>;
}

export interface AwsAccount {
	/** The id of the account that the credentials belong to. */
	readonly id: () => Promise<string>;
	/** Stacks that carry a tag, without those that are deleted. */
	readonly stacksWith: (
		tag: string,
		value: string,
	) => Promise<readonly DeployedStack[]>;
	/** The version that the account was bootstrapped with. Undefined if it was not. */
	readonly bootstrapVersion: (qualifier: string) => Promise<number | undefined>;
	/** The role by which API Gateway writes logs. Undefined if there is none. */
	readonly apiGatewayLogRole: () => Promise<string | undefined>;
	/** Whether a resource exists. `identifier` is its type's primary identifier. */
	readonly exists: (type: string, identifier: string) => Promise<boolean>;
	/** How many messages a queue holds: visible, in flight and delayed. Undefined if there is no such queue. */
	readonly messagesIn: (queueName: string) => Promise<number | undefined>;
	/** Names of schemas in a registry, the first of them. */
	readonly schemasIn: (registry: string) => Promise<readonly string[]>;
	/** Deletes a stack and waits until it is gone. Rejects if CloudFormation fails. */
	readonly deleteStack: (name: string, signal: AbortSignal) => Promise<void>;
	readonly allowDeletion: (name: string) => Promise<void>;
}

/** Returns undefined if AWS rejects with one of these errors. */
async function unless<T>(
	names: readonly string[],
	asked: Promise<T>,
): Promise<T | undefined> {
	try {
		return await asked;
	} catch (error) {
		if (names.includes((error as Error).name)) return undefined;
		throw error;
	}
}

/** How long CloudFormation may take to delete a stack, in seconds. */
const deletionSecondsMax = 3_600;

export function awsAccount(
	region: string,
	profile: string | undefined,
): AwsAccount {
	const config = {
		region,
		// Many names are looked up, and CloudFormation throttles early.
		retryMode: "adaptive",
		maxAttempts: 8,
		...(profile === undefined ? {} : { profile }),
	};
	const cloudFormation = new CloudFormationClient(config);
	const deployed = async (stack: Stack): Promise<DeployedStack> => {
		const name = stack.StackName ?? "";
		const { TemplateBody = "{}" } = await cloudFormation.send(
			new GetTemplateCommand({ StackName: name, TemplateStage: "Original" }),
		);
		return {
			name,
			status: stack.StackStatus ?? "",
			template: JSON.parse(TemplateBody),
			terminationProtection: stack.EnableTerminationProtection === true,
			tags: Object.fromEntries(
				(stack.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]),
			),
		};
	};
	return {
		id: async () => {
			const { Account = "" } = await new STSClient(config).send(
				new GetCallerIdentityCommand({}),
			);
			return Account;
		},
		stacksWith: async (tag, value) => {
			const found: Stack[] = [];
			let NextToken: string | undefined;
			do {
				const page = await cloudFormation.send(
					new DescribeStacksCommand({ NextToken }),
				);
				found.push(...(page.Stacks ?? []));
				({ NextToken } = page);
			} while (NextToken !== undefined);
			const stacks: DeployedStack[] = [];
			// One by one: CloudFormation throttles GetTemplate early.
			for (const stack of found)
				if (
					stack.Tags?.some(({ Key, Value }) => Key === tag && Value === value)
				)
					stacks.push(await deployed(stack));
			return stacks;
		},
		bootstrapVersion: async (qualifier) => {
			const found = await unless(
				["ParameterNotFound"],
				new SSMClient(config).send(
					new GetParameterCommand({
						Name: `/cdk-bootstrap/${qualifier}/version`,
					}),
				),
			);
			return found && Number(found.Parameter?.Value);
		},
		apiGatewayLogRole: async () => {
			const { cloudwatchRoleArn } = await new APIGatewayClient(config).send(
				new GetAccountCommand({}),
			);
			return cloudwatchRoleArn || undefined;
		},
		exists: async (type, identifier) => {
			const found = await unless(
				["ResourceNotFoundException"],
				new CloudControlClient(config).send(
					new GetResourceCommand({ TypeName: type, Identifier: identifier }),
				),
			);
			return found !== undefined;
		},
		messagesIn: async (queueName) => {
			const sqs = new SQSClient(config);
			const missing = [
				"QueueDoesNotExist",
				"AWS.SimpleQueueService.NonExistentQueue",
			];
			const queue = await unless(
				missing,
				sqs.send(new GetQueueUrlCommand({ QueueName: queueName })),
			);
			if (!queue) return undefined;
			const { Attributes = {} } = await sqs.send(
				new GetQueueAttributesCommand({
					QueueUrl: queue.QueueUrl,
					AttributeNames: [
						"ApproximateNumberOfMessages",
						"ApproximateNumberOfMessagesDelayed",
						"ApproximateNumberOfMessagesNotVisible",
					],
				}),
			);
			return Object.values(Attributes).reduce(
				(sum, count) => sum + Number(count),
				0,
			);
		},
		schemasIn: async (registry) => {
			const found = await unless(
				["NotFoundException"],
				new SchemasClient(config).send(
					new ListSchemasCommand({ RegistryName: registry }),
				),
			);
			return (found?.Schemas ?? []).map(({ SchemaName = "" }) => SchemaName);
		},
		deleteStack: async (name, signal) => {
			await cloudFormation.send(new DeleteStackCommand({ StackName: name }));
			try {
				await waitUntilStackDeleteComplete(
					{
						client: cloudFormation,
						maxWaitTime: deletionSecondsMax,
						abortSignal: signal,
					},
					{ StackName: name },
				);
			} catch {
				// The waiter's error is a response as JSON. The stack says why.
				const { Stacks: [stack] = [] } = await cloudFormation.send(
					new DescribeStacksCommand({ StackName: name }),
				);
				throw new Error(
					`it is ${stack?.StackStatus}: ${stack?.StackStatusReason ?? "its events in CloudFormation say why"}`,
				);
			}
		},
		allowDeletion: async (name) => {
			await cloudFormation.send(
				new UpdateTerminationProtectionCommand({
					StackName: name,
					EnableTerminationProtection: false,
				}),
			);
		},
	};
}
