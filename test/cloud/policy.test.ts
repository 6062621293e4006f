import { describe, expect, test } from "vitest";
import {
	authorize,
	type Principal,
	type Statement,
} from "../../cloud/template/policy.ts";

const queue = "arn:aws:sqs:eu-west-1:222222222222:q";
const role: Principal = {
	kind: "role",
	arn: "arn:aws:iam::111111111111:role/r",
	account: "111111111111",
};
const neighbour: Principal = {
	kind: "role",
	arn: "arn:aws:iam::222222222222:role/n",
	account: "222222222222",
};
const admin: Principal = { kind: "account", account: "111111111111" };
const sns: Principal = { kind: "service", service: "sns.amazonaws.com" };

const allow = (rest: Partial<Statement> = {}): Statement => ({
	Effect: "Allow",
	Action: "sqs:SendMessage",
	Resource: queue,
	...rest,
});
const deny = (rest: Partial<Statement> = {}): Statement => ({
	...allow(rest),
	Effect: "Deny",
});
const toRole = { Principal: { AWS: role.arn } };
const toRoot = { Principal: { AWS: "arn:aws:iam::111111111111:root" } };

function decide(
	principal: Principal,
	identity: readonly Statement[],
	resource: readonly Statement[],
	context = {},
) {
	return authorize(
		{ principal, action: "sqs:SendMessage", resource: queue, context },
		identity,
		resource,
	);
}

describe("principals", () => {
	test.each<[string, Principal, Statement[], Statement[], boolean]>([
		[
			"another account's role, allowed by both policies",
			role,
			[allow()],
			[allow(toRole)],
			true,
		],
		["allowed as its account", role, [allow()], [allow(toRoot)], true],
		[
			"allowed by account id",
			role,
			[allow()],
			[allow({ Principal: { AWS: "111111111111" } })],
			true,
		],
		["allowed as anyone", role, [allow()], [allow({ Principal: "*" })], true],
		["only the identity-based policy", role, [allow()], [], false],
		["only the resource-based policy", role, [], [allow(toRole)], false],
		[
			"another role is named",
			role,
			[allow()],
			[allow({ Principal: { AWS: "arn:aws:iam::111111111111:role/s" } })],
			false,
		],
		[
			"everyone but the account, the role and its sessions",
			role,
			[allow()],
			[
				allow({
					NotPrincipal: {
						AWS: [
							role.arn,
							"arn:aws:iam::111111111111:root",
							"arn:aws:sts::111111111111:assumed-role/r/f",
						],
					},
				}),
			],
			false,
		],
		[
			"a role of the same account, by its identity-based policies",
			neighbour,
			[allow()],
			[],
			true,
		],
		[
			"by the resource-based policy that names it",
			neighbour,
			[],
			[allow({ Principal: { AWS: neighbour.arn } })],
			true,
		],
		[
			"by the resource-based policy that names only its account",
			neighbour,
			[],
			[allow({ Principal: { AWS: "222222222222" } })],
			false,
		],
		["by neither policy", neighbour, [], [], false],
		[
			"an administrator, allowed by the other account",
			admin,
			[],
			[allow(toRoot)],
			true,
		],
		[
			"an administrator, not allowed by the other account",
			admin,
			[],
			[],
			false,
		],
		[
			"a named service",
			sns,
			[],
			[allow({ Principal: { Service: "sns.amazonaws.com" } })],
			true,
		],
		[
			"a service in a list",
			sns,
			[],
			[
				allow({
					Principal: { Service: ["events.amazonaws.com", "sns.amazonaws.com"] },
				}),
			],
			true,
		],
		[
			"another service",
			sns,
			[],
			[allow({ Principal: { Service: "events.amazonaws.com" } })],
			false,
		],
		[
			"a deny in the identity-based policy",
			role,
			[allow(), deny({ Action: "sqs:*" })],
			[allow(toRole)],
			false,
		],
		[
			"a deny in the resource-based policy",
			role,
			[allow()],
			[allow(toRole), deny({ Principal: "*" })],
			false,
		],
		[
			"a deny for another role",
			role,
			[allow()],
			[
				allow(toRole),
				deny({ Principal: { AWS: "arn:aws:iam::111111111111:role/s" } }),
			],
			true,
		],
	])("%s: %#", (_, principal, identity, resource, allowed) => {
		expect(decide(principal, identity, resource).allowed).toBe(allowed);
	});
});

describe("actions and resources", () => {
	test.each<[Partial<Statement>, boolean]>([
		[{ Action: "sqs:*" }, true],
		[{ Action: "SQS:sendmessage" }, true],
		[{ Action: ["sqs:ReceiveMessage", "sqs:Send*"] }, true],
		[{ Action: "sqs:Send?essage" }, true],
		[{ Action: "*" }, true],
		[{ Action: "sqs:ReceiveMessage" }, false],
		[{ Action: "sqs:SendMessageBatch" }, false],
		[{ Resource: "*" }, true],
		[{ Resource: "arn:aws:sqs:*:222222222222:q" }, true],
		[{ Resource: ["a", queue] }, true],
		[{ Resource: `${queue}2` }, false],
		[{ Resource: queue.toUpperCase() }, false],
	])("%j: %s", (statement, allowed) => {
		expect(decide(neighbour, [allow(statement)], []).allowed).toBe(allowed);
	});

	test("NotAction and NotResource", () => {
		const without = { Effect: "Allow", Resource: "*" } as const;
		expect(
			decide(neighbour, [{ ...without, NotAction: "sqs:Receive*" }], [])
				.allowed,
		).toBe(true);
		expect(
			decide(neighbour, [{ ...without, NotAction: "sqs:*" }], []).allowed,
		).toBe(false);
		expect(
			decide(
				neighbour,
				[{ Effect: "Allow", Action: "*", NotResource: queue }],
				[],
			).allowed,
		).toBe(false);
	});
});

describe("conditions", () => {
	const context = {
		"aws:SourceArn": "arn:aws:sns:eu-west-1:1:t",
		"events:source": ["a", "b"],
		"aws:SourceAccount": "1",
		n: "5",
	};
	test.each<[Statement["Condition"] & object, boolean]>([
		[{ ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-west-1:1:t" } }, true],
		[{ ArnLike: { "AWS:SOURCEARN": "arn:aws:sns:*:1:?" } }, true],
		[{ ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-west-1:1:u" } }, false],
		[{ StringEquals: { "aws:SourceAccount": ["2", "1"] } }, true],
		[
			{
				StringEquals: { "aws:SourceAccount": "1" },
				StringLike: { "aws:SourceArn": "*:t" },
			},
			true,
		],
		[
			{
				StringEquals: { "aws:SourceAccount": "1" },
				StringLike: { "aws:SourceArn": "*:u" },
			},
			false,
		],
		[{ StringNotEquals: { "aws:SourceAccount": "1" } }, false],
		[{ StringNotEquals: { "aws:SourceAccount": ["2", "3"] } }, true],
		[{ StringNotEquals: { absent: "1" } }, true],
		[{ StringEquals: { absent: "1" } }, false],
		[{ StringEqualsIfExists: { absent: "1" } }, true],
		[{ StringEqualsIfExists: { "aws:SourceAccount": "2" } }, false],
		[
			{ "ForAllValues:StringEquals": { "events:source": ["a", "b", "c"] } },
			true,
		],
		[{ "ForAllValues:StringEquals": { "events:source": ["a"] } }, false],
		[{ "ForAllValues:StringEquals": { absent: ["a"] } }, true],
		[{ "ForAnyValue:StringEquals": { "events:source": ["b"] } }, true],
		[{ "ForAnyValue:StringEquals": { "events:source": ["c"] } }, false],
		[{ "ForAnyValue:StringEquals": { absent: ["c"] } }, false],
		[{ Null: { absent: "true" } }, true],
		[{ Null: { "events:source": "false" } }, true],
		[{ Null: { absent: "false" } }, false],
		[{ Bool: { "aws:SecureTransport": "true" } }, true],
		[{ Bool: { "aws:SecureTransport": "false" } }, false],
		[{ NumericLessThan: { n: "6" } }, true],
		[{ NumericGreaterThanEquals: { n: "6" } }, false],
		[
			{
				StringEquals: {
					"aws:PrincipalArn": "arn:aws:iam::222222222222:role/n",
				},
			},
			true,
		],
		[{ MadeUp: { n: "5" } }, false],
	])("%j: %s", (Condition, allowed) => {
		expect(decide(neighbour, [allow({ Condition })], [], context).allowed).toBe(
			allowed,
		);
	});
});

test("a denial names the principal, the action, the resource and the unmet condition", () => {
	const decision = decide(
		role,
		[allow()],
		[
			allow({
				...toRole,
				Sid: "Mine",
				Condition: { StringEquals: { "aws:SourceAccount": "9" } },
			}),
		],
	);
	expect(decision).toEqual({
		allowed: false,
		reason: `${role.arn} is not authorized to perform sqs:SendMessage on ${queue}: the resource is in another account, and no resource-based policy allows it; statement Mine would allow it, but a condition is not met: StringEquals aws:SourceAccount wants 9, got nothing`,
	});
});
