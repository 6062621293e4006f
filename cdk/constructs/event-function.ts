import { Duration, RemovalPolicy } from "aws-cdk-lib";
import {
	Alarm,
	ComparisonOperator,
	type IAlarmAction,
	type Metric,
	TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import {
	LogLevel,
	NodejsFunction,
	OutputFormat,
} from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { functionBundling, metafileContext } from "../system/bundling.ts";

export interface EventFunctionProps {
	/** Name of the function and its log group. */
	readonly functionName: string;
	/** Path of the handler's file. */
	readonly entry: string;
	/** Roles are global in an account. @default functionName */
	readonly roleName?: string;
	readonly environment?: Readonly<Record<string, string>>;
	/** @default 10 seconds */
	readonly timeout?: Duration;
	/** In MiB. @default 256 */
	readonly memorySize?: number;
	/** Notified by the alarms. @default none; the alarms are visible in CloudWatch */
	readonly alarmAction?: IAlarmAction;
}

/** A TypeScript function with a role that may only write to the function's log group. Alarms fire on errors and throttles. */
export class EventFunction extends Construct {
	readonly function: NodejsFunction;
	readonly role: Role;

	constructor(scope: Construct, id: string, props: EventFunctionProps) {
		super(scope, id);
		this.role = new Role(this, "Role", {
			roleName: props.roleName ?? props.functionName,
			assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
		});
		const logGroup = new LogGroup(this, "Logs", {
			logGroupName: `/aws/lambda/${props.functionName}`,
			retention: RetentionDays.ONE_MONTH,
			removalPolicy: RemovalPolicy.DESTROY,
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
			bundling: {
				format: OutputFormat.ESM,
				minify: functionBundling.minify,
				target: functionBundling.target,
				externalModules: [...functionBundling.external],
				metafile: this.node.tryGetContext(metafileContext) === true,
				logLevel: LogLevel.ERROR,
			},
		});
		this.alarm("Errors", this.function.metricErrors({ period }), {
			name: `${props.functionName}-errors`,
			about: `${props.functionName} fails. Its log group has each error; a consumer's messages are delivered again, and end in its dead-letter queue.`,
			...props,
		});
		this.alarm("Throttles", this.function.metricThrottles({ period }), {
			name: `${props.functionName}-throttles`,
			about: `${props.functionName} is throttled: raise the account's concurrency, or the function's.`,
			...props,
		});
	}

	private alarm(
		id: string,
		metric: Metric,
		{
			name,
			about,
			alarmAction,
		}: {
			readonly name: string;
			readonly about: string;
			readonly alarmAction?: IAlarmAction;
		},
	): void {
		const alarm = new Alarm(this, id, {
			alarmName: name,
			alarmDescription: about,
			metric,
			threshold: 0,
			comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
			evaluationPeriods: 1,
			treatMissingData: TreatMissingData.NOT_BREACHING,
		});
		if (alarmAction) alarm.addAlarmAction(alarmAction);
	}
}

const period = Duration.minutes(1);
