// Runs codegen and reports the result.
import { compareOutput, updateOutput } from "../generator/codegen/codegen.ts";
import type { Job } from "../generator/codegen/job.ts";
import { pathIn } from "../generator/codegen/read.ts";
import { type Difference, isEmpty } from "../generator/codegen/write.ts";
import type { Diagnostic } from "../generator/diagnostics.ts";
import { formatDiagnostic } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** Runs codegen once. Resolves with the exit code. */
export async function generateCode(
	job: Job,
	terminal: Terminal,
	signal?: AbortSignal,
): Promise<number> {
	const { schemas, out } = job;
	const outcome = await updateOutput(job, {
		onProgress: terminal.progress("parts"),
		signal,
	});
	if (!outcome) {
		terminal.warn(`Interrupted: ${out} is unchanged.`);
		return 130;
	}
	const { diagnostics, eventTypes, difference } = outcome;
	report(diagnostics, schemas, terminal);
	if (!difference) return failed(out, terminal);
	if (eventTypes === 0) terminal.warn(noEventTypes(schemas));
	terminal.print(summary(eventTypes, difference, out));
	return 0;
}

/** Compares the output folder with what codegen would generate. Resolves with the exit code. `options` are the command line's. */
export async function checkCode(
	job: Job,
	options: readonly string[],
	terminal: Terminal,
): Promise<number> {
	const { schemas, out } = job;
	const { diagnostics, eventTypes, difference } = await compareOutput(job);
	if (!difference) {
		report(diagnostics, schemas, terminal);
		return 1;
	}
	if (isEmpty(difference)) {
		terminal.print(`${out} is up to date: ${countOf(eventTypes)}.`);
		return 0;
	}
	for (const [what, files] of Object.entries({
		missing: difference.added,
		"not up to date": difference.changed,
		"not generated": difference.removed,
	}))
		for (const file of files) terminal.warn(`${out}/${file}: ${what}`);
	terminal.warn(
		`${out} is not up to date with ${schemas.join(", ")}. Run: npm run codegen${options.length === 0 ? "" : ` -- ${options.join(" ")}`}`,
	);
	return 1;
}

export const noEventTypes = (schemas: readonly string[]): string =>
	`There are no event types in ${schemas.join(", ")}: no schema has x-amazon-events-source and x-amazon-events-detail-type at its root.`;

/** Further warnings with the same code are only counted. */
const warningsMax = 10;

export function report(
	diagnostics: readonly Diagnostic[],
	schemas: readonly string[],
	terminal: Terminal,
): void {
	const counts = new Map<string, number>();
	for (const diagnostic of diagnostics) {
		const { code, severity } = diagnostic;
		if (severity === "warning") {
			const count = (counts.get(code) ?? 0) + 1;
			counts.set(code, count);
			if (count > warningsMax) continue;
		}
		terminal.warn(
			formatDiagnostic(
				diagnostic,
				(file) => pathIn(schemas, file),
				terminal,
				"stderr",
			),
		);
	}
	for (const [code, count] of counts)
		if (count > warningsMax)
			terminal.warn(`${count - warningsMax} more ${code} warnings`);
}

function failed(out: string, terminal: Terminal): number {
	terminal.warn(`Nothing was written: ${out} is unchanged.`);
	return 1;
}

/** For more files than this, only the counts are printed. */
const namedMax = 20;

const countOf = (eventTypes: number) =>
	`${eventTypes} event ${eventTypes === 1 ? "type" : "types"}`;

function summary(
	eventTypes: number,
	difference: Difference,
	out: string,
): string {
	const kinds = Object.entries(difference).filter(
		([, files]) => files.length > 0,
	);
	const counts = kinds.map(([what, files]) => `${files.length} ${what}`);
	const head = `${countOf(eventTypes)} in ${out}: ${counts.length > 0 ? counts.join(", ") : "nothing changed"}.`;
	const lines = kinds.flatMap(([what, files]: [string, readonly string[]]) =>
		files.map((file) => `  ${what.padEnd(7)}  ${file}`),
	);
	return lines.length <= namedMax ? [head, ...lines].join("\n") : head;
}
