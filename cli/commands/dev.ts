import { command } from "../command.ts";

const isPort = (text: string) =>
	/^\d+$/.test(text) && Number(text) <= 65_535 ? undefined : "a port";

export const dev = command({
	name: "dev",
	summary: "run this CDK app's stacks on this machine, until Ctrl-C",
	options: {
		port: {
			type: "string",
			value: "PORT",
			default: "4010",
			about: "of the first REST API",
			refuse: isPort,
		},
		"endpoint-port": {
			type: "string",
			value: "PORT",
			default: "4009",
			about: "of the endpoint for AWS clients",
			refuse: isPort,
		},
		assembly: {
			type: "string",
			value: "DIR",
			about: "run this cloud assembly instead; nothing is watched",
		},
		template: {
			type: "string",
			value: "FILE=ACCOUNT[/REGION]",
			multiple: true,
			about:
				"run this CloudFormation template instead; nothing is watched;\nREGION is us-east-1 by default",
			refuse: (text) =>
				/^.+=\d{12}(\/[a-z0-9-]+)?$/.test(text)
					? undefined
					: "FILE=ACCOUNT or FILE=ACCOUNT/REGION, an account having 12 digits",
		},
	},
	conflicts: [["assembly", "template"]],
	about: `Shows each request's path as it ends, and takes over what changes when a schema, a handler or
infra changes: several saves at once are one change.`,
	exits: { 0: "ended by Ctrl-C" },
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
			if (signal.aborted) return 0;
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
