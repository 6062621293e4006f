// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
// One stack of a few resources, for tests of the runner.
import type {
	StackTemplate,
	TemplateResource,
} from "../../cloud/template/stack-template.ts";

export const account = "111111111111";
export const region = "eu-west-1";

export const stackOf = (
	resources: Readonly<Record<string, TemplateResource>>,
): StackTemplate => ({
	name: "s",
	account,
	region,
	assets: new Map(),
	template: { Resources: resources },
});

/** A role that a service may assume, and that may do anything of a kind. */
export const roleFor = (service: string, action: string): TemplateResource => ({
	Type: "AWS::IAM::Role",
	Properties: {
		AssumeRolePolicyDocument: {
			Statement: [
				{
					Effect: "Allow",
					Principal: { Service: service },
					Action: "sts:AssumeRole",
				},
			],
		},
		Policies: [
			{
				PolicyName: "p",
				PolicyDocument: {
					Statement: [{ Effect: "Allow", Action: action, Resource: "*" }],
				},
			},
		],
	},
});

export const functionOf = (
	code: string,
	properties: object = {},
): TemplateResource => ({
	Type: "AWS::Lambda::Function",
	Properties: {
		FunctionName: "f",
		Runtime: "nodejs24.x",
		Handler: "index.handler",
		Role: { "Fn::GetAtt": ["Role", "Arn"] },
		Code: { ZipFile: code },
		...properties,
	},
});

export const queueArn = `arn:aws:sqs:${region}:${account}:q`;

/** A queue q that a service may send to. */
export const queueFor = (
	service: string,
): Readonly<Record<string, TemplateResource>> => ({
	Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "q" } },
	QueuePolicy: {
		Type: "AWS::SQS::QueuePolicy",
		Properties: {
			Queues: [{ Ref: "Queue" }],
			PolicyDocument: {
				Statement: {
					Effect: "Allow",
					Principal: { Service: service },
					Action: "sqs:SendMessage",
					Resource: { "Fn::GetAtt": ["Queue", "Arn"] },
				},
			},
		},
	},
});

/** Lets API Gateway invoke the function. */
export const apiPermission: TemplateResource = {
	Type: "AWS::Lambda::Permission",
	Properties: {
		FunctionName: { Ref: "Function" },
		Action: "lambda:InvokeFunction",
		Principal: "apigateway.amazonaws.com",
	},
};

/** A REST API with one method on its root, and a stage. */
export const restApiOf = (
	verb: string,
	integration: object,
): Readonly<Record<string, TemplateResource>> => ({
	Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "api" } },
	Method: {
		Type: "AWS::ApiGateway::Method",
		Properties: {
			RestApiId: { Ref: "Api" },
			ResourceId: { "Fn::GetAtt": ["Api", "RootResourceId"] },
			HttpMethod: verb,
			AuthorizationType: "NONE",
			Integration: integration,
		},
	},
	Deployment: liveStage,
});

/** A stage "live" of a REST API. */
export const liveStage: TemplateResource = {
	Type: "AWS::ApiGateway::Deployment",
	Properties: { RestApiId: { Ref: "Api" }, StageName: "live" },
};

/** The URI that API Gateway invokes the function by. */
export const invocations = {
	"Fn::Sub":
		"arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations",
};
