// From a folder of schemas to a folder of generated code.
import { type Diagnostic, hasError } from "../diagnostics.ts";
import type { EmitOptions } from "../emit/emitter.ts";
import { analyse } from "../schema/analyse.ts";
import { generate } from "./generate.ts";
import { regenerate } from "./incremental.ts";
import { recall, remember } from "./memory.ts";
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
export function compareOutput(
	schemas: string,
	out: string,
	options: EmitOptions,
): Outcome {
	const { files, diagnostics, eventTypes } = generate(
		analyse(readSources(schemas)),
		options,
	);
	if (hasError(diagnostics)) return { diagnostics, eventTypes };
	const comparison = new Comparison(out, readTree(out));
	comparison.want(markerFile, markerText);
	for (const [file, text] of files) comparison.want(file, text);
	return { diagnostics, eventTypes, difference: comparison.difference() };
}

/** Updates the output folder. Returns `undefined` if the signal was aborted before anything changed. */
export async function updateOutput(
	schemas: string,
	out: string,
	options: EmitOptions,
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
		const { diagnostics, eventTypes } = made;
		if (hasError(diagnostics)) return { diagnostics, eventTypes };
		const difference = comparison.difference();
		const stamps = change.commit();
		const stampOf = (file: string) => stamps.get(file) as string;
		remember(schemas, out, memory, made.remember(stampOf));
		return { diagnostics, eventTypes, difference };
	} finally {
		change.discard();
	}
}
