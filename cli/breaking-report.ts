// The formats of `eventwright breaking`.
import { entryFor } from "./approvals.ts";
import type { Break } from "./break.ts";
import type { BreakingReport } from "./breaking.ts";
import { githubAnnotation, type Reported, sarifReport } from "./report.ts";
import { clean, cleanLine, type Terminal } from "./terminal.ts";

const plural = (count: number, noun: string) =>
	`${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** What a finding is about, and who is hit, as sentences. */
function wholeMessage(found: Break): string {
	const { eventType, message, against } = found;
	const who = eventType ? `${eventType.name}: ` : "";
	const since = against === undefined ? "" : ` (since ${against})`;
	const hit = hitsOf(found);
	const also = alsoOf(found);
	return `${who}${message}${since}${also === "" ? "" : `; also ${also}`}${hit === "" ? "" : `; hits ${hit}`}`;
}

const hitsOf = ({ consumers }: Break): string =>
	consumers.map(({ name, rule }) => `${name} (rule ${rule})`).join(", ");

/** Event types that share the schema, with the paths. */
function alsoOf({ alsoIn = [] }: Break): string {
	const shown = alsoIn
		.slice(0, alsoMax)
		.map(({ eventType, path }) => `${eventType.name}${path}`);
	const rest = alsoIn.length - shown.length;
	return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}

const alsoMax = 5;

const exampleOf = ({ counterexample }: Break): string | undefined => {
	if (counterexample === undefined) return undefined;
	const text = JSON.stringify(counterexample);
	return text.length > exampleMax ? `${text.slice(0, exampleMax)}…` : text;
};

/** Characters of a counterexample that are shown; JSON output has all of it. */
const exampleMax = 400;

export function printText(report: BreakingReport, terminal: Terminal): void {
	const { print, style } = terminal;
	for (const found of report.findings) {
		const { at, severity, rule, direction, path, eventType, message } = found;
		const place = style("bold", clean(`${at.file}:${at.line}:${at.column}`));
		const kind = style(severity === "error" ? "red" : "yellow", severity);
		const where = eventType
			? ` ${clean(eventType.name)}${clean(path)} (${direction})`
			: "";
		print(`${place} ${kind} ${rule}${where}`);
		print(`  ${cleanLine(message)}`);
		if (found.against !== undefined) print(`  since ${found.against}`);
		const example = exampleOf(found);
		if (example !== undefined) print(`  for example ${cleanLine(example)}`);
		const also = alsoOf(found);
		if (also !== "") print(`  also ${cleanLine(also)}`);
		const hit = hitsOf(found);
		if (hit !== "") print(`  hits ${cleanLine(hit)}`);
		if (eventType?.owner !== undefined)
			print(`  owner ${cleanLine(eventType.owner)}`);
	}
	for (const { eventType, rule, direction, path, approval } of report.approved)
		print(
			cleanLine(
				`approved by ${approval?.approver} until ${approval?.expires}: ${rule} ${eventType?.name ?? ""}${path} (${direction}): ${approval?.reason}`,
			),
		);
	print(summaryOf(report));
	const [first] = report.findings.filter(
		({ rule, eventType }) => eventType && !rule.startsWith("approval-"),
	);
	if (first?.eventType)
		terminal.warn(
			cleanLine(
				`To accept a break, add an entry to eventwright.approvals.json: ${entryFor({ rule: first.rule, eventType: first.eventType.name, pointer: first.path, direction: first.direction })}`,
			),
		);
}

/** One line: how many findings, since when. */
function summaryOf(report: BreakingReport): string {
	const { findings, approved, against, eventTypes, changed } = report;
	const compared = `${plural(changed, "event type")} of ${eventTypes.toLocaleString("en")} changed since ${cleanLine(against)}`;
	const allowed = approved.length > 0 ? `, ${approved.length} approved` : "";
	const hit = new Set(
		findings.flatMap(({ consumers }) => consumers.map(({ name }) => name)),
	);
	const hits = hit.size > 0 ? `, hitting ${plural(hit.size, "consumer")}` : "";
	return `${findings.length === 0 ? "No findings" : plural(findings.length, "finding")}${allowed}${hits}: ${compared}.`;
}

/** See `breaking-report.schema.json`. */
export const jsonText = (report: BreakingReport): string =>
	JSON.stringify(report, null, 2);

const remedyOf = (found: Break): string =>
	found.rule.startsWith("approval-")
		? "Change the file of approvals."
		: found.rule === "undecided"
			? "Check it by hand, and approve it."
			: "Keep readers and writers apart: change it back, publish a new event type, or approve it.";

const reported = (found: Break): Reported => ({
	code: found.rule,
	severity: found.severity,
	file: found.at.file,
	pointer: found.at.pointer,
	line: found.at.line,
	column: found.at.column,
	message: wholeMessage(found),
	remedy: remedyOf(found),
});

export const githubText = ({ findings }: BreakingReport): readonly string[] =>
	findings.map((found) => githubAnnotation(reported(found), (file) => file));

export const sarifText = ({ findings }: BreakingReport): string =>
	sarifReport(findings.map(reported), (file) => file);

/** For a comment on a pull request. */
export function markdownText(report: BreakingReport): string {
	const { findings, approved } = report;
	const out = [`### ${escaped(summaryOf(report))}`];
	if (findings.length > 0)
		out.push(
			"",
			"| event type | where | what | hits |",
			"| --- | --- | --- | --- |",
			...findings.map(
				(found) =>
					`| ${cell(found.eventType?.name ?? "")} | ${code(`${found.at.file}:${found.at.line}`)} | ${code(found.rule)} (${found.direction}) ${cell(found.message)}${exampleCell(found)}${alsoCell(found)} | ${cell([...new Set(found.consumers.map(({ name }) => name))].join(", "))} |`,
			),
		);
	if (approved.length > 0)
		out.push(
			"",
			"Approved:",
			"",
			...approved.map(
				({ eventType, rule, path, approval }) =>
					`- ${code(rule)} ${cell(`${eventType?.name ?? ""}${path}`)}, by ${cell(approval?.approver ?? "")} until ${approval?.expires}: ${cell(approval?.reason ?? "")}`,
			),
		);
	return out.join("\n");
}

const exampleCell = (found: Break): string => {
	const example = exampleOf(found);
	return example === undefined ? "" : `<br>for example ${code(example)}`;
};

const alsoCell = (found: Break): string => {
	const also = alsoOf(found);
	return also === "" ? "" : `<br>also ${cell(also)}`;
};

const escaped = (text: string) =>
	cleanLine(text).replace(/[\\`*_{}[\]()<>#|!&~]/g, (found) => `\\${found}`);
const cell = escaped;

/** Code in a table: a backtick ends it, and a bar ends the cell. */
function code(text: string): string {
	const plain = cleanLine(text).replaceAll("|", "\\|");
	const longest = Math.max(
		0,
		...[...plain.matchAll(/`+/g)].map(([found]) => found.length),
	);
	const fence = "`".repeat(longest + 1);
	const space = longest > 0 ? " " : "";
	return `${fence}${space}${plain}${space}${fence}`;
}
