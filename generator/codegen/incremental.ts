// The same bytes as `generate(analyse(sources))`, made anew only where something has changed. Deleting this file costs time, nothing else.
import { type Diagnostic, hasError } from "../diagnostics.ts";
import {
	type FileSummary,
	type Located,
	locate,
	modelOf,
	type ResolvedSchemas,
	resolve,
	sortDiagnostics,
	summarize,
} from "../schema/analyse.ts";
import { schemaPlaces } from "../schema/link.ts";
import type { EventFacts } from "../schema/model.ts";
import { moduleOf } from "../schema/name.ts";
import { parse, type SchemaDocument, type Source } from "../schema/parse.ts";
import { digest } from "./digest.ts";
import { type PartName, partMaker } from "./generate.ts";

/** A source whose text is read when it is first needed. */
export interface StampedSource extends Source {
	/** While it stays, so does the text. */
	readonly stamp: string;
}

export interface RememberedFile {
	readonly stamp: string;
	readonly digest: string;
	readonly summary: FileSummary;
	readonly warnings: readonly Diagnostic[];
}

export interface RememberedPart {
	/** Covers everything that the part depends on. */
	readonly key: string;
	/** The files that it became, and each one's stamp after it. */
	readonly files: readonly string[];
	readonly diagnostics: readonly Diagnostic[];
}

/** What the previous run left. */
export interface PreviousRun {
	readonly files: ReadonlyMap<string, RememberedFile>;
	/** By `file …` or `domain …`. */
	readonly parts: ReadonlyMap<string, RememberedPart>;
}

/** Where the output goes, file by file, so that it is never in memory as a whole. */
export interface Output {
	readonly put: (file: string, text: string) => void;
	/** A file stays as it is. */
	readonly keep: (file: string, stamp: string) => void;
}

export interface Regenerated {
	/** After an error, the output is not complete. */
	readonly diagnostics: readonly Diagnostic[];
	readonly eventTypes: number;
	/** What to remember, once each file's stamp is known. */
	readonly remember: (stampOf: (file: string) => string) => PreviousRun;
}

interface Part {
	readonly id: string;
	readonly name: PartName;
	/** The schema file, of a module. */
	readonly file?: string;
	readonly key: string;
}

/** This many parts are made at once: enough to share work, few enough to keep memory small. */
const batchParts = 100;

/** `tree` holds the stamp of each file of the output as it is. Ends early, with what it has found, once the signal is aborted. */
export async function regenerate(
	sources: readonly StampedSource[],
	previous: PreviousRun,
	tree: ReadonlyMap<string, string>,
	output: Output,
	{
		onProgress,
		signal,
	}: {
		readonly onProgress?: (done: number, total: number) => void;
		readonly signal?: AbortSignal | undefined;
	} = {},
): Promise<Regenerated> {
	const ordered = sources.toSorted((a, b) => (a.file < b.file ? -1 : 1));
	const byFile = new Map(ordered.map((source) => [source.file, source]));
	const { files, documents, diagnostics } = summaries(ordered, previous);
	const located: Located = {
		sources: byFile,
		acknowledged: new Map(
			[...files].map(([file, { summary }]) => [file, summary.acknowledged]),
		),
	};
	const failed = (found: readonly Diagnostic[]): Regenerated => ({
		diagnostics: sortDiagnostics([...diagnostics, ...found]),
		eventTypes: 0,
		remember: () => previous,
	});
	if (hasError(diagnostics)) return failed([]);
	const documentOf = documentReader(documents, byFile, files);
	const { resolved, findings } = resolve(
		[...files.values()].map(({ summary }) => summary),
		schemaPlaces(documentOf),
	);
	if (!resolved) return failed(locate(findings, located));

	const { made, stale } = keepParts(
		partsOf(resolved, files),
		previous,
		tree,
		output,
	);
	for (let start = 0; start < stale.length; start += batchParts) {
		if (signal?.aborted) break;
		const batch = stale.slice(start, start + batchParts);
		const { model, findings } = modelOf(
			batch.flatMap(({ file }) => file ?? []),
			documentOf,
			resolved,
		);
		if (findings.length > 0) return failed(locate(findings, located));
		const make = partMaker(model);
		for (const { id, name, key } of batch) {
			const part = make(name);
			for (const [file, text] of part.files) output.put(file, text);
			made.set(id, {
				key,
				paths: part.files.map(([file]) => file),
				diagnostics: locate(part.findings, located),
			});
		}
		onProgress?.(start + batch.length, stale.length);
		// Lets a signal be heard.
		await new Promise(setImmediate);
	}
	return {
		diagnostics: sortDiagnostics([
			...diagnostics,
			...[...made.values()].flatMap((part) => part.diagnostics),
		]),
		eventTypes: resolved.events.size,
		remember: (stampOf) => ({
			files,
			parts: new Map(
				[...made].map(([id, part]) => [id, remembered(part, stampOf)]),
			),
		}),
	};
}

/** Keeps the parts that are as the previous run left them; the rest is stale. */
function keepParts(
	parts: readonly Part[],
	previous: PreviousRun,
	tree: ReadonlyMap<string, string>,
	output: Output,
) {
	const made = new Map<string, RememberedPart | MadePart>();
	const stale: Part[] = [];
	for (const part of parts) {
		const kept = previous.parts.get(part.id);
		if (kept?.key === part.key && isAsLeft(kept.files, tree)) {
			for (let i = 0; i < kept.files.length; i += 2)
				output.keep(kept.files[i] as string, kept.files[i + 1] as string);
			made.set(part.id, kept);
		} else stale.push(part);
	}
	return { made, stale };
}

interface MadePart {
	readonly key: string;
	readonly paths: readonly string[];
	readonly diagnostics: readonly Diagnostic[];
}

function remembered(
	part: RememberedPart | MadePart,
	stampOf: (file: string) => string,
): RememberedPart {
	if ("files" in part) return part;
	const { key, paths, diagnostics } = part;
	return {
		key,
		files: paths.flatMap((file) => [file, stampOf(file)]),
		diagnostics,
	};
}

/** Parses what has changed; the rest is as the previous run remembers it, the same objects. */
function summaries(ordered: readonly StampedSource[], previous: PreviousRun) {
	const files = new Map<string, RememberedFile>();
	const documents = new Map<string, SchemaDocument>();
	const diagnostics: Diagnostic[] = [];
	for (const source of ordered) {
		const { file, stamp } = source;
		const kept = previous.files.get(file);
		if (kept?.stamp === stamp) {
			files.set(file, kept);
			diagnostics.push(...kept.warnings);
			continue;
		}
		const own = digest(source.text);
		if (kept?.digest === own) {
			files.set(file, { ...kept, stamp });
			diagnostics.push(...kept.warnings);
			continue;
		}
		const summarized = summarize(source);
		const warnings = locate(summarized.findings, {
			sources: new Map([[file, source]]),
			acknowledged: new Map([[file, summarized.summary?.acknowledged ?? []]]),
		});
		diagnostics.push(...warnings);
		if (!summarized.document) continue;
		documents.set(file, summarized.document);
		const { summary } = summarized;
		files.set(file, { stamp, digest: own, summary, warnings });
	}
	return { files, documents, diagnostics };
}

/** Files that have not changed are parsed when another one's output needs them. */
function documentReader(
	documents: Map<string, SchemaDocument>,
	sources: ReadonlyMap<string, Source>,
	files: ReadonlyMap<string, RememberedFile>,
): (file: string) => SchemaDocument {
	return (file) => {
		const known = documents.get(file);
		if (known) return known;
		const source = sources.get(file);
		const { document } = source ? parse(source) : {};
		if (!document || digest(source?.text ?? "") !== files.get(file)?.digest)
			throw new Error(`${file} changed while it was read: run again`);
		documents.set(file, document);
		return document;
	};
}

/** A key covers the content, names and links of every file that a module's schemas refer to; of a domain, what is known of its event types. */
function partsOf(
	{ links, names, domains }: ResolvedSchemas,
	files: ReadonlyMap<string, RememberedFile>,
): readonly Part[] {
	const own = new Map(
		[...files].map(([file, remembered]) => [
			file,
			digest(
				JSON.stringify([
					file,
					remembered.digest,
					names
						.inFile(file)
						.map((place) => [place.pointer, names.nameOf(place)]),
					links.linksOf(file).map((to) => [to.file, to.pointer]),
				]),
			),
		]),
	);
	return [
		...[...files.keys()].map((file) => ({
			id: `file ${file}`,
			name: { module: moduleOf(file) },
			file,
			key: digest(
				[
					file,
					...[...links.reachFrom(file)].sort().map((next) => own.get(next)),
				].join("\0"),
			),
		})),
		...[...domains].map(
			([domain, events]: readonly [string, readonly EventFacts[]]) => ({
				id: `domain ${domain}`,
				name: { domain },
				key: digest(JSON.stringify(events)),
			}),
		),
	];
}

/** Whether files are as the previous run left them. */
function isAsLeft(
	files: RememberedPart["files"],
	tree: ReadonlyMap<string, string>,
): boolean {
	for (let i = 0; i < files.length; i += 2)
		if (tree.get(files[i] as string) !== files[i + 1]) return false;
	return true;
}
