import { watch } from "chokidar";

/** Saves within this interval count as one change. */
const settleMs = 100;

/**
 * Calls `onChange` at once, then after each change with the changed files, until the signal is aborted. Changes during a call
 * are merged into one further call. Resolves once the running call has ended. Some folders in them may be ignored.
 */
export async function watchFolders(
	folders: readonly string[],
	signal: AbortSignal,
	onChange: (files: readonly string[]) => Promise<void>,
	onReady: () => void,
	ignored: readonly string[] = [],
): Promise<void> {
	let changed: string[] = [];
	let wake = () => {};
	let timer: NodeJS.Timeout | undefined;
	const aborted = new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		signal.addEventListener("abort", () => resolve(), { once: true });
	});
	// The watcher starts first, so that changes during the first call are seen.
	const watcher = watch([...folders], {
		ignored: [...ignored],
		ignoreInitial: true,
	});
	watcher.on("error", (error) => {
		console.error(`eventwright: ${(error as Error).message}`);
	});
	const ready = new Promise<void>((resolve) => {
		watcher.on("ready", resolve);
	});
	await Promise.race([ready, aborted]);
	watcher.on("all", (_, file) => {
		changed.push(file);
		clearTimeout(timer);
		timer = setTimeout(() => wake(), settleMs);
	});
	try {
		await onChange([]);
		onReady();
		while (!signal.aborted) {
			if (changed.length === 0)
				await Promise.race([
					aborted,
					new Promise<void>((resolve) => {
						wake = resolve;
					}),
				]);
			if (signal.aborted) break;
			const files = changed;
			changed = [];
			await onChange(files);
		}
	} finally {
		clearTimeout(timer);
		await watcher.close();
	}
}
