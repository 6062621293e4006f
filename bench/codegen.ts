import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneModule from "ajv/dist/standalone/index.js";
import addFormatsModule from "ajv-formats";
import { generate } from "../generator/generate.ts";
import type { Source } from "../generator/parse.ts";
import { table, times } from "./measure.ts";

/** How does code generation grow, against Ajv's standalone code for each event type on its own? */
export async function codegen(): Promise<string> {
	const rows = [10, 50, 200].map((count) => {
		const sources = sourcesOf(count);
		const ours = cpuMs(() => generate(sources));
		const ajv = cpuMs(() => sources.map(({ text }) => standalone(text)));
		const { files, diagnostics } = generate(sources);
		if (files.size === 0)
			throw new Error(`nothing was generated: ${diagnostics[0]?.message}`);
		const bytes = [...files.values()].reduce(
			(sum, text) => sum + text.length,
			0,
		);
		return [
			String(count),
			`${Math.round(ours)} ms`,
			times(ours / ajv),
			`${(bytes / count / 1000).toFixed(1)} kB`,
		];
	});
	return table(
		"Generating everything: CPU, and times Ajv's standalone validators alone",
		["event types", "CPU", "ratio", "output each"],
		rows,
	);
}

function cpuMs(run: () => unknown): number {
	const start = process.cpuUsage();
	run();
	const { user, system } = process.cpuUsage(start);
	return (user + system) / 1000;
}

function standalone(text: string): string {
	const ajv = new Ajv2020({ strict: false, code: { source: true, esm: true } });
	addFormatsModule.default(ajv);
	return standaloneModule.default(ajv, ajv.compile(JSON.parse(text)));
}

function sourcesOf(count: number): readonly Source[] {
	return Array.from({ length: count }, (_, i) => ({
		file: `domain-${i % 10}/event-${i}.json`,
		text: JSON.stringify({
			title: `Event${i}`,
			"x-amazon-events-source": `source.${i % 10}`,
			"x-amazon-events-detail-type": `Event-${i}`,
			type: "object",
			properties: {
				id: { type: "string", format: "uuid" },
				at: { type: "string", format: "date-time" },
				kind: { enum: ["created", "changed", "removed"] },
				amount: { type: "number", minimum: 0 },
				tags: {
					type: "array",
					items: { type: "string", maxLength: 40 },
					uniqueItems: true,
				},
				address: {
					type: "object",
					properties: {
						street: { type: "string" },
						city: { type: "string", minLength: 1 },
						country: { type: "string", pattern: "^[A-Z]{2}$" },
					},
					required: ["city"],
					additionalProperties: false,
				},
				lines: {
					type: "array",
					items: {
						type: "object",
						properties: {
							sku: { type: "string" },
							quantity: { type: "integer", minimum: 1 },
						},
						required: ["sku", "quantity"],
					},
				},
			},
			required: ["id", "at", "kind"],
			additionalProperties: false,
		}),
	}));
}
