import { command } from "../command.ts";
import { defaultFormats } from "../registry-formats.ts";

export const codegen = command({
	name: "codegen",
	summary:
		"generate event types, publishers, contracts, rule patterns, registry entries and API models",
	options: {
		schemas: {
			type: "string",
			value: "DIR",
			default: "schemas",
			about: "folder of the schemas",
		},
		out: {
			type: "string",
			value: "DIR",
			default: "generated",
			about: "output folder",
		},
		"registry-format": {
			type: "string",
			value: "FORMAT",
			default: defaultFormats,
			choices: ["OpenApi3", "JSONSchemaDraft4", "both"],
			about: "format of the registry entries",
		},
		check: {
			type: "boolean",
			about:
				"write nothing; if the generated code is not up to date, list\nthe files and exit with 1",
		},
		watch: {
			type: "boolean",
			about: "regenerate whenever a schema changes, until Ctrl-C",
		},
	},
	conflicts: [["check", "watch"]],
	exits: { 0: "success", 1: "errors, or code that is not up to date" },
	untilInterrupted: ({ watch }) => watch,
	run: async (
		{ schemas, out, "registry-format": formats, check, watch },
		{ terminal, signal },
	) => {
		const { checkCode, generateCode } = await import("../codegen-report.ts");
		if (check) return checkCode(schemas, out, formats, terminal);
		if (!watch) return generateCode(schemas, out, formats, terminal, signal);
		const { watchFolders } = await import("../watch.ts");
		await watchFolders(
			[schemas],
			signal,
			async () => {
				await generateCode(schemas, out, formats, terminal, signal).catch(
					(error: Error) => terminal.warn(`eventwright: ${error.message}`),
				);
			},
			() => terminal.print(`Watching ${schemas}; press Ctrl-C to stop.`),
		);
		return 0;
	},
});
