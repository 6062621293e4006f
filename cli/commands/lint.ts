import { isCode, lintRemedies } from "../../generator/diagnostics.ts";
import { command } from "../command.ts";

const formats = ["text", "json", "github", "sarif"] as const;

export const lint = command({
	name: "lint",
	summary: "find likely mistakes in schemas",
	options: {
		schemas: {
			type: "string",
			value: "DIR",
			default: "schemas",
			about: "folder of the schemas",
		},
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
				isCode(code) ? undefined : "a code that codegen or lint prints",
		},
	},
	about: `Reports the errors and warnings of codegen, except for API models that are looser than their schemas, and also:
  ${Object.keys(lintRemedies).join("\n  ")}
A schema can acknowledge a warning by its code, with a reason: "x-eventwright-acknowledge": { CODE: "…" }.`,
	exits: { 0: "no findings", 1: "findings" },
	run: async ({ schemas, format, ignore }, { terminal }) => {
		const [
			{ lint },
			{ generate },
			{ readSources },
			{ analyse },
			report,
			{ noEventTypes },
		] = await Promise.all([
			import("../../generator/lint/lint.ts"),
			import("../../generator/codegen/generate.ts"),
			import("../../generator/codegen/read.ts"),
			import("../../generator/schema/analyse.ts"),
			import("../report.ts"),
			import("../codegen-report.ts"),
		]);
		const analysis = analyse(readSources(schemas));
		const { diagnostics, eventTypes } = generate(analysis);
		const found = lint(analysis, diagnostics).filter(
			({ code }) => !ignore.includes(code),
		);
		switch (format) {
			case "json":
				terminal.print(report.jsonReport(found, schemas));
				break;
			case "sarif":
				terminal.print(report.sarifReport(found, schemas));
				break;
			case "github":
				for (const diagnostic of found)
					terminal.print(report.githubAnnotation(diagnostic, schemas));
				break;
			case "text":
				for (const diagnostic of found)
					terminal.print(
						report.formatDiagnostic(diagnostic, schemas, terminal, "stdout"),
					);
				terminal.print(
					found.length === 0
						? `No findings in ${schemas}.`
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
