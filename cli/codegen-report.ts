// Runs codegen and reports the result.
import {
	compareOutput,
	type Outcome,
	updateOutput,
} from "../generator/codegen/codegen.ts";
import { type Difference, isEmpty } from "../generator/codegen/write.ts";
import type { Diagnostic } from "../generator/diagnostics.ts";
import {
	defaultFormats,
	type RegistryFormats,
	registryFormats,
} from "./registry-formats.ts";
import { formatDiagnostic } from "./report.ts";
import type { Terminal } from "./terminal.ts";

const emitOptions = (formats: RegistryFormats) => ({
	registryFormats: registryFormats[formats],
});

/** Runs codegen once. Resolves with the exit code. */
export async function generateCode(
	schemas: string,
	out: string,
	formats: RegistryFormats,
	terminal: Terminal,
	signal?: AbortSignal,
): Promise<number> {
	const outcome = await updateOutput(schemas, out, emitOptions(formats), {
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

/** Compares the output folder with what codegen would generate. Returns the exit code. */
export function checkCode(
	schemas: string,
	out: string,
	formats: RegistryFormats,
	terminal: Terminal,
): number {
	const outcome: Outcome = compareOutput(schemas, out, emitOptions(formats));
	if (!outcome.difference) {
		report(outcome.diagnostics, schemas, terminal);
		return 1;
	}
	return verdict(
		outcome.difference,
		outcome.eventTypes,
		{ schemas, out, formats },
		terminal,
	);
}

export const noEventTypes = (schemas: string): string =>
	`There are no event types in ${schemas}: no schema has x-amazon-events-source and x-amazon-events-detail-type at its root.`;

/** Further warnings with the same code are only counted. */
const warningsMax = 10;

function report(
	diagnostics: readonly Diagnostic[],
	folder: string,
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
		terminal.warn(formatDiagnostic(diagnostic, folder, terminal, "stderr"));
	}
	for (const [code, count] of counts)
		if (count > warningsMax)
			terminal.warn(`${count - warningsMax} more ${code} warnings`);
}

function failed(out: string, terminal: Terminal): number {
	terminal.warn(`Nothing was written: ${out} is unchanged.`);
	return 1;
}

function verdict(
	difference: Difference,
	eventTypes: number,
	{
		schemas,
		out,
		formats,
	}: {
		readonly schemas: string;
		readonly out: string;
		readonly formats: RegistryFormats;
	},
	terminal: Terminal,
): number {
	if (isEmpty(difference)) {
		terminal.print(`${out} is up to date: ${countOf(eventTypes)}.`);
		return 0;
	}
	const unusual = [
		...(schemas === "schemas" ? [] : ["--schemas", schemas]),
		...(out === "generated" ? [] : ["--out", out]),
		...(formats === defaultFormats ? [] : ["--registry-format", formats]),
	];
	for (const [what, files] of Object.entries({
		missing: difference.added,
		"not up to date": difference.changed,
		"not generated": difference.removed,
	}))
		for (const file of files) terminal.warn(`${out}/${file}: ${what}`);
	terminal.warn(
		`${out} is not up to date with ${schemas}. Run: npm run codegen${unusual.length === 0 ? "" : ` -- ${unusual.join(" ")}`}`,
	);
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
