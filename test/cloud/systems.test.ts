// Other people's systems: what AWS does with each, by its documentation, and what the local system does.
import { afterEach, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { SendResult } from "../../cloud/local/send.ts";
import { readSystem, systemNames } from "./system-cases.ts";

let local: LocalSystem | undefined;
afterEach(async () => {
	await local?.stop();
	local = undefined;
});

const asJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
};

test.each(systemNames)("%s", async (name) => {
	const { facts, stacks } = readSystem(name);
	const { why } = facts;
	if (facts.expect.refused !== undefined) {
		await expect(
			startLocal(stacks, { redeliveryDelayMs: 5 }).then((started) => {
				local = started;
			}),
			why,
		).rejects.toThrow(facts.expect.refused);
		return;
	}
	local = await startLocal(stacks, { redeliveryDelayMs: 5 });
	const results: SendResult[] = [];
	for (const { message, as, refused } of facts.send ?? []) {
		const result = await local.send(message, as);
		results.push(result);
		expect(result.refused?.code, why).toBe(refused);
	}
	const hops = results.flatMap((result) => result.hops);
	const told = JSON.stringify(hops, undefined, 1);
	const isThere = (wanted: Readonly<Record<string, string>>) =>
		hops.some((hop) =>
			Object.entries(wanted).every(([key, text]) =>
				key === "outcome"
					? hop.outcome === text
					: `${hop.resource} ${hop.what}`.includes(text),
			),
		);
	for (const wanted of facts.expect.hops ?? [])
		expect(isThere(wanted), `${why}\n${JSON.stringify(wanted)}\n${told}`).toBe(
			true,
		);
	for (const unwanted of facts.expect.noHops ?? [])
		expect(
			isThere(unwanted),
			`${why}\n${JSON.stringify(unwanted)}\n${told}`,
		).toBe(false);
	const held = await local.queues();
	const counts = Object.fromEntries(
		Object.keys(facts.expect.queues ?? {}).map((queue) => [
			queue,
			held.find((each) => each.name === queue)?.bodies.length,
		]),
	);
	expect(counts, `${why}\n${told}`).toEqual(facts.expect.queues ?? {});
	for (const [queue, bodies] of Object.entries(facts.expect.bodies ?? {}))
		expect(
			held.find((each) => each.name === queue)?.bodies.map(asJson),
			`${why}\n${told}`,
		).toEqual(bodies.map(asJson));
	for (const id of facts.expect.notSimulated ?? [])
		expect(local.notSimulated.join("\n"), why).toContain(id);
	for (const value of facts.expect.assumptions ?? [])
		expect(local.assumptions.join("\n"), why).toContain(value);
});
