import { command } from "../command.ts";
import { readSystem, templateOptions } from "../template-options.ts";
import { cleanLine } from "../terminal.ts";

export const patternTest = command({
	name: "pattern test",
	summary: "show which rules of a system match an event, and why others do not",
	options: {
		event: {
			type: "string",
			value: "FILE",
			about:
				"an event in JSON, as EventBridge delivers it; - for standard input",
		},
		...templateOptions,
	},
	conflicts: [["assembly", "template"]],
	about:
		"Prints whether each rule matches. For one that does not, prints the first mismatch.",
	exits: { 0: "a rule matches", 1: "no rule matches" },
	run: async ({ event: file, ...source }, { terminal }) => {
		const [
			{ UsageError },
			{ readJsonObject },
			{ compileMismatches },
			{ describeMismatches },
			{ validate },
			{ describeIssues },
		] = await Promise.all([
			import("../command.ts"),
			import("../json-file.ts"),
			import("../../pattern/match.ts"),
			import("../../pattern/engine/mismatches.ts"),
			import("../../pattern/engine/validate.ts"),
			import("../../runtime/issue.ts"),
		]);
		if (file === undefined) throw new UsageError("--event FILE is missing");
		const event = readJsonObject(file, "an event");
		const missing = envelopeFields.filter(
			(field) => typeof event[field] !== "string",
		);
		if (missing.length > 0)
			terminal.warn(
				`${file}: has no ${missing.join(", ")}; events that EventBridge delivers have these fields`,
			);
		const { rules, schedules } = await readSystem(source, terminal);
		const busArns = new Set(rules.map(({ busArn }) => busArn));
		const { style, print } = terminal;
		let matching = 0;
		for (const { name, stack, busArn, pattern, isEnabled } of rules) {
			const bus = busArns.size > 1 ? `, bus ${busArn.split("/").at(-1)}` : "";
			const title = cleanLine(`${name} (${stack}${bus})`);
			const checked = validate(pattern);
			const [first] = checked.ok ? compileMismatches(pattern)(event) : [];
			if (!checked.ok)
				print(
					`${style("red", "invalid")}   ${title}: ${cleanLine(describeIssues(checked.issues))}`,
				);
			else if (first)
				print(
					`${style("gray", "no match")}  ${title}: ${cleanLine(describeMismatches([first]))}`,
				);
			else if (!isEnabled)
				print(`${style("yellow", "disabled")}  ${title}: would match`);
			else {
				matching++;
				print(`${style("green", "matches")}   ${title}`);
			}
		}
		print(
			`${matching} of ${rules.length} rules match.${schedules.length > 0 ? ` ${schedules.length} more run by a schedule.` : ""}`,
		);
		return matching > 0 ? 0 : 1;
	},
});

const envelopeFields = [
	"id",
	"account",
	"source",
	"time",
	"region",
	"detail-type",
];
