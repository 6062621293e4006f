// `graph`, `pattern test` and the runner read the same in each template.
import { expect, test } from "vitest";
import { startLocal } from "../../cloud/local/runner.ts";
import { graphOf } from "../../cloud/template/graph.ts";
import { mapSystem } from "../../cloud/template/system-map.ts";
import { compileMismatches } from "../../pattern/match.ts";
import { readSystem, systemNames } from "./system-cases.ts";

test.each(systemNames)("%s", async (name) => {
	const { facts, stacks } = readSystem(name);
	const map = mapSystem(stacks);
	const { nodes } = graphOf(map);
	const drawn = nodes.map(({ lines }) => lines.join(" "));
	for (const rule of [...map.rules, ...map.schedules])
		expect(drawn.some((text) => text.startsWith(rule.name))).toBe(true);
	if (facts.expect.refused !== undefined) return;
	const local = await startLocal(stacks, { redeliveryDelayMs: 1 });
	try {
		expect([...map.assumptions].sort()).toEqual([...local.assumptions].sort());
		for (const { message, as } of facts.send ?? []) {
			const { hops } = await local.send(message, as);
			// Later events of the trace are others, which functions send.
			const first = hops.find(({ resource }) => resource.startsWith("bus "));
			for (const hop of hops.filter(
				({ resource, parent }) =>
					resource.startsWith("rule ") && parent === first?.hop,
			)) {
				const rule = map.rules.find(
					(each) =>
						`rule ${each.name}` === hop.resource &&
						each.account === hop.account,
				);
				// What the runner says of a rule is what `pattern test` says, by the same pattern.
				expect(rule, hop.resource).toBeDefined();
				if (!rule || message.Source === undefined) continue;
				const { Detail } = message;
				const mismatches = compileMismatches(rule.pattern)({
					version: "0",
					source: message.Source,
					"detail-type": message.DetailType,
					account: /\d{12}/.exec(as ?? "")?.[0],
					resources: message.Resources ?? [],
					detail: typeof Detail === "string" ? JSON.parse(Detail) : Detail,
				}).filter(({ field }) => !/^(account|id|time|region)$/.test(field));
				expect(mismatches.length === 0 && rule.isEnabled, hop.what).toBe(
					hop.outcome === "ok",
				);
			}
			// What is not simulated is called the same in a trace and in the drawing.
			for (const { what } of hops.filter(
				({ outcome }) => outcome === "not simulated",
			)) {
				const id = /^(\w+) \(AWS::/.exec(what)?.[1];
				if (id !== undefined && !what.includes("AWS::Lambda"))
					expect(drawn.some((text) => text.startsWith(id))).toBe(true);
			}
		}
	} finally {
		await local.stop();
	}
});
