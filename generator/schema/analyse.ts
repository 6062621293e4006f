// From schema files to a model. Stages are in order; `generator/codegen/incremental.ts` runs them on a subset of the files.
import {
	type Diagnostic,
	type Finding,
	remedyOf,
	severityOf,
} from "../diagnostics.ts";
import { acknowledgedIn } from "./acknowledge.ts";
import { checkDetails, checkOutlines } from "./check.ts";
import { type Links, link, schemaPlaces, type Target } from "./link.ts";
import { lower } from "./lower.ts";
import { byName, type EventFacts, type Model } from "./model.ts";
import { domainOf, moduleOf, type Names, name } from "./name.ts";
import { type Doc, docOf, isEvent, type Outline, outline } from "./outline.ts";
import {
	type ParseFinding,
	parse,
	type SchemaDocument,
	type Source,
} from "./parse.ts";
import { type Position, positionsIn } from "./position.ts";

/** Facts about a schema file that other files and the publishers of its domain need. */
export interface FileSummary {
	readonly outline: Outline;
	readonly doc: Doc;
	/** Codes of acknowledged warnings. */
	readonly acknowledged: readonly string[];
}

/** The cross-file results: resolved references, schema names and event types. */
export interface ResolvedSchemas {
	readonly links: Links;
	/** The files with references that are not resolved. */
	readonly unresolved: ReadonlySet<string>;
	readonly names: Names;
	/** Event types by file. */
	readonly events: ReadonlyMap<string, EventFacts>;
	readonly domains: ReadonlyMap<string, readonly EventFacts[]>;
}

/** The data that locates findings, by file. */
export interface Located {
	readonly sources: ReadonlyMap<string, Source>;
	readonly acknowledged: ReadonlyMap<string, readonly string[]>;
}

export interface Analysis extends Located {
	/** After an error, without the files that have one, and those that refer to them. */
	readonly model: Model;
	/** The files that parsed without errors. */
	readonly documents: ReadonlyMap<string, SchemaDocument>;
	/** Sorted by file and position. */
	readonly diagnostics: readonly Diagnostic[];
}

const emptyModel: Model = {
	events: [],
	modules: new Map(),
	schemas: new Map(),
	domains: new Map(),
};

/**
 * Analyses schema files. Each file is parsed once. No I/O. Analyses that share a memory also share what they know of files that are
 * the same.
 */
export function analyse(
	sources: readonly Source[],
	memory?: Map<string, Summarized>,
): Analysis {
	const byFile = new Map(
		sources
			.toSorted((a, b) => (a.file < b.file ? -1 : 1))
			.map((source) => [source.file, source]),
	);
	const documents = new Map<string, SchemaDocument>();
	const summaries: FileSummary[] = [];
	const findings: ParseFinding[] = [];
	const unreadable: Source[] = [];
	const unsound = new Set<string>();
	for (const source of byFile.values()) {
		const key = memory ? `${source.file}\0${source.text}` : "";
		const summarized = memory?.get(key) ?? summarize(source);
		memory?.set(key, summarized);
		const { document, summary, isSound, findings: own } = summarized;
		findings.push(...own);
		if (!isSound) unsound.add(source.file);
		if (!document) unreadable.push(source);
		else {
			documents.set(source.file, document);
			summaries.push(summary);
		}
	}
	const documentOf = (file: string) => documents.get(file) as SchemaDocument;
	const { resolved, findings: unresolved } = resolve(
		summaries,
		schemaPlaces(documentOf),
		unreadable,
	);
	findings.push(...unresolved);
	for (const { file, code } of unresolved)
		if (severityOf(code) === "error") unsound.add(file);
	for (const file of resolved.unresolved) unsound.add(file);
	const model = soundModel(documents, unsound, documentOf, resolved, findings);
	const located: Located = {
		sources: byFile,
		acknowledged: new Map(
			summaries.map(({ outline, acknowledged }) => [
				outline.file,
				acknowledged,
			]),
		),
	};
	return {
		model,
		documents: new Map([...documents].filter(([file]) => !unsound.has(file))),
		diagnostics: locate(findings, located),
		...located,
	};
}

/** The model of the files that are sound, with all that they refer to. Adds what is found wrong with them on the way. */
function soundModel(
	documents: ReadonlyMap<string, SchemaDocument>,
	unsound: Set<string>,
	documentOf: (file: string) => SchemaDocument,
	resolved: ResolvedSchemas,
	findings: ParseFinding[],
): Model {
	for (;;) {
		const sound = [...documents.keys()].filter((file) =>
			[...resolved.links.reachFrom(file)].every((next) => !unsound.has(next)),
		);
		const made = modelOf(sound, documentOf, resolved);
		if (made.findings.length === 0) return made.model;
		findings.push(...made.findings);
		for (const { file } of made.findings) unsound.add(file);
	}
}

/** What one file says. */
export type Summarized = {
	readonly isSound: boolean;
	readonly findings: readonly ParseFinding[];
} & (
	| { readonly document: SchemaDocument; readonly summary: FileSummary }
	| { readonly document?: undefined; readonly summary?: undefined }
);

/** Parses and summarizes one file. */
export function summarize(source: Source): Summarized {
	const { document, isSound, findings } = parse(source);
	if (!document) return { isSound, findings };
	const summary = {
		outline: outline(document),
		doc: docOf(document),
		acknowledged: acknowledgedIn(document.schema),
	};
	return { document, summary, isSound, findings };
}

/**
 * Resolves references and names across all files. `hasSchema` returns whether a target is a schema. A finding is an error: what
 * is resolved is then all that can be.
 */
export function resolve(
	summaries: readonly FileSummary[],
	hasSchema: (target: Target) => boolean,
	unreadable: readonly Source[] = [],
): {
	readonly resolved: ResolvedSchemas;
	readonly findings: readonly Finding[];
} {
	const outlines = summaries.map((summary) => summary.outline);
	const linked = link(outlines, hasSchema, unreadable);
	const named = name(outlines, linked.links);
	const events = summaries
		.filter((summary) => isEvent(summary.outline))
		.map((summary) => factsOf(summary, named.names))
		.sort(byName);
	return {
		resolved: {
			links: linked.links,
			unresolved: linked.unresolved,
			names: named.names,
			events: new Map(events.map((event) => [event.file, event])),
			domains: Map.groupBy(events, ({ domain }) => domain),
		},
		findings: [
			...linked.findings,
			...named.findings,
			...checkOutlines(outlines, events),
		],
	};
}

function factsOf({ outline, doc }: FileSummary, names: Names): EventFacts {
	const { file, readOnly, source, detailType } = outline;
	const module = moduleOf(file);
	return {
		name: names.nameOf({ file, pointer: "" }),
		module,
		file,
		source: String(source),
		detailType: String(detailType),
		domain: domainOf(module),
		...doc,
		...(readOnly === undefined ? {} : { readOnly }),
	};
}

/** The model of some files, with every schema that they refer to. Empty after an error. */
export function modelOf(
	files: readonly string[],
	documentOf: (file: string) => SchemaDocument,
	{ links, names, events, domains }: ResolvedSchemas,
): { readonly model: Model; readonly findings: readonly Finding[] } {
	const lowered = lower(files, documentOf, links, names);
	if (lowered.findings.length > 0)
		return { model: emptyModel, findings: lowered.findings };
	const schemas = new Map(
		lowered.schemas.map((schema) => [schema.name, schema]),
	);
	const model: Model = {
		events: files.flatMap((file) => {
			const facts = events.get(file);
			const schema = facts ? schemas.get(facts.name) : undefined;
			return facts && schema ? { ...facts, ...schema } : [];
		}),
		modules: Map.groupBy(lowered.schemas, ({ module }) => module),
		schemas,
		domains,
	};
	const findings = checkDetails(model);
	return { model: findings.length > 0 ? emptyModel : model, findings };
}

/**
 * Converts findings to diagnostics, sorted by file and position. Acknowledged warnings and duplicates are removed.
 */
export function locate(
	findings: readonly ParseFinding[],
	{ sources, acknowledged }: Located,
): readonly Diagnostic[] {
	const isOpen = ({ code, file }: ParseFinding) =>
		severityOf(code) === "error" || !acknowledged.get(file)?.includes(code);
	const byFile = new Map<string, (pointer: string) => Position>();
	return sortDiagnostics(
		limited(findings.filter(isOpen)).map(({ position, ...finding }) => {
			const { file, pointer } = finding;
			const find =
				byFile.get(file) ?? positionsIn(file, sources.get(file)?.text ?? "");
			byFile.set(file, find);
			return {
				...finding,
				severity: severityOf(finding.code),
				remedy: remedyOf(finding),
				...(position ?? find(pointer)),
			};
		}),
	);
}

/** At most this many findings of a kind are shown per file: locating thousands of them would be slow. */
const perFileMax = 100;

function limited(findings: readonly ParseFinding[]): readonly ParseFinding[] {
	const kinds = Map.groupBy(findings, ({ file, code }) => `${code} ${file}`);
	return [...kinds.values()].flatMap((own) =>
		own.slice(0, perFileMax).map((finding, i) => ({
			...finding,
			message:
				i === perFileMax - 1 && own.length > perFileMax
					? `${finding.message} (and ${own.length - perFileMax} more findings in this file)`
					: finding.message,
		})),
	);
}

export function sortDiagnostics(
	diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
	const distinct = new Map(
		diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]),
	);
	return [...distinct.values()].sort(
		(a, b) =>
			(a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
			a.line - b.line ||
			a.column - b.column,
	);
}
