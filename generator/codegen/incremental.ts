// The same output as `generate(analyse(sources))`, but only changed parts are regenerated. This file only saves time.
import { type Diagnostic, hasError } from "../diagnostics.ts";
import type { EmitOptions } from "../emit/emitter.ts";
import {
	analyse,
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
import { generate, type PartName, partMaker } from "./generate.ts";

/** A source whose text is read on first use. */
export interface StampedSource extends Source {
	/** The text is unchanged as long as the stamp is. */
	readonly stamp: string;
}

export interface RememberedFile {
	readonly stamp: string;
	readonly digest: string;
	readonly summary: FileSummary;
	readonly warnings: readonly Diagnostic[];
}

export interface RememberedPart {
	/** The cache key; covers everything that the part depends on. */
	readonly key: string;
	/** The generated files, each followed by its stamp. */
	readonly files: readonly string[];
	readonly diagnostics: readonly Diagnostic[];
}

/** The cached results of the previous run. */
export interface PreviousRun {
	readonly files: ReadonlyMap<string, RememberedFile>;
	/** By ID: `file …` or `domain …`. */
	readonly parts: ReadonlyMap<string, RememberedPart>;
}

/** Receives the output file by file, so that it is never all in memory. */
export interface Output {
	readonly put: (file: string, text: string) => void;
	/** Keeps a file unchanged. */
	readonly keep: (file: string, stamp: string) => void;
}

export interface Regenerated {
	/** After an error, the output is incomplete. */
	readonly diagnostics: readonly Diagnostic[];
	readonly eventTypes: number;
	/** The results to cache, once the stamps of the files are known. */
	readonly remember: (stampOf: (file: string) => string) => PreviousRun;
}

interface Part {
	readonly id: string;
	readonly name: PartName;
	/** The schema file, if the part is a module. */
	readonly file?: string;
	readonly key: string;
}

/** Parts per batch: enough to share work, few enough to limit memory. */
const batchParts = 100;

/**
 * Regenerates changed parts. `tree` is the stamp of each existing output file. Once the signal is aborted, it returns early
 * with partial results.
 */
export async function regenerate(
	sources: readonly StampedSource[],
	previous: PreviousRun,
	tree: ReadonlyMap<string, string>,
	output: Output,
	options: EmitOptions,
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
	// Errors are rare, and what else is found depends on all files.
	const failed = (): Regenerated => ({
		diagnostics: generate(analyse(sources), options).diagnostics,
		eventTypes: 0,
		remember: () => previous,
	});
	if (hasError(diagnostics)) return failed();
	const documentOf = documentReader(documents, byFile, files);
	const { resolved, findings } = resolve(
		[...files.values()].map(({ summary }) => summary),
		schemaPlaces(documentOf),
	);
	if (findings.length > 0) return failed();

	const { made, stale } = keepParts(
		partsOf(resolved, files, options),
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
		if (findings.length > 0) return failed();
		const make = partMaker(model, options);
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
		// Yields to the event loop so that an abort is noticed.
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

/** Keeps the parts that are unchanged since the previous run; the rest is stale. */
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

/** Parses changed files. Unchanged files keep the same objects as in the previous run. */
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

/** Unchanged files are parsed only when the output of another file needs them. */
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
			throw new Error(`${file} changed while it was being read: run again`);
		documents.set(file, document);
		return document;
	};
}

/**
 * A module's key covers the content, names and resolved references of its file and transitive dependencies. A domain's key
 * covers the facts about its event types. Both cover the options.
 */
function partsOf(
	{ links, names, domains }: ResolvedSchemas,
	files: ReadonlyMap<string, RememberedFile>,
	options: EmitOptions,
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
					JSON.stringify(options),
					file,
					...[...links.reachFrom(file)].sort().map((next) => own.get(next)),
				].join("\0"),
			),
		})),
		...[...domains].map(
			([domain, events]: readonly [string, readonly EventFacts[]]) => ({
				id: `domain ${domain}`,
				name: { domain },
				key: digest(JSON.stringify([options, events])),
			}),
		),
	];
}

/** Whether files are unchanged since the previous run. */
function isAsLeft(
	files: RememberedPart["files"],
	tree: ReadonlyMap<string, string>,
): boolean {
	for (let i = 0; i < files.length; i += 2)
		if (tree.get(files[i] as string) !== files[i + 1]) return false;
	return true;
}
