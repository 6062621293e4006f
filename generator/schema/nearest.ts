/** The most similar candidate: equal up to case, or with at most one edit per four letters and three in total. */
export function nearest(
	got: string,
	candidates: Iterable<string>,
): string | undefined {
	const wanted = got.toLowerCase();
	let best: string | undefined;
	let bestEdits = Math.min(3, Math.max(1, Math.floor(got.length / 4))) + 1;
	for (const candidate of candidates) {
		const edits =
			candidate.length <= 3
				? candidate.toLowerCase() === wanted
					? 0
					: bestEdits
				: editsBetween(candidate.toLowerCase(), wanted);
		if (edits >= bestEdits) continue;
		best = candidate;
		bestEdits = edits;
	}
	return best;
}

/** The number of letters inserted, deleted, substituted or swapped with a neighbour: https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance */
function editsBetween(a: string, b: string): number {
	if (Math.abs(a.length - b.length) > 3) return 4;
	const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
	const at = (i: number, j: number) => rows[i]?.[j] as number;
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		rows.push(row);
		for (let j = 1; j <= b.length; j++) {
			const isSame = a[i - 1] === b[j - 1];
			row.push(
				Math.min(
					at(i - 1, j) + 1,
					at(i, j - 1) + 1,
					at(i - 1, j - 1) + (isSame ? 0 : 1),
					a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
						? at(i - 2, j - 2) + 1
						: Number.POSITIVE_INFINITY,
				),
			);
		}
	}
	return at(a.length, b.length);
}
