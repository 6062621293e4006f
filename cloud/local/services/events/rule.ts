import { validate } from "../../../../pattern/engine/validate.ts";
import { compileMismatches } from "../../../../pattern/match.ts";
import type { EventPatternDocument } from "../../../../runtime/event.ts";
import { describeIssues } from "../../../../runtime/issue.ts";
import { busArn } from "../../../template/identities.ts";
import type { Resource } from "../../../template/resource.ts";
import type { Cloud, Message, MessageAttribute } from "../../cloud.ts";
import {
	bury,
	type DeadLetters,
	deliver,
	type Failure,
	type Sender,
} from "../../delivery.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import type { Arrival, BusEvent, EventTables, Rule } from "./bus.ts";
import { inputOf, type TargetInput } from "./input.ts";

interface Target extends TargetInput {
	readonly Arn: string;
	readonly RoleArn?: string;
	readonly DeadLetterConfig?: { readonly Arn?: string };
	readonly SqsParameters?: { readonly MessageGroupId: string };
}

/** Properties that only targets of other services have, which are not simulated as a whole, are not named. */
const targetProperties = new Set([
	"Id",
	"Arn",
	"RoleArn",
	"DeadLetterConfig",
	"Input",
	"InputPath",
	"InputTransformer",
	"RetryPolicy",
	"SqsParameters",
	"KinesisParameters",
	"EcsParameters",
	"BatchParameters",
	"HttpParameters",
	"RedshiftDataParameters",
	"RunCommandParameters",
	"SageMakerPipelineParameters",
	"AppSyncParameters",
]);

export const ruleType = (
	{ buses, rules }: EventTables,
	cloud: Cloud,
): ResourceType => ({
	simulates: [
		"Name",
		"EventBusName",
		"EventPattern",
		"State",
		"Targets",
		"ScheduleExpression",
	],
	ignores: ["Description", "Tags", "RoleArn"],
	create: (resource) => {
		const { properties, ref: name, stack, logicalId } = resource;
		if (properties.ScheduleExpression !== undefined)
			cloud.notSimulated(
				`the schedule ${properties.ScheduleExpression} of the rule ${name}`,
				resource,
			);
		if (properties.EventPattern === undefined) {
			if (properties.ScheduleExpression === undefined)
				cloud.notSimulated(
					`the rule ${name}, whose pattern is not known`,
					resource,
				);
			return;
		}
		const checked = validate(properties.EventPattern);
		if (!checked.ok)
			throw new Error(
				`the rule ${name} has an event pattern that AWS rejects: ${describeIssues(checked.issues)}`,
			);
		const bus = busArn(String(properties.EventBusName ?? "default"), stack);
		if (!buses.has(bus))
			cloud.notSimulated(
				`the bus ${bus}, which is in none of these stacks: its rules get nothing here`,
				{ logicalId },
			);
		const created = ruleOf(resource, cloud);
		rules.set(bus, [...(rules.get(bus) ?? []), created]);
	},
});

function ruleOf(resource: Resource, cloud: Cloud): Rule {
	const { properties, ref: name, attributes, stack } = resource;
	const targets = (properties.Targets ?? []) as Target[];
	for (const target of targets)
		for (const property of Object.keys(target))
			if (!targetProperties.has(property))
				cloud.notSimulated(
					`${property} of a target of the rule ${name}`,
					resource,
				);
	for (const { RoleArn } of targets)
		if (RoleArn !== undefined) cloud.roleOf(RoleArn, resource);
	const rule: TargetRule = {
		name,
		arn: attributes.Arn as string,
		account: stack.account,
		region: stack.region,
	};
	return {
		name,
		arn: rule.arn,
		isEnabled: properties.State !== "DISABLED",
		mismatches: compileMismatches(
			properties.EventPattern as EventPatternDocument,
		),
		deliver: async (event, after, arrival) => {
			const span = cloud.tracer.hop(after, {
				account: stack.account,
				resource: `rule ${name}`,
				outcome: "ok",
				what: targets.length === 0 ? "matches, but has no targets" : "matches",
			});
			await Promise.all(
				targets.map((target) =>
					sendToTarget(target, rule, event, span, arrival, cloud),
				),
			);
		},
	};
}

interface TargetRule {
	readonly name: string;
	readonly arn: string;
	readonly account: string;
	readonly region: string;
}

const isBus = (arn: string): boolean => /:event-bus\//.test(arn);

async function sendToTarget(
	target: Target,
	rule: TargetRule,
	event: BusEvent,
	after: Span,
	{ isForwarded }: Arrival,
	cloud: Cloud,
): Promise<void> {
	const { account } = rule;
	if (isBus(target.Arn) && isForwarded) {
		// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
		cloud.tracer.hop(after, {
			account: target.Arn.split(":")[4] ?? "",
			resource: `bus ${target.Arn.split("/").at(-1)}`,
			outcome: "failed",
			what: "gets nothing: EventBridge does not send an event that came from another bus on to a third one",
		});
		return;
	}
	const source = { "aws:SourceArn": rule.arn, "aws:SourceAccount": account };
	const service: Sender = {
		principal: { kind: "service", service: "events.amazonaws.com" },
		context: source,
	};
	const message: Message = {
		body: isBus(target.Arn)
			? JSON.stringify(event)
			: inputOf(target, event, rule),
		groupId: target.SqsParameters?.MessageGroupId,
		fromRegion: rule.region,
	};
	const deadLetterArn = target.DeadLetterConfig?.Arn;
	const deadLetters: DeadLetters | undefined =
		deadLetterArn === undefined
			? undefined
			: {
					arn: deadLetterArn,
					sender: service,
					attributes: (failure) => failureAttributes(rule, target, failure),
				};
	const { RoleArn: roleArn } = target;
	if (roleArn !== undefined) {
		const assumed = cloud.decideAssume("events.amazonaws.com", roleArn, source);
		if (!assumed.allowed) {
			const span = cloud.tracer.hop(after, {
				account,
				resource: `role ${roleArn.split("/").at(-1)}`,
				outcome: "denied",
				what: assumed.reason,
			});
			await bury(
				message,
				deadLetters,
				{ span, code: "NO_PERMISSIONS", reason: assumed.reason },
				cloud,
			);
			return;
		}
	}
	await deliver(
		{
			message,
			to: target.Arn,
			sender: senderOf(target, account, event, source),
			deadLetters,
		},
		after,
		cloud,
	);
}

/** A bus is asked for PutEvents, with the keys of that call: by the target's role, or without one as the rule's account. */
function senderOf(
	{ Arn, RoleArn }: Target,
	account: string,
	{ source, "detail-type": detailType }: BusEvent,
	sourceKeys: Readonly<Record<string, string>>,
): Sender {
	const context = {
		...sourceKeys,
		...(isBus(Arn)
			? { "events:source": [source], "events:detail-type": [detailType] }
			: {}),
	};
	if (RoleArn !== undefined)
		return {
			principal: { kind: "role", arn: RoleArn, account },
			context: isBus(Arn) ? context : {},
		};
	return {
		principal: isBus(Arn)
			? { kind: "account", account }
			: { kind: "service", service: "events.amazonaws.com" },
		context,
	};
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function failureAttributes(
	{ arn }: TargetRule,
	{ Arn }: Target,
	{ code, reason }: Failure,
): Readonly<Record<string, MessageAttribute>> {
	const text = (value: string) => ({ type: "String", value });
	return {
		RULE_ARN: text(arn),
		TARGET_ARN: text(Arn),
		ERROR_CODE: text(code),
		ERROR_MESSAGE: text(reason.slice(0, 1_000)),
	};
}
