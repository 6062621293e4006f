// Formats of diagnostics: text, JSON, GitHub annotations and SARIF.
import { allRemedies, type Diagnostic } from "../generator/diagnostics.ts";
import { clean, type Terminal } from "./terminal.ts";

const pathOf = ({ file }: Diagnostic, folder: string) => `${folder}/${file}`;

/** An error is `schemas/a.json:3:7 error ref-not-found /properties/x`, then lines with message and remedy. A warning is one line. */
export function formatDiagnostic(
	diagnostic: Diagnostic,
	folder: string,
	{ style }: Pick<Terminal, "style">,
	stream: "stdout" | "stderr",
): string {
	const { line, column, severity, code, pointer, message } = diagnostic;
	const place = style(
		"bold",
		clean(`${pathOf(diagnostic, folder)}:${line}:${column}`),
		stream,
	);
	const kind = style(severity === "error" ? "red" : "yellow", severity, stream);
	return severity === "warning"
		? `${place} ${kind} ${code}: ${clean(message)}`
		: `${place} ${kind} ${code} ${clean(pointer) || "(root)"}\n  ${clean(message)}\n  ${allRemedies[code]}`;
}

/** A JSON list of diagnostics, each with the file's path and the remedy. */
export function jsonReport(
	found: readonly Diagnostic[],
	folder: string,
): string {
	return JSON.stringify(
		found.map((diagnostic) => ({
			...diagnostic,
			file: pathOf(diagnostic, folder),
			remedy: allRemedies[diagnostic.code],
		})),
		null,
		2,
	);
}

/** A GitHub workflow command: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
export function githubAnnotation(
	diagnostic: Diagnostic,
	folder: string,
): string {
	const { code, severity, line, column, message } = diagnostic;
	const data = (text: string) =>
		text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
	const property = (text: string) =>
		data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
	return `::${severity} file=${property(pathOf(diagnostic, folder))},line=${line},col=${column},title=${property(code)}::${data(`${message}. ${allRemedies[code]}`)}`;
}

/** SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarifReport(
	found: readonly Diagnostic[],
	folder: string,
): string {
	const codes = [...new Set(found.map(({ code }) => code))].sort();
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
								help: { text: allRemedies[code] },
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
										uri: encodeURI(pathOf(diagnostic, folder)),
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
