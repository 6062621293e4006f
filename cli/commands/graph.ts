import type { Column, Graph } from "../../cloud/template/graph.ts";
import { command, UsageError } from "../command.ts";
import { readSystem, templateOptions } from "../template-options.ts";
import { cleanLine } from "../terminal.ts";

export const graph = command({
	name: "graph",
	summary: "draw producers, event types, rules and consumers",
	options: {
		format: {
			type: "string",
			value: "FORMAT",
			choices: ["mermaid", "svg"],
			about: "output format, by default derived from the file's extension",
		},
		out: {
			type: "string",
			value: "FILE",
			about: "write to this file instead of standard output",
		},
		consumer: {
			type: "string",
			value: "NAME",
			about: "draw what reaches consumers whose name has this text",
		},
		source: {
			type: "string",
			value: "SOURCE",
			about: "draw event types whose source has this text",
		},
		"event-type": {
			type: "string",
			value: "DETAIL-TYPE",
			about: "draw event types whose detail-type has this text",
		},
		...templateOptions,
	},
	conflicts: [["assembly", "template"]],
	about:
		"Also reports problems, such as an event type without a consumer or a rule that receives no events.",
	exits: { 0: "no problems", 1: "problems" },
	run: async (
		{ format, out, consumer, source, "event-type": eventType, ...from },
		{ terminal },
	) => {
		const [{ graphOf, selected }, { mermaid, svg }, { writeFileSync }] =
			await Promise.all([
				import("../../cloud/template/graph.ts"),
				import("../../cloud/template/drawing.ts"),
				import("node:fs"),
			]);
		const whole = graphOf(await readSystem(from, terminal));
		if (whole.nodes.length === 0)
			throw new Error(
				"the templates have no rules, producers, subscriptions or event source mappings",
			);
		const drawn = selected(whole, { consumer, source, eventType });
		if (drawn.nodes.length === 0)
			throw new UsageError(
				`nothing is selected; there are the consumers ${namesIn(whole, "consumer")} and the event types ${namesIn(whole, "eventType")}`,
			);
		const extension = /\.[^./\\]*$/.exec(out ?? "")?.[0] ?? "";
		if (
			format === undefined &&
			![...mermaidFiles, ".svg", ""].includes(extension)
		)
			throw new UsageError(
				`--out must end in .svg or ${mermaidFiles.join(", ")}, got ${out}; or set --format`,
			);
		const isSvg =
			(format ?? (extension === ".svg" ? "svg" : "mermaid")) === "svg";
		const text = isSvg ? svg(drawn) : mermaid(drawn);
		if (out === undefined) terminal.write(text);
		else {
			writeFileSync(out, text);
			terminal.warn(`Wrote ${out}.`);
		}
		const problems = drawn.nodes.filter(({ problem }) => problem !== undefined);
		for (const { lines, column, problem } of problems)
			terminal.warn(
				`${column === "rule" ? "rule" : "event type"} ${cleanLine(lines[0] ?? "")}: ${problem}`,
			);
		return problems.length > 0 ? 1 : 0;
	},
});

function namesIn(graph: Graph, column: Column): string {
	const names = graph.nodes
		.filter((node) => node.column === column)
		.map(({ lines }) => cleanLine(lines[0] ?? ""));
	return names.length > 0 ? names.slice(0, 20).join(", ") : "(none)";
}

const mermaidFiles = [".mmd", ".mermaid", ".md", ".txt"];
