// Policies that AWS manages: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
import type { Statement } from "./policy.ts";

/** Actions of the AWS managed policies that are common for such systems. */
const managedPolicies: Readonly<Record<string, readonly string[]>> = {
	"service-role/AWSLambdaBasicExecutionRole": [
		"logs:CreateLogGroup",
		"logs:CreateLogStream",
		"logs:PutLogEvents",
	],
	"service-role/AWSLambdaSQSQueueExecutionRole": [
		"sqs:ReceiveMessage",
		"sqs:DeleteMessage",
		"sqs:GetQueueAttributes",
		"logs:CreateLogGroup",
		"logs:CreateLogStream",
		"logs:PutLogEvents",
	],
	AmazonEventBridgeFullAccess: ["events:*", "schemas:*"],
	AmazonSQSFullAccess: ["sqs:*"],
	AmazonSNSFullAccess: ["sns:*"],
	AmazonSQSReadOnlyAccess: ["sqs:GetQueue*", "sqs:List*"],
	"service-role/AWSLambdaVPCAccessExecutionRole": ["logs:*", "ec2:*"],
	AWSLambdaExecute: ["logs:*", "s3:GetObject", "s3:PutObject"],
	"service-role/AWSLambdaRole": ["lambda:InvokeFunction"],
	AWSLambda_FullAccess: ["lambda:*"],
	PowerUserAccess: [
		"events:*",
		"lambda:*",
		"sns:*",
		"sqs:*",
		"schemas:*",
		"kms:*",
	],
	AdministratorAccess: ["*"],
};

/** The statements of a policy that AWS manages; `undefined` if it is not known. */
export function managedStatements(
	arn: string,
): readonly Statement[] | undefined {
	const name = arn.replace(/^arn:aws[\w-]*:iam::aws:policy\//, "");
	return Object.hasOwn(managedPolicies, name)
		? [{ Effect: "Allow", Action: managedPolicies[name] ?? [], Resource: "*" }]
		: undefined;
}
