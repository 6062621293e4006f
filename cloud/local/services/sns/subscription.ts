import type { Mismatch } from "../../../../pattern/engine/mismatches.ts";
import { validateFilter } from "../../../../pattern/languages.ts";
import { compileMismatches } from "../../../../pattern/match.ts";
import type { EventPatternDocument } from "../../../../runtime/event.ts";
import { describeIssues } from "../../../../runtime/issue.ts";
import { isObject, parseJson } from "../../../../runtime/json.ts";
import type { Resource } from "../../../template/resource.ts";
import type { Cloud, Message } from "../../cloud.ts";
import type { ResourceType } from "../../service.ts";
import type { Topics } from "./topics.ts";

export const subscriptionType = (
	topics: Topics,
	cloud: Cloud,
): ResourceType => ({
	simulates: [
		"TopicArn",
		"Protocol",
		"Endpoint",
		"RawMessageDelivery",
		"RedrivePolicy",
		"FilterPolicy",
		"FilterPolicyScope",
	],
	ignores: ["Region"],
	create: (resource) => subscribe(resource, resource.properties, topics, cloud),
});

/** Protocols whose endpoints are not simulated confirm the subscription by other means. */
const simulated = new Set(["sqs", "lambda"]);

export function subscribe(
	resource: Resource,
	properties: Readonly<Record<string, unknown>>,
	topics: Topics,
	cloud: Cloud,
): void {
	const { stack, logicalId, ref } = resource;
	const { TopicArn, RawMessageDelivery, RedrivePolicy } = properties;
	const protocol = String(properties.Protocol);
	const topicArn = String(TopicArn);
	const endpoint = String(properties.Endpoint ?? "");
	const found = topics.get(topicArn);
	if (!found) {
		cloud.notSimulated(
			`the subscription ${logicalId}: ${cloud.describeOther(topicArn)}`,
			resource,
		);
		return;
	}
	if (!simulated.has(protocol))
		cloud.notSimulated(
			`the subscription ${logicalId}: the protocol ${protocol}`,
			resource,
		);
	const decision = cloud.decide(
		{ kind: "account", account: stack.account },
		"sns:Subscribe",
		topicArn,
		{
			"sns:Protocol": protocol,
			"sns:Endpoint": endpoint,
		},
	);
	const owner = endpoint.split(":")[4] ?? "";
	const refused = !decision.allowed
		? decision.reason
		: simulated.has(protocol) && owner !== stack.account
			? `the subscription waits for account ${owner} to confirm it; create it in a stack of that account`
			: undefined;
	found.subscriptions.push({
		logicalId,
		arn: ref,
		protocol,
		endpoint,
		raw: RawMessageDelivery === true,
		deadLetterArn: (
			RedrivePolicy as { deadLetterTargetArn?: string } | undefined
		)?.deadLetterTargetArn,
		account: stack.account,
		...(refused === undefined ? {} : { refused }),
		...(properties.FilterPolicy === undefined
			? {}
			: { mismatches: filterOf(logicalId, properties) }),
	});
}

function filterOf(
	logicalId: string,
	{ FilterPolicy, FilterPolicyScope }: Readonly<Record<string, unknown>>,
): (message: Message) => readonly Mismatch[] {
	const checked = validateFilter("sns", FilterPolicy);
	if (!checked.ok)
		throw new Error(
			`the subscription ${logicalId} has a filter policy that AWS rejects: ${describeIssues(checked.issues)}`,
		);
	const mismatches = compileMismatches(FilterPolicy as EventPatternDocument);
	const scope = FilterPolicyScope ?? "MessageAttributes";
	if (scope !== "MessageBody" && scope !== "MessageAttributes")
		throw new Error(
			`the subscription ${logicalId} has the FilterPolicyScope ${scope}; it must be MessageAttributes or MessageBody`,
		);
	// Messages from a rule have no attributes.
	if (scope === "MessageAttributes")
		return ({ attributes = {} }) => mismatches(attributeValues(attributes));
	return ({ body }) => {
		const parsed = parseJson(body);
		return parsed.ok && isObject(parsed.value)
			? mismatches(parsed.value)
			: [{ field: "the body", wanted: "a JSON object", got: "something else" }];
	};
}

/** Attributes as a filter policy sees them: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
function attributeValues(
	attributes: NonNullable<Message["attributes"]>,
): Readonly<Record<string, unknown>> {
	return Object.fromEntries(
		Object.entries(attributes).map(([name, { type, value }]) => {
			if (type === "Number") return [name, Number(value)];
			const list = type === "String.Array" ? parseJson(value) : undefined;
			return [name, list?.ok ? list.value : value];
		}),
	);
}
