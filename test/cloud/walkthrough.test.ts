import { afterEach, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import { readTemplate } from "../../cloud/template/assembly.ts";
import type { StackTemplate } from "../../cloud/template/stack-template.ts";
import { withTemplate } from "../reference-system.ts";

const stacks: readonly StackTemplate[] = [
	readTemplate(
		"test/cloud/walkthrough/producer.yaml",
		"111111111111",
		"eu-west-1",
	),
	readTemplate("test/cloud/walkthrough/hub.yaml", "222222222222", "eu-west-1"),
	readTemplate(
		"test/cloud/walkthrough/consumer.yaml",
		"333333333333",
		"eu-west-1",
	),
];

let local: LocalSystem | undefined;
afterEach(() => local?.stop());

async function hopsOfOneView(changed: readonly StackTemplate[]) {
	local = await startLocal(changed);
	const response = await fetch(`${local.apis[0]?.url}/content`);
	expect(response.status).toBe(200);
	expect(await response.json()).toEqual({ failed: 0 });
	await local.tracer.settled();
	return local.tracer.hopsOf(1);
}

test("the original walkthrough stops at the rule, whose hop shows the expected and actual values", async () => {
	const hops = await hopsOfOneView(stacks);
	expect(hops.at(-1)).toMatchObject({
		account: "222222222222",
		resource: "rule demo-rule",
		outcome: "no match",
	});
	expect(hops.at(-1)?.what).toContain(
		'detail-type is "Content-View-Event", wants "demo-event"',
	);
	expect(hops.at(-1)?.what).toContain(
		'source is "api.gateway.content.get", wants "api.gateway"',
	);
	expect(hops.some(({ resource }) => resource.startsWith("topic"))).toBe(false);
});

test("with the rule's two strings corrected, the function in the third account prints the event", async () => {
	const hops = await hopsOfOneView(
		withTemplate(stacks, "hub", ({ Resources }) => {
			(Resources.Rule as { Properties: object }).Properties = {
				...Resources.Rule?.Properties,
				EventPattern: {
					"detail-type": ["Content-View-Event"],
					source: ["api.gateway.content.get"],
				},
			};
		}),
	);
	const printed = hops.find(
		({ resource }) => resource === "log of print-event",
	);
	expect(printed).toMatchObject({ account: "333333333333", outcome: "ok" });
	expect(printed?.what).toMatch(
		/^received \{"Type":"Notification".*Content-View-Event/,
	);
});
