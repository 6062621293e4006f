// Return values of `Ref` and `Fn::GetAtt`: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
import type { UnresolvedResource } from "./resource.ts";

type Identify = (resource: UnresolvedResource) => {
	readonly ref: string;
	readonly attributes?: Readonly<Record<string, string>>;
};

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
	"AWS::IAM::ManagedPolicy": managedPolicy,
	"AWS::SQS::Queue": ({ stack, logicalId, property, endpoint }) => {
		const name = String(property("QueueName") ?? `${stack.name}-${logicalId}`);
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
	"AWS::SNS::Topic": ({ stack, logicalId, property }) => {
		const name = String(property("TopicName") ?? `${stack.name}-${logicalId}`);
		const arn = `arn:aws:sns:${stack.region}:${stack.account}:${name}`;
		return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
	},
	"AWS::SNS::TopicPolicy": byLogicalId,
	"AWS::SNS::Subscription": ({ property, logicalId }) => ({
		ref: `${property("TopicArn")}:${logicalId}`,
	}),
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
	"AWS::Lambda::Permission": byLogicalId,
	"AWS::Lambda::EventSourceMapping": byLogicalId,
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
} as const satisfies Record<string, Identify>;

/** Types that have no effect in the simulation and are not reported as missing. */
export const silentTypes: ReadonlySet<string> = new Set(["AWS::CDK::Metadata"]);

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

export const registryArn = (
	name: string,
	{ account, region }: { account: string; region: string },
) => `arn:aws:schemas:${region}:${account}:registry/${name}`;

/** Returns a function's ARN, given its name or ARN. */
export function functionArn(
	nameOrArn: string,
	{ account, region }: { account: string; region: string },
): string {
	return nameOrArn.startsWith("arn:")
		? nameOrArn
		: `arn:aws:lambda:${region}:${account}:function:${nameOrArn}`;
}

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
