// With customer-managed keys: the path works, and stops where a statement for a key is removed.
import { App, type Stack } from "aws-cdk-lib";
import { Template as Synthesized } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import type { SystemDefinition } from "../../cdk/system/definition.ts";
import { buildSystem } from "../../cdk/system-stacks.ts";
import { startLocal } from "../../cloud/local/runner.ts";
import type { Hop } from "../../cloud/local/trace.ts";
import type {
	StackTemplate,
	Template,
} from "../../cloud/template/stack-template.ts";
import { system } from "../../infra/system.ts";
import { removals } from "../policy-statements.ts";
import { referenceStacks, withTemplate } from "../reference-system.ts";

const { accounts } = system;
const encrypted: SystemDefinition = {
	...system,
	accounts: {
		producer: { ...accounts.producer, customerManagedKeys: true },
		hub: { ...accounts.hub, customerManagedKeys: true },
		consumer: { ...accounts.consumer, customerManagedKeys: true },
	},
};

/** The templates, with the code that the reference system's functions have. */
function synthesized(): readonly StackTemplate[] {
	const app = new App({
		context: {
			"aws:cdk:bundling-stacks": [],
			"@aws-cdk/aws-sqs:restrictSqsDescryption": true,
		},
	});
	buildSystem(app, encrypted);
	const known = new Map(referenceStacks().map((stack) => [stack.name, stack]));
	return app.node.children.map((child) => {
		const { stackName: name, account, region } = child as Stack;
		const reference = known.get(name);
		const template = Synthesized.fromStack(child as Stack).toJSON() as {
			Resources: Record<
				string,
				{ Type: string; Properties: Record<string, unknown> }
			>;
		};
		for (const [id, { Type, Properties }] of Object.entries(template.Resources))
			if (Type === "AWS::Lambda::Function")
				Properties.Code = reference?.template.Resources[id]?.Properties?.Code;
		return {
			name,
			account,
			region,
			template: template as Template,
			assets: reference?.assets ?? new Map(),
		};
	});
}

const stacks = synthesized();

async function run(of: readonly StackTemplate[]): Promise<{
	readonly hops: readonly Hop[];
	readonly undelivered: number;
}> {
	const local = await startLocal(of, { redeliveryDelayMs: 1 });
	try {
		await fetch(`${local.apis[0]?.url}/content/c-1?durationMs=42000`);
		await local.tracer.settled();
		return {
			hops: local.tracer.traces.flatMap((trace) => local.tracer.hopsOf(trace)),
			undelivered: (await local.messagesIn("media_undelivered")).length,
		};
	} finally {
		await local.stop();
	}
}

const handled = (hops: readonly Hop[]) =>
	hops.filter(({ what }) => what === "handled").length;

/** Which hop stops without a statement, and what it says. The first that fits. */
const expected: readonly (readonly [RegExp, RegExp, RegExp])[] = [
	[
		/ EventBus kms/,
		/^bus media-events$/,
		/events.amazonaws.com is not authorized to perform kms:(GenerateDataKey|Decrypt) on arn:aws:kms:eu-west-1:222222222222:key/,
	],
	[
		/DescribeForEventBus/,
		/^bus media-events$/,
		/events.amazonaws.com is not authorized to perform kms:DescribeKey on/,
	],
	[
		/DeliveryRole/,
		/^topic media_/,
		/role\/media_feeds-eu-west-1 is not authorized to perform kms:GenerateDataKey on arn:aws:kms:eu-west-1:222222222222:key/,
	],
	[
		/hub Key.* kms:\*/,
		/^topic media_/,
		/role\/media_feeds-eu-west-1 is not authorized .* the key's policy does not allow it/,
	],
	[
		/Topics kms/,
		/^queue media-/,
		/sns.amazonaws.com is not authorized to perform kms:GenerateDataKey on arn:aws:kms:eu-west-1:333333333333:key/,
	],
	[
		/consumer-.* kms:/,
		/^event source mapping of media-/,
		/role\/media-\w+-eu-west-1 is not authorized to perform kms:Decrypt on arn:aws:kms:eu-west-1:333333333333:key/,
	],
];

const ofKeys = removals(stacks).filter(
	({ title }) =>
		/kms:/.test(title) && !/producer|kms:ReEncrypt|DeadLetters/.test(title),
);

describe("customer-managed keys", () => {
	test("the path works, and every queue, topic and bus has a key", async () => {
		const { hops } = await run(stacks);
		expect(hops.filter(({ outcome }) => outcome === "denied")).toEqual([]);
		expect(handled(hops)).toBe(2);
		const bare = stacks.flatMap(({ template }) =>
			Object.entries(template.Resources)
				.filter(([, { Type }]) =>
					/SQS::Queue$|SNS::Topic$|EventBus$|LogGroup$/.test(Type),
				)
				.filter(
					([, { Properties = {} }]) =>
						!(
							Properties.KmsMasterKeyId ??
							Properties.KmsKeyIdentifier ??
							Properties.KmsKeyId
						),
				),
		);
		expect(bare).toEqual([]);
	});

	test("every kind of statement is removed once", () => {
		for (const [matches] of expected)
			expect(
				ofKeys.some(({ title }) => matches.test(title)),
				String(matches),
			).toBe(true);
	});

	test.each(ofKeys)(
		"without $title, the event stops there",
		async ({ stack, title, remove }) => {
			const wanted = expected.find(([matches]) => matches.test(title));
			if (!wanted) throw new Error(`no expectation for ${title}`);
			const { hops } = await run(withTemplate(stacks, stack, remove));
			const denied = hops.filter(({ outcome }) => outcome === "denied");
			expect(denied.length).toBeGreaterThan(0);
			for (const { resource, what } of denied) {
				expect(resource).toMatch(wanted[1]);
				expect(what).toMatch(wanted[2]);
			}
			expect(handled(hops)).toBeLessThan(2);
		},
	);

	test("an event that cannot be delivered is kept only if the key lets EventBridge in", async () => {
		const unpublished = removals(stacks).find(
			({ stack, title }) => stack === "media-hub" && /sns:Publish/.test(title),
		);
		const closed = removals(stacks).find(({ title }) =>
			/DeadLettersOfRules/.test(title),
		);
		if (!unpublished || !closed) throw new Error("no such statements");
		const failing = withTemplate(stacks, "media-hub", unpublished.remove);
		expect((await run(failing)).undelivered).toBe(2);
		const { hops, undelivered } = await run(
			withTemplate(failing, "media-hub", closed.remove),
		);
		expect(undelivered).toBe(0);
		expect(
			hops.find(({ resource }) => resource === "queue media_undelivered")?.what,
		).toMatch(/events.amazonaws.com is not authorized to perform kms:/);
	});

	test("an event that the bus cannot encrypt is in its dead-letter queue", async () => {
		const bus = ofKeys.find(({ title }) => /EventBus kms/.test(title));
		if (!bus) throw new Error("no such statement");
		const { undelivered } = await run(
			withTemplate(stacks, "media-hub", bus.remove),
		);
		expect(undelivered).toBe(1);
	});
});
