/** Runs alternatives in turn, so that machine drift affects all equally. Returns each one's median in nanoseconds per call. */
export function medians(
	alternatives: Readonly<Record<string, () => unknown>>,
	callsPerRound: number,
	rounds = 15,
): Readonly<Record<string, number>> {
	const times = new Map(
		Object.keys(alternatives).map((name): [string, number[]] => [name, []]),
	);
	for (let round = -2; round < rounds; round++)
		for (const [name, run] of Object.entries(alternatives)) {
			const start = process.hrtime.bigint();
			for (let call = 0; call < callsPerRound; call++) run();
			const ns = Number(process.hrtime.bigint() - start) / callsPerRound;
			if (round >= 0) times.get(name)?.push(ns);
		}
	return Object.fromEntries(
		[...times].map(([name, all]) => [
			name,
			all.sort((a, b) => a - b)[all.length >> 1] as number,
		]),
	);
}

/** Formats a table with a title. The first column is left-aligned, the others right-aligned. */
export function table(
	title: string,
	head: readonly string[],
	rows: readonly (readonly string[])[],
): string {
	const all = [head, ...rows];
	const widths = head.map((_, i) =>
		Math.max(...all.map((row) => (row[i] ?? "").length)),
	);
	const lines = all.map((row) =>
		row
			.map((cell, i) =>
				i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
			)
			.join("  ")
			.trimEnd(),
	);
	return [title, ...lines].join("\n");
}

export const times = (value: number): string => `${value.toFixed(2)}x`;
