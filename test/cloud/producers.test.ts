// The graph and the runner agree on who may put events on a bus.
import {
	EventBridgeClient,
	PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { StackTemplate } from "../../cloud/template/stack-template.ts";
import { mapSystem } from "../../cloud/template/system-map.ts";

const region = "eu-west-1";
const hub = "222222222222";
const bus = `arn:aws:events:${region}:${hub}:event-bus/orders`;
const placed = { source: "shop", detailType: "Order-Placed" };
const other = { source: "shop", detailType: "Order-Cancelled" };

const allow = (rest: object) => ({ Effect: "Allow", Resource: bus, ...rest });
const condition = (
	keys: Record<string, unknown>,
	operator = "StringEquals",
) => ({
	Condition: { [operator]: keys },
});

/** A role's statements, and what it may put on the bus: any event, a list of event types, or none. */
const cases: Readonly<
	Record<
		string,
		{
			readonly statements: readonly object[];
			readonly publishes: "any" | "none" | readonly (typeof placed)[];
		}
	>
> = {
	"put-star": {
		statements: [allow({ Action: "events:Put*" })],
		publishes: "any",
	},
	"in-another-case": {
		statements: [allow({ Action: ["EVENTS:putevents"] })],
		publishes: "any",
	},
	"question-mark": {
		statements: [
			allow({
				Action: "events:PutEvent?",
				Resource: "arn:aws:events:*:*:event-bus/or*",
			}),
		],
		publishes: "any",
	},
	"not-action": {
		statements: [allow({ NotAction: ["iam:*", "s3:*"] })],
		publishes: "any",
	},
	"not-action-of-it": {
		statements: [allow({ NotAction: "events:*" })],
		publishes: "none",
	},
	"not-resource": {
		statements: [
			{
				Effect: "Allow",
				Action: "events:PutEvents",
				NotResource: "arn:aws:sqs:*",
			},
		],
		publishes: "any",
	},
	"deny-all": {
		statements: [
			allow({ Action: "events:PutEvents" }),
			{ Effect: "Deny", Action: "*", Resource: "*" },
		],
		publishes: "none",
	},
	"deny-not-action": {
		statements: [
			allow({ Action: "*" }),
			{ Effect: "Deny", NotAction: "logs:*", Resource: "*" },
		],
		publishes: "none",
	},
	"deny-one-type": {
		statements: [
			allow({
				Action: "events:PutEvents",
				...condition({
					"events:source": "shop",
					"events:detail-type": ["Order-Placed", "Order-Cancelled"],
				}),
			}),
			{
				Effect: "Deny",
				Action: "events:*",
				Resource: "*",
				...condition({ "events:detail-type": "Order-Cancelled" }),
			},
		],
		publishes: [placed],
	},
	"listed-types": {
		statements: [
			allow({
				Action: "events:PutEvents",
				...condition({
					"events:source": "shop",
					"events:detail-type": ["Order-Placed"],
				}),
			}),
		],
		publishes: [placed],
	},
	"like-a-source": {
		statements: [
			allow({
				Action: "events:PutEvents",
				...condition({ "events:source": "sh*" }, "StringLike"),
			}),
		],
		publishes: "any",
	},
	"of-another-bus": {
		statements: [
			{ Effect: "Allow", Action: "events:PutEvents", Resource: `${bus}-2` },
		],
		publishes: "none",
	},
	"of-nothing": { statements: [], publishes: "none" },
};

const roleName = (name: string) => `role-${name}`;

const stack: StackTemplate = {
	name: "hub",
	account: hub,
	region,
	assets: new Map(),
	template: {
		Resources: {
			Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "orders" } },
			Rule: {
				Type: "AWS::Events::Rule",
				Properties: {
					Name: "all",
					EventBusName: "orders",
					EventPattern: { source: ["shop"] },
				},
			},
			...Object.fromEntries(
				Object.entries(cases).map(([name, { statements }], i) => [
					`Role${i}`,
					{
						Type: "AWS::IAM::Role",
						Properties: {
							RoleName: roleName(name),
							AssumeRolePolicyDocument: { Statement: [] },
							Policies: [{ PolicyDocument: { Statement: statements } }],
						},
					},
				]),
			),
		},
	},
};

let local: LocalSystem;
beforeAll(async () => {
	local = await startLocal([stack]);
});
afterAll(() => local.stop());

const { producers } = mapSystem([stack]);

async function mayPut(
	name: string,
	{ source, detailType }: typeof placed,
): Promise<boolean> {
	const client = new EventBridgeClient({
		region,
		endpoint: local.endpoint,
		maxAttempts: 1,
		credentials: {
			accessKeyId: local.accessKeyFor(
				`arn:aws:iam::${hub}:role/${roleName(name)}`,
			),
			secretAccessKey: "local",
		},
	});
	const entry = {
		EventBusName: bus,
		Source: source,
		DetailType: detailType,
		Detail: "{}",
	};
	return client.send(new PutEventsCommand({ Entries: [entry] })).then(
		() => true,
		(error: Error) => {
			expect(error.name).toBe("AccessDeniedException");
			return false;
		},
	);
}

test.each(Object.entries(cases))("%s", async (name, { publishes }) => {
	const drawn = producers.filter(
		(each) => each.name === roleName(name) && each.busArn === bus,
	);
	expect(drawn.map((each) => each.publishes ?? "any")).toEqual(
		publishes === "none" ? [] : [publishes],
	);
	const isDrawn = (type: typeof placed) =>
		drawn.some(
			(each) =>
				!each.publishes ||
				each.publishes.some(({ detailType }) => detailType === type.detailType),
		);
	for (const type of [placed, other])
		expect(await mayPut(name, type), type.detailType).toBe(isDrawn(type));
});

const partner = "555555555555";
const partnerRole = `arn:aws:iam::${partner}:role/Ingest`;

/** Principals of a bus policy's statement, and the names that the graph gives them. Roles of the system are drawn as themselves. */
test.each<[string, object, readonly string[]]>([
	["an account", { Principal: { AWS: partner } }, [partner]],
	[
		"an account beside the bus's own",
		{ Principal: { AWS: [hub, `arn:aws:iam::${partner}:root`] } },
		[`arn:aws:iam::${partner}:root`],
	],
	["everyone", { Principal: "*" }, ["*"]],
	[
		"a role, by a condition in another case",
		{
			Principal: { AWS: partner },
			...condition({ "AWS:principalARN": partnerRole }, "ArnEquals"),
		},
		[partnerRole],
	],
	[
		"accounts, by a condition",
		{
			Principal: "*",
			...condition({ "aws:PrincipalAccount": [partner, hub] }),
		},
		[partner],
	],
	[
		"a service",
		{ Principal: { Service: "s3.amazonaws.com" } },
		["s3.amazonaws.com"],
	],
	["the bus's own account", { Principal: { AWS: hub } }, []],
	[
		"its own roles, by wildcard",
		{
			Principal: "*",
			...condition(
				{ "aws:PrincipalArn": `arn:aws:iam::${hub}:role/role-p*` },
				"ArnLike",
			),
		},
		[],
	],
])("a bus policy that allows %s", (_, rest, names) => {
	const EventBusPolicy = (EventBusName: string) => ({
		Type: "AWS::Events::EventBusPolicy",
		Properties: {
			EventBusName,
			StatementId: "partners",
			Statement: {
				Effect: "Allow",
				Action: "events:PutEvents",
				Resource: `arn:aws:events:${region}:${hub}:event-bus/${EventBusName}`,
				...rest,
			},
		},
	});
	const { Resources } = stack.template as { Resources: object };
	for (const name of ["orders", "default"]) {
		const template = {
			Resources: { ...Resources, Policy: EventBusPolicy(name) },
		};
		const drawn = mapSystem([{ ...stack, template }]).producers.filter(
			(each) =>
				each.busArn.endsWith(`/${name}`) && !each.name.startsWith("role-"),
		);
		expect(
			drawn.map((each) => each.name),
			name,
		).toEqual(names);
	}
});

test("policies of one name in two stacks are two", () => {
	const withRole = (name: string, Action: string): StackTemplate => ({
		...stack,
		name,
		template: {
			Resources: {
				Grant: {
					Type: "AWS::IAM::ManagedPolicy",
					Properties: {
						PolicyDocument: { Statement: [allow({ Action })] },
					},
				},
				Role: {
					Type: "AWS::IAM::Role",
					Properties: {
						RoleName: name,
						AssumeRolePolicyDocument: { Statement: [] },
						ManagedPolicyArns: [{ "Fn::GetAtt": ["Grant", "PolicyArn"] }],
					},
				},
			},
		},
	});
	const drawn = mapSystem([
		{
			...stack,
			template: {
				Resources: {
					Bus: {
						Type: "AWS::Events::EventBus",
						Properties: { Name: "orders" },
					},
				},
			},
		},
		withRole("puts", "events:PutEvents"),
		withRole("reads", "events:DescribeEventBus"),
	]).producers;
	expect(drawn.map(({ name }) => name)).toEqual(["puts"]);
});
