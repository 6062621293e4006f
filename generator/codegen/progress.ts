/** Tells on stderr how far long work is: one line that changes in a terminal, a line now and then elsewhere; nothing if it is soon over. */
export class Progress {
	readonly #total: number;
	readonly #what: string;
	#lastMs = Date.now();
	#isShown = false;

	constructor(total: number, what: string) {
		this.#total = total;
		this.#what = what;
	}

	report(done: number): void {
		const { isTTY } = process.stderr;
		if (
			done >= this.#total ||
			Date.now() - this.#lastMs < (isTTY ? 200 : 2_000)
		)
			return;
		this.#lastMs = Date.now();
		this.#isShown = true;
		const text = `${done.toLocaleString("en")} of ${this.#total.toLocaleString("en")} ${this.#what}`;
		process.stderr.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`);
	}

	end(): void {
		if (this.#isShown && process.stderr.isTTY) process.stderr.write("\r\x1b[K");
	}
}
