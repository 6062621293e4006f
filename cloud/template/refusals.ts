// What AWS refuses to create, as far as the templates prove it.
import { isObject, parseJson } from "../../runtime/json.ts";
import { type Access, decide } from "./access.ts";
import { shown } from "./check-template.ts";
import { busArn } from "./identities.ts";
import { stepsOf } from "./json-path.ts";
import { placeOf, type Resource } from "./resource.ts";
import { fileOf } from "./stack-template.ts";

type Say = (what: string) => void;

/** Each a phrase with file and logical id. */
export function refusalsOf(
	resources: readonly Resource[],
	access: Access,
): readonly string[] {
	const refusals: string[] = [];
	const buses = new Set(
		resources
			.filter(({ type }) => type === "AWS::Events::EventBus")
			.map(({ attributes }) => attributes.Arn),
	);
	for (const resource of resources) {
		const say: Say = (what) => refusals.push(`${placeOf(resource)}: ${what}`);
		checkName(resource, say);
		if (resource.type === "AWS::Events::Rule")
			checkRule(resource, buses, access, say);
		if (resource.type === "AWS::SQS::Queue") checkQueue(resource, say);
		if (resource.type === "AWS::SNS::Topic") checkFifoTopic(resource, say);
		if (resource.type === "AWS::SNS::Subscription")
			checkSubscription(resource, say);
	}
	return [...refusals, ...clashes(resources)];
}

/** Names of resources: the property, and what AWS takes. */
const names: Readonly<
	Record<string, readonly [property: string, form: RegExp, wanted: string]>
> = {
	"AWS::Events::Rule": [
		"Name",
		/^[.\-_A-Za-z0-9]{1,64}$/,
		"at most 64 letters, digits, dots, hyphens and underscores",
	],
	"AWS::Events::EventBus": [
		"Name",
		/^[/.\-_A-Za-z0-9]{1,256}$/,
		"at most 256 letters, digits, slashes, dots, hyphens and underscores",
	],
	"AWS::SQS::Queue": [
		"QueueName",
		/^(?=.{1,80}$)[\w-]+(\.fifo)?$/,
		"at most 80 letters, digits, hyphens and underscores, with .fifo at the end of a FIFO queue's",
	],
	"AWS::SNS::Topic": [
		"TopicName",
		/^(?=.{1,256}$)[\w-]+(\.fifo)?$/,
		"at most 256 letters, digits, hyphens and underscores, with .fifo at the end of a FIFO topic's",
	],
	"AWS::Lambda::Function": [
		"FunctionName",
		/^([\w-]{1,64}|arn:.*)$/,
		"at most 64 letters, digits, hyphens and underscores",
	],
	"AWS::IAM::Role": [
		"RoleName",
		/^[\w+=,.@-]{1,64}$/,
		"at most 64 letters, digits and +=,.@-_",
	],
};

function checkName({ type, properties }: Resource, say: Say): void {
	const known = Object.hasOwn(names, type) ? names[type] : undefined;
	if (!known) return;
	const [property, form, wanted] = known;
	const name = properties[property];
	if (name !== undefined && !form.test(String(name)))
		say(`${property} is ${shown(name)}, and must be ${wanted}`);
}

interface Target {
	readonly Id?: string;
	readonly Arn: string;
	readonly RoleArn?: string;
	readonly Input?: string;
	readonly InputPath?: string;
	readonly InputTransformer?: {
		readonly InputPathsMap?: Readonly<Record<string, string>>;
		readonly InputTemplate: string;
	};
	readonly DeadLetterConfig?: { readonly Arn?: string };
}

const targetsMax = 5;

/** Services that EventBridge calls with a role only: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html */
const withRole = new Set(["states", "kinesis", "firehose", "ecs", "batch"]);

function checkRule(
	{ properties, stack, attributes, logicalId }: Resource,
	buses: ReadonlySet<string | undefined>,
	access: Access,
	say: Say,
): void {
	const { EventBusName, EventPattern, ScheduleExpression } = properties;
	const bus = busArn(String(EventBusName ?? "default"), stack);
	// A pattern that is stated, and not known, is absent here.
	const stated = stack.template.Resources[logicalId]?.Properties ?? {};
	if (
		EventPattern === undefined &&
		ScheduleExpression === undefined &&
		stated.EventPattern === undefined
	)
		say("a rule needs an EventPattern or a ScheduleExpression");
	if (ScheduleExpression !== undefined && !bus.endsWith(":event-bus/default"))
		say("ScheduleExpression is for rules on the default bus only");
	const owner = bus.split(":")[4] ?? "";
	if (owner !== stack.account && buses.has(bus))
		for (const action of ["events:PutRule", "events:PutTargets"]) {
			const decision = decide(
				access,
				{ kind: "account", account: stack.account },
				action,
				bus,
				{ "events:creatorAccount": stack.account },
			);
			if (!decision.allowed) {
				say(decision.reason);
				break;
			}
		}
	const targets = (properties.Targets ?? []) as readonly Target[];
	if (targets.length > targetsMax)
		say(`a rule has at most five targets, not ${targets.length}`);
	const ids = new Set<string>();
	for (const target of targets) {
		const { Id } = target;
		if (Id === undefined) say("a target has no Id");
		else if (ids.has(Id)) say(`two targets have the Id ${Id}`);
		else ids.add(Id);
		checkTarget(target, attributes.Arn ?? "", say);
	}
}

function checkTarget(target: Target, ruleArn: string, say: Say): void {
	const { Arn, RoleArn, Input, InputPath, InputTransformer } = target;
	const where = `the target ${target.Id ?? Arn}`;
	const [, , service = "", region] = Arn.split(":");
	const ruleRegion = ruleArn.split(":")[3];
	const isBus = /:event-bus\//.test(Arn);
	if (Arn.startsWith("arn:") && region && region !== ruleRegion && !isBus)
		say(
			`${where} is in ${region}: targets other than buses must be in the rule's Region, ${ruleRegion}`,
		);
	if (RoleArn === undefined && withRole.has(service))
		say(`${where} needs a RoleArn: EventBridge calls ${service} with a role`);
	const given = { Input, InputPath, InputTransformer };
	const stated = Object.entries(given).filter(
		([, value]) => value !== undefined,
	);
	if (stated.length > 1)
		say(
			`${where} has ${stated.map(([name]) => name).join(" and ")}: one of them is allowed`,
		);
	if (Input !== undefined && !parseJson(Input).ok)
		say(`Input of ${where} is not JSON: ${shown(Input)}`);
	const paths = [
		...(InputPath === undefined ? [] : [InputPath]),
		...Object.values(InputTransformer?.InputPathsMap ?? {}),
	];
	for (const path of paths)
		if (stepsOf(path) === undefined)
			say(`${where} has the path ${shown(path)}, which is no JSON path`);
	if (Object.keys(InputTransformer?.InputPathsMap ?? {}).length > 100)
		say(`${where} has more than 100 variables`);
	const deadLetterArn = target.DeadLetterConfig?.Arn;
	if (deadLetterArn === undefined || !deadLetterArn.startsWith("arn:")) return;
	if (deadLetterArn.endsWith(".fifo"))
		say(`the dead-letter queue of ${where} must be a standard queue`);
	if (deadLetterArn.split(":")[3] !== ruleRegion)
		say(`the dead-letter queue of ${where} must be in the rule's Region`);
}

function checkQueue(
	{ properties, attributes, stack }: Resource,
	say: Say,
): void {
	const { FifoQueue, QueueName, RedrivePolicy } = properties;
	const isFifo = FifoQueue === true;
	if (QueueName !== undefined && String(QueueName).endsWith(".fifo") !== isFifo)
		say(
			isFifo
				? "the name of a FIFO queue must end in .fifo"
				: "only the name of a FIFO queue may end in .fifo; set FifoQueue",
		);
	const arn = isObject(RedrivePolicy)
		? String(RedrivePolicy.deadLetterTargetArn)
		: undefined;
	if (!arn?.startsWith("arn:")) return;
	const [, , , region, account] = arn.split(":");
	if (account !== stack.account || region !== stack.region)
		say(
			`the dead-letter queue ${arn} must be in the queue's account and Region`,
		);
	if (arn.endsWith(".fifo") !== (attributes.QueueName ?? "").endsWith(".fifo"))
		say(
			`the dead-letter queue of a ${isFifo ? "FIFO" : "standard"} queue must be a ${isFifo ? "FIFO" : "standard"} queue`,
		);
}

function checkFifoTopic({ properties }: Resource, say: Say): void {
	const { FifoTopic, TopicName } = properties;
	if (
		TopicName !== undefined &&
		String(TopicName).endsWith(".fifo") !== (FifoTopic === true)
	)
		say(
			FifoTopic === true
				? "the name of a FIFO topic must end in .fifo"
				: "only the name of a FIFO topic may end in .fifo; set FifoTopic",
		);
}

function checkSubscription({ properties, stack }: Resource, say: Say): void {
	const { TopicArn, RedrivePolicy, Protocol, Endpoint } = properties;
	const arn = isObject(RedrivePolicy)
		? String(RedrivePolicy.deadLetterTargetArn)
		: undefined;
	if (
		arn?.startsWith("arn:") &&
		(arn.split(":")[4] !== stack.account ||
			arn.split(":")[3] !== String(TopicArn).split(":")[3])
	)
		say(
			`the dead-letter queue ${arn} must be in the subscription's account and Region`,
		);
	// https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-delivery.html
	if (
		Protocol === "sqs" &&
		String(Endpoint).endsWith(".fifo") &&
		!String(TopicArn).endsWith(".fifo")
	)
		say("a FIFO queue can subscribe to a FIFO topic only");
}

/** Types whose names are unique per account and Region, and how they are called. */
const unique: Readonly<Record<string, string>> = {
	"AWS::SQS::Queue": "queue",
	"AWS::SNS::Topic": "topic",
	"AWS::Events::EventBus": "bus",
	"AWS::Events::Rule": "rule",
	"AWS::Lambda::Function": "function",
	"AWS::IAM::Role": "role",
};

function clashes(resources: readonly Resource[]): readonly string[] {
	const known = new Map<string, Resource>();
	return resources.flatMap((resource) => {
		const { type, attributes } = resource;
		const arn = attributes.Arn ?? attributes.TopicArn;
		if (!Object.hasOwn(unique, type) || arn === undefined) return [];
		const other = known.get(arn);
		known.set(arn, resource);
		return other
			? [
					`${placeOf(resource)}: there is a ${unique[type]} ${arn.split(/[:/]/).at(-1)} already: ${other.logicalId} of ${fileOf(other.stack)}`,
				]
			: [];
	});
}
