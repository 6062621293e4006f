// What the readers of SAM's types share.
import { isObject } from "../../../runtime/json.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** What is written while a template is read. */
export interface Sam {
	/** Adds a plain resource. */
	readonly add: (
		logicalId: string,
		Type: string,
		properties: Properties,
		condition?: string,
	) => void;
	/** Names what is not read. */
	readonly note: (what: string) => void;
	readonly apis: SamApis;
}

export interface FunctionEvent {
	/** The logical id of what it becomes. */
	readonly id: string;
	/** For messages. */
	readonly what: string;
	readonly type: string;
	readonly stated: Properties;
	/** The function's ARN, or its alias's. */
	readonly arn: unknown;
}

export type ApiKind = "rest" | "http";

/** The APIs of a template. */
export interface SamApis {
	/** Adds the route of a function's event. */
	readonly route: (kind: ApiKind, event: FunctionEvent) => void;
	/** Adds the APIs' resources, once all routes are there. */
	readonly finish: () => void;
}

/** The rule of an `EventBridgeRule` event. */
export function addRule(
	ruleId: string,
	stated: Properties,
	targetArn: unknown,
	sam: Pick<Sam, "add">,
	more: Properties = {},
): void {
	const { Input, InputPath, InputTransformer, RetryPolicy, Target } = stated;
	const given = { Input, InputPath, InputTransformer, RetryPolicy };
	sam.add(ruleId, "AWS::Events::Rule", {
		...defined({
			Name: stated.RuleName ?? stated.Name,
			EventBusName: stated.EventBusName,
			EventPattern: stated.Pattern,
			ScheduleExpression: stated.Schedule,
			State:
				stated.State ?? (stated.Enabled === false ? "DISABLED" : undefined),
		}),
		Targets: [
			{
				Id: (Target as { Id?: string } | undefined)?.Id ?? `${ruleId}Target`,
				Arn: targetArn,
				...defined(given),
				...deadLetterOf(ruleId, stated.DeadLetterConfig, sam),
				...more,
			},
		],
	});
}

/** A rule's dead-letter queue, which SAM can create. */
function deadLetterOf(
	ruleId: string,
	stated: unknown,
	sam: Pick<Sam, "add">,
): Properties {
	if (!isObject(stated)) return {};
	if (stated.Arn !== undefined)
		return { DeadLetterConfig: { Arn: stated.Arn } };
	const queue = String(stated.QueueLogicalId ?? `${ruleId}Queue`);
	const arn = { "Fn::GetAtt": [queue, "Arn"] };
	sam.add(queue, "AWS::SQS::Queue", {});
	allowQueue(`${queue}Policy`, queue, "events.amazonaws.com", sam, {
		"Fn::GetAtt": [ruleId, "Arn"],
	});
	return { DeadLetterConfig: { Arn: arn } };
}

/** Lets a service send to a queue. */
export function allowQueue(
	policyId: string,
	queue: string,
	service: string,
	sam: Pick<Sam, "add">,
	sourceArn: unknown,
): void {
	sam.add(policyId, "AWS::SQS::QueuePolicy", {
		Queues: [{ Ref: queue }],
		PolicyDocument: {
			Version: "2012-10-17",
			Statement: [
				{
					Effect: "Allow",
					Principal: { Service: service },
					Action: "sqs:SendMessage",
					Resource: { "Fn::GetAtt": [queue, "Arn"] },
					Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
				},
			],
		},
	});
}

export const trust = (service: string) => ({
	Version: "2012-10-17",
	Statement: [
		{
			Effect: "Allow",
			Principal: { Service: service },
			Action: "sts:AssumeRole",
		},
	],
});

/** The properties that are stated. */
export const defined = (properties: Properties): Properties =>
	Object.fromEntries(
		Object.entries(properties).filter(([, value]) => value !== undefined),
	);

/** The entries of a map. Throws an `Error` if it is none. */
export function entriesIn(
	name: string,
	stated: unknown,
): Readonly<Record<string, Properties>> {
	if (stated === undefined || stated === null) return {};
	if (!isObject(stated)) throw new Error(`${name} must be an object`);
	for (const [key, value] of Object.entries(stated))
		if (!isObject(value)) throw new Error(`${name}.${key} must be an object`);
	return stated as Readonly<Record<string, Properties>>;
}
