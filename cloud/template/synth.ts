import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * Synthesizes a CDK app into a folder, with the command in its cdk.json. Skips template validation, which takes longer than
 * everything else; `cdk synth` does it. If the app fails, rejects with its output.
 */
export async function synthesize(
	appFolder: string,
	outFolder: string,
	{
		signal,
		context: more = {},
	}: {
		readonly signal?: AbortSignal;
		/** Beside what cdk.json has. */
		readonly context?: object;
	} = {},
): Promise<void> {
	const { app, context } = readConfig(appFolder);
	const child = spawn(app, {
		cwd: appFolder,
		shell: true,
		...(signal ? { signal } : {}),
		stdio: ["ignore", "pipe", "pipe"],
		env: {
			...process.env,
			CDK_OUTDIR: outFolder,
			CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...more }),
			CDK_VALIDATION: "false",
			JSII_DEPRECATED: "quiet",
		},
	});
	const output: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	if (code !== 0)
		throw new Error(
			`${app} failed:
${withOwnFrames(Buffer.concat(output).toString("utf8"))}`,
		);
}

/** The command of a CDK app. */
export const appCommand = (appFolder: string): string =>
	readConfig(appFolder).app;

function readConfig(appFolder: string): { app: string; context: object } {
	const file = path.join(appFolder, "cdk.json");
	if (!existsSync(file))
		throw new Error(`there is no file ${file}: it must name the CDK app`);
	const { app, context = {} }: { app?: string; context?: object } = JSON.parse(
		readFileSync(file, "utf8"),
	);
	if (!app) throw new Error(`${file} does not set app`);
	return { app, context };
}

/** Removes the stack frames of Node.js and of packages from an app's output. */
function withOwnFrames(text: string): string {
	const frame =
		/^\s+(at .*(node:|node_modules|<anonymous>)|\.\.\.)|^node:internal|triggerUncaughtException|^\s*\^\s*$|^Node\.js v/;
	const lines = text.split("\n").filter((line) => !frame.test(line));
	return lines
		.join("\n")
		.replace(/\n{3,}/g, "\n\n")
		.trim();
}
