// The templates' policies as data: roles, identity policies and resource policies.
import { isKnownOperator } from "./condition-operators.ts";
import { managedStatements } from "./managed-policies.ts";
import { at } from "./place.ts";
import {
	authorize,
	type Decision,
	isKnownKey,
	isOrganizationKey,
	type Principal,
	type Statement,
	type Tags,
} from "./policy.ts";
import { placeOf, type Resource } from "./resource.ts";
import { resourcePoliciesOf } from "./resource-policies.ts";
import { allowsAll, requiredStatements, statementsOf } from "./statements.ts";

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
		.map((role) =>
			at(placeOf(role), () => roleOf(role, policies, notEvaluated)),
		);
	const resourcePolicies = resourcePoliciesOf(resources, notEvaluated);
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

/** Evaluates the templates' policies for a request. */
export function decide(
	{ roles, resourcePolicies, tags, scps }: Access,
	principal: Principal,
	action: string,
	asked: string,
	context: Readonly<Record<string, string | readonly string[]>> = {},
): Decision {
	// A permission for a function's own ARN is for its latest code.
	const resource = asked.replace(/:\$LATEST$/, "");
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
	const managedBy = (arn: string, what: string) => {
		const own = policies.find(({ ref }) => ref === arn);
		const known = own
			? requiredStatements(own.properties.PolicyDocument)
			: managedStatements(arn);
		if (known) return known;
		// What AWS manages for another service hardly allows what is simulated here.
		const isOfAws = /^arn:[^:]+:iam::aws:/.test(arn);
		notEvaluated.add(
			`the ${what} ${arn}, which ${isOfAws ? "allows nothing" : "is taken to allow everything"}`,
		);
		return isOfAws ? [] : [allowsAll];
	};
	const { PermissionsBoundary } = properties;
	return {
		arn: attributes.Arn as string,
		name,
		account: stack.account,
		trust: statementsOf(properties.AssumeRolePolicyDocument),
		policies: [
			...inline.flatMap(({ PolicyDocument }) =>
				requiredStatements(PolicyDocument),
			),
			...managed
				.filter((arn) => !policies.some(({ ref }) => ref === arn))
				.flatMap((arn) => managedBy(arn, "managed policy")),
			...attached.flatMap((policy) =>
				requiredStatements(policy.properties.PolicyDocument),
			),
		],
		boundary:
			PermissionsBoundary === undefined
				? undefined
				: managedBy(String(PermissionsBoundary), "permissions boundary"),
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
