import { build } from "esbuild";
import { table, times } from "./measure.ts";

/** How large is a consumer's bundle, against the same one made with Ajv itself? */
export async function bundle(): Promise<string> {
	const size = async (contents: string) => {
		const { outputFiles } = await build({
			stdin: { contents, resolveDir: ".", loader: "js" },
			bundle: true,
			minify: true,
			write: false,
			platform: "node",
			format: "esm",
			target: "node24",
		});
		return outputFiles[0]?.contents.length ?? 0;
	};
	const consumerOf = (names: readonly (readonly [string, string])[]) =>
		`import { sqsConsumer } from "eventwright/lambda";
${names.map(([name, module]) => `import { ${name} } from "./generated/parsers/${module}.ts";`).join("\n")}
export const handler = sqsConsumer({ ${names.map(([name]) => name).join(", ")} }, { ${names.map(([name]) => `${name}: console.log`).join(", ")} });`;
	const one = await size(
		consumerOf([["ContentViewed", "content/content-viewed"]]),
	);
	const two = await size(
		consumerOf([
			["ContentViewed", "content/content-viewed"],
			["ContentPublished", "content/content-published"],
		]),
	);
	const ajv = await size(
		`import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import viewer from "./schemas/common/viewer.json";
import viewed from "./schemas/content/content-viewed.json";
const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
ajv.addSchema({ ...viewer, $id: "https://bench.example/common/viewer.json" });
const validate = ajv.compile({ ...viewed, $id: "https://bench.example/content/content-viewed.json" });
export const handler = (event) => event.Records.filter(({ body }) => !validate(JSON.parse(body).detail));`,
	);
	const row = (name: string, bytes: number) => [
		name,
		`${(bytes / 1000).toFixed(1)} kB`,
		times(bytes / ajv),
	];
	return table(
		"A consumer's bundle, minified: times one with Ajv for one event type",
		["consumer", "size", "ratio"],
		[
			row("one event type", one),
			row("two event types", two),
			row("one event type, with Ajv", ajv),
		],
	);
}
