import { command } from "../command.ts";

export const registryPublish = command({
	name: "registry publish",
	summary: "publish the registry entries to the EventBridge schema registry",
	options: {
		registry: {
			type: "string",
			value: "NAME",
			default: "eventwright",
			about: "the schema registry",
		},
		type: {
			type: "string",
			value: "TYPE",
			default: "OpenApi3",
			choices: ["OpenApi3", "JSONSchemaDraft4"],
			about: "the entries' format",
		},
		out: {
			type: "string",
			value: "DIR",
			default: "generated",
			about: "where the generated code is",
		},
		endpoint: {
			type: "string",
			value: "URL",
			about: "another endpoint than AWS's, such as the local runner's",
			refuse: (text) => (URL.canParse(text) ? undefined : "a URL"),
		},
		"dry-run": {
			type: "boolean",
			about: "print what would be done and do nothing",
		},
	},
	about: `Creates what is missing, updates what differs, leaves what is the same, never deletes.
Region and credentials come from the environment, as for every AWS tool.`,
	exits: { 0: "fine", 1: "an entry was refused" },
	run: async (values, { terminal }) => {
		const { publishRegistry } = await import("../publish-registry.ts");
		const { type, registry: registryName, out, endpoint } = values;
		const { table, isRefused } = await publishRegistry({
			type,
			registryName,
			out,
			dryRun: values["dry-run"],
			...(endpoint === undefined ? {} : { endpoint }),
		});
		terminal.print(table);
		return isRefused ? 1 : 0;
	},
});
