import { writeFileSync } from "node:fs";
import path from "node:path";
import { generate } from "../generator/codegen/generate.ts";
import { analyse } from "../generator/schema/analyse.ts";
import type { Source } from "../generator/schema/parse.ts";
import { table, times } from "./measure.ts";
import { cpuMsOf, newFolder } from "./process.ts";
import { realisticSources, writeSources } from "./realistic.ts";

/** Measures tsc on generated code and a consumer of all event types, with and without typed filters, compared with one event type. */
export async function types(): Promise<string> {
	const rows: { count: number; filters: string; cpuMs: number }[] = [];
	for (const [count, filters] of [
		[1, "none"],
		[100, "none"],
		[1_000, "none"],
		[1_000, "one each"],
	] as const) {
		const folder = newFolder();
		const sources = realisticSources(count);
		const { files } = generate(analyse(sources));
		writeSources(
			path.join(folder, "generated"),
			[...files].map(([file, text]) => ({ file, text })),
		);
		writeFileSync(
			path.join(folder, "tsconfig.json"),
			JSON.stringify({
				extends: "../../tsconfig.json",
				include: ["."],
				exclude: [],
			}),
		);
		writeFileSync(path.join(folder, "consumer.ts"), consumerOf(files));
		if (filters !== "none")
			writeFileSync(path.join(folder, "filters.ts"), filtersOf(sources));
		const cpuMs = cpuMsOf("tsc", "--noEmit", "--project", folder);
		rows.push({ count, filters, cpuMs });
	}
	const [one = { cpuMs: 1 }] = rows;
	return table(
		"tsc on generated code and a consumer of it; ratios are to one event type",
		["event types", "filters", "CPU", "ratio"],
		rows.map(({ count, filters, cpuMs }) => [
			count.toLocaleString("en"),
			filters,
			`${(cpuMs / 1000).toFixed(2)} s`,
			times(cpuMs / one.cpuMs),
		]),
	);
}

/** A module with a filter on the first string property of each event type. */
function filtersOf(sources: readonly Source[]): string {
	const events = sources.flatMap(({ file, text }) => {
		const { title, properties } = JSON.parse(text);
		const property = Object.keys(properties).find(
			(name) => properties[name].type === "string",
		);
		return file.startsWith("domain") && property
			? [{ title, property, module: file.replace(/\.json$/, "") }]
			: [];
	});
	return `import { where } from "eventwright/pattern";
${events.map(({ title, module }) => `import { ${title} } from "./generated/events/${module}.js";`).join("\n")}
export const filters = [
${events.map(({ title, property }) => `\twhere(${title}, { ${property}: ["a", { prefix: "b" }, { "anything-but": ["c"] }] }),`).join("\n")}
];
`;
}

function consumerOf(files: ReadonlyMap<string, string>): string {
	const events = [...files].flatMap(([file, text]) => {
		const name = /export const (\w+) = .*eventType/.exec(text)?.[1];
		return name ? [{ name, file }] : [];
	});
	return `import type { SubscribedEvents } from "eventwright";
import { sqsConsumer } from "eventwright/lambda";
${events.map(({ name, file }) => `import { ${name} } from "./generated/${file}";`).join("\n")}
const subscribes = [${events.map(({ name }) => name).join(", ")}] as const;
export const handler = sqsConsumer<SubscribedEvents<typeof subscribes>>(
	{ ${events.map(({ name }) => name).join(", ")} },
	{
${events.map(({ name }) => `\t\t${name}: ({ detail, id }) => console.log(id, Object.keys(detail)),`).join("\n")}
	},
);
`;
}
