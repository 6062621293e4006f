// The templates' policies as data: roles, identity policies and resource policies.
import { isObject } from "../../runtime/json.ts";
import { busArn, functionArn, registryArn } from "./identities.ts";
import { at } from "./place.ts";
import {
	authorize,
	type Decision,
	isKnownKey,
	isKnownOperator,
	isOrganizationKey,
	type Principal,
	type Statement,
	type Tags,
} from "./policy.ts";
import type { Resource } from "./resource.ts";
import { fileOf } from "./stack-template.ts";
import { statementsOf } from "./statements.ts";

export interface Role {
	readonly arn: string;
	readonly name: string;
	readonly account: string;
	readonly trust: readonly Statement[];
	/** Statements of its inline and attached policies. */
	readonly policies: readonly Statement[];
	/** Statements of its permissions boundary, if it has one. */
	readonly boundary: readonly Statement[] | undefined;
	readonly tags: Tags;
}

export interface Access {
	/** By ARN. */
	readonly roles: ReadonlyMap<string, Role>;
	/** Statements of resource-based policies, by the resource's ARN. */
	readonly resourcePolicies: ReadonlyMap<string, readonly Statement[]>;
	/** ARNs of the templates' keys, by ARN, by id, and by alias, the last two with account and region. */
	readonly keys: ReadonlyMap<string, string>;
	/** Tags of queues, topics, buses and functions, by ARN. */
	readonly tags: ReadonlyMap<string, Tags>;
	/** Service control policies, one list for each level of the organization. */
	readonly scps: readonly (readonly Statement[])[];
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
			"PermissionsBoundary",
			"Tags",
		],
		ignores: ["Description", "MaxSessionDuration"],
	},
	"AWS::IAM::Policy": {
		simulates: ["PolicyDocument", "Roles"],
		ignores: ["PolicyName"],
	},
	"AWS::IAM::RolePolicy": {
		simulates: ["PolicyDocument", "RoleName"],
		ignores: ["PolicyName"],
	},
	"AWS::IAM::ManagedPolicy": {
		simulates: ["PolicyDocument", "Roles", "ManagedPolicyName", "Path"],
		ignores: ["Description"],
	},
	"AWS::SQS::QueuePolicy": { simulates: ["PolicyDocument", "Queues"] },
	"AWS::SQS::QueueInlinePolicy": { simulates: ["PolicyDocument", "Queue"] },
	"AWS::SNS::TopicPolicy": { simulates: ["PolicyDocument", "Topics"] },
	"AWS::SNS::TopicInlinePolicy": {
		simulates: ["PolicyDocument", "TopicArn"],
	},
	"AWS::Logs::ResourcePolicy": {
		simulates: ["PolicyDocument"],
		ignores: ["PolicyName"],
	},
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
			"PrincipalOrgID",
		],
	},
} as const;

export function accessOf(
	resources: readonly Resource[],
	scps: Access["scps"] = [],
): Access {
	const notEvaluated = new Set<string>();
	const policies = resources.filter(({ type }) =>
		[
			"AWS::IAM::Policy",
			"AWS::IAM::RolePolicy",
			"AWS::IAM::ManagedPolicy",
		].includes(type),
	);
	const roles = resources
		.filter(({ type }) => type === "AWS::IAM::Role")
		.map((role) => inPlace(role, () => roleOf(role, policies, notEvaluated)));
	const resourcePolicies = new Map<string, readonly Statement[]>();
	const holders = new Map<string, string>();
	for (const resource of resources)
		for (const [arn, statements] of inPlace(resource, () =>
			resourceStatements(resource),
		)) {
			const before = resourcePolicies.get(arn) ?? [];
			const isWhole = wholePolicies.has(resource.type);
			const holder = holders.get(arn);
			if (isWhole && holder !== undefined)
				notEvaluated.add(
					`${fileOf(resource.stack)}: the policy ${resource.logicalId} replaces the policy ${holder} of ${arn.split(":").at(-1)}, which has one policy only`,
				);
			if (isWhole) holders.set(arn, resource.logicalId);
			resourcePolicies.set(
				arn,
				isWhole ? statements : [...before, ...statements],
			);
		}
	for (const statement of [
		...roles.flatMap(({ trust, policies, boundary = [] }) => [
			...trust,
			...policies,
			...boundary,
		]),
		...[...resourcePolicies.values()].flat(),
		...scps.flat(),
	])
		noteUnevaluated(statement, notEvaluated);
	return {
		roles: new Map(roles.map((role) => [role.arn, role])),
		resourcePolicies,
		keys: keysOf(resources),
		tags: tagsOf(resources),
		scps,
		notEvaluated: [...notEvaluated],
	};
}

/** Types that set the whole policy of a queue or topic: the last one stays. */
const wholePolicies: ReadonlySet<string> = new Set([
	"AWS::SQS::QueuePolicy",
	"AWS::SQS::QueueInlinePolicy",
	"AWS::SNS::TopicPolicy",
	"AWS::SNS::TopicInlinePolicy",
]);

const inPlace = <T>({ stack, logicalId }: Resource, step: () => T): T =>
	at(`${fileOf(stack)}: ${logicalId}`, step);

/** Evaluates the templates' policies for a request. */
export function decide(
	{ roles, resourcePolicies, tags, scps }: Access,
	principal: Principal,
	action: string,
	resource: string,
	context: Readonly<Record<string, string | readonly string[]>> = {},
): Decision {
	const role = principal.kind === "role" ? roles.get(principal.arn) : undefined;
	return authorize(
		{
			principal,
			action,
			resource,
			context,
			principalTags: role?.tags ?? {},
			resourceTags: tags.get(resource) ?? {},
		},
		// What a role allows that is in no template cannot be known; it is taken to allow everything.
		principal.kind === "role" ? (role?.policies ?? [allowsAll]) : [],
		resourcePolicies.get(resource) ?? [],
		{ boundary: role?.boundary, scps },
	);
}

/**
 * Whether a principal may encrypt, or decrypt, with the key that a resource names: its ARN, id or alias. A key that AWS manages
 * lets no service in, and no other account: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html.
 * Any other key that is in no template is assumed to allow it.
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
	if (isManagedByAws(key))
		return principal.kind !== "service" && principal.account === place.account
			? { allowed: true }
			: {
					allowed: false,
					reason: `${principal.kind === "service" ? principal.service : principal.account} may not use the key ${key.split(":").at(-1)}: AWS manages it, and its policy lets no service and no other account in; use a customer managed key`,
				};
	const arn = keyArnOf(access, key, place);
	if (arn === undefined) return { allowed: true };
	const denied = actions
		.map((action) => decide(access, principal, action, arn, context))
		.find(({ allowed }) => !allowed);
	return denied ?? { allowed: true };
}

/** Whether a key is one of AWS's own, such as alias/aws/sqs. */
export const isManagedByAws = (key: string): boolean =>
	/(^|:)alias\/aws\//.test(key);

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

const allowsAll: Statement = { Effect: "Allow", Action: "*", Resource: "*" };

/** Whether a service may assume a role; one that is in no template is taken to trust it. */
export function decideAssume(
	{ roles }: Access,
	service: string,
	roleArn: string,
	context: Readonly<Record<string, string>>,
): Decision {
	const role = roles.get(roleArn);
	if (!role) return { allowed: true };
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
		({ stack: { account }, properties: { Roles, RoleName }, ref }) =>
			account === stack.account &&
			(((Roles ?? []) as string[]).includes(name) ||
				RoleName === name ||
				managed.includes(ref)),
	);
	const managedBy = (arn: string) => {
		const own = policies.find(({ ref }) => ref === arn);
		return own
			? statementsOf(own.properties.PolicyDocument)
			: managedStatements(arn, notEvaluated);
	};
	const { PermissionsBoundary } = properties;
	return {
		arn: attributes.Arn as string,
		name,
		account: stack.account,
		trust: statementsOf(properties.AssumeRolePolicyDocument),
		policies: [
			...inline.flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument)),
			...managed
				.filter((arn) => !policies.some(({ ref }) => ref === arn))
				.flatMap(managedBy),
			...attached.flatMap((policy) =>
				statementsOf(policy.properties.PolicyDocument),
			),
		],
		boundary:
			PermissionsBoundary === undefined
				? undefined
				: managedBy(String(PermissionsBoundary)),
		tags: asTags(properties.Tags),
	};
}

const asTags = (stated: unknown): Tags =>
	Array.isArray(stated)
		? Object.fromEntries(
				stated.map(({ Key, Value }) => [String(Key), String(Value)]),
			)
		: {};

function tagsOf(resources: readonly Resource[]): ReadonlyMap<string, Tags> {
	return new Map(
		resources.flatMap(({ properties, attributes }) => {
			const arn = attributes.Arn ?? attributes.TopicArn;
			return arn === undefined || properties.Tags === undefined
				? []
				: [[arn, asTags(properties.Tags)] as const];
		}),
	);
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
		case "AWS::SQS::QueueInlinePolicy":
			return [
				[
					`arn:aws:sqs:${stack.region}:${stack.account}:${String(properties.Queue).split("/").at(-1)}`,
					statementsOf(properties.PolicyDocument),
				],
			];
		case "AWS::SNS::TopicInlinePolicy":
			return [
				[String(properties.TopicArn), statementsOf(properties.PolicyDocument)],
			];
		case "AWS::Logs::ResourcePolicy":
			return [[logsPolicyOf(stack), statementsOf(properties.PolicyDocument)]];
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

/** The policies of CloudWatch Logs are of an account and region, not of a log group. */
export const logsPolicyOf = ({
	account,
	region,
}: {
	readonly account: string;
	readonly region: string;
}): string => `arn:aws:logs:${region}:${account}:*`;

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
	const { PrincipalOrgID } = properties;
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
					...(SourceAccount === undefined && PrincipalOrgID === undefined
						? {}
						: {
								StringEquals: {
									...(SourceAccount === undefined
										? {}
										: { "AWS:SourceAccount": SourceAccount }),
									...(PrincipalOrgID === undefined
										? {}
										: { "aws:PrincipalOrgID": PrincipalOrgID }),
								},
							}),
				},
			},
		],
	];
}

function noteUnevaluated(statement: Statement, noted: Set<string>): void {
	const of =
		statement.Sid === undefined ? "" : ` of the statement ${statement.Sid}`;
	for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
		if (!isKnownOperator(operator))
			noted.add(
				`the condition operator ${operator}${of}, which allows nothing`,
			);
		for (const key of Object.keys(keys))
			if (isOrganizationKey(key))
				noted.add(
					`the condition key ${key}: the accounts are assumed to be in the organization that policies name`,
				);
			else if (!isKnownKey(key))
				noted.add(`the condition key ${key}${of}, which is taken as absent`);
	}
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
