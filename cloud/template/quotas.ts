// Quotas that templates exceed, so that AWS would refuse them: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
import { busQuotas } from "../../pattern/engine/validate.ts";
import { busArn } from "./identities.ts";
import type { Resource } from "./resource.ts";
import type { StackTemplate } from "./stack-template.ts";

/** Quotas that AWS raises on request, with their defaults. */
export interface RaisedQuotas {
	/** Default: 10,240. */
	readonly eventBusPolicyCharacters?: number;
	/** Default: 300. */
	readonly rulesPerEventBus?: number;
}

/** What a deployment would hit, each with the figure. */
export function exceededQuotas(
	stacks: readonly StackTemplate[],
	resources: readonly Resource[],
	{
		eventBusPolicyCharacters = 10_240,
		rulesPerEventBus = busQuotas.rules,
	}: RaisedQuotas = {},
): readonly string[] {
	const of = (type: string) =>
		resources.filter((resource) => resource.type === type);
	const largeTopics = new Set(
		of("AWS::SNS::Topic")
			.filter(
				({ properties }) =>
					Number(properties.MaximumMessageSize ?? 0) > 262_144,
			)
			.map(({ ref }) => ref),
	);
	return [
		...stacks.flatMap(({ name, template }) => [
			...over(
				Object.keys(template.Resources).length,
				500,
				(count) => `the stack ${name} has ${count} resources`,
			),
			...over(
				bytesOf(template),
				1_048_576,
				(bytes) => `the template of ${name} has ${bytes} bytes`,
			),
		]),
		...of("AWS::SQS::QueuePolicy").flatMap(({ properties, logicalId }) => {
			const queue = lastOf(properties.Queues) ?? logicalId;
			return [
				...over(
					statementsIn(properties.PolicyDocument),
					20,
					(count) => `the policy of the queue ${queue} has ${count} statements`,
				),
				...over(
					bytesOf(properties.PolicyDocument),
					8_192,
					(bytes) => `the policy of the queue ${queue} has ${bytes} bytes`,
				),
			];
		}),
		...of("AWS::SNS::TopicPolicy").flatMap(({ properties, logicalId }) =>
			over(
				bytesOf(properties.PolicyDocument),
				30_720,
				(bytes) =>
					`the policy of the topic ${lastOf(properties.Topics) ?? logicalId} has ${bytes} bytes`,
			),
		),
		...busPolicies(resources).flatMap(([bus, policy]) =>
			over(
				bytesOf(policy),
				eventBusPolicyCharacters,
				(bytes) =>
					`the policy of the bus ${bus} has ${bytes} characters, which AWS raises on request`,
			),
		),
		...countsBy(
			of("AWS::Events::Rule"),
			({ properties, stack }) =>
				busArn(String(properties.EventBusName ?? "default"), stack),
			rulesPerEventBus,
			(bus, count) =>
				`the bus ${bus.split("/").at(-1)} has ${count} rules, which AWS raises on request`,
		),
		...of("AWS::Events::Rule").flatMap(({ properties, ref }) =>
			over(
				JSON.stringify(properties.EventPattern ?? {}).length,
				2_048,
				(count) =>
					`the pattern of the rule ${ref} has ${count} characters, which AWS raises on request`,
			),
		),
		...countsBy(
			of("AWS::SNS::Subscription").filter(({ properties }) =>
				largeTopics.has(String(properties.TopicArn)),
			),
			({ properties }) => lastOf(properties.TopicArn) ?? "",
			100,
			(topic, count) =>
				`the topic ${topic} with messages of more than 256 KiB has ${count} subscriptions`,
		),
		...of("AWS::IAM::Role").flatMap(({ properties, ref }) =>
			over(
				bytesOf(properties.Policies ?? []),
				10_240,
				(bytes) => `the inline policies of the role ${ref} have ${bytes} bytes`,
			),
		),
	];
}

function over(
	actual: number,
	quota: number,
	say: (actual: string) => string,
): readonly string[] {
	const figure = (value: number) => value.toLocaleString("en");
	return actual > quota
		? [`${say(figure(actual))}; the quota is ${figure(quota)}`]
		: [];
}

function countsBy(
	resources: readonly Resource[],
	key: (resource: Resource) => string,
	quota: number,
	say: (key: string, count: string) => string,
): readonly string[] {
	return [...Map.groupBy(resources, key)].flatMap(([name, group]) =>
		over(group.length, quota, (count) => say(name, count)),
	);
}

/** The whole policy of each bus: its own and that of its policy resources. */
function busPolicies(
	resources: readonly Resource[],
): readonly (readonly [string, unknown])[] {
	const parts = resources.flatMap(({ type, properties, ref, stack }) => {
		if (type === "AWS::Events::EventBus" && properties.Policy !== undefined)
			return [[busArn(ref, stack), properties.Policy] as const];
		return type === "AWS::Events::EventBusPolicy"
			? [
					[
						busArn(String(properties.EventBusName ?? "default"), stack),
						properties.Statement,
					] as const,
				]
			: [];
	});
	return [...Map.groupBy(parts, ([bus]) => bus)].map(([bus, policies]) => [
		bus.split("/").at(-1) ?? bus,
		policies.length === 1
			? policies[0]?.[1]
			: policies.map(([, policy]) => policy),
	]);
}

function bytesOf(value: unknown): number {
	return Buffer.byteLength(JSON.stringify(value) ?? "");
}

function statementsIn(document: unknown): number {
	const { Statement: stated } = (document ?? {}) as { Statement?: unknown };
	return Array.isArray(stated) ? stated.length : 1;
}

/** The last part of an ARN or URL, or of the first of several. */
function lastOf(value: unknown): string | undefined {
	const [first] = [value].flat();
	return typeof first === "string" ? first.split(/[:/]/).at(-1) : undefined;
}
