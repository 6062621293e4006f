// Applies the plan of each edit step by step while events flow. In every moment each producer is let in, and each event reaches
// whoever subscribes to it before and after the edit.
import {
	EventBridgeClient,
	PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import { App, type Stack } from "aws-cdk-lib";
import { Template as Synthesized } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import type { SystemDefinition } from "../../cdk/system/definition.ts";
import {
	eventBusArn,
	partOf,
	queueName,
	roleArn,
} from "../../cdk/system/topology.ts";
import { buildSystem } from "../../cdk/system-stacks.ts";
import { startLocal } from "../../cloud/local/runner.ts";
import {
	type PlannedStack,
	planRollout,
	type Step,
} from "../../cloud/rollout/plan.ts";
import type { Template } from "../../cloud/template/stack-template.ts";
import type { EventSubscription } from "../../runtime/event.ts";
import { edits, system } from "../cdk/edits.ts";

type Live = ReadonlyMap<string, PlannedStack>;

function synthesized(of: SystemDefinition): readonly PlannedStack[] {
	const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
	buildSystem(app, of);
	return app.node.children.map((child) => {
		const stack = child as Stack;
		const part = partOf(of, stack.stackName);
		if (!part) throw new Error(`${stack.stackName} is none of the system's`);
		return {
			name: stack.stackName,
			part,
			account: stack.account,
			region: stack.region,
			template: Synthesized.fromStack(stack).toJSON() as Template,
		};
	});
}

function applied(live: Live, step: Step, template = step.template): Live {
	const after = new Map(live);
	if (template) after.set(step.stack, { ...step, name: step.stack, template });
	else after.delete(step.stack);
	return after;
}

/** CloudFormation updates and creates first, and deletes what is gone when all is done. */
function beforeCleanup(live: Live, step: Step): Live {
	if (!step.template) return live;
	const old = live.get(step.stack)?.template.Resources;
	return applied(live, step, {
		...step.template,
		Resources: { ...old, ...step.template.Resources },
	});
}

const details = ["x", "y"].flatMap((a) => [1, 2].map((n) => ({ a, n })));
type Detail = (typeof details)[number];

/** Queues that a detail of the event type is for. Filters here are lists of values. */
function subscribersOf(
	{ consumers }: SystemDefinition,
	{ source, detailType }: EventSubscription<string, unknown>,
	detail: Detail,
): ReadonlySet<string> {
	return new Set(
		Object.entries(consumers)
			.filter(([, { subscribes }]) =>
				subscribes.some(
					(one) =>
						one.source === source &&
						one.detailType === detailType &&
						Object.entries(one.filter ?? {}).every(([key, values]) =>
							(values as unknown[]).includes(detail[key as keyof Detail]),
						),
				),
			)
			.map(([name]) => name),
	);
}

/** Sends every event type of the live producers, in each detail. */
async function expectDelivery(
	live: Live,
	producing: SystemDefinition,
	wanted: (
		type: EventSubscription<string, unknown>,
		detail: Detail,
	) => string[],
	moment: string,
): Promise<void> {
	const stacks = [...live.values()].map((stack) => ({
		...stack,
		assets: new Map<string, string>(),
		template: {
			...stack.template,
			// Messages stay in their queues.
			Resources: Object.fromEntries(
				Object.entries(stack.template.Resources).filter(
					([, { Type }]) => !/Lambda|ApiGateway/.test(Type),
				),
			),
			Outputs: {},
		},
	}));
	const local = await startLocal(stacks);
	try {
		const sent: { id: string; wanted: string[]; what: string }[] = [];
		for (const [name, { publishes }] of Object.entries(producing.producers)) {
			const client = new EventBridgeClient({
				endpoint: local.endpoint,
				region: producing.region,
				credentials: {
					accessKeyId: local.accessKeyFor(roleArn(producing, "producer", name)),
					secretAccessKey: "local",
				},
			});
			for (const type of publishes)
				for (const detail of details) {
					const id = crypto.randomUUID();
					const { FailedEntryCount } = await client.send(
						new PutEventsCommand({
							Entries: [
								{
									EventBusName: eventBusArn(producing),
									Source: type.source,
									DetailType: type.detailType,
									Detail: JSON.stringify({ ...detail, id }),
								},
							],
						}),
					);
					expect([moment, FailedEntryCount]).toEqual([moment, 0]);
					const what = `${name} ${type.detailType} ${JSON.stringify(detail)}`;
					sent.push({ id, wanted: wanted(type, detail), what });
				}
			client.destroy();
		}
		await local.tracer.settled();
		for (const consumer of new Set(sent.flatMap((event) => event.wanted))) {
			const messages = await local.messagesIn(queueName(producing, consumer));
			const bodies = messages.map(({ body }) => body).join("\n");
			for (const { id, wanted: by, what } of sent)
				if (by.includes(consumer))
					expect(
						[moment, what, consumer, bodies.includes(id)],
						"reaches the consumer",
					).toEqual([moment, what, consumer, true]);
		}
	} finally {
		await local.stop();
	}
}

const mapOf = (stacks: readonly PlannedStack[]): Live =>
	new Map(stacks.map((stack) => [stack.name, stack]));

const textOf = (steps: readonly Step[]) =>
	steps.map(({ stack, action, template }) => ({ stack, action, template }));

const first = synthesized(system);

describe.each(edits)("%s", (_, change) => {
	test("loses nothing in any moment", { timeout: 120_000 }, async () => {
		const after: SystemDefinition = { ...system, ...change };
		const last = synthesized(after);
		const { phases } = planRollout(first, last);
		const steps = phases.flat();
		let live = mapOf(first);
		let producing = system;
		let contracts = false;
		/** Who subscribes before and after has every event. Who only did has it until the producers have changed, and who only will from then on. */
		const wanted = (
			type: EventSubscription<string, unknown>,
			detail: Detail,
		) => {
			const [was, is] = [system, after].map((of) =>
				subscribersOf(of, type, detail),
			) as [ReadonlySet<string>, ReadonlySet<string>];
			const both = [...was].filter((name) => is.has(name));
			if (!contracts && producing === system) return [...was];
			return producing === system ? both : [...is];
		};
		for (const [index, step] of steps.entries()) {
			// A crash before any step: the rest of the plan is planned again.
			expect(
				textOf(planRollout([...live.values()], last).phases.flat()),
			).toEqual(textOf(steps.slice(index)));
			contracts ||=
				step.part !== "producer" &&
				(["contract", "unsubscribe", "delete"].includes(step.action) ||
					steps.slice(0, index).some(({ stack }) => stack === step.stack));
			const moment = `${index + 1} ${step.action} ${step.stack}`;
			if (step.part === "producer" && step.action !== "detach") {
				// Old and new functions answer at once.
				const during = beforeCleanup(live, step);
				await expectDelivery(during, producing, wanted, `${moment}, old`);
				producing = after;
				await expectDelivery(during, producing, wanted, `${moment}, new`);
			} else if (step.part !== "alarms")
				await expectDelivery(
					beforeCleanup(live, step),
					producing,
					wanted,
					`${moment}, before the cleanup`,
				);
			live = applied(live, step);
			if (step.part !== "alarms")
				await expectDelivery(live, producing, wanted, moment);
		}
		producing = after;
		contracts = true;
		await expectDelivery(live, producing, wanted, "in the end");
		expect([...live.values()].map(({ name }) => name).sort()).toEqual(
			last.map(({ name }) => name).sort(),
		);
	});
});

test("a consumer keeps its code until its topic has new events only", () => {
	const edit = edits.find(([name]) => name === "change an event type's source");
	const changed: SystemDefinition = { ...system, ...edit?.[1] };
	const last = synthesized(changed).map((stack) => ({
		...stack,
		template: {
			...stack.template,
			Resources: Object.fromEntries(
				Object.entries(stack.template.Resources).map(([id, resource]) => [
					id,
					stack.part === "consumer" && resource.Type === "AWS::Lambda::Function"
						? { ...resource, Properties: { ...resource.Properties, Code: {} } }
						: resource,
				]),
			),
		},
	}));
	expect(
		planRollout(first, last)
			.phases.flat()
			.map(({ action, stack }) => `${action} ${stack}`),
	).toEqual([
		"expand media-hub",
		"expand media-filters",
		// Does not subscribe to it.
		"update media-consumer-reports",
		"expand media-producer",
		"contract media-producer",
		"update media-consumer-analytics",
		"update media-consumer-recommendations",
		"contract media-filters",
		"contract media-hub",
	]);
});

test("the first deployment begins with the hub and ends with the producers", () => {
	const { phases, losses } = planRollout([], first);
	expect(phases.map((phase) => phase.map(({ stack }) => stack))).toEqual([
		["media-hub"],
		["media-filters"],
		[
			"media-consumer-analytics",
			"media-consumer-recommendations",
			"media-consumer-reports",
		],
		["media-producer"],
		["media-alarms"],
	]);
	expect(phases.flat().every(({ action }) => action === "update")).toBe(true);
	expect(losses).toEqual([]);
});

test("what is deployed needs no step", () => {
	expect(planRollout(first, synthesized(system))).toEqual({
		phases: [],
		losses: [],
	});
});
