import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";

export interface Outcome {
	readonly code: number;
	readonly out: string;
	readonly err: string;
}

/** Runs the command line. */
export const eventwright = (...args: readonly string[]): Promise<Outcome> =>
	new Promise((resolve) => {
		execFile("node", ["cli/eventwright.js", ...args], (error, out, err) => {
			resolve({ code: Number(error?.code ?? 0), out, err });
		});
	});

/** Files of a test, in a folder that lasts as long as it. */
export function scratchFiles(): {
	readonly folder: () => string;
	/** Writes a text, or a value as JSON. Returns the path. */
	readonly file: (name: string, content: unknown) => string;
} {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(path.join(tmpdir(), "eventwright-"));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	return {
		folder: () => folder,
		file: (name, content) => {
			const target = path.join(folder, name);
			writeFileSync(
				target,
				typeof content === "string" ? content : JSON.stringify(content),
			);
			return target;
		},
	};
}
