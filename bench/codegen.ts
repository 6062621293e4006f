import { globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneModule from "ajv/dist/standalone/index.js";
import addFormatsModule from "ajv-formats";
import { compile } from "json-schema-to-typescript";
import type { Source } from "../generator/schema/parse.ts";
import { table, times } from "./measure.ts";
import { costOf, newFolder } from "./process.ts";
import { realisticSources, writeSources } from "./realistic.ts";

const script = "cli/eventwright.js";
const counts = [10, 100, 1_000, 2_000, 5_000];
/** The alternatives work file by file, so their cost per event type does not depend on the count. Thousands take minutes. */
const alternativeCount = 100;

/** Measures how code generation scales, and the cost of one changed schema. */
export async function codegen(): Promise<string> {
	const theirs = await alternatives(alternativeCount);
	const grown: string[][] = [];
	const changed: string[][] = [];
	for (const count of counts) {
		const folder = newFolder();
		writeSources(path.join(folder, "schemas"), realisticSources(count));
		const { cpuMs, memoryMb } = costOf(folder, script, "codegen");
		const all = bytesBelow(path.join(folder, "generated"));
		const modules = bytesBelow(path.join(folder, "generated/events"), ".js");
		grown.push([
			count.toLocaleString("en"),
			`${(cpuMs / 1000).toFixed(2)} s`,
			times(cpuMs / (theirs.cpuMsEach * count)),
			`${Math.round(memoryMb)} MB`,
			`${(all / count / 1000).toFixed(1)} kB`,
			`${(modules / count / 1000).toFixed(1)} kB`,
			times(modules / count / theirs.validatorBytesEach),
		]);
		const file = path.join(folder, "schemas/domain-3/event-3.json");
		const text = readFileSync(file, "utf8");
		writeFileSync(
			file,
			text.replace('"description": "', '"description": "Also: '),
		);
		const again = costOf(folder, script, "codegen");
		changed.push([
			count.toLocaleString("en"),
			`${(again.cpuMs / 1000).toFixed(2)} s`,
			times(again.cpuMs / cpuMs),
		]);
	}
	return [
		table(
			"Generating everything, from start to exit; ratios are to json-schema-to-typescript and Ajv's standalone code, file by file",
			[
				"event types",
				"CPU",
				"ratio",
				"memory",
				"output per type",
				"modules per type",
				"ratio",
			],
			grown,
		),
		table(
			"One schema changed; the ratio is to generating everything",
			["event types", "CPU", "ratio"],
			changed,
		),
	].join("\n\n");
}

/** The cost of types and validators alone with other tools, per event type. */
async function alternatives(
	count: number,
): Promise<{ cpuMsEach: number; validatorBytesEach: number }> {
	const sources = realisticSources(count);
	const folder = newFolder();
	writeSources(folder, sources);
	const events = sources.filter(({ file }) => file.startsWith("domain-"));
	let validatorBytes = 0;
	const start = process.cpuUsage();
	for (const { file, text } of events) {
		await compile(JSON.parse(text), path.basename(file, ".json"), {
			cwd: path.join(folder, path.dirname(file)),
		});
		validatorBytes += standalone(sources, file).length;
	}
	const { user, system } = process.cpuUsage(start);
	return {
		cpuMsEach: (user + system) / 1000 / count,
		validatorBytesEach: validatorBytes / count,
	};
}

function standalone(sources: readonly Source[], event: string): string {
	const ajv = new Ajv2020({ strict: false, code: { source: true, esm: true } });
	addFormatsModule.default(ajv);
	const id = (file: string) => `https://bench.example/${file}`;
	for (const { file, text } of sources)
		if (file === event || file.startsWith("common/"))
			ajv.addSchema({ ...JSON.parse(text), $id: id(file) });
	const validate = ajv.getSchema(id(event));
	if (!validate) throw new Error(`Ajv has no schema ${event}`);
	return standaloneModule.default(ajv, validate);
}

function bytesBelow(folder: string, extension = ""): number {
	return globSync(`${folder}/**/*.*`)
		.filter((file) => file.endsWith(extension))
		.map((file) => statSync(file))
		.reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
}
