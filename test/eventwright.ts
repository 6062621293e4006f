import { execFile } from "node:child_process";

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
