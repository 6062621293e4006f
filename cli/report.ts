// Formats of diagnostics: text, JSON, GitHub annotations and SARIF.
import type { Diagnostic } from "../generator/diagnostics.ts";
import { clean, type Terminal } from "./terminal.ts";

/** The path of a schema file, as people and tools open it. */
export type PathOf = (file: string) => string;

/** What the formats for other tools need of a diagnostic. */
export type Reported = Omit<Diagnostic, "code"> & { readonly code: string };

/** An error is `schemas/a.json:3:7 error ref-not-found /properties/x`, then lines with message and remedy. A warning is one line. */
export function formatDiagnostic(
	diagnostic: Diagnostic,
	pathOf: PathOf,
	{ style }: Pick<Terminal, "style">,
	stream: "stdout" | "stderr",
): string {
	const { line, column, severity, code, pointer, message, remedy } = diagnostic;
	const place = style(
		"bold",
		clean(`${pathOf(diagnostic.file)}:${line}:${column}`),
		stream,
	);
	const kind = style(severity === "error" ? "red" : "yellow", severity, stream);
	return severity === "warning"
		? `${place} ${kind} ${code}: ${clean(message)}`
		: `${place} ${kind} ${code} ${clean(pointer) || "(root)"}\n  ${clean(message)}\n  ${clean(remedy)}`;
}

/** A JSON list of diagnostics, each with the file's path and the remedy. */
export function jsonReport(
	found: readonly Diagnostic[],
	pathOf: PathOf,
): string {
	return JSON.stringify(
		found.map((diagnostic) => ({
			...diagnostic,
			file: pathOf(diagnostic.file),
		})),
		null,
		2,
	);
}

/** A GitHub workflow command: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
export function githubAnnotation(diagnostic: Reported, pathOf: PathOf): string {
	const { code, severity, line, column, message, remedy } = diagnostic;
	const data = (text: string) =>
		text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
	const property = (text: string) =>
		data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
	return `::${severity} file=${property(pathOf(diagnostic.file))},line=${line},col=${column},title=${property(code)}::${data(`${message}. ${remedy}`)}`;
}

/** SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarifReport(
	found: readonly Reported[],
	pathOf: PathOf,
): string {
	const remedies = new Map(found.map(({ code, remedy }) => [code, remedy]));
	const codes = [...remedies.keys()].sort();
	return JSON.stringify(
		{
			$schema: "https://json.schemastore.org/sarif-2.1.0.json",
			version: "2.1.0",
			runs: [
				{
					tool: {
						driver: {
							name: "eventwright",
							rules: codes.map((code) => ({
								id: code,
								help: { text: remedies.get(code) },
							})),
						},
					},
					results: found.map((diagnostic) => ({
						ruleId: diagnostic.code,
						ruleIndex: codes.indexOf(diagnostic.code),
						level: diagnostic.severity,
						message: { text: diagnostic.message },
						locations: [
							{
								physicalLocation: {
									artifactLocation: {
										uri: encodeURI(pathOf(diagnostic.file)),
									},
									region: {
										startLine: diagnostic.line,
										startColumn: diagnostic.column,
									},
								},
								logicalLocations: [{ fullyQualifiedName: diagnostic.pointer }],
							},
						],
					})),
				},
			],
		},
		null,
		2,
	);
}
