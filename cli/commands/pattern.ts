import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { styleText } from "node:util";
import { readAssembly, readTemplate } from "../../cloud/template/assembly.ts";
import { graphOf, mermaid, svg } from "../../cloud/template/graph.ts";
import { mapSystem, type SystemMap } from "../../cloud/template/system-map.ts";
import { describeMismatches } from "../../pattern/engine/mismatches.ts";
import { operators } from "../../pattern/engine/operators.ts";
import { busProblems, validate } from "../../pattern/engine/validate.ts";
import { warningsOf } from "../../pattern/engine/warnings.ts";
import { explain } from "../../pattern/explain.ts";
import { compileMismatches } from "../../pattern/match.ts";
import type { EventPatternDocument } from "../../runtime/event.ts";
import { describeIssues } from "../../runtime/issue.ts";
import { isObject, parseJson } from "../../runtime/json.ts";

/** Where a system's templates are. */
export interface TemplateSource {
	/** A cloud assembly; not read where templates are given. */
	readonly assembly: string;
	/** `FILE[=ACCOUNT[/REGION]]` each. */
	readonly templates: readonly string[];
}

function readSystem(source: TemplateSource): SystemMap {
	try {
		return mapOf(source);
	} catch (error) {
		// What is no template in an unforeseen way fails as code does.
		if (!(error instanceof TypeError || error instanceof RangeError))
			throw error;
		const { assembly, templates } = source;
		throw new Error(
			`${templates.join(", ") || assembly} cannot be read as CloudFormation: ${error.message}`,
		);
	}
}

function mapOf({ assembly, templates }: TemplateSource): SystemMap {
	if (templates.length === 0) return mapSystem(readAssembly(assembly));
	return mapSystem(
		templates.map((text) => {
			const [, file = text, account, region] =
				/^(.+?)(?:=(\d{12})(?:\/([a-z0-9-]+))?)?$/.exec(text) ?? [];
			return readTemplate(
				file,
				account ?? "000000000000",
				region ?? "us-east-1",
			);
		}),
	);
}

/** Names come from templates: what would move the cursor, or turn the text around, is shown as it is not. */
const plain = (text: string) =>
	text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\ufffd");

const paint = (
	style: "green" | "red" | "yellow" | "gray" | "bold",
	text: string,
) => styleText(style, text, { stream: process.stdout });

/** Says of each rule whether it matches an event. Answers 1 where none does. */
export function testEvent(file: string, source: TemplateSource): number {
	const event = readJsonObject(file, "an event");
	const missing = [
		"id",
		"account",
		"source",
		"time",
		"region",
		"detail-type",
	].filter((field) => typeof event[field] !== "string");
	if (missing.length > 0)
		console.error(
			`${file}: has no ${missing.join(", ")}, which each event that EventBridge delivers has`,
		);
	const { rules } = readSystem(source);
	const busArns = new Set(rules.map(({ busArn }) => busArn));
	let matching = 0;
	for (const { name, stack, busArn, pattern, isEnabled } of rules) {
		const bus = busArns.size > 1 ? `, bus ${busArn.split("/").at(-1)}` : "";
		const title = plain(`${name} (${stack}${bus})`);
		const checked = validate(pattern);
		const parted = checked.ok ? compileMismatches(pattern)(event) : [];
		const [first] = parted;
		if (!checked.ok)
			console.log(
				`${paint("red", "invalid")}   ${title}: ${plain(describeIssues(checked.issues))}`,
			);
		else if (first)
			console.log(
				`${paint("gray", "no match")}  ${title}: ${plain(describeMismatches([first]))}`,
			);
		else if (!isEnabled)
			console.log(`${paint("yellow", "disabled")}  ${title}: would match`);
		else {
			matching++;
			console.log(`${paint("green", "matches")}   ${title}`);
		}
	}
	console.log(`${matching} of ${rules.length} rules match.`);
	return matching > 0 ? 0 : 1;
}

/** Says in words what a pattern, or each rule of a system, asks for. Answers 1 where AWS refuses one, or a bus's quota is passed. */
export function explainPatterns(
	file: string | undefined,
	ruleName: string | undefined,
	source: TemplateSource,
): number {
	if (file !== undefined)
		return explainOne(file, readJsonObject(file, "a pattern"));
	const { rules } = readSystem(source);
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
			explainOne(`${name} (${stack}${isEnabled ? "" : ", disabled"})`, pattern),
		);
	for (const [bus, own] of Map.groupBy(rules, ({ busArn }) => busArn))
		for (const problem of busProblems(
			own
				.filter(({ pattern }) => validate(pattern).ok)
				.map(({ pattern }) => pattern),
		)) {
			console.log(`${paint("red", "error")} the bus ${plain(bus)} ${problem}`);
			code = 1;
		}
	return code;
}

function explainOne(title: string, pattern: EventPatternDocument): number {
	console.log(paint("bold", plain(title)));
	const checked = validate(pattern);
	if (!checked.ok) {
		for (const { path, message } of checked.issues)
			console.log(
				`  ${paint("red", "error")} ${plain(`${path || "the pattern:"} ${message}`)}`,
			);
		console.log("");
		return 1;
	}
	for (const line of explain(pattern)) console.log(`  ${plain(line)}`);
	for (const { code, path, message } of warningsOf(pattern))
		console.log(
			`  ${paint("yellow", "warning")} ${code}${plain(`${path ? ` ${path}` : ""}: ${message}`)}`,
		);
	console.log("");
	return 0;
}

/** The operators that patterns have, as their table says. */
export function listOperators(): number {
	for (const [name, { on, meaning, example, lacking }] of Object.entries(
		operators,
	)) {
		const languages = [
			"EventBridge",
			...(lacking("sns", example as never) ? [] : ["SNS"]),
			...(lacking("lambda", example as never) ? [] : ["Lambda"]),
		];
		const typed = on.map((kind) => (kind === "string" ? "text" : kind));
		console.log(`${paint("bold", name)}
  accepts a value ${meaning}
  example   { ${JSON.stringify(name)}: ${JSON.stringify(example)} }
  filters   ${languages.join(", ")}; typed: ${typed.join(", ") || "not offered"}
`);
	}
	return 0;
}

/** Draws a system, to a file or the standard output. Answers 1 where something stands out. */
export function drawGraph(
	format: "mermaid" | "svg",
	out: string | undefined,
	source: TemplateSource,
): number {
	const graph = graphOf(readSystem(source));
	if (graph.nodes.length === 0)
		throw new Error("the templates have no rule and nobody who publishes");
	const text = format === "svg" ? svg(graph) : mermaid(graph);
	if (out === undefined) process.stdout.write(text);
	else {
		writeFileSync(out, text);
		console.error(`${out} written.`);
	}
	const problems = graph.nodes.filter(({ problem }) => problem !== undefined);
	for (const { lines, column, problem } of problems)
		console.error(
			`${column === "rule" ? "rule" : "event type"} ${plain(lines[0] ?? "")}: ${problem}`,
		);
	return problems.length > 0 ? 1 : 0;
}

function readJsonObject(file: string, what: string): Record<string, unknown> {
	if (file !== "-" && !existsSync(file))
		throw new Error(`there is no file ${file}`);
	const text = readFileSync(file === "-" ? 0 : file, "utf8");
	const read = parseJson(text.replace(/^\ufeff/, ""));
	if (!read.ok) throw new Error(`${file} is not JSON: ${read.message}`);
	if (!isObject(read.value))
		throw new Error(`${file} is not ${what}: it is no JSON object`);
	return read.value;
}
