// The shapes of the properties that are read, so that whoever reads them need not doubt them:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
import { isObject, parseJson } from "../../runtime/json.ts";
import { shown } from "./check-template.ts";

/** Reads a value. Throws an `Error` that names the path. */
type Kind = (value: unknown, path: string, isAssumed: IsAssumed) => unknown;
type IsAssumed = (text: string) => boolean;

function refuse(path: string, wanted: string, value: unknown): never {
	throw new Error(`${path} must be ${wanted}, got ${shown(value)}`);
}

/** An assumed value is a text. A property of any other kind is left out. */
const isOpen = (value: unknown, isAssumed: IsAssumed): boolean =>
	typeof value === "string" && isAssumed(value);

/** CloudFormation takes numbers and booleans for texts. */
const text: Kind = (value, path) =>
	typeof value === "object" ? refuse(path, "a text", value) : String(value);

const number: Kind = (value, path, isAssumed) => {
	if (isOpen(value, isAssumed)) return undefined;
	const read =
		typeof value === "string" && value.trim() !== "" ? Number(value) : value;
	return typeof read === "number" && Number.isFinite(read)
		? read
		: refuse(path, "a number", value);
};

const flag: Kind = (value, path, isAssumed) => {
	if (isOpen(value, isAssumed)) return undefined;
	const read = String(value).toLowerCase();
	return read === "true" || read === "false"
		? read === "true"
		: refuse(path, "true or false", value);
};

const any: Kind = (value) => value;

/** An object, which may be given as a text. */
const json: Kind = (value, path, isAssumed) => {
	if (isObject(value)) return value;
	if (isOpen(value, isAssumed)) return undefined;
	if (typeof value !== "string")
		return refuse(path, "an object, or a text of JSON", value);
	const parsed = parseJson(value);
	if (!parsed.ok)
		throw new Error(`${path} is a text that is not JSON: ${parsed.message}`);
	return isObject(parsed.value)
		? parsed.value
		: refuse(path, "an object, or a text of JSON", value);
};

const list =
	(kind: Kind): Kind =>
	(value, path, isAssumed) => {
		if (isOpen(value, isAssumed)) return undefined;
		if (!Array.isArray(value)) return refuse(path, "a list", value);
		return value
			.map((item, i) => kind(item, `${path}[${i}]`, isAssumed))
			.filter((item) => item !== undefined);
	};

const map =
	(kind: Kind): Kind =>
	(value, path, isAssumed) => {
		if (isOpen(value, isAssumed)) return undefined;
		if (!isObject(value)) return refuse(path, "an object", value);
		return Object.fromEntries(
			Object.entries(value).map(([key, item]) => [
				key,
				kind(item, `${path}.${key}`, isAssumed),
			]),
		);
	};

type Shape = Readonly<Record<string, Kind>>;

/** An object with these properties; one whose name ends in ! is required. Others stay as they are. */
const object =
	(shape: Shape): Kind =>
	(value, path, isAssumed) => {
		if (isOpen(value, isAssumed)) return undefined;
		if (!isObject(value)) return refuse(path, "an object", value);
		return readShape(value, shape, path, isAssumed);
	};

function readShape(
	value: Readonly<Record<string, unknown>>,
	shape: Shape,
	path: string,
	isAssumed: IsAssumed,
): Record<string, unknown> {
	const read: [string, unknown][] = [];
	for (const [stated, kind] of Object.entries(shape)) {
		const name = stated.replace("!", "");
		const found = Object.hasOwn(value, name) ? value[name] : undefined;
		const at = path === "" ? name : `${path}.${name}`;
		if (found === undefined || found === null) {
			if (stated.endsWith("!")) throw new Error(`${at} is missing`);
			continue;
		}
		const one = kind(found, at, isAssumed);
		if (one !== undefined) read.push([name, one]);
	}
	const known = new Set(
		Object.keys(shape).map((name) => name.replace("!", "")),
	);
	return Object.fromEntries([
		...Object.entries(value).filter(([name]) => !known.has(name)),
		...read,
	]);
}

const tags = list(object({ Key: text, Value: text }));
const deadLetter = object({ Arn: text });
const policies = list(object({ PolicyName: text, "PolicyDocument!": json }));

const target = object({
	Id: text,
	"Arn!": text,
	RoleArn: text,
	Input: text,
	InputPath: text,
	InputTransformer: object({
		InputPathsMap: map(text),
		"InputTemplate!": text,
	}),
	SqsParameters: object({ "MessageGroupId!": text }),
	DeadLetterConfig: deadLetter,
	RetryPolicy: object({
		MaximumRetryAttempts: number,
		MaximumEventAgeInSeconds: number,
	}),
});

const redrive: Kind = (value, path, isAssumed) => {
	const read = json(value, path, isAssumed);
	return isObject(read)
		? readShape(
				read,
				{ "deadLetterTargetArn!": text, maxReceiveCount: number },
				path,
				isAssumed,
			)
		: read;
};

const subscription = {
	"Protocol!": text,
	Endpoint: text,
	RawMessageDelivery: flag,
	RedrivePolicy: redrive,
	FilterPolicy: json,
	FilterPolicyScope: text,
} satisfies Shape;

/** A text is a local path, as before `aws cloudformation package`. */
const code: Kind = (value, path, isAssumed) =>
	typeof value === "string"
		? { LocalPath: value }
		: object({
				ZipFile: text,
				S3Bucket: text,
				S3Key: text,
				ImageUri: text,
			})(value, path, isAssumed);

const destination = object({ "Destination!": text });

const shapes: Readonly<Record<string, Shape>> = {
	"AWS::IAM::Role": {
		RoleName: text,
		Path: text,
		AssumeRolePolicyDocument: json,
		Policies: policies,
		ManagedPolicyArns: list(text),
		PermissionsBoundary: text,
		Tags: tags,
	},
	"AWS::IAM::Policy": {
		"PolicyDocument!": json,
		Roles: list(text),
		PolicyName: text,
	},
	"AWS::IAM::RolePolicy": { "RoleName!": text, PolicyDocument: json },
	"AWS::IAM::ManagedPolicy": {
		"PolicyDocument!": json,
		Roles: list(text),
		ManagedPolicyName: text,
		Path: text,
	},
	"AWS::SQS::Queue": {
		QueueName: text,
		RedrivePolicy: redrive,
		RedriveAllowPolicy: json,
		KmsMasterKeyId: text,
		VisibilityTimeout: number,
		MessageRetentionPeriod: number,
		MaximumMessageSize: number,
		DelaySeconds: number,
		ReceiveMessageWaitTimeSeconds: number,
		FifoQueue: flag,
		ContentBasedDeduplication: flag,
		DeduplicationScope: text,
		FifoThroughputLimit: text,
		Tags: tags,
	},
	"AWS::SQS::QueuePolicy": {
		"Queues!": list(text),
		"PolicyDocument!": json,
	},
	"AWS::SQS::QueueInlinePolicy": { "Queue!": text, "PolicyDocument!": json },
	"AWS::SNS::Topic": {
		TopicName: text,
		MaximumMessageSize: number,
		KmsMasterKeyId: text,
		FifoTopic: flag,
		ContentBasedDeduplication: flag,
		Subscription: list(object(subscription)),
		Tags: tags,
	},
	"AWS::SNS::TopicPolicy": {
		"Topics!": list(text),
		"PolicyDocument!": json,
	},
	"AWS::SNS::TopicInlinePolicy": {
		"TopicArn!": text,
		"PolicyDocument!": json,
	},
	"AWS::SNS::Subscription": { "TopicArn!": text, ...subscription },
	"AWS::Events::EventBus": {
		"Name!": text,
		Policy: json,
		KmsKeyIdentifier: text,
		DeadLetterConfig: deadLetter,
		Tags: tags,
	},
	"AWS::Events::EventBusPolicy": {
		EventBusName: text,
		"StatementId!": text,
		Statement: json,
		Action: text,
		Principal: text,
		Condition: object({ Type: text, Key: text, Value: text }),
	},
	"AWS::Events::Rule": {
		Name: text,
		EventBusName: text,
		EventPattern: json,
		ScheduleExpression: text,
		State: text,
		Targets: list(target),
		RoleArn: text,
	},
	"AWS::KMS::Key": { KeyPolicy: json, Tags: tags },
	"AWS::KMS::Alias": { "AliasName!": text, "TargetKeyId!": text },
	"AWS::EventSchemas::Registry": { RegistryName: text, Description: text },
	"AWS::EventSchemas::RegistryPolicy": {
		"RegistryName!": text,
		"Policy!": json,
	},
	"AWS::Lambda::Function": {
		FunctionName: text,
		Code: code,
		Handler: text,
		Runtime: text,
		"Role!": text,
		Environment: object({ Variables: map(text) }),
		Timeout: number,
		MemorySize: number,
		DeadLetterConfig: object({ TargetArn: text }),
		PackageType: text,
		Tags: tags,
	},
	"AWS::Lambda::Version": { "FunctionName!": text },
	"AWS::Lambda::Alias": {
		"FunctionName!": text,
		"FunctionVersion!": text,
		"Name!": text,
	},
	"AWS::Lambda::EventInvokeConfig": {
		"FunctionName!": text,
		"Qualifier!": text,
		MaximumRetryAttempts: number,
		MaximumEventAgeInSeconds: number,
		DestinationConfig: object({
			OnSuccess: destination,
			OnFailure: destination,
		}),
	},
	"AWS::Lambda::Permission": {
		"FunctionName!": text,
		"Action!": text,
		"Principal!": text,
		SourceArn: text,
		SourceAccount: text,
		PrincipalOrgID: text,
	},
	"AWS::Lambda::EventSourceMapping": {
		"FunctionName!": text,
		EventSourceArn: text,
		BatchSize: number,
		MaximumBatchingWindowInSeconds: number,
		FunctionResponseTypes: list(text),
		Enabled: flag,
		FilterCriteria: object({ Filters: list(object({ Pattern: text })) }),
		ScalingConfig: object({ MaximumConcurrency: number }),
	},
	"AWS::Logs::LogGroup": { LogGroupName: text },
	"AWS::Logs::ResourcePolicy": { PolicyName: text, "PolicyDocument!": json },
	"AWS::SSM::Parameter": { Name: text, Value: text },
	"AWS::ApiGateway::RestApi": { Name: text, Body: json },
	"AWS::ApiGateway::Resource": {
		"RestApiId!": text,
		"ParentId!": text,
		"PathPart!": text,
	},
	"AWS::ApiGateway::Model": {
		"RestApiId!": text,
		Name: text,
		Schema: json,
		ContentType: text,
	},
	"AWS::ApiGateway::RequestValidator": {
		"RestApiId!": text,
		ValidateRequestBody: flag,
	},
	"AWS::ApiGateway::GatewayResponse": {
		"RestApiId!": text,
		"ResponseType!": text,
		StatusCode: text,
		ResponseTemplates: map(text),
	},
	"AWS::ApiGateway::Method": {
		"RestApiId!": text,
		"ResourceId!": text,
		"HttpMethod!": text,
		AuthorizationType: text,
		RequestModels: map(text),
		RequestValidatorId: text,
		Integration: object({
			Type: text,
			Uri: text,
			Credentials: text,
			IntegrationHttpMethod: text,
			RequestTemplates: map(text),
			RequestParameters: map(any),
			PassthroughBehavior: text,
			IntegrationResponses: list(
				object({
					StatusCode: text,
					SelectionPattern: text,
					ResponseTemplates: map(text),
				}),
			),
		}),
	},
	"AWS::ApiGateway::Deployment": { "RestApiId!": text, StageName: text },
	"AWS::ApiGateway::Stage": { "RestApiId!": text, StageName: text },
	"AWS::ApiGatewayV2::Api": {
		Name: text,
		ProtocolType: text,
		Target: text,
		RouteKey: text,
		Body: json,
	},
	"AWS::ApiGatewayV2::Integration": {
		"ApiId!": text,
		"IntegrationType!": text,
		IntegrationUri: text,
		IntegrationSubtype: text,
		CredentialsArn: text,
		PayloadFormatVersion: text,
		RequestParameters: map(text),
	},
	"AWS::ApiGatewayV2::Route": {
		"ApiId!": text,
		"RouteKey!": text,
		Target: text,
		AuthorizationType: text,
	},
	"AWS::ApiGatewayV2::Stage": { "ApiId!": text, "StageName!": text },
};

/** Reads a resource's resolved properties. Throws an `Error` that names a property of the wrong kind, or a missing one. */
export function readProperties(
	type: string,
	properties: Readonly<Record<string, unknown>>,
	isAssumed: IsAssumed,
): Readonly<Record<string, unknown>> {
	const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
	return shape ? readShape(properties, shape, "", isAssumed) : properties;
}
