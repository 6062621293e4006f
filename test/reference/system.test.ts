// The whole system on this machine, from its synthesized templates, policies included.
import {
	type Hop,
	type LocalSystem,
	readAssembly,
	startLocal,
	synthesize,
} from "eventwright/local";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let local: LocalSystem;
let seen = 0;

beforeAll(async () => {
	await synthesize(".", "cdk.out/system");
	local = await startLocal(readAssembly("cdk.out/system"));
});
beforeEach(() => {
	seen = local.tracer.traces.length;
});
afterAll(() => local?.stop());

/** The hops of this test's requests, when every event has arrived. */
async function hops(): Promise<readonly Hop[]> {
	await local.tracer.settled();
	return local.tracer.traces
		.slice(seen)
		.flatMap((trace) => local.tracer.hopsOf(trace));
}

const handlers = (all: readonly Hop[]) =>
	all
		.filter(({ what }) => what === "handled")
		.map(({ resource }) => resource)
		.sort();

const url = () => local.apis[0]?.url ?? "";

test("a long view reaches both consumers", async () => {
	const response = await fetch(
		`${url()}/content/c-1?channel=web&durationMs=42000`,
	);
	expect(response.status).toBe(200);
	expect(handlers(await hops())).toEqual(
		expect.arrayContaining([
			"function media-analytics",
			"function media-recommendations",
		]),
	);
});

test("a short view reaches only the consumer without a filter", async () => {
	await fetch(`${url()}/content/c-1?channel=web&durationMs=20`);
	const handled = handlers(await hops());
	expect(handled).toContain("function media-analytics");
	expect(handled).not.toContain("function media-recommendations");
});

test("a body that is not valid publishes nothing", async () => {
	const response = await fetch(`${url()}/content`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ contentId: "c-9" }),
	});
	expect(response.status).toBe(400);
	expect(
		(await hops()).some(({ resource }) => resource.startsWith("bus ")),
	).toBe(false);
});

test("no hop is denied", async () => {
	await fetch(`${url()}/content/c-1`);
	expect((await hops()).filter(({ outcome }) => outcome === "denied")).toEqual(
		[],
	);
});
