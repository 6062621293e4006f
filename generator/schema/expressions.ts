// How much longer a regular expression takes on longer strings. Decided by analysis, never by a clock.
import { createRequire } from "node:module";

/** How the time to refuse a string grows with its length; unknown if the analysis cannot tell. */
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

/** Loaded when a pattern needs it: 2 MB of compiled Scala. Its other entry would start a native program. */
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

/** Transitions; beyond, the analysis takes minutes. */
const nfaSizeMax = 3_000;

/** Counts from here on are as good as endless for a string that backtracks. */
const manyTimes = 10;

/**
 * A pattern for the analysis: small counts instead of large ones, which would each become that many states, and groups instead of
 * what automata lack, look-around and back-references. `manyAreEndless` makes a count of ten or more a loop.
 */
function simplified(
	pattern: string,
	manyAreEndless: boolean,
): {
	readonly text: string;
	/** Quantifiers without an upper bound. */
	readonly loops: number;
	/** A loop around alternatives or other quantifiers: without one, there are few ways to match a string. */
	readonly canBeExponential: boolean;
	/** Nothing was replaced that changes which strings match. */
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

/** Classes, escapes, openings of groups, quantifiers and single characters. A `?` after a quantifier is a quantifier here, which changes no answer. */
const tokens =
	/\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\k<[^>]*>|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]|\\\d+|\\.|\(\?(?:<?[=!]|:|<[^>]*>)|\{\d+(?:,\d*)?\}|[\s\S]/gu;
