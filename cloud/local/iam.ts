import {
	isAssumedKey,
	isKnownOperator,
	type Statement,
} from "../template/policy.ts";
import {
	type Cloud,
	type ResourceType,
	type Role,
	statementsOf,
} from "./cloud.ts";

export const role: ResourceType = {
	simulates: [
		"RoleName",
		"AssumeRolePolicyDocument",
		"Policies",
		"ManagedPolicyArns",
		"Path",
	],
	ignores: ["Description", "Tags", "MaxSessionDuration"],
	identify: ({ stack, logicalId, property }) => {
		const name = String(property("RoleName") ?? `${stack.name}-${logicalId}`);
		return {
			ref: name,
			attributes: {
				Arn: `arn:aws:iam::${stack.account}:role${property("Path") ?? "/"}${name}`,
				RoleId: name,
			},
		};
	},
	create: ({ ref: name, attributes, properties, stack }, cloud) => {
		const arn = attributes.Arn as string;
		const own = (properties.Policies ?? []) as { PolicyDocument: unknown }[];
		const managed = (properties.ManagedPolicyArns ?? []) as string[];
		const created: Role = {
			arn,
			name,
			account: stack.account,
			trust: known(statementsOf(properties.AssumeRolePolicyDocument), cloud),
			policies: [
				...own.flatMap(({ PolicyDocument }) =>
					known(statementsOf(PolicyDocument), cloud),
				),
				...managed.flatMap((policyArn) => managedStatements(policyArn, cloud)),
			],
		};
		cloud.roles.set(arn, created);
	},
};

/** An inline or managed policy beside the roles that it is attached to. */
export const policy: ResourceType = {
	simulates: ["PolicyDocument", "Roles"],
	ignores: ["PolicyName", "ManagedPolicyName", "Description", "Path"],
	identify: ({ stack, logicalId }) => ({
		ref: `arn:aws:iam::${stack.account}:policy/${logicalId}`,
	}),
	create: ({ properties, stack }, cloud) => {
		const statements = known(statementsOf(properties.PolicyDocument), cloud);
		const names = (properties.Roles ?? []) as string[];
		for (const { name, account, policies } of cloud.roles.values())
			if (account === stack.account && names.includes(name))
				policies.push(...statements);
	},
};

/** Names what of the statements is not evaluated as AWS would. */
export function known(
	statements: readonly Statement[],
	cloud: Cloud,
): readonly Statement[] {
	for (const statement of statements) {
		for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
			if (!isKnownOperator(operator))
				cloud.notSimulated(
					`the condition operator ${operator}, which allows nothing`,
				);
			for (const key of Object.keys(keys))
				if (isAssumedKey(key))
					cloud.notSimulated(
						`the condition key ${key}, which is taken to hold`,
					);
		}
		if (JSON.stringify(statement).includes("${"))
			cloud.notSimulated("policy variables, which are taken literally");
	}
	return statements;
}

/** The statements of AWS's own policies that functions of this kind are given. */
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
	AdministratorAccess: ["*"],
};

function managedStatements(arn: string, cloud: Cloud): readonly Statement[] {
	const name = arn.replace(/^arn:aws[\w-]*:iam::aws:policy\//, "");
	const actions = managedPolicies[name];
	if (!actions) {
		cloud.notSimulated(`the managed policy ${arn}, which allows nothing here`);
		return [];
	}
	return [{ Effect: "Allow", Action: actions, Resource: "*" }];
}
