import { styleText } from "node:util";
import type { Hop, Outcome } from "./trace.ts";

const marks: Readonly<Record<Outcome, string>> = {
	ok: "✓",
	"no match": "–",
	denied: "✗",
	failed: "✗",
	retry: "↻",
	"dead letter": "☠",
	"not simulated": "○",
};

const shownCharactersMax = 400;

const shorten = (text: string) =>
	text.length > shownCharactersMax
		? `${text.slice(0, shownCharactersMax)}…`
		: text;

/** Shows control and bidirectional characters as escapes: events and logs are others' texts, and could forge lines. */
export const escaped = (text: string): string =>
	text.replace(
		/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
		(character) =>
			`\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`,
	);

/** Colours a string for an outcome; returns it unchanged if there are no colours. */
export type Paint = (outcome: Outcome, text: string) => string;

const colours = {
	ok: "green",
	"no match": "gray",
	denied: "red",
	failed: "red",
	retry: "yellow",
	"dead letter": "magenta",
	"not simulated": "cyan",
} as const satisfies Record<Outcome, string>;

/** Colours the string if standard output is a terminal and NO_COLOR is not set. */
export const paint: Paint = (outcome, text) =>
	styleText(colours[outcome], text, { stream: process.stdout });

/** Renders a trace as a tree, one line per hop. */
export function renderTrace(hops: readonly Hop[], paint: Paint): string {
	const children = Map.groupBy(hops, ({ parent }) => parent);
	const lines: { text: string; hop: Hop }[] = [];
	const visit = (hop: Hop, before: string, branch: string): void => {
		lines.push({ text: `${before}${branch}`, hop });
		const next = children.get(hop.hop) ?? [];
		const below = branch === "" ? "" : branch === "└─ " ? "   " : "│  ";
		next.forEach((child, i) => {
			visit(child, before + below, i === next.length - 1 ? "└─ " : "├─ ");
		});
	};
	for (const root of children.get(undefined) ?? []) visit(root, "", "");
	return lines
		.map(({ text, hop }) => {
			const { account, resource, outcome, what, ms } = hop;
			return `${text}${paint(outcome, marks[outcome])} ${account} ${escaped(resource)}  ${paint(outcome, escaped(shorten(what)))}  ${ms} ms`;
		})
		.join("\n");
}
