import type { EventPatternDocument } from "../../runtime/event.ts";
import { command } from "../command.ts";
import { readSystem, templateOptions } from "../template-options.ts";
import { cleanLine, type Terminal } from "../terminal.ts";

export const patternExplain = command({
	name: "pattern explain",
	summary: "describe in words what rules match",
	argument: {
		name: "FILE",
		stdin: true,
		about:
			"a pattern in JSON, - for standard input; by default, a system's rules",
	},
	options: {
		rule: { type: "string", value: "NAME", about: "explain only this rule" },
		...templateOptions,
	},
	conflicts: [
		["assembly", "template"],
		["FILE", "rule"],
	],
	about:
		"Prints what a pattern matches, why EventBridge rejects it, and where it behaves unexpectedly.",
	exits: {
		0: "success",
		1: "a pattern is invalid or a bus has too many rules",
	},
	run: async ({ rule: ruleName, ...source }, { argument: file, terminal }) => {
		const [{ readJsonObject }, { busProblems, validate }] = await Promise.all([
			import("../json-file.ts"),
			import("../../pattern/engine/validate.ts"),
		]);
		if (file !== undefined)
			return explainOne(file, readJsonObject(file, "a pattern"), terminal);
		const { rules } = await readSystem(source, terminal);
		const wanted = rules.filter(
			({ name }) => ruleName === undefined || name === ruleName,
		);
		if (ruleName !== undefined && wanted.length === 0)
			throw new Error(
				`there is no rule ${ruleName}; there are ${rules.map(({ name }) => name).join(", ") || "none"}`,
			);
		let code = 0;
		for (const { name, stack, pattern, isEnabled } of wanted)
			code = Math.max(
				code,
				await explainOne(
					`${name} (${stack}${isEnabled ? "" : ", disabled"})`,
					pattern,
					terminal,
				),
			);
		for (const [bus, own] of Map.groupBy(rules, ({ busArn }) => busArn))
			for (const problem of busProblems(
				own
					.filter(({ pattern }) => validate(pattern).ok)
					.map(({ pattern }) => pattern),
			)) {
				terminal.print(
					`${terminal.style("red", "error")} the bus ${cleanLine(bus)} ${problem}`,
				);
				code = 1;
			}
		return code;
	},
});

async function explainOne(
	title: string,
	pattern: EventPatternDocument,
	{ print, style }: Terminal,
): Promise<number> {
	const [{ validate }, { warningsOf }, { explain }] = await Promise.all([
		import("../../pattern/engine/validate.ts"),
		import("../../pattern/engine/warnings.ts"),
		import("../../pattern/explain.ts"),
	]);
	print(style("bold", cleanLine(title)));
	const checked = validate(pattern);
	if (!checked.ok) {
		for (const { path, message } of checked.issues)
			print(
				`  ${style("red", "error")} ${cleanLine(`${path || "the pattern:"} ${message}`)}`,
			);
		print("");
		return 1;
	}
	for (const line of explain(pattern)) print(`  ${cleanLine(line)}`);
	for (const { code, path, message } of warningsOf(pattern))
		print(
			`  ${style("yellow", "warning")} ${code}${cleanLine(`${path ? ` ${path}` : ""}: ${message}`)}`,
		);
	print("");
	return 0;
}
