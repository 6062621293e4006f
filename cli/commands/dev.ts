import { command } from "../command.ts";

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
		assembly: {
			type: "string",
			value: "DIR",
			about: "run this cloud assembly instead, without watching",
		},
		template: {
			type: "string",
			value: "FILE=ACCOUNT[/REGION]",
			multiple: true,
			about:
				"run this CloudFormation template instead, without watching;\nREGION is us-east-1 by default",
			refuse: (text) =>
				/^.+=\d{12}(\/[a-z0-9-]+)?$/.test(text)
					? undefined
					: "FILE=ACCOUNT or FILE=ACCOUNT/REGION, with a 12-digit account id",
		},
	},
	conflicts: [["assembly", "template"]],
	about: `Prints the trace of each request. Applies changes of schemas, handlers and infra while it runs;
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
