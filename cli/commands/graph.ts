import { command } from "../command.ts";
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
			about: "the format; svg for a file of that name, mermaid otherwise",
		},
		out: {
			type: "string",
			value: "FILE",
			about: "write it there instead of printing it",
		},
		...templateOptions,
	},
	conflicts: [["assembly", "template"]],
	about:
		"Names what stands out, too: an event type that nobody consumes, a rule that nothing feeds.",
	exits: { 0: "fine", 1: "something stands out" },
	run: async ({ format, out, ...source }, { terminal }) => {
		const [{ graphOf }, { mermaid, svg }, { writeFileSync }] =
			await Promise.all([
				import("../../cloud/template/graph.ts"),
				import("../../cloud/template/drawing.ts"),
				import("node:fs"),
			]);
		const drawn = graphOf(await readSystem(source));
		if (drawn.nodes.length === 0)
			throw new Error("the templates have no rule and no producer");
		const isSvg =
			(format ?? (out?.endsWith(".svg") ? "svg" : "mermaid")) === "svg";
		const text = isSvg ? svg(drawn) : mermaid(drawn);
		if (out === undefined) terminal.write(text);
		else {
			writeFileSync(out, text);
			terminal.warn(`${out} written.`);
		}
		const problems = drawn.nodes.filter(({ problem }) => problem !== undefined);
		for (const { lines, column, problem } of problems)
			terminal.warn(
				`${column === "rule" ? "rule" : "event type"} ${cleanLine(lines[0] ?? "")}: ${problem}`,
			);
		return problems.length > 0 ? 1 : 0;
	},
});
