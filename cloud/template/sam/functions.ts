// AWS::Serverless::Function: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
import { isObject } from "../../../runtime/json.ts";
import { readEvent } from "./events.ts";
import {
	defined,
	entriesIn,
	type Properties,
	type Sam,
	trust,
} from "./parts.ts";
import { policiesOf } from "./policies.ts";

/** Properties that mean the same to Lambda. */
const same = [
	"FunctionName",
	"Description",
	"Handler",
	"Runtime",
	"Timeout",
	"MemorySize",
	"Environment",
	"VpcConfig",
	"Layers",
	"Architectures",
	"PackageType",
	"EphemeralStorage",
	"LoggingConfig",
	"ReservedConcurrentExecutions",
	"KmsKeyArn",
];

/** Properties without effect here, and those that are read below. */
const read = new Set([
	...same,
	"AssumeRolePolicyDocument",
	"AutoPublishAlias",
	"AutoPublishAliasAllProperties",
	"AutoPublishCodeSha256",
	"CodeUri",
	"DeadLetterQueue",
	"DeploymentPreference",
	"EventInvokeConfig",
	"Events",
	"ImageUri",
	"InlineCode",
	"PermissionsBoundary",
	"Policies",
	"Role",
	"RolePath",
	"Tags",
	"Tracing",
	"VersionDescription",
]);

export function readFunction(
	logicalId: string,
	properties: Properties,
	sam: Sam,
): void {
	for (const name of Object.keys(properties))
		if (!read.has(name)) sam.note(`${name} of ${logicalId} is not read`);
	const { DeadLetterQueue, Events, AutoPublishAlias, Tags } = properties;
	const events = entriesIn("Events", Events);
	const statements: object[] = [];
	const deadLetterArn = isObject(DeadLetterQueue)
		? DeadLetterQueue.TargetArn
		: undefined;
	if (isObject(DeadLetterQueue))
		statements.push(
			sendTo(String(DeadLetterQueue.Type), DeadLetterQueue.TargetArn),
		);
	const version = `${logicalId}Version`;
	const alias =
		typeof AutoPublishAlias === "string"
			? `${logicalId}Alias${AutoPublishAlias.replace(/[^A-Za-z0-9]/g, "")}`
			: AutoPublishAlias === undefined
				? undefined
				: `${logicalId}Alias`;
	statements.push(...invokeConfig(logicalId, properties, alias, sam));
	sam.add(logicalId, "AWS::Lambda::Function", {
		...defined(
			Object.fromEntries(same.map((name) => [name, properties[name]])),
		),
		Code: codeOf(properties),
		Role: properties.Role ?? { "Fn::GetAtt": [`${logicalId}Role`, "Arn"] },
		...defined({
			DeadLetterConfig:
				deadLetterArn === undefined ? undefined : { TargetArn: deadLetterArn },
			Tags: isObject(Tags)
				? Object.entries(Tags).map(([Key, Value]) => ({ Key, Value }))
				: undefined,
		}),
	});
	if (properties.Role === undefined)
		addRole(logicalId, properties, events, statements, sam);
	if (alias !== undefined) {
		sam.add(version, "AWS::Lambda::Version", {
			FunctionName: { Ref: logicalId },
		});
		sam.add(alias, "AWS::Lambda::Alias", {
			Name: AutoPublishAlias,
			FunctionName: { Ref: logicalId },
			FunctionVersion: { "Fn::GetAtt": [version, "Version"] },
		});
	}
	for (const [name, event] of Object.entries(events))
		readEvent(
			{
				id: `${logicalId}${name}`,
				what: `the event ${name} of ${logicalId}`,
				type: String(event.Type),
				stated: isObject(event.Properties) ? event.Properties : {},
				arn:
					alias === undefined
						? { "Fn::GetAtt": [logicalId, "Arn"] }
						: { Ref: alias },
			},
			sam,
		);
}

function addRole(
	logicalId: string,
	properties: Properties,
	events: Readonly<Record<string, Properties>>,
	statements: readonly object[],
	sam: Sam,
): void {
	const { RolePath, PermissionsBoundary, AssumeRolePolicyDocument } =
		properties;
	const { managed, inline } = policiesOf(properties.Policies, logicalId, sam);
	const isPolling = Object.values(events).some(
		({ Type, Properties: stated }) =>
			Type === "SQS" ||
			(Type === "SNS" && isObject(stated) && Boolean(stated.SqsSubscription)),
	);
	sam.add(`${logicalId}Role`, "AWS::IAM::Role", {
		AssumeRolePolicyDocument:
			AssumeRolePolicyDocument ?? trust("lambda.amazonaws.com"),
		...defined({ Path: RolePath, PermissionsBoundary }),
		ManagedPolicyArns: [
			serviceRole("AWSLambdaBasicExecutionRole"),
			...(isPolling ? [serviceRole("AWSLambdaSQSQueueExecutionRole")] : []),
			...managed,
		],
		Policies: [
			...inline,
			...(statements.length > 0 ? [{ Statement: statements }] : []),
		].map((PolicyDocument, i) => ({
			PolicyName: `${logicalId}RolePolicy${i}`,
			PolicyDocument,
		})),
	});
}

const serviceRole = (name: string) =>
	`arn:aws:iam::aws:policy/service-role/${name}`;

/** Local code is a path, as before `sam package`. */
function codeOf({
	InlineCode,
	CodeUri,
	ImageUri,
	PackageType,
}: Properties): unknown {
	if (InlineCode !== undefined) return { ZipFile: InlineCode };
	if (PackageType === "Image" || ImageUri !== undefined)
		return { ImageUri: ImageUri ?? "image" };
	if (isObject(CodeUri) && CodeUri.Bucket !== undefined)
		return { S3Bucket: CodeUri.Bucket, S3Key: CodeUri.Key };
	const inS3 = /^s3:\/\/([^/]+)\/(.+)$/.exec(String(CodeUri));
	return inS3 ? { S3Bucket: inS3[1], S3Key: inS3[2] } : (CodeUri ?? ".");
}

const sends: Readonly<Record<string, string>> = {
	SQS: "sqs:SendMessage",
	SNS: "sns:Publish",
	Lambda: "lambda:InvokeFunction",
	EventBridge: "events:PutEvents",
	S3Bucket: "s3:PutObject",
};

const sendTo = (type: string, arn: unknown) => ({
	Effect: "Allow",
	Action: sends[type] ?? "sqs:SendMessage",
	Resource: arn,
});

/** Adds the configuration of asynchronous invocations. Returns the statements that its destinations need. */
function invokeConfig(
	logicalId: string,
	{ EventInvokeConfig: stated }: Properties,
	alias: string | undefined,
	sam: Sam,
): readonly object[] {
	if (!isObject(stated)) return [];
	const statements: object[] = [];
	const ends: Record<string, unknown> = {};
	const config = isObject(stated.DestinationConfig)
		? stated.DestinationConfig
		: {};
	for (const name of ["OnSuccess", "OnFailure"]) {
		const end = config[name];
		if (!isObject(end)) continue;
		const type = String(end.Type);
		const own = `${logicalId}EventInvokeConfig${name}${type === "SNS" ? "Topic" : "Queue"}`;
		if (end.Destination === undefined)
			sam.add(own, type === "SNS" ? "AWS::SNS::Topic" : "AWS::SQS::Queue", {});
		const arn =
			end.Destination ??
			(type === "SNS" ? { Ref: own } : { "Fn::GetAtt": [own, "Arn"] });
		ends[name] = { Destination: arn };
		statements.push(sendTo(type, arn));
	}
	sam.add(`${logicalId}EventInvokeConfig`, "AWS::Lambda::EventInvokeConfig", {
		FunctionName: { Ref: logicalId },
		Qualifier:
			alias === undefined
				? "$LATEST"
				: { "Fn::Select": [7, { "Fn::Split": [":", { Ref: alias }] }] },
		...defined({
			MaximumRetryAttempts: stated.MaximumRetryAttempts,
			MaximumEventAgeInSeconds: stated.MaximumEventAgeInSeconds,
		}),
		DestinationConfig: ends,
	});
	return statements;
}
