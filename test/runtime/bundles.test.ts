import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import type { SystemDefinition } from "../../cdk/system/definition.ts";
import { system } from "../../infra/system.ts";
import { referenceStacks } from "../reference-system.ts";

const { producers, consumers }: SystemDefinition = system;
const handlers = [producers, consumers].flatMap((all) =>
	Object.values(all).map(({ entry }) => entry),
);

test.each(handlers)(
	"%s depends only on the runtime, generated code and the SDK",
	async (entry) => {
		const { metafile } = await build({
			entryPoints: [entry],
			bundle: true,
			write: false,
			metafile: true,
			platform: "node",
			format: "esm",
			external: ["@aws-sdk/*"],
		});
		const outside = Object.keys(metafile.inputs).filter(
			(file) =>
				!/^(handlers|runtime|generated\/(events|publishers))\//.test(file),
		);
		expect(outside).toEqual([]);
		const external = Object.values(metafile.outputs).flatMap(({ imports }) =>
			imports.map((imported) => imported.path),
		);
		expect(
			[...new Set(external)].every(
				(name) =>
					["@aws-sdk/client-eventbridge", "@aws-sdk/client-sqs"].includes(
						name,
					) || name === "node:async_hooks",
			),
		).toBe(true);
	},
);

test("a consumer and a producer bundle no pattern code, and a consumer no SDK", async () => {
	const bundled = async (contents: string) => {
		const { outputFiles, metafile } = await build({
			stdin: { contents, resolveDir: ".", loader: "ts" },
			bundle: true,
			minify: true,
			write: false,
			metafile: true,
			platform: "node",
			format: "esm",
			external: ["@aws-sdk/*"],
		});
		const [{ inputs = {} } = {}] = Object.values(metafile.outputs);
		const files = Object.entries(inputs)
			.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
			.map(([file]) => file);
		return { files, text: outputFiles[0]?.text ?? "" };
	};
	const viewed = `import { ContentViewed } from "./generated/events/content/content-viewed.js";`;
	const consumer = await bundled(`${viewed}
import { sqsConsumer } from "eventwright/lambda";
export const handler = sqsConsumer({ ContentViewed }, { ContentViewed: console.log });`);
	const producer = await bundled(`${viewed}
import { publish } from "eventwright/aws";
export const handler = () => publish(ContentViewed, {});`);
	for (const { files } of [consumer, producer]) {
		expect(files.some((file) => file.startsWith("pattern/"))).toBe(false);
		expect(files.some((file) => file.includes("content-published"))).toBe(
			false,
		);
	}
	// Loaded with the first record that goes to the dead-letter queue.
	expect(consumer.text).not.toMatch(/\bfrom\s*"@aws-sdk/);
	expect(consumer.text.length).toBeLessThan(15_000);
});

test("the deployed bundle of a consumer of two event types is under 60 kB and needs no packages", () => {
	const bundles = referenceStacks()
		.filter(({ name }) => name.startsWith("media-consumer-"))
		.flatMap(({ assets, template }) =>
			Object.values(template.Resources)
				.filter(({ Type }) => Type === "AWS::Lambda::Function")
				.map(({ Properties }) => {
					const { S3Key } = (Properties?.Code ?? {}) as { S3Key?: string };
					return assets.get(S3Key ?? "") ?? "";
				}),
		);
	expect(bundles).toHaveLength(Object.keys(consumers).length);
	for (const folder of bundles) {
		const [file, ...others] = readdirSync(folder);
		expect(others).toEqual([]);
		const bundle = path.join(folder, file ?? "");
		expect(statSync(bundle).size).toBeLessThan(60_000);
		const code = readFileSync(bundle, "utf8");
		const loaded = code.matchAll(
			/\b(?:from|import|require)\s*\(?["']([^"']+)/g,
		);
		expect([...loaded].map(([, name]) => name).sort()).toEqual([
			"@aws-sdk/client-sqs",
			"node:async_hooks",
		]);
	}
});
