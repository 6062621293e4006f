import { command } from "../command.ts";
import { configOption, outOption, schemasOption } from "../project-options.ts";
import { defaultFormats } from "../registry-formats.ts";

export const codegen = command({
	name: "codegen",
	summary:
		"generate event types, publishers, contracts, rule patterns, registry entries and API models",
	options: {
		...schemasOption,
		...outOption,
		"registry-format": {
			type: "string",
			value: "FORMAT",
			choices: ["OpenApi3", "JSONSchemaDraft4", "both"],
			about: `format of the registry entries; by default the configuration's,\nor ${defaultFormats}`,
		},
		...configOption,
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
	run: async ({ check, watch, ...options }, { terminal, signal }) => {
		const [{ checkCode, generateCode }, { readSettings }] = await Promise.all([
			import("../codegen-report.ts"),
			import("../settings.ts"),
		]);
		const settings = await readSettings(options);
		if (check) return checkCode(settings, given(options), terminal);
		if (!watch) return generateCode(settings, terminal, signal);
		const { watchFolders } = await import("../watch.ts");
		const { schemas, configFile } = settings;
		await watchFolders(
			[...schemas, ...(configFile === undefined ? [] : [configFile])],
			signal,
			() =>
				readSettings(options)
					.then((latest) => {
						const added = latest.schemas.filter(
							(folder) => !schemas.includes(folder),
						);
						if (added.length > 0)
							terminal.warn(
								`${added.join(", ")} is not watched: start codegen --watch again.`,
							);
						return generateCode(latest, terminal, signal);
					})
					.then(
						() => {},
						({ message }: Error) => terminal.warn(`eventwright: ${message}`),
					),
			() =>
				terminal.print(`Watching ${schemas.join(", ")}; press Ctrl-C to stop.`),
		);
		return 0;
	},
});

/** Options as they were given, so that a message can repeat them. */
const given = (options: Readonly<Record<string, string | undefined>>) =>
	Object.entries(options).flatMap(([name, value]) =>
		value === undefined ? [] : [`--${name}`, value],
	);
