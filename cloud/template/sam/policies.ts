// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
// A function's Policies: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
import { isObject } from "../../../runtime/json.ts";
import type { Properties, Sam } from "./parts.ts";

/** AWS's managed policies that stand below a path. */
const inServiceRole = new Set([
	"AWSLambdaBasicExecutionRole",
	"AWSLambdaSQSQueueExecutionRole",
	"AWSLambdaVPCAccessExecutionRole",
	"AWSLambdaDynamoDBExecutionRole",
	"AWSLambdaKinesisExecutionRole",
	"AWSLambdaRole",
]);

export function policiesOf(
	stated: unknown,
	logicalId: string,
	sam: Pick<Sam, "note">,
): {
	readonly managed: readonly unknown[];
	readonly inline: readonly object[];
} {
	const managed: unknown[] = [];
	const inline: object[] = [];
	for (const policy of [stated ?? []].flat()) {
		if (typeof policy === "string")
			managed.push(
				policy.startsWith("arn:")
					? policy
					: `arn:aws:iam::aws:policy/${inServiceRole.has(policy) ? "service-role/" : ""}${policy}`,
			);
		else if (!isObject(policy))
			throw new Error(`Policies has ${JSON.stringify(policy)}`);
		else if (policy.Statement !== undefined) inline.push(policy);
		else {
			const [name = "", ...others] = Object.keys(policy);
			if (others.length === 0 && /^(Ref|Fn::.*)$/.test(name)) {
				managed.push(policy);
				continue;
			}
			const statement = fromTemplate(name, policy[name]);
			if (statement) inline.push({ Statement: [statement] });
			else if (/^(SQS|SNS|Lambda|EventBridge|KMS)/.test(name))
				sam.note(`the policy template ${name} of ${logicalId} is not read`);
		}
	}
	return { managed, inline };
}

/** Actions, service and path of the policy templates for services that are simulated, and the parameter that names the resource. */
const templates: Readonly<
	Record<
		string,
		readonly [
			actions: readonly string[],
			parameter: string,
			service: string,
			path: string,
		]
	>
> = {
	SQSPollerPolicy: [
		[
			"sqs:ChangeMessageVisibility",
			"sqs:ChangeMessageVisibilityBatch",
			"sqs:DeleteMessage",
			"sqs:DeleteMessageBatch",
			"sqs:GetQueueAttributes",
			"sqs:ReceiveMessage",
		],
		"QueueName",
		"sqs",
		"#",
	],
	SQSSendMessagePolicy: [["sqs:SendMessage*"], "QueueName", "sqs", "#"],
	SNSPublishMessagePolicy: [["sns:Publish"], "TopicName", "sns", "#"],
	SNSCrudPolicy: [
		[
			"sns:ListSubscriptionsByTopic",
			"sns:CreateTopic",
			"sns:SetTopicAttributes",
			"sns:Subscribe",
			"sns:Publish",
		],
		"TopicName",
		"sns",
		"#*",
	],
	EventBridgePutEventsPolicy: [
		["events:PutEvents"],
		"EventBusName",
		"events",
		"event-bus/#",
	],
	LambdaInvokePolicy: [
		["lambda:InvokeFunction"],
		"FunctionName",
		"lambda",
		"function:#*",
	],
	StepFunctionsExecutionPolicy: [
		["states:StartExecution"],
		"StateMachineName",
		"states",
		"stateMachine:#",
	],
	KMSDecryptPolicy: [["kms:Decrypt"], "KeyId", "kms", "key/#"],
	KMSEncryptPolicy: [["kms:Encrypt"], "KeyId", "kms", "key/#"],
};

function fromTemplate(name: string, stated: unknown): object | undefined {
	const known = Object.hasOwn(templates, name) ? templates[name] : undefined;
	if (!known) return undefined;
	const [actions, parameter, service, path] = known;
	const given = (isObject(stated) ? stated : {}) as Properties;
	if (given[parameter] === undefined)
		throw new Error(`${name} wants ${parameter}`);
	return {
		Effect: "Allow",
		Action: actions,
		Resource: {
			"Fn::Sub": [
				`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${path.replace("#", "${name}")}`,
				{ name: given[parameter] },
			],
		},
	};
}
