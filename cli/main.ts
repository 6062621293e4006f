import { Console } from "node:console";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, type Context, UsageError } from "./command.ts";
import { commands } from "./commands.ts";
import {
	findCommand,
	type Invocation,
	parseInvocation,
	unknownCommand,
} from "./parse.ts";
import { clean, processTerminal } from "./terminal.ts";
import { overview, usage } from "./usage.ts";

async function main(args: readonly string[]): Promise<number> {
	if (args.length === 1 && ["--version", "-v"].includes(args[0] ?? "")) {
		const { version } = await import("../generator/version.ts");
		processTerminal.print(version);
		return 0;
	}
	const command = findCommand(args, commands);
	if (!command) {
		const isHelp = ["--help", "-h"].includes(args.at(-1) ?? "");
		const group = commands.filter(
			({ name }) => args.length === 1 || name.startsWith(`${args[0]} `),
		);
		if (!isHelp || args.length > 2 || group.length === 0)
			throw unknownCommand(args, commands);
		processTerminal.write(overview(group));
		return 0;
	}
	const invocation = parseInvocation(command, args);
	if (invocation.help) {
		processTerminal.write(usage(command));
		return 0;
	}
	return run(command, invocation);
}

/** If the command has read the signal, the first Ctrl-C aborts it and the second ends the process. */
async function run(
	command: Command,
	{ values, argument, arguments: all }: Invocation,
): Promise<number> {
	const controller = new AbortController();
	const interrupt = () => {
		if (controller.signal.aborted) process.exit(130);
		controller.abort();
	};
	let isHeard = false;
	const context: Context = {
		argument,
		arguments: all,
		terminal: processTerminal,
		get signal() {
			if (!isHeard)
				process
					.on("SIGINT", interrupt)
					.on("SIGTERM", interrupt)
					.on("SIGHUP", interrupt);
			isHeard = true;
			return controller.signal;
		},
	};
	const code = await command.run(values, context);
	if (!controller.signal.aborted) return code;
	return command.untilInterrupted?.(values) ? 0 : 130;
}

/** Where the user's own code failed: the innermost place outside of packages. */
function placeOf({ stack = "" }: Error): string | undefined {
	const own = ["cli", "generator", "runtime"].map((folder) =>
		path.join(import.meta.dirname, "..", folder, "/"),
	);
	for (const [, url = "", position = ""] of stack.matchAll(
		/(file:[^\s?]+?)(?:\?[^\s:]*)?(:\d+(?::\d+)?)/g,
	)) {
		const file = fileURLToPath(url);
		if (
			!own.some((folder) => file.startsWith(folder)) &&
			!file.includes("node_modules")
		)
			return `${path.relative("", file)}${position}`;
	}
	return undefined;
}

// Failing to write the output, for example to a full disk, is an error. A reader that closes the pipe, such as `head`, is not.
globalThis.console = new Console({
	stdout: process.stdout,
	stderr: process.stderr,
	ignoreErrors: false,
});
for (const stream of [process.stdout, process.stderr])
	stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
		if (code === "EPIPE") return;
		process.exitCode = 2;
		if (stream === process.stdout)
			processTerminal.warn(`eventwright: ${message}`);
	});

try {
	const args = process.argv.slice(2);
	// pnpm hands on the -- that separates its own options.
	process.exitCode = await main(args[0] === "--" ? args.slice(1) : args);
} catch (error) {
	const { message, cause } = error as Error;
	processTerminal.warn(
		`${processTerminal.style("red", "eventwright:", "stderr")} ${clean(message)}`,
	);
	const place = cause instanceof Error ? placeOf(cause) : undefined;
	if (place !== undefined) processTerminal.warn(`  at ${clean(place)}`);
	if (error instanceof UsageError)
		processTerminal.warn(
			"Try eventwright --help or eventwright COMMAND --help.",
		);
	process.exitCode = 2;
}
