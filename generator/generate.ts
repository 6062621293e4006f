import { check, checkExamples } from "./check.ts";
import { type Diagnostic, type Finding, severityOf } from "./diagnostics.ts";
import { emit } from "./emit/index.ts";
import { link } from "./link.ts";
import { lower } from "./lower.ts";
import { type ParseFinding, parse, type Source } from "./parse.ts";
import { positionOfPointer } from "./position.ts";
import { validationOf } from "./validation.ts";

export interface Generated {
	/** Path below the output folder → text. Empty when a diagnostic is an error. */
	readonly files: ReadonlyMap<string, string>;
	readonly diagnostics: readonly Diagnostic[];
	readonly eventTypes: number;
}

/** Schemas to code: the same sources give the same bytes. No I/O. */
export function generate(sources: readonly Source[]): Generated {
	const ordered = [...sources].sort((a, b) => (a.file < b.file ? -1 : 1));
	const failed = (findings: readonly ParseFinding[]): Generated => ({
		files: new Map(),
		diagnostics: diagnose(findings, ordered),
		eventTypes: 0,
	});

	const parsed = ordered.map(parse);
	const parseFindings = parsed.flatMap(({ findings }) => findings);
	if (parseFindings.length > 0) return failed(parseFindings);
	const documents = parsed.flatMap(({ document }) => document ?? []);

	const { linked, findings: linkFindings } = link(documents);
	if (linkFindings.length > 0) return failed(linkFindings);

	const { model, findings: lowerFindings } = lower(linked);
	if (lowerFindings.length > 0) return failed(lowerFindings);

	const checkFindings = check(model, documents);
	if (checkFindings.length > 0) return failed(checkFindings);

	const validation = validationOf(model);
	const exampleFindings = checkExamples(model, validation);
	if (exampleFindings.length > 0) return failed(exampleFindings);

	const { files, findings: emitFindings } = emit(model, validation);
	const diagnostics = diagnose(emitFindings, ordered);
	return diagnostics.some(({ severity }) => severity === "error")
		? { files: new Map(), diagnostics, eventTypes: 0 }
		: { files, diagnostics, eventTypes: model.events.length };
}

function diagnose(
	findings: readonly (Finding & ParseFinding)[],
	sources: readonly Source[],
): readonly Diagnostic[] {
	return findings
		.map(({ position, ...finding }) => {
			const text =
				sources.find(({ file }) => file === finding.file)?.text ?? "";
			return {
				...finding,
				severity: severityOf(finding.code),
				...(position ?? positionOfPointer(text, finding.pointer)),
			};
		})
		.sort(
			(a, b) =>
				(a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
				a.line - b.line ||
				a.column - b.column,
		);
}
