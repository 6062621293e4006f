// Removes each policy statement on the path, one at a time. The event must stop at that hop, and the trace must name the permission.
import { describe, expect, test } from "vitest";
import { startLocal } from "../../cloud/local/runner.ts";
import type { Hop } from "../../cloud/local/trace.ts";
import type { StackTemplate } from "../../cloud/template/stack-template.ts";
import { removals } from "../policy-statements.ts";
import {
	post,
	publishedBody,
	referenceStacks,
	withTemplate,
} from "../reference-system.ts";

/** Permissions that the path does not need: logging, dead-lettering, reading schemas, and a topic's attributes. */
const besideThePath =
	/logs:|schemas:|DeadLetters|Undelivered|Registry|sns:GetTopicAttributes/;

/** The expected hop and denial for each removed statement: principal, action and resource. */
const expected: readonly [
	RegExp,
	{ readonly hop: RegExp; readonly says: RegExp },
][] = [
	[
		/InvokeFunction|ApiPermission/,
		{
			hop: /^function media-/,
			says: /apigateway\.amazonaws\.com is not authorized to perform lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111111111111:function:media-/,
		},
	],
	[
		/producer .*Role.* sts:AssumeRole/,
		{
			hop: /^role media-(get|post)-content-eu-west-1$/,
			says: /lambda\.amazonaws\.com is not authorized to perform sts:AssumeRole on arn:aws:iam::111111111111:role\/media-/,
		},
	],
	[
		/producer .*events:PutEvents/,
		{
			hop: /^bus media-events$/,
			says: /role\/media-\w+-content-eu-west-1 is not authorized to perform events:PutEvents on arn:aws:events:eu-west-1:222222222222:event-bus\/media-events: no identity-based policy/,
		},
	],
	[
		/HubBus/,
		{
			hop: /^bus media-events$/,
			says: /role\/media-\w+-content-eu-west-1 is not authorized to perform events:PutEvents on arn:aws:events:eu-west-1:222222222222:event-bus\/media-events: the resource is in another account/,
		},
	],
	[
		/hub .*Role.* sts:AssumeRole/,
		{
			hop: /^role media_feeds-eu-west-1$/,
			says: /events\.amazonaws\.com is not authorized to perform sts:AssumeRole on arn:aws:iam::222222222222:role\/media_feeds/,
		},
	],
	[
		/sns:Publish/,
		{
			hop: /^topic media_/,
			says: /role\/media_feeds-eu-west-1 is not authorized to perform sns:Publish on arn:aws:sns:eu-west-1:222222222222:media_/,
		},
	],
	[
		/sns:Subscribe/,
		{
			hop: /^subscription of media-/,
			says: /arn:aws:iam::333333333333:root is not authorized to perform sns:Subscribe on arn:aws:sns:eu-west-1:222222222222:media_/,
		},
	],
	[
		/sqs:SendMessage/,
		{
			hop: /^queue media-/,
			says: /sns\.amazonaws\.com is not authorized to perform sqs:SendMessage on arn:aws:sqs:eu-west-1:333333333333:media-/,
		},
	],
	[
		/sqs:ReceiveMessage/,
		{
			hop: /^event source mapping of media-/,
			says: /role\/media-\w+-eu-west-1 is not authorized to perform sqs:ReceiveMessage on arn:aws:sqs:eu-west-1:333333333333:media-/,
		},
	],
	[
		/consumer-.*Role.* sts:AssumeRole/,
		{
			hop: /^event source mapping of media-/,
			says: /lambda\.amazonaws\.com is not authorized to perform sts:AssumeRole on arn:aws:iam::333333333333:role\/media-/,
		},
	],
];

async function run(stacks: readonly StackTemplate[]): Promise<readonly Hop[]> {
	const local = await startLocal(stacks, { redeliveryDelayMs: 1 });
	try {
		const url = local.apis[0]?.url ?? "";
		await fetch(`${url}/content/c-1?durationMs=42000`);
		await post(url, publishedBody);
		await local.tracer.settled();
		return local.tracer.traces.flatMap((trace) => local.tracer.hopsOf(trace));
	} finally {
		await local.stop();
	}
}

const handled = (hops: readonly Hop[]) =>
	hops.filter(
		({ resource, what }) =>
			resource.startsWith("function media-") && what === "handled",
	).length;

const stacks = referenceStacks();
/** The resources that the requests of `run` use. */
const exercised =
	/getcontent|postcontent|contentvariableGET|contentPOST|contentviewevent|contentpublishedevent|HubBus|DeliveryRole|analytics|recommendations/i;
const onThePath = removals(stacks).filter(
	({ title }) => exercised.test(title) && !besideThePath.test(title),
);
let inFull = 0;

describe("with one statement removed", () => {
	test("the removals cover every kind of statement on the path", () => {
		for (const [matches] of expected)
			expect(
				onThePath.some(({ title }) => matches.test(title)),
				String(matches),
			).toBe(true);
	});

	test("without a removal, everything is handled and nothing is denied", async () => {
		const hops = await run(stacks);
		inFull = handled(hops);
		expect(inFull).toBeGreaterThanOrEqual(3);
		expect(hops.filter(({ outcome }) => outcome === "denied")).toEqual([]);
	});

	test.each(onThePath)(
		"$title: the event stops there",
		async ({ stack, title, remove }) => {
			const wanted = expected.find(([matches]) => matches.test(title))?.[1];
			if (!wanted) throw new Error(`no expectation for ${title}`);
			const hops = await run(withTemplate(stacks, stack, remove));
			const denied = hops.filter(({ outcome }) => outcome === "denied");
			expect(denied.length).toBeGreaterThan(0);
			for (const { resource, what } of denied) {
				expect(resource).toMatch(wanted.hop);
				expect(what).toMatch(wanted.says);
			}
			expect(handled(hops)).toBeLessThan(inFull);
			// Only the dead-letter queue may follow a denied hop.
			const after = hops.filter(({ parent }) =>
				denied.some(({ hop }) => hop === parent),
			);
			expect(
				after.every(({ resource }) =>
					/undelivered|dead-letters/.test(resource),
				),
			).toBe(true);
		},
	);
});
