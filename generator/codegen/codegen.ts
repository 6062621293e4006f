// From folders of schemas to a folder of generated code.
import { type Diagnostic, hasError, withSeverities } from "../diagnostics.ts";
import { analyse } from "../schema/analyse.ts";
import { generate } from "./generate.ts";
import { regenerate } from "./incremental.ts";
import type { Job } from "./job.ts";
import { recall, remember } from "./memory.ts";
import { emitOwn } from "./own-emitters.ts";
import { readSources } from "./read.ts";
import {
	Change,
	Comparison,
	type Difference,
	markerFile,
	markerText,
	readTree,
} from "./write.ts";

export interface Outcome {
	readonly diagnostics: readonly Diagnostic[];
	readonly eventTypes: number;
	/** The files that were or would be changed; `undefined` after an error, which changes nothing. */
	readonly difference?: Difference;
}

/** Compares the output folder with a full, uncached generation. Writes nothing. */
export async function compareOutput(job: Job): Promise<Outcome> {
	const { schemas, out, options, emitters, severities } = job;
	const analysis = analyse(readSources(schemas));
	const generated = generate(analysis, options);
	const diagnostics = withSeverities(generated.diagnostics, severities);
	const { eventTypes } = generated;
	if (hasError(diagnostics)) return { diagnostics, eventTypes };
	const comparison = new Comparison(out, readTree(out));
	comparison.want(markerFile, markerText);
	for (const [file, text] of generated.files) comparison.want(file, text);
	for (const [file, text] of await emitOwn(emitters, analysis.model))
		comparison.want(file, text);
	return { diagnostics, eventTypes, difference: comparison.difference() };
}

/** Updates the output folder. Resolves with `undefined` if the signal was aborted before anything changed. */
export async function updateOutput(
	{ schemas, out, options, emitters, severities }: Job,
	run: {
		readonly onProgress?: (done: number, total: number) => void;
		readonly signal?: AbortSignal | undefined;
	} = {},
): Promise<Outcome | undefined> {
	const sources = readSources(schemas);
	const memory = recall(schemas, out);
	const tree = readTree(out);
	const comparison = new Comparison(out, tree);
	const change = new Change(out, comparison);
	try {
		change.put(markerFile, markerText);
		const made = await regenerate(sources, memory, tree, change, options, run);
		if (run.signal?.aborted) return undefined;
		const { eventTypes } = made;
		const diagnostics = withSeverities(made.diagnostics, severities);
		if (hasError(diagnostics)) return { diagnostics, eventTypes };
		// Emitters of the user's own need the whole model, which incremental work does not have.
		if (emitters.size > 0)
			for (const [file, text] of await emitOwn(
				emitters,
				analyse(sources).model,
			))
				change.put(file, text);
		if (run.signal?.aborted) return undefined;
		const difference = comparison.difference();
		const stamps = change.commit();
		const stampOf = (file: string) => stamps.get(file) as string;
		remember(schemas, out, memory, made.remember(stampOf));
		return { diagnostics, eventTypes, difference };
	} finally {
		change.discard();
	}
}
