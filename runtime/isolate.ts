import { AsyncLocalStorage } from "node:async_hooks";

type OnLost = (error: unknown) => void;

/** Whose code runs: also in timers and promises that it starts and does not wait for. */
const running = new AsyncLocalStorage<OnLost>();
const signals = ["unhandledRejection", "uncaughtException"] as const;

let guards = 0;
let others: readonly (readonly [
	string,
	readonly ((...args: unknown[]) => void)[],
])[] = [];

/**
 * Runs a handler. What it throws where nobody waits, in a promise or a timer, would end Lambda's process, and with it all other
 * records; `onLost` gets it instead.
 */
export function isolate(
	run: () => Promise<void>,
	onLost: OnLost,
): Promise<void> {
	return running.run(onLost, async () => {
		await run();
		// Node tells of a rejection once all that is due has run.
		await new Promise((resolve) => setImmediate(resolve));
	});
}

/** Takes over Node's last resort until the returned function is called. What comes from elsewhere goes to whoever listened before. */
export function guard(): () => void {
	if (guards++ === 0) {
		others = signals.map((signal) => [
			signal,
			process.listeners(signal as "uncaughtException") as never,
		]);
		for (const signal of signals) {
			process.removeAllListeners(signal);
			process.on(signal as "uncaughtException", onThrown);
		}
	}
	return () => {
		if (--guards > 0) return;
		for (const [signal, listeners] of others) {
			process.removeListener(signal, onThrown);
			for (const listener of listeners) process.on(signal, listener);
		}
	};
}

function onThrown(error: unknown, ...rest: unknown[]): void {
	const onLost = running.getStore();
	if (onLost) {
		onLost(error);
		return;
	}
	// Node tells an exception from a rejection by its second argument, which is a promise.
	const [, listeners = []] = others[typeof rest[0] === "string" ? 1 : 0] ?? [];
	for (const listener of listeners) listener(error, ...rest);
	if (listeners.length > 0) return;
	for (const signal of signals) process.removeListener(signal, onThrown);
	throw error;
}
