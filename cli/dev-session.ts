// Runs the stacks of a CDK app locally and keeps them up to date.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { metafileContext } from "../cdk/system/bundling.ts";
import { paint, renderTrace } from "../cloud/local/render.ts";
import {
	type LocalSystem,
	type StartOptions,
	startLocal,
} from "../cloud/local/runner.ts";
import { readAssembly } from "../cloud/template/assembly.ts";
import type { StackTemplate } from "../cloud/template/stack-template.ts";
import { appCommand, synthesize } from "../cloud/template/synth.ts";
import {
	appInputs,
	bundleAgain,
	type FunctionBundle,
	functionBundles,
} from "./function-bundles.ts";
import { readSettings } from "./settings.ts";
import { cleanLine, type Terminal } from "./terminal.ts";
import { watchFolders } from "./watch.ts";

const outFolder = "cdk.out/dev";
const bundleFolder = "cdk.out/dev-bundles";

const unwatched = new Set(["node_modules", "cdk.out", "test", "bench", "docs"]);

type Ports = Pick<StartOptions, "port" | "endpointPort" | "scps">;

export class DevSession {
	readonly #ports: Ports;
	readonly #terminal: Terminal;
	readonly #signal: AbortSignal;
	#local: LocalSystem | undefined;
	#stacks: readonly StackTemplate[] = [];
	#bundles: readonly FunctionBundle[] = [];

	constructor(ports: Ports, terminal: Terminal, signal: AbortSignal) {
		this.#ports = ports;
		this.#terminal = terminal;
		this.#signal = signal;
	}

	/** Runs fixed templates, until the signal is aborted. */
	async runFixed(stacks: readonly StackTemplate[]): Promise<void> {
		await this.#start(stacks);
		this.#terminal.print("Press Ctrl-C to stop.");
		await new Promise<void>((resolve) => {
			if (this.#signal.aborted) resolve();
			this.#signal.addEventListener("abort", () => resolve());
		});
	}

	/** Runs the CDK app of the current folder and applies changes to its files, until the signal is aborted. */
	async runApp(): Promise<void> {
		const { out } = await readSettings();
		const folders = readdirSync(".", { withFileTypes: true })
			.filter(
				(entry) =>
					entry.isDirectory() &&
					!entry.name.startsWith(".") &&
					!unwatched.has(entry.name),
			)
			.map(({ name }) => name);
		await watchFolders(
			folders,
			this.#signal,
			(files) => (this.#local ? this.#refresh(files) : this.#startApp()),
			() => this.#terminal.print("Watching for changes; press Ctrl-C to stop."),
			[out],
		);
	}

	async stop(): Promise<void> {
		await this.#local?.stop();
		this.#local = undefined;
	}

	async #startApp(): Promise<void> {
		await this.#generate();
		await this.#start(await this.#synthesize());
	}

	async #refresh(files: readonly string[]): Promise<void> {
		const { print, warn } = this.#terminal;
		print(`\n${named(files)} changed.`);
		try {
			// Changes of TypeScript files do not affect generated code. Otherwise it comes first: the app may not build without it.
			if (files.some((file) => !file.endsWith(".ts"))) await this.#generate();
			else if (await this.#rebundle(files)) return;
			await this.#replace(await this.#synthesize());
		} catch (error) {
			if (this.#signal.aborted) return;
			warn(
				`dev: ${(error as Error).message}\nThe previous version keeps running.`,
			);
		}
	}

	/** Takes over changed handlers without the CDK app. Resolves with false if anything else has changed. */
	async #rebundle(files: readonly string[]): Promise<boolean> {
		const app = await appInputs(appCommand("."));
		const affected = this.#bundles.filter(({ inputs }) =>
			files.some((file) => inputs.has(file)),
		);
		const isOfHandlers = files.every(
			(file) =>
				app?.has(file) === false &&
				affected.some(({ inputs }) => inputs.has(file)),
		);
		if (!isOfHandlers) return false;
		for (const bundle of affected) {
			const folder = await bundleAgain(bundle, bundleFolder);
			await this.#local?.reload(bundle.functionName, folder);
		}
		this.#printReloaded(affected.map(({ functionName }) => functionName));
		return true;
	}

	#printReloaded(names: readonly string[]): void {
		this.#terminal.print(
			names.length > 0
				? `${names.join(", ")} ${names.length === 1 ? "runs its" : "run their"} new code.`
				: "The change does not affect the running system.",
		);
	}

	async #replace(changed: readonly StackTemplate[]): Promise<void> {
		const reloaded = await this.#local?.update(changed);
		if (reloaded) {
			this.#stacks = changed;
			this.#printReloaded(reloaded);
			return;
		}
		const before = this.#stacks;
		await this.stop();
		try {
			await this.#start(changed);
		} catch (error) {
			await this.#start(before);
			throw error;
		}
	}

	async #start(stacks: readonly StackTemplate[]): Promise<void> {
		const { print } = this.#terminal;
		const local = await startLocal(stacks, this.#ports);
		this.#local = local;
		this.#stacks = stacks;
		local.tracer.onSettled = (hops) => print(`\n${renderTrace(hops, paint)}`);
		for (const { name, account, url, routes } of local.apis) {
			print(`${account} ${name}  ${url}`);
			for (const route of routes) print(`  ${route.replace(" ", ` ${url}`)}`);
		}
		print(
			`AWS endpoint  ${local.endpoint}  (AWS_ENDPOINT_URL; registry publish --endpoint)`,
		);
		printNotes(local, this.#terminal);
		for (const exceeded of local.exceededQuotas)
			print(`AWS would refuse: ${exceeded}.`);
		print(
			"Failed messages are redelivered at once, not after the visibility timeout.",
		);
	}

	async #synthesize(): Promise<readonly StackTemplate[]> {
		this.#terminal.print("Synthesizing …");
		await synthesize(".", outFolder, {
			signal: this.#signal,
			context: { [metafileContext]: true },
		});
		const stacks = readAssembly(outFolder);
		this.#bundles = await functionBundles(stacks, bundleFolder);
		return stacks;
	}

	/** Runs the project's codegen script, which may set options. */
	async #generate(): Promise<void> {
		if (!hasScript("codegen")) return;
		const child = spawn("npm", ["run", "--silent", "codegen"], {
			stdio: ["ignore", "inherit", "inherit"],
			signal: this.#signal,
		});
		const code = await new Promise<number | null>((resolve, reject) => {
			child.once("error", reject);
			child.once("close", resolve);
		});
		if (code !== 0)
			throw new Error(`npm run codegen failed with exit code ${code}`);
	}
}

/** What is not as in AWS: one line, or one for each. */
export function printNotes(
	{
		notSimulated,
		assumptions,
	}: Pick<LocalSystem, "notSimulated" | "assumptions">,
	{ print }: Pick<Terminal, "print">,
): void {
	const list = (title: string, all: readonly string[]) => {
		const shown = all.map((what) => cleanLine(shortened(what)));
		print(
			shown.length > 2
				? `${title}:\n${shown.map((what) => `  ${what}`).join("\n")}`
				: `${title}: ${shown.join(", ") || "nothing"}.`,
		);
	};
	if (assumptions.length > 0) list("Assumed", assumptions);
	list("Not simulated", notSimulated);
}

const idsMax = 5;

/** Shortens a list of logical ids at the end. */
function shortened(what: string): string {
	const [, text = what, ids] = /^(.*) \(([\w, ]+)\)$/.exec(what) ?? [];
	const all = ids?.split(", ") ?? [];
	return all.length > idsMax
		? `${text} (${all.slice(0, idsMax).join(", ")} and ${all.length - idsMax} more)`
		: what;
}

/** Names up to three changed files, and counts the rest. */
function named(files: readonly string[]): string {
	const distinct = [...new Set(files)];
	const shown = distinct.slice(0, 3).join(", ");
	return distinct.length > 3
		? `${shown} and ${distinct.length - 3} more files`
		: shown;
}

function hasScript(name: string): boolean {
	if (!existsSync("package.json")) return false;
	const { scripts = {} }: { scripts?: Record<string, string> } = JSON.parse(
		readFileSync("package.json", "utf8"),
	);
	return name in scripts;
}
