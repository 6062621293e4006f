// Whether readers of one schema accept what writers of another write, in both directions.

import { isObject } from "../../runtime/json.ts";
import {
	pointerTokens,
	resolvePointer,
	token,
} from "../../runtime/json-pointer.ts";
import type { NamedSchema } from "../schema/model.ts";
import type { Reading } from "./classes.ts";
import type { Compiled } from "./compile.ts";
import {
	type Break,
	type Explained,
	type Explanation,
	explain,
	isCounterexample,
	question,
	type Sides,
	smallest,
} from "./explain.ts";
import type { Place } from "./node.ts";
import { type Direction, keywordRules, undecided } from "./rules.ts";
import { type Solver, solver } from "./search.ts";
import { TooLarge } from "./too-large.ts";
import type { Verifier } from "./verify.ts";
import { short } from "./words.ts";

/**
 * `exact`: a reader accepts what its schema accepts, and a writer writes it all. `tolerant`: a writer writes only properties that its
 * schema names or gives a schema for, and a reader accepts properties that a closed object does not know, as our parsers do.
 */
export type Meaning = "exact" | "tolerant";

export type Verdict = "yes" | "no" | "unknown";

/** One reason for a verdict that is not `yes`. */
export interface Finding {
	/** A stable name, such as `value-removed`. */
	readonly rule: string;
	readonly direction: Direction;
	/** Where in the data: a JSON pointer, with `*` for any other property and `[]` for any item. */
	readonly path: string;
	/** Where each schema says what the finding is about. */
	readonly old: Place;
	readonly new: Place;
	readonly message: string;
	/** A value that the writer's schema accepts and the reader refuses; nothing can be left out of it. */
	readonly counterexample?: unknown;
}

export interface Judgement {
	readonly verdict: Verdict;
	readonly findings: readonly Finding[];
	/** Findings of judgements before, in a schema that others share, with the path that leads to them here. */
	readonly shared: readonly {
		readonly finding: Finding;
		readonly path: string;
	}[];
}

/** What judgements of the same versions, in the same direction and meaning, remember. */
export interface Memory {
	readonly solver: Solver;
	readonly explained: Explained;
	readonly findings: Map<Break, Finding>;
}

export const memory = (meaning: Meaning, known?: Solver): Memory => ({
	solver: known ?? solver(meaning === "tolerant"),
	explained: new Map(),
	findings: new Map(),
});

/** The schemas of one version. */
export interface Version {
	readonly schemas: ReadonlyMap<string, NamedSchema>;
	readonly compiled: Compiled;
	readonly verifier: Verifier;
}

/** Judges one direction: may readers of `reader` be given what writers of `writer` write? */
export function judge(
	direction: Direction,
	writer: { readonly version: Version; readonly name: string },
	reader: { readonly version: Version; readonly name: string },
	meaning: Meaning,
	{ solver: solve, explained, findings }: Memory = memory(meaning),
): Judgement {
	const isTolerant = meaning === "tolerant";
	const nodeOf = (side: typeof writer, reading: Reading) =>
		side.version.compiled.nodeOf(side.name, isTolerant ? reading : "exact");
	const sides: Sides = {
		writer: nodeOf(writer, "exact"),
		reader: nodeOf(reader, "exact"),
		open: nodeOf(reader, "open"),
		tolerant: nodeOf(reader, "tolerant"),
		isTolerant,
	};
	const { open, tolerant } = sides;
	const answer = solve.solve(question(sides, [sides.reader, open]));
	const places = (at: { reader: Place; writer: Place }) =>
		direction === "backward"
			? { old: at.writer, new: at.reader }
			: { old: at.reader, new: at.writer };
	/** For other readers than ours. */
	const smallestOf = (value: unknown) =>
		smallest({ ...sides, tolerant: open }, value);
	const atRoot = { reader: sides.reader.place, writer: sides.writer.place };
	const undecidedAt = (at: typeof atRoot, message: string): Finding => ({
		rule: undecided,
		direction,
		path: "",
		...places(at),
		message,
	});
	if (!("value" in answer)) {
		if (answer.doubts.length === 0)
			return { verdict: "yes", findings: [], shared: [] };
		return unknown(
			answer.doubts.map(({ keyword, place, why }) =>
				undecidedAt(
					// It may be the writer's keyword or the reader's.
					place?.file ? { reader: place, writer: place } : atRoot,
					`${keyword}${place?.pointer ? ` at ${place.pointer}` : ""} could not be decided: ${why}`,
				),
			),
		);
	}
	// Other tolerant readers refuse it; ours may not.
	const ours =
		tolerant.id === open.id
			? answer
			: solve.solve(question(sides, [sides.reader, open, tolerant]));
	if (!("value" in ours))
		return unknown([
			undecidedAt(
				atRoot,
				ours.doubts[0] === undefined
					? `our parsers accept it, since they try the alternatives of oneOf exactly first; a reader that ignores unknown properties refuses ${short(smallestOf(answer.value))}`
					: `${ours.doubts[0].keyword} could not be decided: ${ours.doubts[0].why}`,
			),
		]);
	const isVerified = (value: unknown): boolean => {
		try {
			return (
				isCounterexample(sides, value) &&
				writer.version.verifier.isWritable(writer.name, value) &&
				reader.version.verifier.isRefused(reader.name, value, isTolerant)
			);
		} catch {
			return false;
		}
	};
	const root: Break = {
		...atRoot,
		rule: keywordRules.schema[direction],
		path: "",
		message: "the reader's schema refuses what the writer's accepts",
		counterexample: smallest(sides, ours.value),
	};
	const explanation = explainedOr(() =>
		explain(sides, solve, direction, explained),
	);
	const breaks = explanation.breaks.filter(({ counterexample }) =>
		isVerified(counterexample),
	);
	const shared = explanation.shared.flatMap(({ found, path }) => {
		const finding = findings.get(found);
		return finding ? [{ finding, path }] : [];
	});
	const isExplained = breaks.length > 0 || shared.length > 0;
	const shown = isExplained
		? breaks
		: isVerified(root.counterexample)
			? [root]
			: [];
	if (shown.length === 0 && !isExplained)
		return unknown([
			undecidedAt(
				atRoot,
				"a counterexample was found, but validators do not agree about it",
			),
		]);
	return {
		verdict: "no",
		shared,
		findings: shown.map((found) => {
			const { rule, path, message, counterexample, ...at } = found;
			const finding = {
				rule,
				direction,
				path,
				...places(at),
				message,
				counterexample,
			};
			findings.set(found, finding);
			return finding;
		}),
	};
}

const unknown = (findings: readonly Finding[]): Judgement => ({
	verdict: "unknown",
	findings,
	shared: [],
});

/** Without an explanation if it takes too much, as with deep recursion. */
function explainedOr(explanation: () => Explanation): Explanation {
	try {
		return explanation();
	} catch (error) {
		if (!(error instanceof TooLarge || error instanceof RangeError))
			throw error;
		return { breaks: [], shared: [] };
	}
}

/** Keywords that earlier drafts write otherwise. */
const earlier: ReadonlyMap<string, readonly string[]> = new Map([
	["prefixItems", ["items"]],
	["items", ["additionalItems"]],
	["dependentRequired", ["dependencies"]],
	["dependentSchemas", ["dependencies"]],
	["$ref", ["$dynamicRef", "$recursiveRef"]],
	["exclusiveMinimum", ["minimum"]],
	["exclusiveMaximum", ["maximum"]],
]);

/** The pointer of a keyword in the schema as it was written, or of what is nearest to it. */
export function writtenPointer(root: unknown, pointer: string): string {
	let found = "";
	let value = root;
	const tokens = pointerTokens(pointer);
	for (const [i, name] of tokens.entries()) {
		const isTuple =
			name === "items" && isObject(value) && Array.isArray(value.items);
		const names = [...(isTuple ? [] : [name]), ...(earlier.get(name) ?? [])];
		const known = names.find(
			(one) => resolvePointer(value, token(one)) !== undefined,
		);
		if (known === undefined) return found;
		// The items of a tuple are under their index.
		if (known === "items" && name === "prefixItems" && i === tokens.length - 1)
			return `${found}/items`;
		found += token(known);
		value = resolvePointer(value, token(known));
	}
	return found;
}
