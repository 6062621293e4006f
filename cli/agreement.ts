import { confirm } from "@clack/prompts";

/** Whether there is a terminal to ask on. */
export const canAsk = (): boolean =>
	process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Asks whether to go on. Without a terminal, and by Ctrl-C, nobody agrees. */
export async function agrees(message: string): Promise<boolean> {
	return canAsk() && (await confirm({ message, initialValue: false })) === true;
}
