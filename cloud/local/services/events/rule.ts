import { validate } from "../../../../pattern/engine/validate.ts";
import { compileMismatches } from "../../../../pattern/match.ts";
import type { EventPatternDocument } from "../../../../runtime/event.ts";
import { describeIssues } from "../../../../runtime/issue.ts";
import { isObject } from "../../../../runtime/json.ts";
import { busArn } from "../../../template/identities.ts";
import type { Cloud } from "../../cloud.ts";
import { deliver, type Sender } from "../../delivery.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import type { EventTables, Rule } from "./bus.ts";

interface Target {
	readonly Arn: string;
	readonly RoleArn?: string;
	readonly DeadLetterConfig?: { readonly Arn?: string };
	readonly Input?: string;
	readonly InputPath?: string;
}

const targetProperties = new Set([
	"Id",
	"Arn",
	"RoleArn",
	"DeadLetterConfig",
	"Input",
	"InputPath",
	"RetryPolicy",
]);

export const ruleType = (
	{ rules }: EventTables,
	cloud: Cloud,
): ResourceType => ({
	simulates: ["Name", "EventBusName", "EventPattern", "State", "Targets"],
	ignores: ["Description", "Tags"],
	create: ({ properties, ref: name, attributes, stack }) => {
		if (
			properties.State === "DISABLED" ||
			properties.EventPattern === undefined
		)
			return;
		const checked = validate(properties.EventPattern);
		if (!checked.ok)
			throw new Error(
				`the rule ${name} (${stack.name}) has an event pattern that AWS rejects: ${describeIssues(checked.issues)}`,
			);
		const targets = (properties.Targets ?? []) as Target[];
		for (const target of targets)
			for (const property of Object.keys(target))
				if (!targetProperties.has(property))
					cloud.notSimulated(
						`${property} of a target of the rule ${name}: the whole event is sent`,
					);
		const bus = busArn(String(properties.EventBusName ?? "default"), stack);
		const arn = attributes.Arn as string;
		const created: Rule = {
			name,
			arn,
			mismatches: compileMismatches(
				properties.EventPattern as EventPatternDocument,
			),
			deliver: async (event, after) => {
				const span = cloud.tracer.hop(after, {
					account: stack.account,
					resource: `rule ${name}`,
					outcome: "ok",
					what:
						targets.length === 0 ? "matches, but has no targets" : "matches",
				});
				await Promise.all(
					targets.map((target) =>
						sendToTarget(target, arn, stack.account, event, span, cloud),
					),
				);
			},
		};
		rules.set(bus, [...(rules.get(bus) ?? []), created]);
	},
});

async function sendToTarget(
	target: Target,
	ruleArn: string,
	account: string,
	event: object,
	after: Span,
	cloud: Cloud,
): Promise<void> {
	const service: Sender = {
		principal: { kind: "service", service: "events.amazonaws.com" },
		context: { "aws:SourceArn": ruleArn, "aws:SourceAccount": account },
	};
	const deadLetterArn = target.DeadLetterConfig?.Arn;
	const deadLetters =
		deadLetterArn === undefined
			? undefined
			: { arn: deadLetterArn, sender: service };
	const { RoleArn: roleArn } = target;
	if (roleArn !== undefined) {
		const assumed = cloud.decideAssume(
			"events.amazonaws.com",
			roleArn,
			service.context,
		);
		if (!assumed.allowed) {
			const failed = cloud.tracer.hop(after, {
				account,
				resource: `role ${roleArn.split("/").at(-1)}`,
				outcome: "denied",
				what: assumed.reason,
			});
			if (deadLetters)
				await deliver(
					{
						message: inputOf(target, event),
						to: deadLetters.arn,
						sender: service,
					},
					failed,
					cloud,
				);
			return;
		}
	}
	await deliver(
		{
			message: inputOf(target, event),
			to: target.Arn,
			sender:
				roleArn === undefined
					? service
					: { principal: { kind: "role", arn: roleArn, account }, context: {} },
			deadLetters,
		},
		after,
		cloud,
	);
}

function inputOf({ Input, InputPath }: Target, event: object): string {
	if (Input !== undefined) return Input;
	if (InputPath === undefined || InputPath === "$")
		return JSON.stringify(event);
	const found = InputPath.replace(/^\$\.?/, "")
		.split(".")
		.reduce<unknown>(
			(value, key) => (isObject(value) ? value[key] : undefined),
			event,
		);
	return JSON.stringify(found ?? null);
}
