import { styleText } from "node:util";

/** Where a command says what it has to say. */
export interface Terminal {
	/** A line of the result. */
	readonly print: (text: string) => void;
	/** A line beside the result: a finding, a problem, what comes next. */
	readonly warn: (text: string) => void;
	/** Text as it is, without a line break, to the standard output. */
	readonly write: (text: string) => void;
	/** Colours text for a terminal; leaves it as it is where the stream is piped or NO_COLOR is set. */
	readonly style: (
		format: Style,
		text: string,
		stream?: "stdout" | "stderr",
	) => string;
	/** Shows how far long work is, on the standard error. */
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

/** One line that changes on a terminal, a line now and then elsewhere; nothing if the work is soon over. */
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

/** Text that may quote a file: nothing in it moves the cursor or turns the text around. */
export function clean(text: string): string {
	return text.replace(/[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/gu, "\ufffd");
}

/** The same, on one line. */
export function cleanLine(text: string): string {
	return clean(text).replaceAll("\n", "\ufffd");
}
