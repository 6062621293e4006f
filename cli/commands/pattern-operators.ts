import { command } from "../command.ts";

export const patternOperators = command({
	name: "pattern operators",
	summary: "list the operators of event patterns with examples",
	options: {},
	exits: { 0: "success" },
	run: async (_, { terminal }) => {
		const { operators } = await import("../../pattern/engine/operators.ts");
		for (const [name, { on, meaning, example, lacking }] of Object.entries(
			operators,
		)) {
			const languages = [
				"EventBridge",
				...(lacking("sns", example as never) ? [] : ["SNS"]),
				...(lacking("lambda", example as never) ? [] : ["Lambda"]),
			];
			terminal.print(`${terminal.style("bold", name)}
  accepts a value ${meaning}
  example   { ${JSON.stringify(name)}: ${JSON.stringify(example)} }
  filters   ${languages.join(", ")}; typed: ${on.join(", ") || "not supported"}
`);
		}
		return 0;
	},
});
