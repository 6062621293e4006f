import { setTimeout } from "node:timers/promises";
import type { Step } from "../cloud/rollout/plan.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { Terminal } from "./terminal.ts";

/** The queues that are removed, and not kept. */
export function queuesIn(changes: Step["changes"]): readonly string[] {
	return changes
		.filter(({ type, kind }) => type === "AWS::SQS::Queue" && kind === "remove")
		.map(({ name }) => name);
}

/** How often a queue must be found empty: SQS's counts are approximate. */
const emptyTimes = 3;

/** Waits until queues are empty. Resolves with false if it was interrupted. */
export async function drained(
	queues: readonly string[],
	account: AwsAccount,
	terminal: Terminal,
	signal: AbortSignal,
	pollMs = 10_000,
): Promise<boolean> {
	let said = "";
	for (let empty = 0; empty < emptyTimes; ) {
		const counts = await Promise.all(
			queues.map(async (queue) => ({
				queue,
				count: (await account.messagesIn(queue)) ?? 0,
			})),
		);
		const full = counts.filter(({ count }) => count > 0);
		const text = full
			.map(({ queue, count }) => `${queue} holds ${count}`)
			.join(", ");
		if (text !== "" && text !== said)
			terminal.print(`waiting until its function has handled them: ${text}`);
		said = text;
		empty = full.length > 0 ? 0 : empty + 1;
		if (queues.length === 0) return true;
		if (signal.aborted) return false;
		if (empty < emptyTimes)
			await setTimeout(pollMs, undefined, { signal }).catch(() => {});
	}
	return true;
}

export async function deleteStack(
	stack: string,
	account: AwsAccount,
	terminal: Terminal,
	signal: AbortSignal,
): Promise<void> {
	terminal.print(`delete ${stack}`);
	await account.allowDeletion(stack);
	await account.deleteStack(stack, signal);
}
