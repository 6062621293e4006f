import { spawn } from "node:child_process";
import { once } from "node:events";
import { build } from "esbuild";
import { importCpuMs } from "./bundle.ts";
import { table, times } from "./measure.ts";
import { costOf, newFolder } from "./process.ts";

/** Measures publishing many events: memory, pauses of the event loop and CPU, compared with the bare SDK client. */
export async function publish(): Promise<string> {
	const service = spawn(process.execPath, ["bench/event-service.ts"], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	try {
		const [port] = await once(service.stdout, "data");
		const ways = ["nothing", "bare", "stream", "list"];
		const runs = new Map(ways.map((way) => [way, [] as Run[]]));
		for (let round = 0; round < 5; round++)
			for (const way of ways)
				runs
					.get(way)
					?.push(costOf(".", "bench/publish-run.ts", way, String(port).trim()));
		const median = (way: string, key: keyof Run): number =>
			(runs.get(way) ?? [])
				.map((run) => Number(run[key]))
				.sort((a, b) => a - b)[2] as number;
		const row = (name: string, way: string) => {
			const cpuMs = median(way, "cpuMs") - median("nothing", "cpuMs");
			const bareMs = median("bare", "cpuMs") - median("nothing", "cpuMs");
			return [
				name,
				`${(median(way, "memoryMb") - median("nothing", "memoryMb")).toFixed(0)} MB`,
				`${median(way, "out").toFixed(0)} ms`,
				`${(cpuMs / 1_000).toFixed(2)} s`,
				times(cpuMs / bareMs),
			];
		};
		const many = table(
			"10,000 events of 10 kB; memory is more than an idle process has; the ratio is to PutEvents of the SDK's client with ten entries, without validation",
			["", "memory", "longest pause", "CPU", "ratio"],
			[
				row("the SDK's client", "bare"),
				row("publishAll of an async iterable", "stream"),
				row("publishAll of a list", "list"),
			],
		);
		return `${many}\n${await coldStart()}`;
	} finally {
		service.kill();
	}
}

/** Measures what loading a publisher costs beyond loading and making the SDK's client. */
async function coldStart(): Promise<string> {
	const folder = newFolder();
	const cpuMs = async (contents: string) => {
		const { outputFiles } = await build({
			stdin: { contents, resolveDir: ".", loader: "ts" },
			bundle: true,
			minify: true,
			write: false,
			platform: "node",
			format: "cjs",
			target: "node24",
			external: ["@aws-sdk/*"],
		});
		const text = outputFiles[0]?.text ?? "";
		return { bytes: text.length, cpuMs: importCpuMs(folder, text) };
	};
	const nothing = await cpuMs("");
	const bare =
		await cpuMs(`import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
export const client = new EventBridgeClient({ region: "eu-west-1" });`);
	const ours =
		await cpuMs(`import { contentPublisher } from "./generated/publishers/content.js";
process.env.AWS_REGION = "eu-west-1";
export const content = contentPublisher({ eventBusName: "bus" });`);
	const row = (name: string, { bytes, cpuMs }: typeof bare) => [
		name,
		`${(bytes / 1_000).toFixed(1)} kB`,
		`${(cpuMs - nothing.cpuMs).toFixed(0)} ms`,
		times((cpuMs - nothing.cpuMs) / (bare.cpuMs - nothing.cpuMs)),
	];
	return table(
		"CPU of loading a publisher of two event types; the ratio is to the SDK's client",
		["", "size", "CPU", "ratio"],
		[row("the SDK's client", bare), row("contentPublisher", ours)],
	);
}

type Run = ReturnType<typeof costOf>;
