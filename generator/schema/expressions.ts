// Time complexity of regular expressions, determined by static analysis, not by timing.
import { createRequire } from "node:module";

/** How the time to reject a string grows with its length; unknown if the analysis is inconclusive. */
export type Growth = "linear" | "polynomial" | "exponential" | "unknown";

interface Recheck {
	readonly checkSync: (
		source: string,
		flags: string,
		parameters: object,
	) => {
		readonly status: "safe" | "vulnerable" | "unknown";
		readonly complexity?: { readonly type: string };
	};
}

/** Loaded on first use: 2 MB of compiled Scala. The default entry point would start a native program. */
let recheck: Recheck | undefined;
const require = createRequire(import.meta.url);

const growths = new Map<string, Growth>();
const exponential = new Map<string, boolean>();

/** Whether a string of some 30 characters can take seconds, as far as that is certain. */
export function isExponential(pattern: string): boolean {
	const known = exponential.get(pattern);
	if (known !== undefined) return known;
	const { isWhole } = rewritten(pattern, "exact");
	const found =
		isWhole &&
		(["exact", "narrow"] as const).some((counts) => {
			const shape = rewritten(pattern, counts);
			return shape.canBeExponential && analysed(shape) === "exponential";
		});
	exponential.set(pattern, found);
	return found;
}

/** An analysis of an expression that had to be changed or simplified can show that it is linear, but not what it is otherwise. */
export function growthOf(pattern: string): Growth {
	const known = growths.get(pattern);
	if (known !== undefined) return known;
	const found = isExponential(pattern) ? "exponential" : boundedGrowth(pattern);
	growths.set(pattern, found);
	return found;
}

function boundedGrowth(pattern: string): Growth {
	const exact = rewritten(pattern, "exact");
	const endless = rewritten(pattern, "endless");
	if (!exact.isWhole) return "unknown";
	if (endless.loops === 0) return "linear";
	if (endless.canBeExponential && analysed(endless) === "exponential")
		return "unknown";
	if (exact.loops === 0) return "linear";
	const small = analysed(rewritten(pattern, "small"));
	return small === "linear" ? small : analysed(exact);
}

const analyses = new Map<string, Growth>();

function analysed({ text, size }: Rewritten): Growth {
	const known = analyses.get(text);
	if (known !== undefined) return known;
	const found = size > sizeMax ? "unknown" : analysis(text);
	analyses.set(text, found);
	return found;
}

function analysis(text: string): Growth {
	recheck ??= require("recheck/lib/browser.js") as Recheck;
	try {
		const { status, complexity } = recheck.checkSync(text, "u", {
			checker: "automaton",
			timeout: null,
			maxNFASize: transitionsMax,
		});
		if (status === "safe") return "linear";
		if (status === "unknown") return "unknown";
		return complexity?.type === "exponential" ? "exponential" : "polynomial";
	} catch (error) {
		if (error instanceof RangeError) return "unknown";
		throw error;
	}
}

/** Characters that an expression consumes, counted loops unrolled, and transitions of its automaton. Beyond, the analysis takes minutes. */
const sizeMax = 34;
const transitionsMax = 300;

/** With this many repetitions, a bounded loop backtracks like an endless one. */
const manyTimes = 10;

type Counts = "exact" | "endless" | "narrow" | "small";

interface Rewritten {
	readonly text: string;
	/** Characters and classes, each as often as its quantifiers repeat it. */
	readonly size: number;
	/** Quantifiers without an upper bound. */
	readonly loops: number;
	/** A loop around alternatives or other quantifiers: without one, there are few ways to match a string. */
	readonly canBeExponential: boolean;
	/** Nothing was replaced that automata lack: look-around and back-references. */
	readonly isWhole: boolean;
}

/**
 * A pattern for the analysis. Look-around and back-references become groups. Counts stay as they are ("exact"), become loops if they
 * are large ("endless"), lose their upper part ("narrow": what is then exponential, the pattern is too), or become small ("small").
 */
function rewritten(pattern: string, counts: Counts): Rewritten {
	let text = "";
	let loops = 0;
	let canBeExponential = false;
	let isWhole = true;
	/** The open groups, outermost first, and the last one that was closed or the last character. */
	const open = [{ size: 0, isChoice: false }];
	let last = { size: 0, isChoice: false };
	for (const [token] of pattern.matchAll(tokens)) {
		const group = open.at(-1) as typeof last;
		const range = rangeOf(token);
		if (range) {
			const [least, most] = range;
			const isEndless =
				most === Number.POSITIVE_INFINITY ||
				(counts === "endless" && most >= manyTimes);
			if (isEndless) {
				loops++;
				canBeExponential ||= last.isChoice;
			}
			const quantifier = quantifierOf(token, range, isEndless, counts);
			text += quantifier;
			const [fewest, highest] = rangeOf(quantifier) as readonly number[];
			const times = Number.isFinite(highest) ? highest : fewest;
			group.size += last.size * (Math.max(times as number, 1) - 1);
			group.isChoice ||= least !== most;
			last = { size: 0, isChoice: false };
			continue;
		}
		const isReplaced = /^(?:\(\?<?[=!]|\\(?:[1-9]|k<))/.test(token);
		if (isReplaced) isWhole = false;
		text += token.startsWith("(?") ? "(?:" : isReplaced ? "(?:)" : token;
		last = { size: 0, isChoice: false };
		if (token.startsWith("(")) open.push(last);
		else if (token === "|") group.isChoice = true;
		else if (token === ")" && open.length > 1) {
			last = group;
			open.pop();
			const outer = open.at(-1) as typeof last;
			outer.size += last.size;
			outer.isChoice ||= last.isChoice;
		} else {
			last.size = 1;
			group.size++;
		}
	}
	const size = open.reduce((sum, group) => sum + group.size, 0);
	return { text, size, loops, canBeExponential, isWhole };
}

/** The least and the most repetitions of a quantifier. */
function rangeOf(token: string): readonly [number, number] | undefined {
	if (token === "?") return [0, 1];
	if (token === "*") return [0, Number.POSITIVE_INFINITY];
	if (token === "+") return [1, Number.POSITIVE_INFINITY];
	const counted = /^\{(\d+)(,(\d*))?\}$/.exec(token);
	if (!counted) return undefined;
	const [, low, comma, high] = counted;
	const least = Number(low);
	if (comma === undefined) return [least, least];
	return [least, high === "" ? Number.POSITIVE_INFINITY : Number(high)];
}

function quantifierOf(
	token: string,
	[least, most]: readonly [number, number],
	isEndless: boolean,
	counts: Counts,
): string {
	if (!token.startsWith("{") || counts === "exact") return token;
	if (counts === "narrow")
		return most > least + 2 && !isEndless ? `{${least},${least + 2}}` : token;
	if (isEndless) return least === 0 ? "*" : "+";
	if (counts !== "small" || most <= 3) return token;
	return `{${Math.min(least, 2)},3}`;
}

/** Classes, escapes, group starts, quantifiers and single characters. A lazy `?` counts as a quantifier, which affects no result. */
const tokens =
	/\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\k<[^>]*>|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]|\\\d+|\\.|\(\?(?:<?[=!]|:|<[^>]*>)|\{\d+(?:,\d*)?\}|[\s\S]/gu;
