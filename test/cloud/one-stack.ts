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
