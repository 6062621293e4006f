import { quote } from "./operators.ts";
import {
	consistent,
	type Elements,
	type EventPatternDocument,
	isIn,
	joined,
	keep,
	keyOf,
	type Leaf,
	pathTree,
	type SubRule,
	subRulesOf,
	visitLeaves,
} from "./structure.ts";

/** Where an event and a pattern part, in the pattern's own words. */
export interface Mismatch {
	/** The field's path, as `detail.channel`. */
	readonly field: string;
	readonly wanted: string;
	readonly got: string;
}

/** Mismatches as one line: `detail.total is 20, wants > 1000`. */
export function describeMismatches(mismatches: readonly Mismatch[]): string {
	return mismatches
		.map(({ field, wanted, got }) => `${field} is ${got}, wants ${wanted}`)
		.join("; ");
}

type Leaves = ReadonlyMap<string, readonly Leaf[]>;

/** For one valid pattern: nothing where an event matches; else each field that does not, of the alternative that comes closest. */
export function mismatchFinder(
	pattern: EventPatternDocument,
): (event: unknown) => readonly Mismatch[] {
	const rules = subRulesOf(pattern);
	const paths = [
		...new Set(rules.flatMap((rule) => rule.map(({ path }) => path))),
	];
	const tree = pathTree(paths);
	return (event) => {
		const leaves = new Map<string, Leaf[]>(paths.map((path) => [path, []]));
		visitLeaves(event, tree, (place, value, elements) => {
			leaves.get(paths[place] as string)?.push({ value, elements });
		});
		if (rules.some((rule) => holds(rule, 0, null, leaves, new Set())))
			return [];
		return rules
			.map((rule) => mismatchesOf(rule, leaves))
			.reduce((best, next) => (next.length < best.length ? next : best));
	};
}

function holds(
	rule: SubRule,
	index: number,
	soFar: Elements | null,
	leaves: Leaves,
	failed: Set<string>,
): boolean {
	const next = rule[index];
	if (!next) return true;
	// Only what is chosen of arrays that are still to come can contradict; the same again fails again.
	const asked = rule.slice(index).flatMap(({ path }) => leaves.get(path) ?? []);
	const chosen = keep(soFar, ({ array }) =>
		asked.some(({ elements }) => isIn(elements, array)),
	);
	const key = `${index}${keyOf(chosen)}`;
	if (failed.has(key)) return false;
	const candidates = (leaves.get(next.path) ?? []).filter(({ elements }) =>
		consistent(elements, chosen),
	);
	if (
		candidates.length === 0 &&
		next.matchers.some(({ acceptsAbsence }) => acceptsAbsence) &&
		holds(rule, index + 1, chosen, leaves, failed)
	)
		return true;
	const does = candidates.some(
		({ value, elements }) =>
			next.matchers.some(({ accepts }) => accepts(value)) &&
			holds(rule, index + 1, joined(chosen, elements), leaves, failed),
	);
	if (!does) failed.add(key);
	return does;
}

function mismatchesOf(rule: SubRule, leaves: Leaves): readonly Mismatch[] {
	const alone = rule
		.filter((condition) => !holds([condition], 0, null, leaves, new Set()))
		.map(({ path, matchers }) => ({
			field: path,
			wanted: matchers.map(({ summary }) => summary).join(" or "),
			got: describeLeaves(leaves.get(path) ?? []),
		}));
	if (alone.length > 0) return alone;
	return [
		{
			field: rule.map(({ path }) => path).join(" with "),
			wanted: "all of them in one element of the array",
			got: "each of them in another",
		},
	];
}

function describeLeaves(leaves: readonly Leaf[]): string {
	if (leaves.length === 0) return "no value";
	const shown = leaves.slice(0, 5).map(({ value }) => quote(value));
	return `${shown.join(", ")}${leaves.length > 5 ? ", …" : ""}`;
}
