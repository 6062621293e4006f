// The templates' policies as data: roles, identity policies and resource policies.
import { isObject } from "../../runtime/json.ts";
import { busArn, functionArn, registryArn } from "./identities.ts";
import {
	authorize,
	type Decision,
	isAssumedKey,
	isKnownOperator,
	type Principal,
	type Statement,
} from "./policy.ts";
import type { Resource } from "./resource.ts";

export interface Role {
	readonly arn: string;
	readonly name: string;
	readonly account: string;
	readonly trust: readonly Statement[];
	/** Statements of its inline and attached policies. */
	readonly policies: readonly Statement[];
}

export interface Access {
	/** By ARN. */
	readonly roles: ReadonlyMap<string, Role>;
	/** Statements of resource-based policies, by the resource's ARN. */
	readonly resourcePolicies: ReadonlyMap<string, readonly Statement[]>;
	/** ARNs of the templates' keys, by ARN, by id, and by alias, the last two with account and region. */
	readonly keys: ReadonlyMap<string, string>;
	/** Descriptions of policy features that are not evaluated as in AWS. */
	readonly notEvaluated: readonly string[];
}

/** The supported properties of policy resources. */
export const policyTypes = {
	"AWS::IAM::Role": {
		simulates: [
			"RoleName",
			"AssumeRolePolicyDocument",
			"Policies",
			"ManagedPolicyArns",
			"Path",
		],
		ignores: ["Description", "Tags", "MaxSessionDuration"],
	},
	"AWS::IAM::Policy": {
		simulates: ["PolicyDocument", "Roles"],
		ignores: ["PolicyName"],
	},
	"AWS::IAM::ManagedPolicy": {
		simulates: ["PolicyDocument", "Roles", "ManagedPolicyName", "Path"],
		ignores: ["Description"],
	},
	"AWS::SQS::QueuePolicy": { simulates: ["PolicyDocument", "Queues"] },
	"AWS::SNS::TopicPolicy": { simulates: ["PolicyDocument", "Topics"] },
	"AWS::Events::EventBusPolicy": {
		simulates: [
			"EventBusName",
			"Statement",
			"StatementId",
			"Action",
			"Principal",
			"Condition",
		],
	},
	"AWS::EventSchemas::RegistryPolicy": {
		simulates: ["RegistryName", "Policy"],
		ignores: ["RevisionId"],
	},
	"AWS::KMS::Key": {
		simulates: ["KeyPolicy"],
		ignores: ["Description", "EnableKeyRotation", "KeyUsage", "Tags"],
	},
	"AWS::KMS::Alias": { simulates: ["AliasName", "TargetKeyId"] },
	"AWS::Lambda::Permission": {
		simulates: [
			"FunctionName",
			"Action",
			"Principal",
			"SourceArn",
			"SourceAccount",
		],
	},
} as const;

export function accessOf(resources: readonly Resource[]): Access {
	const notEvaluated = new Set<string>();
	const policies = resources.filter(({ type }) =>
		["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"].includes(type),
	);
	const roles = resources
		.filter(({ type }) => type === "AWS::IAM::Role")
		.map((role) => roleOf(role, policies, notEvaluated));
	const resourcePolicies = new Map<string, Statement[]>();
	for (const resource of resources)
		for (const [arn, statements] of resourceStatements(resource))
			resourcePolicies.set(arn, [
				...(resourcePolicies.get(arn) ?? []),
				...statements,
			]);
	for (const statement of [
		...roles.flatMap(({ trust, policies }) => [...trust, ...policies]),
		...[...resourcePolicies.values()].flat(),
	])
		noteUnevaluated(statement, notEvaluated);
	return {
		roles: new Map(roles.map((role) => [role.arn, role])),
		resourcePolicies,
		keys: keysOf(resources),
		notEvaluated: [...notEvaluated],
	};
}

/** Evaluates the templates' policies for a request. */
export function decide(
	{ roles, resourcePolicies }: Access,
	principal: Principal,
	action: string,
	resource: string,
	context: Readonly<Record<string, string | readonly string[]>> = {},
): Decision {
	const identity =
		principal.kind === "role" ? (roles.get(principal.arn)?.policies ?? []) : [];
	return authorize(
		{ principal, action, resource, context },
		identity,
		resourcePolicies.get(resource) ?? [],
	);
}

/**
 * Whether a principal may encrypt, or decrypt, with the key that a resource names: its ARN, id or alias. A key that is in no
 * template, such as one of AWS's own, is assumed to allow it.
 */
export function decideKey(
	access: Access,
	{
		principal,
		actions,
		key,
		place,
		context,
	}: {
		readonly principal: Principal;
		/** Such as `kms:Decrypt`. */
		readonly actions: readonly string[];
		readonly key: string;
		readonly place: Place;
		readonly context: Readonly<Record<string, string>>;
	},
): Decision {
	const arn = keyArnOf(access, key, place);
	if (arn === undefined) return { allowed: true };
	const denied = actions
		.map((action) => decide(access, principal, action, arn, context))
		.find(({ allowed }) => !allowed);
	return denied ?? { allowed: true };
}

/** The ARN of the templates' key that an ARN, id or alias names. */
export function keyArnOf(
	{ keys }: Access,
	key: string,
	place: Place,
): string | undefined {
	return keys.get(key) ?? keys.get(placed(key, place));
}

interface Place {
	readonly account: string;
	readonly region: string;
}

const placed = (name: string, { account, region }: Place): string =>
	`${account}/${region}/${name.split(":").at(-1)}`;

function keysOf(resources: readonly Resource[]): ReadonlyMap<string, string> {
	const keys = new Map<string, string>();
	for (const { type, ref, attributes, stack } of resources)
		if (type === "AWS::KMS::Key") {
			const arn = attributes.Arn as string;
			keys.set(arn, arn).set(placed(ref, stack), arn);
		}
	for (const { type, ref, properties, stack } of resources) {
		const target = String(properties.TargetKeyId);
		const arn = keys.get(target) ?? keys.get(placed(target, stack));
		if (type === "AWS::KMS::Alias" && arn !== undefined)
			keys.set(placed(ref, stack), arn);
	}
	return keys;
}

/** Whether a service may assume a role. */
export function decideAssume(
	{ roles }: Access,
	service: string,
	roleArn: string,
	context: Readonly<Record<string, string>>,
): Decision {
	const role = roles.get(roleArn);
	if (!role) return { allowed: false, reason: `there is no role ${roleArn}` };
	return authorize(
		{
			principal: { kind: "service", service },
			action: "sts:AssumeRole",
			resource: roleArn,
			context,
		},
		[],
		role.trust,
	);
}

function roleOf(
	{ ref: name, attributes, properties, stack }: Resource,
	policies: readonly Resource[],
	notEvaluated: Set<string>,
): Role {
	const inline = (properties.Policies ?? []) as { PolicyDocument: unknown }[];
	const managed = (properties.ManagedPolicyArns ?? []) as string[];
	const attached = policies.filter(
		(policy) =>
			policy.stack.account === stack.account &&
			((policy.properties.Roles ?? []) as string[]).includes(name),
	);
	return {
		arn: attributes.Arn as string,
		name,
		account: stack.account,
		trust: statementsOf(properties.AssumeRolePolicyDocument),
		policies: [
			...inline.flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument)),
			...managed
				.filter((arn) => !policies.some(({ ref }) => ref === arn))
				.flatMap((arn) => managedStatements(arn, notEvaluated)),
			...attached.flatMap((policy) =>
				statementsOf(policy.properties.PolicyDocument),
			),
			...policies
				.filter(({ ref }) => managed.includes(ref))
				.flatMap((policy) => statementsOf(policy.properties.PolicyDocument)),
		],
	};
}

/** The resource-based policy statements that a resource defines, for itself or for another resource. */
function resourceStatements({
	type,
	properties,
	stack,
	attributes,
	logicalId,
}: Resource): readonly (readonly [arn: string, readonly Statement[]])[] {
	switch (type) {
		case "AWS::SQS::QueuePolicy":
			return ((properties.Queues ?? []) as string[]).map((url) => [
				`arn:aws:sqs:${stack.region}:${stack.account}:${url.split("/").at(-1)}`,
				statementsOf(properties.PolicyDocument),
			]);
		case "AWS::SNS::TopicPolicy":
			return ((properties.Topics ?? []) as string[]).map((arn) => [
				arn,
				statementsOf(properties.PolicyDocument),
			]);
		case "AWS::Events::EventBus":
			return [[attributes.Arn as string, statementsOf(properties.Policy)]];
		case "AWS::Events::EventBusPolicy":
			return [busStatement(properties, stack)];
		case "AWS::EventSchemas::RegistryPolicy":
			return [
				[
					registryArn(String(properties.RegistryName), stack),
					statementsOf(properties.Policy),
				],
			];
		case "AWS::KMS::Key":
			return [[attributes.Arn as string, statementsOf(properties.KeyPolicy)]];
		case "AWS::Lambda::Permission":
			return [permission(properties, stack, logicalId)];
		default:
			return [];
	}
}

function busStatement(
	properties: Resource["properties"],
	stack: Resource["stack"],
): readonly [string, readonly Statement[]] {
	const {
		EventBusName = "default",
		Statement: stated,
		StatementId,
		Action,
		Principal: principal,
		Condition,
	} = properties;
	const arn = busArn(String(EventBusName), stack);
	const statement = isObject(stated)
		? ({ Sid: String(StatementId), ...stated } as unknown as Statement)
		: olderStatement(
				arn,
				String(StatementId),
				String(Action),
				String(principal),
				Condition,
			);
	return [arn, [statement]];
}

/** Converts the older form, with `Action`, `Principal` and `Condition` as properties. `Principal` is an account id or `*`. */
function olderStatement(
	arn: string,
	sid: string,
	action: string,
	principal: string,
	condition: unknown,
): Statement {
	const { Type, Key, Value } = (condition ?? {}) as {
		Type?: string;
		Key?: string;
		Value?: unknown;
	};
	return {
		Sid: sid,
		Effect: "Allow",
		Action: action,
		Resource: arn,
		Principal:
			principal === "*" ? "*" : { AWS: `arn:aws:iam::${principal}:root` },
		...(Type && Key ? { Condition: { [Type]: { [Key]: Value } } } : {}),
	};
}

function permission(
	properties: Resource["properties"],
	stack: Resource["stack"],
	sid: string,
): readonly [string, readonly Statement[]] {
	const { FunctionName, Action, Principal, SourceArn, SourceAccount } =
		properties;
	const arn = functionArn(String(FunctionName), stack);
	const principal = String(Principal);
	return [
		arn,
		[
			{
				Sid: sid,
				Effect: "Allow",
				Action: String(Action),
				Resource: arn,
				Principal: principal.includes("amazonaws.com")
					? { Service: principal }
					: { AWS: principal },
				Condition: {
					...(SourceArn === undefined
						? {}
						: { ArnLike: { "AWS:SourceArn": SourceArn } }),
					...(SourceAccount === undefined
						? {}
						: { StringEquals: { "AWS:SourceAccount": SourceAccount } }),
				},
			},
		],
	];
}

/** The statements of a policy document, which may be a list or a single statement. */
function statementsOf(document: unknown): readonly Statement[] {
	const { Statement: stated } = (document ?? {}) as { Statement?: unknown };
	return (
		Array.isArray(stated) ? stated : stated ? [stated] : []
	) as Statement[];
}

function noteUnevaluated(statement: Statement, noted: Set<string>): void {
	for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
		if (!isKnownOperator(operator))
			noted.add(`the condition operator ${operator}, which allows nothing`);
		for (const key of Object.keys(keys))
			if (isAssumedKey(key))
				noted.add(`the condition key ${key}, which is assumed to hold`);
	}
	if (JSON.stringify(statement).includes("${"))
		noted.add("policy variables, which are taken literally");
}

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
	AdministratorAccess: ["*"],
};

function managedStatements(
	arn: string,
	notEvaluated: Set<string>,
): readonly Statement[] {
	const name = arn.replace(/^arn:aws[\w-]*:iam::aws:policy\//, "");
	const actions = managedPolicies[name];
	if (actions) return [{ Effect: "Allow", Action: actions, Resource: "*" }];
	notEvaluated.add(`the managed policy ${arn}, which allows nothing`);
	return [];
}
