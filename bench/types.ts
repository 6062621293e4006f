import { writeFileSync } from "node:fs";
import path from "node:path";
import { generate } from "../generator/generate.ts";
import { table, times } from "./measure.ts";
import { cpuMsOf, inFolder } from "./process.ts";
import { realisticSources, writeSources } from "./realistic.ts";

/** What does tsc take for generated code and a consumer of all its event types, against a program that only imports the runtime? */
export async function types(): Promise<string> {
	const rows: { count: number; cpuMs: number }[] = [];
	for (const count of [1, 100, 1_000])
		await inFolder((folder) => {
			const { files } = generate(realisticSources(count));
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
			const cpuMs = cpuMsOf("tsc", "--noEmit", "--project", folder);
			rows.push({ count, cpuMs });
		});
	const [one = { cpuMs: 1 }] = rows;
	return table(
		"tsc over generated code and a consumer of it: times one event type",
		["event types", "CPU", "ratio"],
		rows.map(({ count, cpuMs }) => [
			count.toLocaleString("en"),
			`${(cpuMs / 1000).toFixed(2)} s`,
			times(cpuMs / one.cpuMs),
		]),
	);
}

function consumerOf(files: ReadonlyMap<string, string>): string {
	const events = [...files].flatMap(([file, text]) => {
		const name = /export const (\w+) = eventParser/.exec(text)?.[1];
		return name ? [{ name, module: file.replace(/^parsers\//, "") }] : [];
	});
	return `import type { SubscribedEvents } from "eventwright/event-type";
import { sqsConsumer } from "eventwright/lambda";
${events
	.map(
		({
			name,
			module,
		}) => `import { ${name} } from "./generated/parsers/${module}";
import { ${name} as ${name}Type } from "./generated/patterns/${path.dirname(module)}.ts";`,
	)
	.join("\n")}
const subscribes = [${events.map(({ name }) => `${name}Type`).join(", ")}] as const;
export const handler = sqsConsumer<SubscribedEvents<typeof subscribes>>(
	{ ${events.map(({ name }) => name).join(", ")} },
	{
${events.map(({ name }) => `\t\t${name}: ({ detail, id }) => console.log(id, Object.keys(detail)),`).join("\n")}
	},
);
`;
}
