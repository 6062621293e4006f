// Policies of queues, topics, buses, functions, keys, registries and log groups, in every form that templates have.
import { isObject } from "../../runtime/json.ts";
import { busArn, functionArn, registryArn } from "./identities.ts";
import { at } from "./place.ts";
import type { Statement } from "./policy.ts";
import { placeOf, type Resource } from "./resource.ts";
import { requiredStatements, statementsOf } from "./statements.ts";

/** Statements by the resource's ARN. Reports a policy that replaces another. */
export function resourcePoliciesOf(
	resources: readonly Resource[],
	notEvaluated: Set<string>,
): ReadonlyMap<string, readonly Statement[]> {
	const policies = new Map<string, readonly Statement[]>();
	const holders = new Map<string, string>();
	for (const resource of resources)
		for (const [arn, statements] of at(placeOf(resource), () =>
			resourceStatements(resource),
		)) {
			const before = policies.get(arn) ?? [];
			const isWhole = wholePolicies.has(resource.type);
			const holder = holders.get(arn);
			if (isWhole && holder !== undefined)
				notEvaluated.add(
					`${placeOf(resource)} replaces the policy ${holder} of ${arn.split(":").at(-1)}, which has one policy only`,
				);
			if (isWhole) holders.set(arn, resource.logicalId);
			policies.set(arn, isWhole ? statements : [...before, ...statements]);
		}
	return policies;
}

/** Types that set the whole policy of a queue or topic: the last one stays. */
const wholePolicies: ReadonlySet<string> = new Set([
	"AWS::SQS::QueuePolicy",
	"AWS::SQS::QueueInlinePolicy",
	"AWS::SNS::TopicPolicy",
	"AWS::SNS::TopicInlinePolicy",
]);

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
				requiredStatements(properties.PolicyDocument),
			]);
		case "AWS::SQS::QueueInlinePolicy":
			return [
				[
					`arn:aws:sqs:${stack.region}:${stack.account}:${String(properties.Queue).split("/").at(-1)}`,
					requiredStatements(properties.PolicyDocument),
				],
			];
		case "AWS::SNS::TopicInlinePolicy":
			return [
				[
					String(properties.TopicArn),
					requiredStatements(properties.PolicyDocument),
				],
			];
		case "AWS::Logs::ResourcePolicy":
			return [
				[logsPolicyOf(stack), requiredStatements(properties.PolicyDocument)],
			];
		case "AWS::SNS::TopicPolicy":
			return ((properties.Topics ?? []) as string[]).map((arn) => [
				arn,
				requiredStatements(properties.PolicyDocument),
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
	const statements = isObject(stated)
		? statementsOf({
				Version: "2012-10-17",
				Statement: [{ Sid: String(StatementId), ...stated }],
			})
		: [
				olderStatement(
					arn,
					String(StatementId),
					String(Action),
					String(principal),
					Condition,
				),
			];
	return [arn, statements];
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
