/**
 * The complexity of a field's wildcards, as Event Ruler defines it: the maximum number of positions, over all wildcards,
 * that one input can be at. Returns `limit + 1` as soon as the limit is exceeded or too many states have been visited.
 */
export function wildcardComplexity(
	texts: readonly string[],
	limit: number,
): number {
	const patterns = texts.map(tokensOf);
	const start = patterns.map(() => new Set<number>());
	const seen = new Set<string>();
	let open: readonly (readonly ReadonlySet<number>[])[] = [start];
	let most = 0;
	for (let isStart = true; open.length > 0; isStart = false) {
		const next: (readonly ReadonlySet<number>[])[] = [];
		for (const state of open)
			for (const character of isStart ? ['"'] : wantedIn(patterns, state)) {
				const after = patterns.map((tokens, i) =>
					step(tokens, state[i] as ReadonlySet<number>, character, isStart),
				);
				const key = after.map((places) => [...places].sort().join()).join("|");
				if (seen.has(key)) continue;
				seen.add(key);
				most = Math.max(
					most,
					after.reduce((sum, { size }) => sum + size, 0),
				);
				if (most > limit || seen.size > statesMax) return limit + 1;
				next.push(after);
			}
		open = next;
	}
	return most;
}

const star = "*";
const statesMax = 20_000;

/** The characters with enclosing quotation marks, as the engine compares them. A literal star keeps its escape. */
function tokensOf(text: string): readonly string[] {
	const tokens = ['"'];
	for (let i = 0; i < text.length; i++)
		if (text[i] === "\\") {
			i++;
			tokens.push(text[i] === star ? "\\*" : (text[i] as string));
		} else tokens.push(text[i] as string);
	return [...tokens, '"'];
}

/** The characters with a transition from the state, and "" for all others. */
function wantedIn(
	patterns: readonly (readonly string[])[],
	state: readonly ReadonlySet<number>[],
): ReadonlySet<string> {
	const wanted = new Set([""]);
	patterns.forEach((tokens, i) => {
		for (const place of state[i] as ReadonlySet<number>) {
			const next = tokens[place + 1];
			if (next !== undefined && next !== star) wanted.add(next);
		}
	});
	return wanted;
}

function step(
	tokens: readonly string[],
	places: ReadonlySet<number>,
	character: string,
	isStart: boolean,
): ReadonlySet<number> {
	const after = new Set<number>();
	const consume = (place: number) => {
		if (tokens[place] !== character) return;
		after.add(place);
		if (tokens[place + 1] === star) after.add(place + 1);
	};
	if (isStart) consume(0);
	for (const place of places) {
		if (tokens[place] === star) after.add(place);
		if (tokens[place + 1] !== star) consume(place + 1);
	}
	return after;
}
