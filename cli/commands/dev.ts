import { command } from "../command.ts";
import {
	ownAssembly,
	readScps,
	scpOption,
	templateOptions,
} from "../template-options.ts";

const isPort = (text: string) =>
	/^\d+$/.test(text) && Number(text) <= 65_535 ? undefined : "a port";

export const dev = command({
	name: "dev",
	summary: "run the CDK app's stacks locally, until Ctrl-C",
	options: {
		port: {
			type: "string",
			value: "PORT",
			default: "4010",
			about: "port of the first REST API",
			refuse: isPort,
		},
		"endpoint-port": {
			type: "string",
			value: "PORT",
			default: "4009",
			about: "port of the endpoint for AWS clients",
			refuse: isPort,
		},
		scp: scpOption,
		...templateOptions,
		assembly: ownAssembly,
	},
	conflicts: [["assembly", "template"]],
	about: `With --assembly or --template, runs that instead of the CDK app, without watching.
Prints the trace of each request. Applies changes of schemas, handlers and infra while it runs;
files saved together count as one change.`,
	exits: { 0: "stopped by Ctrl-C" },
	untilInterrupted: () => true,
	run: async (values, { terminal, signal }) => {
		const [{ DevSession }, { readStacks }] = await Promise.all([
			import("../dev-session.ts"),
			import("../template-options.ts"),
		]);
		const isFixed = values.assembly !== undefined || values.template.length > 0;
		const session = new DevSession(
			{
				port: Number(values.port),
				endpointPort: Number(values["endpoint-port"]),
				scps: await readScps(values.scp),
			},
			terminal,
			signal,
		);
		try {
			if (isFixed) await session.runFixed(await readStacks(values));
			else await session.runApp();
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException;
			if (!signal.aborted)
				throw new Error(
					code === "EADDRINUSE"
						? `${message}. Choose another port with --port or --endpoint-port.`
						: message,
				);
		} finally {
			await session.stop();
		}
		terminal.print("\nStopped.");
		return 0;
	},
});
