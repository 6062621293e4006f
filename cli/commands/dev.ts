import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type FSWatcher, watch } from "chokidar";
import { paint } from "../../cloud/local/paint.ts";
import { renderTrace } from "../../cloud/local/render.ts";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import { readAssembly, readTemplate } from "../../cloud/template/assembly.ts";
import type { StackTemplate } from "../../cloud/template/stack-template.ts";
import { synthesize } from "../../cloud/template/synth.ts";

const usage = `npm run dev [-- OPTIONS]

Runs this CDK app's stacks on this machine, shows each request's way as it ends, and
takes over what changes when a schema, a handler or infra changes. Ctrl-C ends it.

  --port PORT                 of the first REST API                 (4010)
  --endpoint-port PORT        of the endpoint for AWS clients       (4009)
  --assembly DIR              run this cloud assembly instead; nothing is watched
  --template FILE=ACCOUNT[/REGION]
                              run this CloudFormation template instead; may be
                              repeated; nothing is watched          (us-east-1)
  --help                      this text
`;

const outFolder = "cdk.out/dev";

interface Options {
	readonly port: number;
	readonly endpointPort: number;
	/** Stacks that do not change; those of this folder's CDK app otherwise. */
	readonly fixed: readonly StackTemplate[] | undefined;
}

async function main(options: Options): Promise<void> {
	const load = async () => {
		if (options.fixed) return options.fixed;
		console.log("Synthesizing …");
		await synthesize(".", outFolder);
		return readAssembly(outFolder);
	};
	const generate = async () => {
		if (hasScript("codegen")) await npmRun("codegen");
	};
	let changedFiles: string[] = [];
	if (!options.fixed) await generate();
	let stacks = await load();
	let local = await start(stacks, options);
	const watcher = options.fixed
		? undefined
		: watchSources((files) => {
				changedFiles.push(...files);
				queue(refresh);
			});
	console.log(
		options.fixed ? "Ctrl-C ends it." : "Watching for changes; Ctrl-C ends it.",
	);
	let running = Promise.resolve();
	const queue = (step: () => Promise<void>) => {
		running = running.then(step).catch((error: Error) => {
			console.error(`dev: ${error.message}\nWhat ran before still runs.`);
		});
	};
	const refresh = async () => {
		console.log("\nSomething changed.");
		// Code alone changes nothing that is generated from schemas.
		const schemasMayHave = changedFiles.some((file) => !file.endsWith(".ts"));
		changedFiles = [];
		if (schemasMayHave) await generate();
		const changed = await load();
		if (await local.update(changed)) {
			console.log("The functions run their changed code.");
		} else {
			await local.stop();
			try {
				local = await start(changed, options);
			} catch (error) {
				local = await start(stacks, options);
				throw error;
			}
		}
		stacks = changed;
	};
	await new Promise<void>((resolve) => {
		process.once("SIGINT", resolve);
		process.once("SIGTERM", resolve);
	});
	await watcher?.close();
	await running;
	await local.stop();
	console.log("\nStopped.");
}

async function start(
	stacks: readonly StackTemplate[],
	{ port, endpointPort }: Options,
): Promise<LocalSystem> {
	const local = await startLocal(stacks, { port, endpointPort });
	local.tracer.onSettled = (hops) =>
		console.log(`\n${renderTrace(hops, paint)}`);
	for (const { name, account, url, routes } of local.apis) {
		console.log(`${account} ${name}  ${url}`);
		for (const route of routes)
			console.log(`  ${route.replace(" ", ` ${url}`)}`);
	}
	console.log(
		`AWS endpoint  ${local.endpoint}  (AWS_ENDPOINT_URL; registry publish --endpoint)`,
	);
	console.log(`Not simulated: ${local.notSimulated.join(", ") || "nothing"}.`);
	console.log(
		"Messages that fail are delivered again at once instead of after the visibility timeout.",
	);
	return local;
}

const unwatched = new Set([
	"node_modules",
	"cdk.out",
	"generated",
	"test",
	"bench",
]);

/** Watches the folders beside cdk.json; several changes at once are one. */
function watchSources(changed: (files: readonly string[]) => void): FSWatcher {
	let files: string[] = [];
	let timer: NodeJS.Timeout | undefined;
	const folders = readdirSync(".", { withFileTypes: true })
		.filter(
			(entry) =>
				entry.isDirectory() &&
				!entry.name.startsWith(".") &&
				!unwatched.has(entry.name),
		)
		.map(({ name }) => name);
	return watch(folders, { ignoreInitial: true }).on("all", (_, file) => {
		files.push(file);
		clearTimeout(timer);
		timer = setTimeout(() => {
			changed(files);
			files = [];
		}, 150);
	});
}

function hasScript(name: string): boolean {
	if (!existsSync("package.json")) return false;
	const { scripts = {} }: { scripts?: Record<string, string> } = JSON.parse(
		readFileSync("package.json", "utf8"),
	);
	return name in scripts;
}

async function npmRun(script: string): Promise<void> {
	const child = spawn("npm", ["run", "--silent", script], {
		stdio: ["ignore", "inherit", "inherit"],
	});
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	if (code !== 0)
		throw new Error(`npm run ${script} ended with exit code ${code}`);
}

function portOf(text: string, flag: string): number {
	const port = Number(text);
	if (!Number.isInteger(port) || port < 0 || port > 65_535)
		throw new Error(`${flag} is a port, got ${text}`);
	return port;
}

function templateOf(text: string): StackTemplate {
	const [, file, account, region] =
		/^(.+)=(\d{12})(?:\/([a-z0-9-]+))?$/.exec(text) ?? [];
	if (!file || !account)
		throw new Error(
			`--template is FILE=ACCOUNT or FILE=ACCOUNT/REGION with an account of 12 digits, got ${text}`,
		);
	return readTemplate(file, account, region ?? "us-east-1");
}

try {
	const { values } = parseArgs({
		options: {
			port: { type: "string", default: "4010" },
			"endpoint-port": { type: "string", default: "4009" },
			assembly: { type: "string" },
			template: { type: "string", multiple: true, default: [] },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) console.log(usage.trimEnd());
	else
		await main({
			port: portOf(values.port, "--port"),
			endpointPort: portOf(values["endpoint-port"], "--endpoint-port"),
			fixed: values.assembly
				? readAssembly(values.assembly)
				: values.template.length > 0
					? values.template.map(templateOf)
					: undefined,
		});
} catch (error) {
	const { code, message } = error as NodeJS.ErrnoException;
	console.error(
		code === "EADDRINUSE"
			? `dev: ${message}. Choose another port with --port or --endpoint-port.`
			: `dev: ${message}`,
	);
	process.exitCode = 2;
}
