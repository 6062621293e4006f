// Other people's systems: what AWS does with each, by its documentation, and what the local system does.
import {
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { SendResult } from "../../cloud/local/send.ts";
import { readTemplate } from "../../cloud/template/assembly.ts";
import type { StackTemplate } from "../../cloud/template/stack-template.ts";

/** The first document of a file; the others are the templates, in the order of `stacks`. */
interface SystemCase {
	/** What AWS does, and where that is documented. */
	readonly why: string;
	readonly stacks: readonly {
		readonly name: string;
		readonly account: string;
		readonly region: string;
	}[];
	readonly send?: readonly {
		readonly as?: string;
		readonly message: Readonly<Record<string, unknown>>;
		/** The code of AWS's error. */
		readonly refused?: string;
	}[];
	readonly expect: {
		/** Numbers of messages at the end, by the queue's name. */
		readonly queues?: Readonly<Record<string, number>>;
		readonly bodies?: Readonly<Record<string, readonly string[]>>;
		/** Texts that a hop contains. */
		readonly hops?: readonly Readonly<Record<string, string>>[];
		readonly noHops?: readonly Readonly<Record<string, string>>[];
		/** Logical ids that are named at start. */
		readonly notSimulated?: readonly string[];
		/** Values that are not known, and named at start. */
		readonly standIns?: readonly string[];
		/** A text of the refusal at start. */
		readonly refused?: string;
	};
}

const folder = "test/cloud/systems";
const names = readdirSync(folder).map((file) => file.replace(".yaml", ""));

let scratch: string;
let local: LocalSystem | undefined;
beforeAll(() => {
	scratch = mkdtempSync(path.join(tmpdir(), "systems-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(async () => {
	await local?.stop();
	local = undefined;
});

function read(name: string): {
	readonly facts: SystemCase;
	readonly stacks: readonly StackTemplate[];
} {
	const text = readFileSync(path.join(folder, `${name}.yaml`), "utf8");
	const [first = "", ...templates] = text
		.split(/^---$/m)
		.filter((part) => part.trim() !== "");
	const facts = parse(first) as SystemCase;
	const stacks = facts.stacks.map(({ name, account, region }, i) => {
		const file = path.join(scratch, `${name}.yaml`);
		writeFileSync(file, templates[i] ?? "");
		return readTemplate(file, account, region);
	});
	return { facts, stacks };
}

const asJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
};

test.each(names)("%s", async (name) => {
	const { facts, stacks } = read(name);
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
	for (const value of facts.expect.standIns ?? [])
		expect(local.standIns.join("\n"), why).toContain(value);
});
