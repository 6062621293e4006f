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

/** Whether a string of some 30 characters can take seconds. */
export function isExponential(pattern: string): boolean {
	const known = exponential.get(pattern);
	if (known !== undefined) return known;
	const { text, canBeExponential } = simplified(pattern, true);
	const found = canBeExponential && analysed(text) === "exponential";
	exponential.set(pattern, found);
	return found;
}

export function growthOf(pattern: string): Growth {
	const known = growths.get(pattern);
	if (known !== undefined) return known;
	const { text, loops, isWhole } = simplified(pattern, false);
	const growth = isExponential(pattern)
		? "exponential"
		: loops === 0
			? "linear"
			: analysed(text);
	const found = isWhole || growth !== "linear" ? growth : "unknown";
	growths.set(pattern, found);
	return found;
}

function analysed(text: string): Growth {
	recheck ??= require("recheck/lib/browser.js") as Recheck;
	try {
		const { status, complexity } = recheck.checkSync(text, "u", {
			checker: "automaton",
			timeout: null,
			maxNFASize: nfaSizeMax,
		});
		if (status === "safe") return "linear";
		if (status === "unknown") return "unknown";
		return complexity?.type === "exponential" ? "exponential" : "polynomial";
	} catch (error) {
		if (error instanceof RangeError) return "unknown";
		throw error;
	}
}

/** Maximum transitions; the analysis of larger automata takes minutes. */
const nfaSizeMax = 3_000;

/** Counts from here on backtrack as badly as an unbounded quantifier. */
const manyTimes = 10;

/**
 * Simplifies a pattern for the analysis. Large counts, which become as many states, are replaced by small ones; lookaround and
 * backreferences, which automata lack, by groups. `manyAreEndless` turns counts from `manyTimes` on into loops.
 */
function simplified(
	pattern: string,
	manyAreEndless: boolean,
): {
	readonly text: string;
	/** Quantifiers without an upper bound. */
	readonly loops: number;
	/** Has a loop around alternatives or other quantifiers; exponential time requires one. */
	readonly canBeExponential: boolean;
	/** Whether no lookaround or backreference was replaced. */
	readonly isWhole: boolean;
} {
	let text = "";
	let loops = 0;
	let canBeExponential = false;
	let isWhole = true;
	/** For each open group, whether it has alternatives or quantifiers. */
	const open: boolean[] = [];
	let isChoice = false;
	for (const [token] of pattern.matchAll(tokens)) {
		const quantifier = /^(?:([*+?])|\{(\d+)(,(\d*))?\})$/.exec(token);
		const [, sign, low = "", comma, high = ""] = quantifier ?? [];
		if (!quantifier) {
			if (token.startsWith("(")) {
				if (/^\(\?<?[=!]/.test(token)) isWhole = false;
				text += token === "(" ? token : "(?:";
				open.push(false);
			} else if (token === ")") {
				isChoice = open.pop() ?? false;
				if (isChoice && open.length > 0) open[open.length - 1] = true;
				text += token;
			} else if (/^\\(?:[1-9]|k<)/.test(token)) {
				isWhole = false;
				text += "(?:)";
			} else {
				if (token === "|" && open.length > 0) open[open.length - 1] = true;
				text += token;
			}
			if (token !== ")") isChoice = false;
			continue;
		}
		const times = comma
			? high === ""
				? Number.POSITIVE_INFINITY
				: Number(high)
			: Number(low);
		const isEndless =
			sign === "*" ||
			sign === "+" ||
			(sign === undefined &&
				(times === Number.POSITIVE_INFINITY ||
					(manyAreEndless && times >= manyTimes)));
		if (isEndless) {
			loops++;
			canBeExponential ||= isChoice;
			text += sign ?? (low === "0" ? "*" : "+");
		} else if (sign) text += sign;
		else {
			const most = Math.min(times, 3);
			text += `{${Math.min(Number(low), 2, most)},${most}}`;
		}
		const isFixed = sign === undefined && comma === undefined;
		if (open.length > 0 && !isFixed) open[open.length - 1] = true;
		isChoice = false;
	}
	return { text, loops, canBeExponential, isWhole };
}

/** Classes, escapes, group starts, quantifiers and single characters. A lazy `?` counts as a quantifier, which affects no result. */
const tokens =
	/\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\k<[^>]*>|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]|\\\d+|\\.|\(\?(?:<?[=!]|:|<[^>]*>)|\{\d+(?:,\d*)?\}|[\s\S]/gu;
