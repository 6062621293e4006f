import type { EventPatternDocument } from "../../runtime/event.ts";
import { isArray, isObject, type Scalar } from "../../runtime/json.ts";
import { quote } from "./operators.ts";
import {
	type Elements,
	joined,
	keep,
	keyOf,
	pathTree,
	Standing,
	type SubRule,
	subRulesOf,
	visitLeaves,
} from "./structure.ts";

/** A field that does not match, described in the pattern's terms. */
export interface Mismatch {
	/** The field's path, such as `detail.channel`. */
	readonly field: string;
	readonly wanted: string;
	readonly got: string;
}

/** Formats mismatches as one line: `detail.total is 20, wants > 1000`. */
export function describeMismatches(mismatches: readonly Mismatch[]): string {
	return mismatches
		.map(({ field, wanted, got }) => `${field} is ${got}, wants ${wanted}`)
		.join("; ");
}

/** The leaves at one path. */
interface Leaves {
	readonly values: readonly Scalar[];
	readonly standing: Standing;
}
type AllLeaves = ReadonlyMap<string, Leaves>;

/** Returns a function that lists the mismatched fields of the closest alternative, or none. The pattern is valid. */
export function mismatchFinder(
	pattern: EventPatternDocument,
): (event: unknown) => readonly Mismatch[] {
	const rules = subRulesOf(pattern);
	const paths = [
		...new Set(rules.flatMap((rule) => rule.map(({ path }) => path))),
	];
	const tree = pathTree(paths);
	return (event) => {
		const values: Scalar[][] = paths.map(() => []);
		const elements: (Elements | null)[][] = paths.map(() => []);
		visitLeaves(event, tree, (place, value, own) => {
			values[place]?.push(value);
			elements[place]?.push(own);
		});
		const leaves: AllLeaves = new Map(
			paths.map((path, i) => [
				path,
				{
					values: values[i] as Scalar[],
					standing: new Standing(elements[i] as (Elements | null)[]),
				},
			]),
		);
		if (rules.some((rule) => holds(rule, 0, null, leaves, new Set())))
			return [];
		return rules
			.map((rule) => mismatchesOf(rule, leaves, event))
			.reduce((best, next) => (next.length < best.length ? next : best));
	};
}

function holds(
	rule: SubRule,
	index: number,
	soFar: Elements | null,
	leaves: AllLeaves,
	failed: Set<string>,
): boolean {
	const next = rule[index];
	if (!next) return true;
	// Only elements of arrays that later conditions use can conflict. The same choice fails again.
	const asked = rule.slice(index);
	const chosen = keep(soFar, ({ array }) =>
		asked.some(({ path }) => leaves.get(path)?.standing.isIn(array)),
	);
	const key = `${index}${keyOf(chosen)}`;
	if (failed.has(key)) return false;
	const { values, standing } = leaves.get(next.path) as Leaves;
	const candidates = [...standing.consistentWith(chosen)];
	if (
		candidates.length === 0 &&
		next.matchers.some(({ acceptsAbsence }) => acceptsAbsence) &&
		holds(rule, index + 1, chosen, leaves, failed)
	)
		return true;
	const does = candidates.some(
		(i) =>
			next.matchers.some(({ accepts }) => accepts(values[i] as Scalar)) &&
			holds(
				rule,
				index + 1,
				joined(chosen, standing.elements[i] ?? null),
				leaves,
				failed,
			),
	);
	if (!does) failed.add(key);
	return does;
}

function mismatchesOf(
	rule: SubRule,
	leaves: AllLeaves,
	event: unknown,
): readonly Mismatch[] {
	const alone = rule
		.filter((condition) => !holds([condition], 0, null, leaves, new Set()))
		.map(({ path, matchers }) => ({
			field: path,
			wanted: matchers.map(({ summary }) => summary).join(" or "),
			got: describeLeaves(leaves.get(path)?.values ?? [], path, event),
		}));
	if (alone.length > 0) return alone;
	return [
		{
			field: rule.map(({ path }) => path).join(" with "),
			wanted: "a match in the same array element",
			got: "matched only in different elements",
		},
	];
}

function describeLeaves(
	values: readonly Scalar[],
	path: string,
	event: unknown,
): string {
	if (values.length === 0)
		return hasObjectAt(event, path.split("."))
			? "an object, of which only what is inside can be matched"
			: "no value";
	const shown = values.slice(0, 5).map(quote);
	return `${shown.join(", ")}${values.length > 5 ? ", …" : ""}`;
}

function hasObjectAt(value: unknown, path: readonly string[]): boolean {
	if (isArray(value)) return value.some((item) => hasObjectAt(item, path));
	if (!isObject(value)) return false;
	const [first, ...rest] = path;
	if (first === undefined) return true;
	return Object.hasOwn(value, first) && hasObjectAt(value[first], rest);
}
