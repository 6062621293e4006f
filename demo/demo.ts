import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import {
	paint,
	readAssembly,
	renderTrace,
	startLocal,
	synthesize,
} from "eventwright/local";
import { scenarios } from "./scenarios.ts";

const usage = `npm run demo [-- --json]

Synthesizes the three accounts' stacks, runs them on this machine, publishes the
schemas to the local registry, sends a few requests and prints the trace of each.

  --json    print JSON lines, one per hop
  --help    show this help
`;

const outFolder = "cdk.out/demo";

async function main(json: boolean): Promise<void> {
	const say = json ? () => {} : console.log;
	say("Synthesizing three accounts …");
	await synthesize(".", outFolder);
	const local = await startLocal(readAssembly(outFolder));
	const interrupted = () => {
		local.stop().finally(() => process.exit(130));
	};
	process.once("SIGINT", interrupted);
	process.once("SIGTERM", interrupted);
	try {
		const [api] = local.apis;
		if (!api) throw new Error("the stacks have no REST API");
		say(
			`Running on ${api.url}. Not simulated: ${local.notSimulated.join(", ") || "nothing"}.`,
		);
		say(
			"Failed messages are redelivered at once, not after the visibility timeout.\n",
		);
		say(await publishSchemas(local.endpoint));
		let shown = local.tracer.traces.length;
		for (const { title, run } of scenarios) {
			await run(local, api.url);
			await local.tracer.settled();
			say(`\n${title}`);
			for (const trace of local.tracer.traces.slice(shown)) {
				const hops = local.tracer.hopsOf(trace);
				if (json) for (const hop of hops) console.log(JSON.stringify(hop));
				else say(renderTrace(hops, paint));
			}
			shown = local.tracer.traces.length;
		}
	} finally {
		process.off("SIGINT", interrupted);
		process.off("SIGTERM", interrupted);
		await local.stop();
	}
}

/** Runs `registry publish`, as after a deployment. Resolves with its output. */
async function publishSchemas(endpoint: string): Promise<string> {
	const publish = ["registry", "publish", "--endpoint", endpoint];
	const child = spawn(
		"npm",
		["run", "--silent", "eventwright", "--", ...publish],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	const output: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	if (code !== 0)
		throw new Error(`the schemas were not published (exit code ${code})`);
	return Buffer.concat(output).toString("utf8").trimEnd();
}

// A reader such as head may have seen enough.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
	process.exit(code === "EPIPE" ? 0 : 2);
});

try {
	const { values } = parseArgs({
		options: {
			json: { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) console.log(usage.trimEnd());
	else await main(values.json);
} catch (error) {
	console.error(`demo: ${(error as Error).message}`);
	process.exitCode = 2;
}
