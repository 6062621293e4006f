import { command } from "../command.ts";

export const codegen = command({
	name: "codegen",
	summary:
		"generate types, validators, publishers, parsers, patterns, registry entries and API models",
	options: {
		schemas: {
			type: "string",
			value: "DIR",
			default: "schemas",
			about: "where the schemas are",
		},
		out: {
			type: "string",
			value: "DIR",
			default: "generated",
			about: "where the generated code goes",
		},
		check: {
			type: "boolean",
			about:
				"write nothing; exit 1 and name the files if the generated code\nis not up to date",
		},
		watch: {
			type: "boolean",
			about: "generate again whenever a schema changes, until Ctrl-C",
		},
	},
	conflicts: [["check", "watch"]],
	exits: { 0: "fine", 1: "findings" },
	untilInterrupted: ({ watch }) => watch,
	run: async ({ schemas, out, check, watch }, { terminal, signal }) => {
		const { checkCode, generateCode } = await import("../codegen-report.ts");
		if (check) return checkCode(schemas, out, terminal);
		if (!watch) return generateCode(schemas, out, terminal, signal);
		const { watchFolders } = await import("../watch.ts");
		await watchFolders(
			[schemas],
			signal,
			async () => {
				await generateCode(schemas, out, terminal, signal).catch(
					(error: Error) => terminal.warn(`eventwright: ${error.message}`),
				);
			},
			() => terminal.print(`Watching ${schemas}; Ctrl-C ends it.`),
		);
		return 0;
	},
});
