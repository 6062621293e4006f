import { styleText } from "node:util";

/** The output of a command. */
export interface Terminal {
	/** Prints a line of the result to standard output. */
	readonly print: (text: string) => void;
	/** Prints a line to standard error. */
	readonly warn: (text: string) => void;
	/** Writes to standard output without adding a line break. */
	readonly write: (text: string) => void;
	/** Colours a string; returns it unchanged if the stream is piped or NO_COLOR is set. */
	readonly style: (
		format: Style,
		text: string,
		stream?: "stdout" | "stderr",
	) => string;
	/** Shows the progress of long work on standard error. */
	readonly progress: (what: string) => (done: number, total: number) => void;
}

export type Style = "bold" | "gray" | "green" | "magenta" | "red" | "yellow";

export const processTerminal: Terminal = {
	print: (text) => console.log(text),
	warn: (text) => console.error(text),
	write: (text) => {
		process.stdout.write(text);
	},
	style: (format, text, stream = "stdout") =>
		styleText(format, text, { stream: process[stream] }),
	progress,
};

/** Updates one line on a terminal; prints a line every two seconds elsewhere. Short work prints nothing. */
function progress(what: string): (done: number, total: number) => void {
	let lastMs = Date.now();
	let isShown = false;
	return (done, total) => {
		const { isTTY } = process.stderr;
		if (done >= total) {
			if (isShown && isTTY) process.stderr.write("\r\x1b[K");
			return;
		}
		if (Date.now() - lastMs < (isTTY ? 200 : 2_000)) return;
		lastMs = Date.now();
		isShown = true;
		const text = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${what}`;
		process.stderr.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`);
	};
}

/** Replaces control and bidirectional characters in a string that may quote a file. Keeps line breaks. */
export function clean(text: string): string {
	return text.replace(/[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/gu, "\ufffd");
}

/** Like `clean`, but replaces line breaks too. */
export function cleanLine(text: string): string {
	return clean(text).replaceAll("\n", "\ufffd");
}

/** Prints problems. Returns whether there are any. */
export function report(
	problems: readonly string[],
	{ warn, style }: Terminal,
): boolean {
	for (const problem of problems)
		warn(`${style("red", "error", "stderr")} ${problem}`);
	return problems.length > 0;
}

export function refuse(why: string, { warn }: Terminal): number {
	warn(why);
	return 1;
}
