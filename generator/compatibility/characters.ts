// Sets of Unicode code points, as sorted ranges that neither overlap nor touch.

export type Range = readonly [first: number, last: number];
export type Characters = readonly Range[];

const lastCodePoint = 0x10ffff;
export const anyCharacter: Characters = [[0, lastCodePoint]];

export function union(...sets: readonly Characters[]): Characters {
	const ranges = sets.flat().sort((a, b) => a[0] - b[0]);
	const made: [number, number][] = [];
	for (const [first, last] of ranges) {
		const previous = made.at(-1);
		if (previous && first <= previous[1] + 1)
			previous[1] = Math.max(previous[1], last);
		else made.push([first, last]);
	}
	return made;
}

export function complement(set: Characters): Characters {
	const made: Range[] = [];
	let next = 0;
	for (const [first, last] of set) {
		if (first > next) made.push([next, first - 1]);
		next = last + 1;
	}
	if (next <= lastCodePoint) made.push([next, lastCodePoint]);
	return made;
}

export function includes(set: Characters, character: number): boolean {
	let [low, high] = [0, set.length - 1];
	while (low <= high) {
		const middle = (low + high) >> 1;
		const [first, last] = set[middle] as Range;
		if (character < first) high = middle - 1;
		else if (character > last) low = middle + 1;
		else return true;
	}
	return false;
}

const found = new Map<string, Characters>();

/** The characters that a class of a regular expression matches, such as `\p{Lu}`. */
export function matchedBy(classText: string): Characters {
	const known = found.get(classText);
	if (known) return known;
	const expression = new RegExp(`^${classText}$`, "u");
	const ranges: [number, number][] = [];
	for (let point = 0; point <= lastCodePoint; point++) {
		if (!expression.test(String.fromCodePoint(point))) continue;
		const previous = ranges.at(-1);
		if (previous && previous[1] === point - 1) previous[1] = point;
		else ranges.push([point, point]);
	}
	found.set(classText, ranges);
	return ranges;
}

/** One character of each kind that a list of sets tells apart, the most readable of its kind. */
export function kindsOf(sets: readonly Characters[]): readonly number[] {
	const limits = new Set<number>([0]);
	for (const set of sets)
		for (const [first, last] of set) {
			limits.add(first);
			if (last < lastCodePoint) limits.add(last + 1);
		}
	const starts = [...limits].sort((a, b) => a - b);
	const byKind = new Map<string, number>();
	for (const [i, first] of starts.entries()) {
		const last = (starts[i + 1] ?? lastCodePoint + 1) - 1;
		const kind = sets.map((set) => (includes(set, first) ? 1 : 0)).join("");
		const nice = mostReadable(first, last);
		const known = byKind.get(kind);
		if (known === undefined || rank(nice) < rank(known)) byKind.set(kind, nice);
	}
	return [...byKind.values()].sort((a, b) => rank(a) - rank(b) || a - b);
}

const readable: readonly Range[] = [
	[0x61, 0x7a],
	[0x30, 0x39],
	[0x41, 0x5a],
	[0x21, 0x7e],
	[0x20, 0x20],
	[0xa1, 0xd7ff],
	[0xe000, lastCodePoint],
];

function mostReadable(first: number, last: number): number {
	for (const [from, to] of readable) {
		const character = Math.max(first, from);
		if (character <= Math.min(last, to)) return character;
	}
	return first;
}

function rank(character: number): number {
	const at = readable.findIndex(
		([first, last]) => character >= first && character <= last,
	);
	return at < 0 ? readable.length : at;
}
