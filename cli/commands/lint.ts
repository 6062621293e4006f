import { frameOf } from "../../generator/codegen/frame.ts";
import { plan, sortDiagnostics } from "../../generator/codegen/generate.ts";
import { readSources } from "../../generator/codegen/read.ts";
import {
	type Diagnostic,
	formatDiagnostic,
	severityOf,
} from "../../generator/diagnostics.ts";
import {
	type LintFinding,
	lintDocument,
	lintEvent,
	lintExamples,
} from "../../generator/lint/lint.ts";
import { schemaPlaces } from "../../generator/schema/link.ts";
import { lower } from "../../generator/schema/lower.ts";
import { docOf, isEvent, outline } from "../../generator/schema/outline.ts";
import {
	parse,
	type SchemaDocument,
	type Source,
} from "../../generator/schema/parse.ts";
import { positionsIn } from "../../generator/schema/position.ts";
import { githubAnnotation, jsonReport, sarifReport } from "../report.ts";

export const lintFormats = ["text", "json", "github", "sarif"] as const;
export type LintFormat = (typeof lintFormats)[number];

/** Prints what codegen would refuse or warn of, and what else should not be; answers the exit code. */
export function lintSchemas(
	schemas: string,
	format: LintFormat,
	ignored: ReadonlySet<string>,
): number {
	const found = lint(readSources(schemas)).filter(
		({ code }) => !ignored.has(code),
	);
	switch (format) {
		case "json":
			console.log(jsonReport(found, schemas));
			break;
		case "sarif":
			console.log(sarifReport(found, schemas));
			break;
		case "github":
			for (const diagnostic of found)
				console.log(githubAnnotation(diagnostic, schemas));
			break;
		case "text":
			for (const diagnostic of found)
				console.log(formatDiagnostic(diagnostic, schemas));
			console.log(
				found.length === 0
					? `Nothing to say about ${schemas}.`
					: `${found.length} ${found.length === 1 ? "finding" : "findings"}.`,
			);
			break;
	}
	return found.length === 0 ? 0 : 1;
}

/** Errors and warnings of the generator, and with them, or if there is no error, the linter's own. */
export function lint(sources: readonly Source[]): readonly Diagnostic[] {
	const planned = plan(sources);
	const made = planned.make(planned.units);
	const diagnostics = [
		...planned.diagnostics,
		...made.flatMap((product) => product.diagnostics),
	]
		// There is nothing to do about a model that cannot say all.
		.filter(({ code }) => code !== "api-model-loosened");
	const texts = new Map(sources.map(({ file, text }) => [file, text]));
	const positions = new Map(
		sources.map(({ file, text }) => [file, positionsIn(file, text)]),
	);
	const documents = new Map<string, SchemaDocument>();
	for (const source of sources) {
		const { document } = parse(source);
		if (document) documents.set(source.file, document);
	}
	const findings: LintFinding[] = [...documents.values()].flatMap((document) =>
		lintDocument(
			document,
			texts.get(document.file) ?? "",
			isEvent(outline(document)),
		),
	);
	if (documents.size === sources.length)
		findings.push(...lintTogether(documents));
	return sortDiagnostics([
		...diagnostics,
		...findings.map(({ position, ...finding }) => ({
			...finding,
			severity: severityOf(finding.code),
			...(position ??
				positions.get(finding.file)?.(finding.pointer) ?? {
					line: 1,
					column: 1,
				}),
		})),
	]);
}

function lintTogether(
	documents: ReadonlyMap<string, SchemaDocument>,
): readonly LintFinding[] {
	const documentOf = (file: string) => documents.get(file) as SchemaDocument;
	const isPlace = schemaPlaces(documentOf);
	const { frame } = frameOf(
		[...documents.values()].map(outline),
		(file) => docOf(documentOf(file)),
		isPlace,
	);
	if (!frame) return [];
	const lowered = lower(
		[...documents.keys()],
		documentOf,
		frame.links,
		frame.names,
	);
	if (lowered.findings.length > 0) return [];
	const schemas = new Map(
		lowered.schemas.map((schema) => [schema.name, schema]),
	);
	const events = [...frame.events.values()].flatMap((facts) => {
		const schema = schemas.get(facts.name);
		return schema ? [{ ...facts, ...schema }] : [];
	});
	const eventNames = new Set(events.map(({ name }) => name));
	return [
		...events.flatMap(lintEvent),
		...lintExamples(lowered.schemas, schemas, eventNames),
	];
}
