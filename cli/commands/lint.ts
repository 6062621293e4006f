import {
	isCode,
	isRuleName,
	lintRemedies,
	withSeverities,
} from "../../generator/diagnostics.ts";
import { command } from "../command.ts";
import { configOption, schemasOption } from "../project-options.ts";

const formats = ["text", "json", "github", "sarif"] as const;

export const lint = command({
	name: "lint",
	summary: "find likely mistakes in schemas",
	options: {
		...schemasOption,
		...configOption,
		format: {
			type: "string",
			value: "FORMAT",
			default: "text",
			choices: formats,
			about: "output format",
		},
		ignore: {
			type: "string",
			value: "CODE",
			multiple: true,
			about: "omit findings with this code",
			refuse: (code) =>
				isCode(code) || isRuleName(code)
					? undefined
					: "a code that codegen or lint prints",
		},
	},
	about: `Reports the errors and warnings of codegen, except for API models that are looser than their schemas, and also:
  ${Object.keys(lintRemedies).join("\n  ")}
A schema can acknowledge a warning by its code, with a reason: "x-eventwright-acknowledge": { CODE: "…" }.
The configuration sets severities, and adds rules of your own.`,
	exits: { 0: "no findings", 1: "findings" },
	run: async ({ format, ignore, ...options }, { terminal }) => {
		const [
			{ lint },
			{ generate },
			{ readSources, pathIn },
			{ analyse },
			report,
			{ noEventTypes },
			{ readSettings },
		] = await Promise.all([
			import("../../generator/lint/lint.ts"),
			import("../../generator/codegen/generate.ts"),
			import("../../generator/codegen/read.ts"),
			import("../../generator/schema/analyse.ts"),
			import("../report.ts"),
			import("../codegen-report.ts"),
			import("../settings.ts"),
		]);
		const settings = await readSettings(options);
		const { schemas, rules, severities } = settings;
		for (const code of ignore)
			if (isRuleName(code) && !rules.has(code))
				throw new Error(`there is no rule ${code} in the configuration`);
		const analysis = analyse(readSources(schemas));
		const { diagnostics, eventTypes } = generate(analysis, settings.options);
		const found = withSeverities(
			lint(analysis, diagnostics, rules, severities),
			severities,
		).filter(({ code }) => !ignore.includes(code));
		const pathOf = (file: string) => pathIn(schemas, file);
		switch (format) {
			case "json":
				terminal.print(report.jsonReport(found, pathOf));
				break;
			case "sarif":
				terminal.print(report.sarifReport(found, pathOf));
				break;
			case "github":
				for (const diagnostic of found)
					terminal.print(report.githubAnnotation(diagnostic, pathOf));
				break;
			case "text":
				for (const diagnostic of found)
					terminal.print(
						report.formatDiagnostic(diagnostic, pathOf, terminal, "stdout"),
					);
				terminal.print(
					found.length === 0
						? `No findings in ${schemas.join(", ")}.`
						: `${found.length} ${found.length === 1 ? "finding" : "findings"}.`,
				);
				break;
		}
		if (
			eventTypes === 0 &&
			!diagnostics.some(({ severity }) => severity === "error")
		)
			terminal.warn(noEventTypes(schemas));
		return found.length === 0 ? 0 : 1;
	},
});
