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
		...templateOptions,
	},
	conflicts: [["assembly", "template"]],
	about:
		"Also reports problems, such as an event type without a consumer or a rule that receives no events.",
	exits: { 0: "no problems", 1: "problems" },
	run: async ({ format, out, ...source }, { terminal }) => {
		const [{ graphOf }, { mermaid, svg }, { writeFileSync }] =
			await Promise.all([
				import("../../cloud/template/graph.ts"),
				import("../../cloud/template/drawing.ts"),
				import("node:fs"),
			]);
		const drawn = graphOf(await readSystem(source));
		if (drawn.nodes.length === 0)
			throw new Error("the templates have no rules and no producers");
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

const mermaidFiles = [".mmd", ".mermaid", ".md", ".txt"];
