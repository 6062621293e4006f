// What a deployment would hit is named at start.
import { describe, expect, test } from "vitest";
import { startLocal } from "../../cloud/local/runner.ts";
import type { Template } from "../../cloud/template/stack-template.ts";
import { referenceStacks } from "../reference-system.ts";

async function exceeded(Resources: object): Promise<readonly string[]> {
	const local = await startLocal([
		{
			name: "s",
			account: "222222222222",
			region: "eu-west-1",
			assets: new Map(),
			template: { Resources } as unknown as Template,
		},
	]);
	try {
		return local.exceededQuotas;
	} finally {
		await local.stop();
	}
}

const many = (count: number, of: (i: number) => object) =>
	Object.fromEntries(Array.from({ length: count }, (_, i) => [`R${i}`, of(i)]));
const topic = "arn:aws:sns:eu-west-1:222222222222:large";
const statement = (i: number, text: string) => ({
	Effect: "Allow",
	Principal: { Service: "sns.amazonaws.com" },
	Action: "sqs:SendMessage",
	Resource: "*",
	Condition: { ArnEquals: { "aws:SourceArn": `${text}${i}` } },
});
const document = (count: number, text = topic) => ({
	Version: "2012-10-17",
	Statement: Array.from({ length: count }, (_, i) => statement(i, text)),
});

const cases: readonly (readonly [string, object, string])[] = [
	[
		"resources of a stack",
		many(501, () => ({ Type: "AWS::CloudWatch::Alarm", Properties: {} })),
		"the stack s has 501 resources; the quota is 500",
	],
	[
		"statements of a queue policy",
		{
			P: {
				Type: "AWS::SQS::QueuePolicy",
				Properties: {
					Queues: ["http://127.0.0.1/222222222222/orders"],
					PolicyDocument: document(21, ""),
				},
			},
		},
		"the policy of the queue orders has 21 statements; the quota is 20",
	],
	[
		"bytes of a queue policy",
		{
			P: {
				Type: "AWS::SQS::QueuePolicy",
				Properties: {
					Queues: ["http://127.0.0.1/222222222222/orders"],
					PolicyDocument: document(20, "x".repeat(400)),
				},
			},
		},
		"bytes; the quota is 8,192",
	],
	[
		"characters of a bus policy",
		{
			Bus: {
				Type: "AWS::Events::EventBus",
				Properties: { Name: "events", Policy: document(60) },
			},
		},
		"characters, which AWS raises on request; the quota is 10,240",
	],
	[
		"rules of a bus",
		many(301, (i) => ({
			Type: "AWS::Events::Rule",
			Properties: { Name: `r${i}`, EventPattern: { source: [`s${i}`] } },
		})),
		"the bus default has 301 rules, which AWS raises on request; the quota is 300",
	],
	[
		"subscriptions of a topic with large messages",
		{
			T: {
				Type: "AWS::SNS::Topic",
				Properties: { TopicName: "large", MaximumMessageSize: 1_048_576 },
			},
			...many(101, (i) => ({
				Type: "AWS::SNS::Subscription",
				Properties: {
					TopicArn: topic,
					Protocol: "sqs",
					Endpoint: `arn:aws:sqs:eu-west-1:222222222222:q${i}`,
				},
			})),
		},
		"the topic large with messages of more than 256 KiB has 101 subscriptions; the quota is 100",
	],
	[
		"inline policies of a role",
		{
			R: {
				Type: "AWS::IAM::Role",
				Properties: {
					RoleName: "r",
					AssumeRolePolicyDocument: document(1),
					Policies: [{ PolicyName: "p", PolicyDocument: document(60) }],
				},
			},
		},
		"the inline policies of the role r have",
	],
];

describe("quotas", () => {
	test.each(cases)("%s", async (_, resources, message) => {
		expect((await exceeded(resources)).join("\n")).toContain(message);
	});

	test("the reference system exceeds none", async () => {
		const local = await startLocal(referenceStacks());
		expect(local.exceededQuotas).toEqual([]);
		await local.stop();
	});
});
