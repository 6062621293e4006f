import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import {
	Effect,
	PolicyStatement,
	Role,
	ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import {
	Architecture,
	type CfnFunction,
	Runtime,
} from "aws-cdk-lib/aws-lambda";
import {
	LogLevel,
	NodejsFunction,
	OutputFormat,
} from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { functionBundling, metafileContext } from "../system/bundling.ts";
import { type AccountRequirements, roleProps } from "./account-requirements.ts";
import { addAlarm } from "./alarm.ts";
import { allowLogGroup } from "./key-statements.ts";

/** Settings of a function that a construct passes on to it. */
export interface FunctionProps extends AccountRequirements {
	/** Path of the handler's file. */
	readonly entry: string;
	/** Roles are global in an account. @default the function's name */
	readonly roleName?: string;
	readonly environment?: Readonly<Record<string, string>>;
	/** @default 10 seconds */
	readonly timeout?: Duration;
	/** In MiB. @default 256 */
	readonly memorySize?: number;
	/** @default the account's unreserved concurrency */
	readonly reservedConcurrentExecutions?: number;
	/** Subnets and security groups in which the function runs. @default outside of a VPC */
	readonly vpc?: {
		readonly subnetIds: readonly string[];
		readonly securityGroupIds: readonly string[];
	};
	/** What the function may do besides. */
	readonly grants?: readonly {
		readonly actions: readonly string[];
		readonly resources: readonly string[];
	}[];
}

export interface EventFunctionProps extends FunctionProps {
	/** Name of the function and its log group. */
	readonly functionName: string;
}

/** A TypeScript function with a role that may only write to the function's log group. Alarms fire on errors and throttles. */
export class EventFunction extends Construct {
	readonly function: NodejsFunction;
	readonly role: Role;

	constructor(scope: Construct, id: string, props: EventFunctionProps) {
		super(scope, id);
		const logGroupName = `/aws/lambda/${props.functionName}`;
		this.role = new Role(this, "Role", {
			roleName: props.roleName ?? props.functionName,
			...roleProps(props),
			assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
		});
		allowLogGroup(this, props.encryptionKey, logGroupName);
		const logGroup = new LogGroup(this, "Logs", {
			logGroupName,
			retention: props.logRetention ?? RetentionDays.ONE_MONTH,
			removalPolicy: RemovalPolicy.DESTROY,
			...(props.encryptionKey ? { encryptionKey: props.encryptionKey } : {}),
		});
		logGroup.grantWrite(this.role);
		this.function = new NodejsFunction(this, "Function", {
			functionName: props.functionName,
			entry: props.entry,
			runtime: Runtime.NODEJS_24_X,
			architecture: Architecture.ARM_64,
			role: this.role,
			logGroup,
			timeout: props.timeout ?? Duration.seconds(10),
			memorySize: props.memorySize ?? 256,
			...(props.environment ? { environment: { ...props.environment } } : {}),
			...(props.reservedConcurrentExecutions === undefined
				? {}
				: {
						reservedConcurrentExecutions: props.reservedConcurrentExecutions,
					}),
			bundling: {
				format: OutputFormat.ESM,
				minify: functionBundling.minify,
				target: functionBundling.target,
				externalModules: [...functionBundling.external],
				metafile: this.node.tryGetContext(metafileContext) === true,
				logLevel: LogLevel.ERROR,
			},
		});
		for (const { actions, resources } of props.grants ?? [])
			this.role.addToPolicy(
				new PolicyStatement({
					effect: Effect.ALLOW,
					actions: [...actions],
					resources: [...resources],
				}),
			);
		if (props.vpc) this.joinVpc(props.vpc);
		const action = props.alarmAction ? { alarmAction: props.alarmAction } : {};
		addAlarm(this, "Errors", {
			alarmName: `${props.functionName}-errors`,
			alarmDescription: `${props.functionName} fails. Its log group has each error; a consumer's messages are delivered again, and end in its dead-letter queue.`,
			metric: this.function.metricErrors({ period }),
			...action,
		});
		addAlarm(this, "Throttles", {
			alarmName: `${props.functionName}-throttles`,
			alarmDescription: `${props.functionName} is throttled: raise the account's concurrency, or the function's.`,
			metric: this.function.metricThrottles({ period }),
			...action,
		});
	}

	/** With the permissions of the managed policy AWSLambdaVPCAccessExecutionRole, which take no resource. */
	private joinVpc({
		subnetIds,
		securityGroupIds,
	}: NonNullable<FunctionProps["vpc"]>): void {
		(this.function.node.defaultChild as CfnFunction).vpcConfig = {
			subnetIds: [...subnetIds],
			securityGroupIds: [...securityGroupIds],
		};
		const network = this.role.addToPrincipalPolicy(
			new PolicyStatement({
				effect: Effect.ALLOW,
				actions: [
					"ec2:CreateNetworkInterface",
					"ec2:DescribeNetworkInterfaces",
					"ec2:DescribeSubnets",
					"ec2:DeleteNetworkInterface",
					"ec2:AssignPrivateIpAddresses",
					"ec2:UnassignPrivateIpAddresses",
				],
				resources: ["*"],
			}),
		);
		// Lambda refuses a function whose role cannot make network interfaces yet.
		if (network.policyDependable)
			this.function.node.addDependency(network.policyDependable);
		Validations.of(this.role).acknowledge({
			id: "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
			reason: "Network interfaces of a function have no ARN that is known.",
		});
	}
}

const period = Duration.minutes(1);
