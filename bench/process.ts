import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";

export interface Cost {
	readonly cpuMs: number;
	readonly memoryMb: number;
	/** What it printed. */
	readonly out: string;
}

const tellCost = `data:text/javascript,${encodeURIComponent(
	`import { writeSync } from "node:fs";
process.on("exit", () => {
	const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
	writeSync(3, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, memoryMb: maxRSS / 1024 }));
});`,
)}`;

/** Measures a Node script, from process start to exit. */
export function costOf(cwd: string, script: string, ...args: string[]): Cost {
	const { output, status, stderr } = spawnSync(
		process.execPath,
		["--import", tellCost, path.resolve(script), ...args],
		{ cwd, stdio: ["ignore", "pipe", "pipe", "pipe"], encoding: "utf8" },
	);
	if (status !== 0) throw new Error(stderr);
	return { ...JSON.parse(output[3] ?? ""), out: output[1] ?? "" };
}

/** CPU milliseconds of a command, including threads and child processes, as the shell reports them. */
export function cpuMsOf(command: string, ...args: readonly string[]): number {
	const { stdout, status } = spawnSync(
		"sh",
		["-c", '"$@" > /dev/null || exit; times', "sh", command, ...args],
		{ encoding: "utf8" },
	);
	if (status !== 0) throw new Error(`${command} ended with ${status}`);
	const [, children = ""] = stdout.trim().split("\n");
	return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
		(sum, [, minutes, seconds]) =>
			sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
		0,
	);
}

const folders: string[] = [];
// Removed at exit only: on ext4, creating files soon after removing thousands takes seconds, because it checks recently freed inodes.
process.once("exit", () => {
	for (const folder of folders)
		rmSync(folder, { recursive: true, force: true });
});

/** Creates a folder inside the project, so that the runtime resolves by its package name. It is removed at exit. */
export function newFolder(): string {
	mkdirSync("cdk.out", { recursive: true });
	const folder = mkdtempSync(path.resolve("cdk.out", "bench-"));
	folders.push(folder);
	return folder;
}
