// Return values of `Ref` and `Fn::GetAtt`: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
import type { UnresolvedResource } from "./resource.ts";

export interface Identity {
	readonly ref: string;
	readonly attributes?: Readonly<Record<string, string>>;
}

type Identify = (resource: UnresolvedResource) => Identity;

const byLogicalId: Identify = ({ stack, logicalId }) => ({
	ref: `${stack.name}-${logicalId}`,
});

const managedPolicy: Identify = ({ stack, logicalId, property }) => {
	const name = property("ManagedPolicyName") ?? `${stack.name}-${logicalId}`;
	const arn = `arn:aws:iam::${stack.account}:policy${property("Path") ?? "/"}${name}`;
	return { ref: arn, attributes: { PolicyArn: arn } };
};

export type ResourceTypeName = keyof typeof identities;

/** The supported resource types. */
export const identities = {
	"AWS::IAM::Role": ({ stack, logicalId, property }) => {
		const name = String(property("RoleName") ?? `${stack.name}-${logicalId}`);
		return {
			ref: name,
			attributes: {
				Arn: `arn:aws:iam::${stack.account}:role${property("Path") ?? "/"}${name}`,
				RoleId: name,
			},
		};
	},
	"AWS::IAM::Policy": byLogicalId,
	"AWS::IAM::RolePolicy": byLogicalId,
	"AWS::IAM::ManagedPolicy": managedPolicy,
	"AWS::SQS::Queue": ({ stack, logicalId, property, endpoint }) => {
		const isFifo = String(property("FifoQueue") ?? false) === "true";
		const name = String(
			property("QueueName") ??
				`${stack.name}-${logicalId}${isFifo ? ".fifo" : ""}`,
		);
		return {
			ref: `${endpoint}/${stack.account}/${name}`,
			attributes: {
				Arn: `arn:aws:sqs:${stack.region}:${stack.account}:${name}`,
				QueueName: name,
				QueueUrl: `${endpoint}/${stack.account}/${name}`,
			},
		};
	},
	"AWS::SQS::QueuePolicy": byLogicalId,
	"AWS::SQS::QueueInlinePolicy": byLogicalId,
	"AWS::SNS::Topic": ({ stack, logicalId, property }) => {
		const isFifo = String(property("FifoTopic") ?? false) === "true";
		const name = String(
			property("TopicName") ??
				`${stack.name}-${logicalId}${isFifo ? ".fifo" : ""}`,
		);
		const arn = `arn:aws:sns:${stack.region}:${stack.account}:${name}`;
		return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
	},
	"AWS::SNS::TopicPolicy": byLogicalId,
	"AWS::SNS::TopicInlinePolicy": byLogicalId,
	"AWS::SNS::Subscription": ({ property, logicalId }) => {
		const arn = `${property("TopicArn")}:${logicalId}`;
		return { ref: arn, attributes: { Arn: arn } };
	},
	"AWS::Events::EventBus": ({ stack, property }) => {
		const name = String(property("Name"));
		return { ref: name, attributes: { Arn: busArn(name, stack), Name: name } };
	},
	"AWS::Events::EventBusPolicy": ({ property }) => ({
		ref: String(property("StatementId")),
	}),
	"AWS::Events::Rule": ({ stack, logicalId, property }) => {
		const name = String(property("Name") ?? `${stack.name}-${logicalId}`);
		const bus = String(property("EventBusName") ?? "default")
			.split("/")
			.at(-1);
		const path = bus === "default" ? name : `${bus}/${name}`;
		return {
			ref: name,
			attributes: {
				Arn: `arn:aws:events:${stack.region}:${stack.account}:rule/${path}`,
				Name: name,
			},
		};
	},
	"AWS::KMS::Key": ({ stack, logicalId }) => {
		const id = keyId(`${stack.account}${stack.name}${logicalId}`);
		return { ref: id, attributes: { Arn: keyArn(id, stack), KeyId: id } };
	},
	"AWS::KMS::Alias": ({ property }) => ({ ref: String(property("AliasName")) }),
	"AWS::EventSchemas::Registry": ({ stack, logicalId, property }) => {
		const name = String(
			property("RegistryName") ?? `${stack.name}-${logicalId}`,
		);
		const arn = registryArn(name, stack);
		return { ref: arn, attributes: { RegistryArn: arn, RegistryName: name } };
	},
	"AWS::EventSchemas::RegistryPolicy": byLogicalId,
	"AWS::Lambda::Function": ({ stack, logicalId, property }) => {
		const name = String(
			property("FunctionName") ?? `${stack.name}-${logicalId}`,
		);
		return {
			ref: name,
			attributes: {
				Arn: `arn:aws:lambda:${stack.region}:${stack.account}:function:${name}`,
			},
		};
	},
	"AWS::Lambda::Version": ({ stack, property }) => {
		const arn = `${functionArn(String(property("FunctionName")), stack)}:1`;
		return { ref: arn, attributes: { FunctionArn: arn, Version: "1" } };
	},
	"AWS::Lambda::Alias": ({ stack, property }) => {
		const arn = `${functionArn(String(property("FunctionName")), stack)}:${property("Name")}`;
		return { ref: arn, attributes: { AliasArn: arn } };
	},
	"AWS::Lambda::EventInvokeConfig": byLogicalId,
	"AWS::Lambda::Permission": byLogicalId,
	"AWS::Lambda::EventSourceMapping": byLogicalId,
	"AWS::Logs::LogGroup": ({ stack, logicalId, property }) => {
		const name = String(
			property("LogGroupName") ?? `${stack.name}-${logicalId}`,
		);
		return { ref: name, attributes: { Arn: logGroupArn(name, stack) } };
	},
	"AWS::Logs::ResourcePolicy": byLogicalId,
	"AWS::ApiGateway::RestApi": ({ stack, logicalId }) => {
		const id = apiId(`${stack.account}${stack.name}${logicalId}`);
		return {
			ref: id,
			attributes: { RootResourceId: `${id}-root`, RestApiId: id },
		};
	},
	"AWS::ApiGateway::Resource": ({ stack, logicalId }) => {
		const ref = `${stack.name}-${logicalId}`;
		return { ref, attributes: { ResourceId: ref } };
	},
	"AWS::ApiGateway::Model": ({ property, stack, logicalId }) => ({
		ref: String(property("Name") ?? `${stack.name}${logicalId}`),
	}),
	"AWS::ApiGateway::RequestValidator": byLogicalId,
	"AWS::ApiGateway::GatewayResponse": byLogicalId,
	"AWS::ApiGateway::Method": byLogicalId,
	"AWS::ApiGateway::Deployment": ({ stack, logicalId }) => {
		const ref = `${stack.name}-${logicalId}`;
		return { ref, attributes: { DeploymentId: ref } };
	},
	"AWS::ApiGateway::Stage": ({ property }) => ({
		ref: String(property("StageName")),
	}),
	"AWS::ApiGatewayV2::Api": ({ stack, logicalId }) => {
		const id = apiId(`${stack.account}${stack.name}${logicalId}`);
		return {
			ref: id,
			attributes: {
				ApiId: id,
				ApiEndpoint: `https://${id}.execute-api.${stack.region}.amazonaws.com`,
			},
		};
	},
	"AWS::ApiGatewayV2::Integration": byLogicalId,
	"AWS::ApiGatewayV2::Route": byLogicalId,
	"AWS::ApiGatewayV2::Stage": ({ property }) => ({
		ref: String(property("StageName")),
	}),
} as const satisfies Record<string, Identify>;

/** Types that have no effect in the simulation and are not reported as missing. */
export const silentTypes: ReadonlySet<string> = new Set([
	"AWS::CDK::Metadata",
	"AWS::ApiGateway::Account",
	"AWS::ApiGateway::UsagePlan",
	"AWS::CloudFormation::WaitConditionHandle",
]);

/** Of types that are not simulated: the property with the name, the ARN without account and region, and whether `Ref` returns the ARN. */
const otherArns: Readonly<
	Record<string, readonly [name: string, arn: string, isRef?: true]>
> = {
	"AWS::StepFunctions::StateMachine": [
		"StateMachineName",
		"states:@:stateMachine:#",
		true,
	],
	"AWS::Kinesis::Stream": ["Name", "kinesis:@:stream/#"],
	"AWS::KinesisFirehose::DeliveryStream": [
		"DeliveryStreamName",
		"firehose:@:deliverystream/#",
	],
	"AWS::Events::ApiDestination": ["Name", "events:@:api-destination/#/local"],
	"AWS::Events::Connection": ["Name", "events:@:connection/#/local"],
	"AWS::Events::Archive": ["ArchiveName", "events:@:archive/#"],
	"AWS::ECS::Cluster": ["ClusterName", "ecs:@:cluster/#"],
	"AWS::ECS::TaskDefinition": ["Family", "ecs:@:task-definition/#:1", true],
	"AWS::Batch::JobQueue": ["JobQueueName", "batch:@:job-queue/#", true],
	"AWS::Batch::JobDefinition": [
		"JobDefinitionName",
		"batch:@:job-definition/#:1",
		true,
	],
	"AWS::CodeBuild::Project": ["Name", "codebuild:@:project/#"],
	"AWS::CodePipeline::Pipeline": ["Name", "codepipeline:@:#"],
	"AWS::DynamoDB::Table": ["TableName", "dynamodb:@:table/#"],
	"AWS::S3::Bucket": ["BucketName", "s3:::#"],
	"AWS::SecretsManager::Secret": ["Name", "secretsmanager:@:secret:#", true],
	"AWS::SSM::Parameter": ["Name", "ssm:@:parameter/#"],
	"AWS::Pipes::Pipe": ["Name", "pipes:@:pipe/#"],
	"AWS::Scheduler::Schedule": ["Name", "scheduler:@:schedule/default/#"],
	"AWS::Lambda::LayerVersion": ["LayerName", "lambda:@:layer:#:1", true],
	"AWS::AppSync::GraphQLApi": ["Name", "appsync:@:apis/#"],
};

/** What `Ref` and `Fn::GetAtt` return of a type that is not simulated. */
export const identifyOther =
	(type: string): Identify =>
	({ stack, logicalId, property }) => {
		const own = `${stack.name}-${logicalId}`;
		const known = Object.hasOwn(otherArns, type) ? otherArns[type] : undefined;
		if (!known) {
			const service = type.split("::")[1]?.toLowerCase() ?? "local";
			return {
				ref: own,
				attributes: {
					Arn: `arn:aws:${service}:${stack.region}:${stack.account}:${own}`,
				},
			};
		}
		const [nameProperty, form, isRef] = known;
		const stated = property(nameProperty);
		const name = typeof stated === "string" ? stated : own;
		const arn = `arn:aws:${form.replace("@", `${stack.region}:${stack.account}`).replace("#", name.replace(/^\//, ""))}`;
		return { ref: isRef ? arn : name, attributes: { Arn: arn, Name: name } };
	};

export function identifyOf(type: string): Identify | undefined {
	return Object.hasOwn(identities, type)
		? identities[type as ResourceTypeName]
		: undefined;
}

export function busArn(
	nameOrArn: string,
	{ account, region }: { account: string; region: string },
): string {
	return nameOrArn.startsWith("arn:")
		? nameOrArn
		: `arn:aws:events:${region}:${account}:event-bus/${nameOrArn}`;
}

const logGroupArn = (
	name: string,
	{ account, region }: { account: string; region: string },
) => `arn:aws:logs:${region}:${account}:log-group:${name}:*`;

export const registryArn = (
	name: string,
	{ account, region }: { account: string; region: string },
) => `arn:aws:schemas:${region}:${account}:registry/${name}`;

/** Returns a function's ARN, given its name, its ARN, or account and name, each with or without a qualifier. */
export function functionArn(
	nameOrArn: string,
	{ account, region }: { account: string; region: string },
): string {
	if (nameOrArn.startsWith("arn:")) return nameOrArn;
	const partial = /^(\d{12}):function:(.+)$/.exec(nameOrArn);
	return partial
		? `arn:aws:lambda:${region}:${partial[1]}:function:${partial[2]}`
		: `arn:aws:lambda:${region}:${account}:function:${nameOrArn}`;
}

/** A function's ARN without an alias or version. */
export const unqualified = (arn: string): string =>
	arn.split(":").slice(0, 7).join(":");

export const keyArn = (
	id: string,
	{ account, region }: { account: string; region: string },
) => `arn:aws:kms:${region}:${account}:key/${id}`;

/** Derives an id like KMS's. It is stable for a resource. */
function keyId(text: string): string {
	return digitsOf(text, 16, 32).replace(
		/^(.{8})(.{4})(.{4})(.{4})/,
		"$1-$2-$3-$4-",
	);
}

/** Derives an id like API Gateway's. It is stable for a resource. */
const apiId = (text: string): string => digitsOf(text, 36, 10);

function digitsOf(text: string, base: number, count: number): string {
	let hash = 0n;
	for (const character of text)
		hash =
			(hash * 131n + BigInt(character.codePointAt(0) ?? 0)) %
			BigInt(base) ** BigInt(count);
	return hash.toString(base).padStart(count, "0");
}
