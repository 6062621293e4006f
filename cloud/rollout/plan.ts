// The steps from the deployed stacks to the wanted ones. In every moment, whoever publishes is let in, and what is published reaches
// its subscribers: what is needed is added first, and nothing is taken away before nobody needs it.
import { isObject } from "../../runtime/json.ts";
import type {
	StackTemplate,
	Template,
	TemplateResource,
} from "../template/stack-template.ts";
import { type Change, changesBetween } from "./changes.ts";
import {
	expandTemplate,
	unionPattern,
	withDeployedPolicies,
} from "./expand.ts";
import { withoutRenamedPaths } from "./path-variables.ts";

/** What a stack is to the system. Alarms watch the hub. */
export type Part = "hub" | "consumer" | "producer" | "alarms";

/** A stack as it is deployed, or as it is wanted. */
export type PlannedStack = Pick<
	StackTemplate,
	"name" | "account" | "region" | "template"
> & {
	readonly part: Part;
	/** What the stack has besides its template, such as its tags. */
	readonly settings?: Readonly<Record<string, unknown>>;
};

export interface Step {
	readonly stack: string;
	readonly part: Part;
	readonly account: string;
	readonly region: string;
	/**
	 * `expand` deploys a template with old and new. `update` and `contract` deploy the wanted one; `contract` takes something away.
	 * `detach` deploys the old one without paths whose variables are renamed; the API goes on to serve them. `unsubscribe` deploys
	 * that of a removed consumer without its subscriptions; `delete` deletes the stack, when its queues are empty.
	 */
	readonly action:
		| "expand"
		| "update"
		| "contract"
		| "detach"
		| "unsubscribe"
		| "delete";
	/** Undefined for `delete`. */
	readonly template?: Template;
	readonly changes: readonly Change[];
	/** What the step loses, a sentence each. */
	readonly losses: readonly string[];
}

export interface Plan {
	/** The steps of a phase are independent of each other; a phase begins when the one before it is done. */
	readonly phases: readonly (readonly Step[])[];
	/** What is lost by all steps together. */
	readonly losses: readonly string[];
}

/** Stacks of the hub are in the order in which they are made. */
export function planRollout(
	deployed: readonly PlannedStack[],
	wanted: readonly PlannedStack[],
): Plan {
	const of = (part: Part, stacks: readonly PlannedStack[]) =>
		stacks.filter((stack) => stack.part === part);
	const before = new Map(deployed.map((stack) => [stack.name, stack]));
	const gone = (part: Part) =>
		of(part, deployed).filter(
			({ name }) => !wanted.some((stack) => stack.name === name),
		);
	const now = new Map(deployed.map((stack) => [stack.name, stack]));
	const step = (
		planned: PlannedStack,
		action: Step["action"],
		template?: Template,
	): Step[] => {
		const { name: stack, part, account, region } = planned;
		const known = now.get(stack);
		const current = known?.template;
		const isDone = template
			? isSame(current, template) &&
				JSON.stringify(known?.settings) === JSON.stringify(planned.settings)
			: current === undefined;
		if (isDone) return [];
		if (template) now.set(stack, { ...planned, template });
		else now.delete(stack);
		const changes = changesBetween(current, template);
		return [
			{
				stack,
				part,
				account,
				region,
				action:
					action === "update" && template && takesAway(current, template)
						? "contract"
						: action,
				...(template ? { template } : {}),
				changes,
				losses: lossesOf(stack, action, changes),
			},
		];
	};
	const toWanted = (stack: PlannedStack) =>
		step(stack, "update", stack.template);
	const expandHub = of("hub", wanted).map((stack) => {
		const current = before.get(stack.name)?.template;
		const expanded =
			current && expandTemplate(current, stack.template, "wanted");
		return step(
			stack,
			expanded && !isSame(expanded, stack.template) ? "expand" : "update",
			expanded ?? stack.template,
		);
	});
	const narrowed = narrowedTopics(of("hub", deployed), of("hub", wanted));
	// A consumer that leaves a topic, or whose topic will have other events, keeps its code until the producers have changed: it
	// handles what they send until then, and what they send after it waits for the new code.
	const consumers = of("consumer", wanted).flatMap((stack) => {
		const current = before.get(stack.name)?.template;
		return current &&
			(leavesTopics(current, stack.template) ||
				topicsOf(current).some((topic) => narrowed.has(topic)))
			? step(
					stack,
					"expand",
					expandTemplate(current, stack.template, "deployed"),
				)
			: toWanted(stack);
	});
	const detached = of("producer", wanted).flatMap((stack) => {
		const current = before.get(stack.name)?.template;
		const without = current && withoutRenamedPaths(current, stack.template);
		return without ? step(stack, "detach", without) : [];
	});
	// A function changes after its role's policy, so that for a moment the old code runs under the new policy.
	const changedProducers = of("producer", wanted).flatMap((stack) => {
		const current = now.get(stack.name)?.template;
		const expanded = current && withDeployedPolicies(current, stack.template);
		return expanded && !isSame(expanded, stack.template)
			? step(stack, "expand", expanded)
			: toWanted(stack);
	});
	const producers = [
		...changedProducers,
		...gone("producer").flatMap((stack) => step(stack, "delete")),
	];
	const contract = [
		...of("producer", wanted).flatMap(toWanted),
		...of("consumer", wanted).flatMap(toWanted),
		...gone("consumer").flatMap((stack) =>
			step(stack, "unsubscribe", withoutSubscriptions(stack.template)),
		),
	];
	const deleted = gone("consumer").flatMap((stack) => step(stack, "delete"));
	const contractHub = [
		...of("hub", wanted).toReversed().map(toWanted),
		...gone("hub").map((stack) => step(stack, "delete")),
		[
			...of("alarms", wanted).flatMap(toWanted),
			...gone("alarms").flatMap((stack) => step(stack, "delete")),
		],
	];
	const phases = [
		...expandHub,
		consumers,
		detached,
		producers,
		contract,
		deleted,
		...contractHub,
	].filter((phase) => phase.length > 0);
	return {
		phases,
		losses: [
			...phases.flat().flatMap(({ losses }) => losses),
			...unheard(deployed, wanted),
		],
	};
}

/** Whether a template lacks something that the deployed one has. */
function takesAway(deployed: Template | undefined, wanted: Template): boolean {
	if (!deployed) return false;
	// An API's deployment is made anew with each change, and nobody uses the one before.
	const used = Object.entries(deployed.Resources).filter(
		([id, { Type }]) =>
			wanted.Resources[id] || Type !== "AWS::ApiGateway::Deployment",
	);
	const both = { ...deployed, Resources: Object.fromEntries(used) };
	return !isSame(expandTemplate(both, wanted, "wanted"), wanted);
}

/** Whether two templates say the same, but for what CDK says about itself. */
function isSame(a: Template | undefined, b: Template): boolean {
	return a !== undefined && canonical(a) === canonical(b);
}

function canonical(template: Template): string {
	const Resources = Object.fromEntries(
		Object.entries(template.Resources).filter(
			([, { Type }]) => Type !== "AWS::CDK::Metadata",
		),
	);
	return JSON.stringify({ ...template, Resources }, (_, value: unknown) =>
		isObject(value) && !Array.isArray(value)
			? Object.fromEntries(Object.entries(value).sort())
			: value,
	);
}

const subscription = "AWS::SNS::Subscription";

function leavesTopics(deployed: Template, wanted: Template): boolean {
	return Object.entries(deployed.Resources).some(
		([id, { Type }]) => Type === subscription && !wanted.Resources[id],
	);
}

/** Names of the topics that a consumer subscribes to. */
function topicsOf({ Resources }: Template): readonly string[] {
	return Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
		Type === subscription && typeof Properties.TopicArn === "string"
			? [Properties.TopicArn.split(":").at(-1) ?? ""]
			: [],
	);
}

/** Names of topics whose rules match less than they did. */
function narrowedTopics(
	deployed: readonly PlannedStack[],
	wanted: readonly PlannedStack[],
): ReadonlySet<string> {
	const after = new Map(
		wanted.flatMap(({ name, template }) =>
			Object.entries(template.Resources).map(([id, resource]) => [
				`${name} ${id}`,
				resource,
			]),
		),
	);
	return new Set(
		deployed.flatMap(({ name, template }) =>
			Object.entries(template.Resources)
				.filter(([id, { Type, Properties = {} }]) => {
					const next = after.get(`${name} ${id}`)?.Properties?.EventPattern;
					return (
						Type === "AWS::Events::Rule" &&
						next !== undefined &&
						JSON.stringify(unionPattern(Properties.EventPattern, next)) !==
							JSON.stringify(next)
					);
				})
				.flatMap(([, rule]) => targetTopics(rule, template)),
		),
	);
}

function targetTopics(
	{ Properties = {} }: TemplateResource,
	{ Resources }: Template,
): readonly string[] {
	return [Properties.Targets ?? []].flat().flatMap((target) => {
		const arn = isObject(target) ? target.Arn : undefined;
		const ref = isObject(arn) ? String(arn.Ref) : "";
		const name = Resources[ref]?.Properties?.TopicName;
		return typeof name === "string" ? [name] : [];
	});
}

function withoutSubscriptions(template: Template): Template {
	return {
		...template,
		Resources: Object.fromEntries(
			Object.entries(template.Resources).filter(
				([, { Type }]) => Type !== subscription,
			),
		),
	};
}

function lossesOf(
	stack: string,
	action: Step["action"],
	changes: readonly Change[],
): readonly string[] {
	return changes.flatMap(({ kind, loss, name, type }) =>
		// A queue is deleted with its stack when it is empty.
		loss === undefined || (action === "delete" && type === "AWS::SQS::Queue")
			? []
			: [
					`${stack}: ${name} (${type}) is ${kind === "replace" ? "replaced" : "removed"}, and with it ${loss}`,
				],
	);
}

/** Event types that are published, and whose last rule goes. */
function unheard(
	deployed: readonly PlannedStack[],
	wanted: readonly PlannedStack[],
): readonly string[] {
	const after = eventTypesOf(wanted, "AWS::Events::Rule");
	const published = eventTypesOf(wanted, "AWS::Events::EventBus");
	return [...eventTypesOf(deployed, "AWS::Events::Rule")]
		.filter((type) => !after.has(type) && published.has(type))
		.map(
			(type) =>
				`${type} may be published, and nobody subscribes to it any more`,
		);
}

/** The event types that rules match, or that a bus takes, as `source / detail-type`. */
function eventTypesOf(
	stacks: readonly PlannedStack[],
	type: "AWS::Events::Rule" | "AWS::Events::EventBus",
): ReadonlySet<string> {
	return new Set(
		stacks
			.flatMap(({ template }) => Object.values(template.Resources))
			.filter(({ Type }) => Type === type)
			.flatMap(({ Properties = {} }) =>
				type === "AWS::Events::Rule"
					? eventTypesIn(Properties.EventPattern, "source", "detail-type")
					: conditionsOf(Properties.Policy).flatMap((keys) =>
							eventTypesIn(keys, "events:source", "events:detail-type"),
						),
			),
	);
}

function eventTypesIn(
	values: unknown,
	source: string,
	detailType: string,
): readonly string[] {
	if (!isObject(values)) return [];
	if (Array.isArray(values.$or))
		return values.$or.flatMap((one) => eventTypesIn(one, source, detailType));
	const listOf = (key: string) =>
		[values[key] ?? []].flat().filter((value) => typeof value === "string");
	return listOf(source).flatMap((from) =>
		listOf(detailType).map((of) => `${from} / ${of}`),
	);
}

/** The condition keys and values of a policy's statements. */
function conditionsOf(policy: unknown): readonly unknown[] {
	const statements = isObject(policy) ? [policy.Statement ?? []].flat() : [];
	return statements.flatMap((statement) =>
		isObject(statement) && isObject(statement.Condition)
			? Object.values(statement.Condition)
			: [],
	);
}
