import { command, UsageError } from "../command.ts";
import { againstOption, dateOption } from "../comparison-options.ts";
import { configOption, schemasOption } from "../project-options.ts";
import { cleanLine } from "../terminal.ts";

export const changelog = command({
	name: "changelog",
	summary: "say in words what has changed in the schemas",
	argument: {
		name: "GIT-DIFF-ARGUMENTS",
		about: "what git hands to a diff driver, instead of --against",
		multiple: true,
	},
	conflicts: [["GIT-DIFF-ARGUMENTS", "against"]],
	options: {
		...againstOption,
		...schemasOption,
		...configOption,
		format: {
			type: "string",
			value: "FORMAT",
			default: "text",
			choices: ["text", "json", "markdown"],
			about: "output format",
		},
		...dateOption,
	},
	about:
		"Lists all changes, those that break nobody too. What breaks is marked as such; breaking says more about it.",
	exits: { 0: "success", 1: "errors in the schemas" },
	run: async (
		{ against, format, date, ...options },
		{ arguments: driver, terminal },
	) => {
		if (against === undefined && driver.length === 0)
			throw new UsageError("--against is missing: --against origin/main");
		// https://git-scm.com/docs/gitattributes#_defining_an_external_diff_driver
		if (driver.length > 0 && driver.length < 7)
			throw new UsageError(
				"git hands seven arguments to a diff driver: path, old file, hash and mode, new file, hash and mode",
			);
		const [
			{ readSettings },
			{ readFileVersions, readVersions },
			{ changelogOf, changelogText },
			{ report },
		] = await Promise.all([
			import("../settings.ts"),
			import("../breaking.ts"),
			import("../changelog.ts"),
			import("../codegen-report.ts"),
		]);
		const { schemas } = await readSettings(options);
		const [file = "", old = "", , , now = ""] = driver;
		const versions =
			against === undefined
				? readFileVersions(file, old, now, schemas)
				: await readVersions(against, schemas);
		if ("errors" in versions) {
			report(versions.errors, schemas, terminal);
			return 1;
		}
		for (const { file, message, severity } of versions.old.analysis.diagnostics)
			if (severity === "error")
				terminal.warn(
					cleanLine(
						`${versions.old.label} has a schema that cannot be read: ${file}: ${message}`,
					),
				);
		const changes = changelogOf(
			versions.old,
			versions.new,
			date ?? new Date().toISOString().slice(0, 10),
		);
		terminal.print(
			format === "json"
				? JSON.stringify(changes, null, 2)
				: changelogText(changes, format),
		);
		return 0;
	},
});
