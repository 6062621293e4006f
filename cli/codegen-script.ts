import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Runs the project's codegen script, which may set options. Resolves with its exit code, or undefined if there is none. */
export async function codegenScript(
	options: readonly string[],
	signal?: AbortSignal,
): Promise<number | null | undefined> {
	if (!hasScript("codegen")) return undefined;
	const child = spawn("npm", ["run", "--silent", "codegen", "--", ...options], {
		stdio: ["ignore", "inherit", "inherit"],
		...(signal ? { signal } : {}),
	});
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
}

function hasScript(name: string): boolean {
	if (!existsSync("package.json")) return false;
	const { scripts = {} }: { scripts?: Record<string, string> } = JSON.parse(
		readFileSync("package.json", "utf8"),
	);
	return name in scripts;
}
