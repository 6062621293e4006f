import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
	DescribeSchemaCommand,
	ListSchemasCommand,
	SchemasClient,
} from "@aws-sdk/client-schemas";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import { referenceStacks } from "../reference-system.ts";

let local: LocalSystem;
let folder: string;
beforeEach(async () => {
	local = await startLocal(referenceStacks());
	folder = await mkdtemp(path.join(os.tmpdir(), "eventwright-"));
	await cp("test/fixtures/schemas", path.join(folder, "schemas"), {
		recursive: true,
	});
	await eventwright("codegen");
});
afterEach(async () => {
	await local.stop();
	await rm(folder, { recursive: true, force: true });
});

async function eventwright(
	...args: readonly string[]
): Promise<{ code: number | null; out: string; err: string }> {
	const { AWS_ACCESS_KEY_ID: _, AWS_PROFILE: __, ...env } = process.env;
	const child = spawn(
		process.execPath,
		[path.resolve("cli/eventwright.js"), ...args],
		{ cwd: folder, env },
	);
	let out = "";
	let err = "";
	child.stdout.on("data", (chunk: Buffer) => {
		out += chunk;
	});
	child.stderr.on("data", (chunk: Buffer) => {
		err += chunk;
	});
	const code = await new Promise<number | null>((resolve) => {
		child.on("close", resolve);
	});
	return { code, out, err };
}

const publishTo = (registry: string, ...args: readonly string[]) =>
	eventwright(
		...["registry", "publish", "--endpoint", local.endpoint],
		...["--registry", registry, ...args],
	);
const publish = (...args: readonly string[]) => publishTo("media", ...args);

/** The action per schema, parsed from the table. */
const actions = (out: string) =>
	Object.fromEntries(
		out
			.trim()
			.split("\n")
			.slice(2)
			.map((line) =>
				line
					.trim()
					.split(/\s{2,}/)
					.slice(0, 2),
			),
	);

const client = (account: string) =>
	new SchemasClient({
		endpoint: local.endpoint,
		region: "eu-west-1",
		credentials: { accessKeyId: account, secretAccessKey: "local" },
	});

async function versions(): Promise<Record<string, number | undefined>> {
	const { Schemas = [] } = await client("222222222222").send(
		new ListSchemasCommand({ RegistryName: "media" }),
	);
	return Object.fromEntries(
		Schemas.map(({ SchemaName, VersionCount }) => [SchemaName, VersionCount]),
	);
}

const viewed = "api.gateway.content.get@Content-View-Event";
const published = "api.gateway.content.post@Content-Published-Event";

test("publishes one entry per event type, then nothing, then one version for an edit and one for its reversal", async () => {
	expect(await publish("--dry-run")).toMatchObject({
		code: 0,
		out: expect.stringContaining("dry run"),
	});
	expect(await versions()).toEqual({});

	expect(actions((await publish()).out)).toEqual({
		[viewed]: "created",
		[published]: "created",
	});
	expect(await versions()).toEqual({ [viewed]: 1, [published]: 1 });

	expect(actions((await publish()).out)).toEqual({
		[viewed]: "unchanged",
		[published]: "unchanged",
	});
	expect(await versions()).toEqual({ [viewed]: 1, [published]: 1 });

	const file = path.join(folder, "schemas/content/content-viewed.json");
	const text = await readFile(file, "utf8");
	await writeFile(file, text.replace("Somebody opened", "Somebody has opened"));
	await eventwright("codegen");
	expect(actions((await publish("--dry-run")).out)).toEqual({
		[viewed]: "would update",
		[published]: "unchanged",
	});
	expect(await versions()).toEqual({ [viewed]: 1, [published]: 1 });
	expect(actions((await publish()).out)).toEqual({
		[viewed]: "updated",
		[published]: "unchanged",
	});
	expect(await versions()).toEqual({ [viewed]: 2, [published]: 1 });

	await writeFile(file, text);
	await eventwright("codegen");
	expect(actions((await publish()).out)).toEqual({
		[viewed]: "updated",
		[published]: "unchanged",
	});
	expect(await versions()).toEqual({ [viewed]: 3, [published]: 1 });
});

test("publishes the generated content", async () => {
	await publish();
	const { Content, Type, Description } = await client("222222222222").send(
		new DescribeSchemaCommand({
			RegistryName: "media",
			SchemaName: viewed,
		}),
	);
	expect({ Type, Description }).toEqual({
		Type: "OpenApi3",
		Description: "Somebody opened a piece of content.",
	});
	const generated = await readFile(
		path.join(folder, "generated/registry/OpenApi3", `${viewed}.json`),
		"utf8",
	);
	expect(JSON.parse(Content ?? "")).toEqual(JSON.parse(generated));
});

test("creates a missing registry; publishes the other format on request", async () => {
	expect(await publish("--type", "JSONSchemaDraft4")).toMatchObject({
		code: 2,
		err: expect.stringContaining(
			"Run: npm run codegen -- --registry-format both",
		),
	});
	await eventwright("codegen", "--registry-format", "both");
	const { out } = await publishTo("another", "--type", "JSONSchemaDraft4");
	expect(out).toContain("registry another created");
	expect(actions(out)).toEqual({ [viewed]: "created", [published]: "created" });
});

test("an unreachable endpoint is reported in one line", async () => {
	await local.stop();
	const { code, err } = await publish();
	expect(code).toBe(2);
	expect(err).toMatch(/^eventwright: .*ECONNREFUSED/);
	expect(err).not.toContain("    at ");
});
