import { AsyncLocalStorage } from "node:async_hooks";

type OnLost = (error: unknown) => void;

/** Whose code runs: also in timers and promises that it starts and does not wait for. */
const running = new AsyncLocalStorage<OnLost>();
let isGuarding = false;

/**
 * Runs a handler. What it throws where nobody waits, in a promise or a timer, would end Lambda's process, and with it all other
 * records; `onLost` gets it instead, also after the handler has ended.
 */
export function isolate(
	run: () => Promise<void>,
	onLost: OnLost,
): Promise<void> {
	guard();
	return running.run(onLost, async () => {
		await run();
		// Node tells of a rejection once all that is due has run.
		await new Promise((resolve) => setImmediate(resolve));
	});
}

/**
 * Takes from Node's last resort what comes from a handler. Listeners stay as they are, and hear of everything else: they could not
 * be kept from ending the process, as Lambda's does.
 */
function guard(): void {
	if (isGuarding) return;
	isGuarding = true;
	const emit = process.emit as (
		name: string | symbol,
		...args: unknown[]
	) => boolean;
	process.emit = function (
		this: NodeJS.Process,
		name: string | symbol,
		...args: unknown[]
	): boolean {
		const onLost =
			name === "unhandledRejection" || name === "uncaughtException"
				? running.getStore()
				: undefined;
		if (!onLost) return emit.call(this, name, ...args);
		onLost(args[0]);
		return true;
	} as typeof process.emit;
}
