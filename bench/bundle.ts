import { writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { generate } from "../generator/codegen/generate.ts";
import { analyse } from "../generator/schema/analyse.ts";
import type { Source } from "../generator/schema/parse.ts";
import { table, times } from "./measure.ts";
import { costOf, newFolder } from "./process.ts";
import { realisticSources, writeSources } from "./realistic.ts";

/** Measures a consumer's bundle size and cold start, compared with one that uses Ajv. */
export async function bundle(): Promise<string> {
	const folder = newFolder();
	const sources = realisticSources(100);
	const { files } = generate(analyse(sources));
	writeSources(
		folder,
		[...files].map(([file, text]) => ({ file, text })),
	);
	writeSources(path.join(folder, "schemas"), sources);
	const events = sources
		.filter(({ file }) => file.startsWith("domain-"))
		.map(({ file, text }) => ({ file, name: JSON.parse(text).title }));
	const nothing = importCpuMs(folder, "");
	const bundled = async (contents: string) => {
		const { outputFiles } = await build({
			stdin: { contents, resolveDir: folder, loader: "js" },
			bundle: true,
			minify: true,
			write: false,
			platform: "node",
			format: "cjs",
			target: "node24",
			// Lambda has it.
			external: ["@aws-sdk/*"],
		});
		return outputFiles[0]?.text ?? "";
	};
	const measured = async (contents: string) => {
		const text = await bundled(contents);
		return {
			bytes: text.length,
			cpuMs: Math.max(importCpuMs(folder, text) - nothing, 0.1),
		};
	};
	const rows: string[][] = [];
	for (const count of [1, 10, 100]) {
		const ours = await measured(consumerOf(events.slice(0, count)));
		const ajv = await measured(ajvConsumerOf(sources, events.slice(0, count)));
		rows.push([
			String(count),
			`${(ours.bytes / 1000).toFixed(1)} kB`,
			times(ours.bytes / ajv.bytes),
			`${ours.cpuMs.toFixed(1)} ms`,
			times(ours.cpuMs / ajv.cpuMs),
		]);
	}
	const alone: number[] = [];
	for (const event of events)
		alone.push((await bundled(consumerOf([event]))).length);
	alone.sort((a, b) => a - b);
	const sizes = [0, 0.5, 0.9, 1].map(
		(part) =>
			`${((alone[Math.round(part * (alone.length - 1))] as number) / 1000).toFixed(1)} kB`,
	);
	const each = table(
		"Bundle size of a consumer of one event type, over 100 event types",
		["smallest", "median", "90th percentile", "largest"],
		[sizes],
	);
	const some = table(
		"A minified consumer; the ratio is to one that compiles the schemas with Ajv at startup",
		["event types", "size", "ratio", "CPU of import", "ratio"],
		rows,
	);
	return `${some}\n${each}`;
}

/** The lowest CPU time of several processes that load the code and exit. */
export function importCpuMs(folder: string, text: string): number {
	const file = path.join(folder, "start.cjs");
	writeFileSync(file, text);
	return Math.min(
		...Array.from({ length: 9 }, () => costOf(folder, file).cpuMs),
	);
}

interface Event {
	readonly file: string;
	readonly name: string;
}

const consumerOf = (events: readonly Event[]) =>
	`import { sqsConsumer } from "eventwright/lambda";
${events.map(({ name, file }) => `import { ${name} } from "./events/${file.replace(/json$/, "js")}";`).join("\n")}
export const handler = sqsConsumer({ ${events.map(({ name }) => name).join(", ")} }, { ${events.map(({ name }) => `${name}: console.log`).join(", ")} });`;

function ajvConsumerOf(
	sources: readonly Source[],
	events: readonly Event[],
): string {
	const definitions = sources.filter(({ file }) => file.startsWith("common/"));
	const id = (file: string) => `$id: "https://bench.example/${file}"`;
	return `import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
${definitions.map(({ file }, i) => `import d${i} from "./schemas/${file}";`).join("\n")}
${events.map(({ file }, i) => `import e${i} from "./schemas/${file}";`).join("\n")}
const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
${definitions.map(({ file }, i) => `ajv.addSchema({ ...d${i}, ${id(file)} });`).join("\n")}
const validators = [${events.map(({ file }, i) => `ajv.compile({ ...e${i}, ${id(file)} })`).join(", ")}];
export const handler = (event) => event.Records.filter(({ body }) => !validators.some((validate) => validate(JSON.parse(body).detail)));`;
}
