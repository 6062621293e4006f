// What goes where in a system, read from its templates: nothing is run.

import { subRulesOf } from "../../pattern/engine/structure.ts";
import { validate } from "../../pattern/engine/validate.ts";
import type { EventPatternDocument } from "../../runtime/event.ts";
import { isObject } from "../../runtime/json.ts";
import type { Resource } from "../local/cloud.ts";
import { resolveResources } from "./resolve.ts";
import type { StackTemplate } from "./stack-template.ts";

export interface MappedRule {
	readonly name: string;
	readonly stack: string;
	readonly busArn: string;
	readonly pattern: EventPatternDocument;
	readonly isEnabled: boolean;
	readonly targets: readonly string[];
}

export interface EventTypeName {
	readonly source: string;
	readonly detailType: string;
}

/** A function, or a role that none has, that may send to a bus. */
export interface MappedProducer {
	readonly name: string;
	readonly busArn: string;
	/** What the bus lets it send; nothing where it may send anything. */
	readonly publishes?: readonly EventTypeName[];
}

export interface SystemMap {
	readonly rules: readonly MappedRule[];
	readonly producers: readonly MappedProducer[];
	/** From the ARN of a topic, queue or function to those that get what it gets. */
	readonly forwards: ReadonlyMap<string, readonly string[]>;
}

export function mapSystem(stacks: readonly StackTemplate[]): SystemMap {
	const resources = resolveResources(stacks, {
		endpoint: "http://127.0.0.1",
		notSimulated: () => undefined,
		imported: (name) => name,
	});
	const ofType = (type: string) =>
		resources.filter((resource) => resource.type === type);
	const rules = ofType("AWS::Events::Rule").flatMap((rule): MappedRule[] => {
		const { EventPattern, State, Targets = [] } = rule.properties;
		if (!isObject(EventPattern)) return [];
		return [
			{
				name: rule.ref,
				stack: rule.stack.name,
				busArn: busArnOf(rule),
				pattern: EventPattern as EventPatternDocument,
				isEnabled: State !== "DISABLED",
				targets: (Targets as { Arn: string }[]).map(({ Arn }) => Arn),
			},
		];
	});
	const forwards = new Map<string, string[]>();
	const forward = (from: unknown, to: unknown) => {
		const key = String(from);
		forwards.set(key, [...(forwards.get(key) ?? []), String(to)]);
	};
	for (const { properties } of ofType("AWS::SNS::Subscription"))
		forward(properties.TopicArn, properties.Endpoint);
	for (const { properties, ref } of ofType("AWS::SNS::Topic"))
		for (const { Endpoint } of (properties.Subscription ?? []) as {
			Endpoint: unknown;
		}[])
			forward(ref, Endpoint);
	for (const { properties, stack } of ofType(
		"AWS::Lambda::EventSourceMapping",
	)) {
		const named = String(properties.FunctionName);
		forward(
			properties.EventSourceArn,
			named.startsWith("arn:")
				? named
				: `arn:aws:lambda:${stack.region}:${stack.account}:function:${named}`,
		);
	}
	return {
		rules,
		producers: producersOf(resources),
		forwards,
	};
}

function busArnOf({ properties, stack }: Resource): string {
	const named = String(properties.EventBusName ?? "default");
	return named.startsWith("arn:")
		? named
		: `arn:aws:events:${stack.region}:${stack.account}:event-bus/${named}`;
}

interface Statement {
	readonly Effect?: string;
	readonly Action?: unknown;
	readonly Resource?: unknown;
	readonly Principal?: unknown;
	readonly Condition?: Readonly<
		Record<string, Readonly<Record<string, unknown>>>
	>;
}

const statementsIn = (document: unknown): readonly Statement[] =>
	isObject(document) ? ([document.Statement ?? []].flat() as Statement[]) : [];

const sends = ({ Effect, Action }: Statement) =>
	Effect === "Allow" &&
	[Action]
		.flat()
		.some((action) =>
			["events:PutEvents", "events:*", "*"].includes(String(action)),
		);

/** Roles whose policies allow PutEvents, by the functions that have them. */
function producersOf(
	resources: readonly Resource[],
): readonly MappedProducer[] {
	const buses = resources.filter(
		({ type }) => type === "AWS::Events::EventBus",
	);
	const busStatements = resources.flatMap((resource) =>
		resource.type === "AWS::Events::EventBusPolicy" &&
		isObject(resource.properties.Statement)
			? [
					{
						busArn: busArnOf(resource),
						statement: resource.properties.Statement as Statement,
					},
				]
			: [],
	);
	const roles = resources.filter(({ type }) => type === "AWS::IAM::Role");
	const policies = resources.filter(({ type }) =>
		["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"].includes(type),
	);
	// Who is let in and is no role of these templates.
	const strangers = busStatements
		.filter(
			({ statement }) =>
				sends(statement) &&
				!roles.some(({ attributes }) => isFor(statement, attributes.Arn ?? "")),
		)
		.map(({ busArn, statement }): MappedProducer => {
			const publishes = allowedTypes([statement]);
			return {
				name: principalsOf(statement).join(", "),
				busArn,
				...(publishes ? { publishes } : {}),
			};
		});
	const own = roles.flatMap((role): readonly MappedProducer[] => {
		const arn = role.attributes.Arn ?? "";
		const statements = [
			...((role.properties.Policies ?? []) as { PolicyDocument: unknown }[]),
			...policies.flatMap(({ properties }) =>
				((properties.Roles ?? []) as unknown[]).includes(role.ref)
					? [{ PolicyDocument: properties.PolicyDocument }]
					: [],
			),
		].flatMap(({ PolicyDocument }) =>
			statementsIn(PolicyDocument).filter(sends),
		);
		const names = resources
			.filter(
				({ type, properties }) =>
					type === "AWS::Lambda::Function" && properties.Role === arn,
			)
			.map(({ ref }) => ref);
		const busArns = new Set(
			statements
				.flatMap(({ Resource: of }) => [of].flat().map(String))
				.flatMap((of) =>
					of === "*"
						? buses.map(({ attributes }) => attributes.Arn ?? "")
						: [of],
				),
		);
		return [...busArns].flatMap((busArn) => {
			const publishes = allowedTypes([
				...statements.filter(({ Resource: of }) =>
					[of].flat().some((each) => each === "*" || each === busArn),
				),
				...busStatements
					.filter(
						(each) =>
							each.busArn === busArn &&
							sends(each.statement) &&
							isFor(each.statement, arn),
					)
					.map(({ statement }) => statement),
			]);
			return (names.length > 0 ? names : [role.ref]).map((name) => ({
				name,
				busArn,
				...(publishes ? { publishes } : {}),
			}));
		});
	});
	return [...own, ...strangers];
}

function principalsOf({ Principal }: Statement): readonly string[] {
	return isObject(Principal)
		? Object.values(Principal).flat().map(String)
		: [String(Principal)];
}

/** Whether a bus's statement lets a role in. */
function isFor({ Principal, Condition }: Statement, roleArn: string): boolean {
	const principals = principalsOf({ Principal });
	const account = roleArn.split(":")[4] ?? "";
	const named = Object.values(Condition ?? {}).flatMap((asked) =>
		[asked["aws:PrincipalArn"] ?? []].flat().map(String),
	);
	return (
		principals.some(
			(principal) =>
				principal === "*" ||
				principal === roleArn ||
				principal === account ||
				principal === `arn:aws:iam::${account}:root`,
		) &&
		(named.length === 0 || named.includes(roleArn))
	);
}

const equalities = new Set([
	"StringEquals",
	"StringEqualsIfExists",
	"ForAllValues:StringEquals",
	"ForAnyValue:StringEquals",
]);

/** The event types that conditions name; nothing where they leave some open, or say it in another way than by equality. */
function allowedTypes(
	statements: readonly Statement[],
): readonly EventTypeName[] | undefined {
	const types: EventTypeName[] = [];
	for (const { Condition = {} } of statements) {
		const asked = (key: string) =>
			Object.entries(Condition).filter(
				([operator, keys]) => operator !== "Null" && key in keys,
			);
		const sources = asked("events:source");
		const detailTypes = asked("events:detail-type");
		if (sources.length + detailTypes.length === 0) continue;
		const isRead = [...sources, ...detailTypes].every(([operator]) =>
			equalities.has(operator),
		);
		if (!isRead || sources.length !== 1 || detailTypes.length !== 1)
			return undefined;
		for (const source of [sources[0]?.[1]["events:source"]].flat())
			for (const detailType of [
				detailTypes[0]?.[1]["events:detail-type"],
			].flat())
				types.push({ source: String(source), detailType: String(detailType) });
	}
	return types.length > 0 ? types : undefined;
}

/** Whether a rule may take events of a type, whatever else they have. */
export function mayTake(
	{ pattern }: MappedRule,
	{ source, detailType }: EventTypeName,
): boolean {
	if (!validate(pattern).ok) return false;
	const known = new Map([
		["source", source],
		["detail-type", detailType],
	]);
	return subRulesOf(pattern).some((rule) =>
		rule.every(({ path, matchers }) => {
			const value = known.get(path);
			return (
				value === undefined || matchers.some(({ accepts }) => accepts(value))
			);
		}),
	);
}

/** Where what a target gets ends: behind topics and queues, as far as the templates tell. */
export function consumersOf(map: SystemMap, arn: string): readonly string[] {
	const seen = new Set<string>();
	const visit = (at: string): readonly string[] => {
		if (seen.has(at)) return [];
		seen.add(at);
		const next = map.forwards.get(at) ?? [];
		return next.length === 0 ? [at] : next.flatMap(visit);
	};
	return visit(arn);
}
