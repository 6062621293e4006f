import { command, UsageError } from "../command.ts";
import { againstOption, dateOption } from "../comparison-options.ts";
import { configOption, schemasOption } from "../project-options.ts";
import { templateOptions } from "../template-options.ts";

export const breaking = command({
	name: "breaking",
	summary: "find what a change of the schemas breaks, and whom",
	options: {
		...againstOption,
		...schemasOption,
		...configOption,
		mode: {
			type: "string",
			value: "MODE",
			default: "full",
			choices: ["full", "backward", "forward"],
			about:
				"backward: new readers read what old writers wrote;\nforward: old readers read what new writers write; full: both",
		},
		exact: {
			type: "boolean",
			about:
				"readers refuse properties that a closed object does not know,\nand writers add any that an open one allows",
		},
		"all-versions": {
			type: "boolean",
			about: "compare with every earlier commit, too",
		},
		assembly: {
			type: "string",
			value: "DIR",
			multiple: true,
			about:
				'cloud assembly from "cdk synth" with consumers, also of other\nrepositories; by default cdk.out, if there is one',
		},
		template: {
			...templateOptions.template,
			about: "read the consumers of this CloudFormation template, too",
		},
		approvals: {
			type: "string",
			value: "FILE",
			about: "approved breaks; by default eventwright.approvals.json",
		},
		format: {
			type: "string",
			value: "FORMAT",
			default: "text",
			choices: ["text", "json", "github", "sarif", "markdown"],
			about: "output format",
		},
		...dateOption,
	},
	about: `Each finding has an example: what a writer may write, and a reader refuses. Readers are tolerant, as
generated parsers are: they accept properties that a closed object does not know.`,
	exits: { 0: "no findings", 1: "findings, or errors in the schemas" },
	run: async (
		{
			against,
			mode,
			exact,
			assembly,
			template,
			approvals,
			format,
			date,
			...options
		},
		{ terminal },
	) => {
		if (against === undefined)
			throw new UsageError("--against is missing: --against origin/main");
		const [
			{ readSettings },
			{ findBreaks, readVersions },
			report,
			{ report: reportErrors },
			{ githubAnnotation, sarifReport },
			{ pathIn },
			{ existsSync },
		] = await Promise.all([
			import("../settings.ts"),
			import("../breaking.ts"),
			import("../breaking-report.ts"),
			import("../codegen-report.ts"),
			import("../report.ts"),
			import("../../generator/codegen/read.ts"),
			import("node:fs"),
		]);
		const { schemas } = await readSettings(options);
		const versions = await readVersions(against, schemas);
		if ("errors" in versions) {
			const { errors } = versions;
			const pathOf = (file: string) => pathIn(schemas, file);
			if (format === "github")
				for (const error of errors)
					terminal.print(githubAnnotation(error, pathOf));
			else if (format === "sarif") terminal.print(sarifReport(errors, pathOf));
			else reportErrors(errors, schemas, terminal);
			return 1;
		}
		const assemblies =
			assembly.length + template.length > 0
				? assembly
				: existsSync("cdk.out/manifest.json")
					? ["cdk.out"]
					: [];
		const found = await findBreaks(
			versions,
			{
				against,
				schemas,
				mode,
				meaning: exact ? "exact" : "tolerant",
				allVersions: options["all-versions"],
				assemblies,
				templates: template,
				approvals,
				today: date ?? new Date().toISOString().slice(0, 10),
			},
			terminal,
		);
		switch (format) {
			case "text":
				report.printText(found, terminal);
				break;
			case "json":
				terminal.print(report.jsonText(found));
				break;
			case "github":
				for (const line of report.githubText(found)) terminal.print(line);
				break;
			case "sarif":
				terminal.print(report.sarifText(found));
				break;
			case "markdown":
				terminal.print(report.markdownText(found));
				break;
		}
		if (assemblies.length + template.length === 0 && format === "text")
			terminal.warn(
				"No consumers are named: there is no cdk.out; synthesize it, or use --assembly.",
			);
		return found.findings.length === 0 ? 0 : 1;
	},
});
