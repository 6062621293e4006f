import { command } from "../command.ts";

export const registryPublish = command({
	name: "registry publish",
	summary: "publish the registry entries to the EventBridge schema registry",
	options: {
		registry: {
			type: "string",
			value: "NAME",
			default: "eventwright",
			about: "name of the schema registry",
		},
		type: {
			type: "string",
			value: "TYPE",
			default: "OpenApi3",
			choices: ["OpenApi3", "JSONSchemaDraft4"],
			about: "format of the entries",
		},
		out: {
			type: "string",
			value: "DIR",
			default: "generated",
			about: "folder of the generated code",
		},
		endpoint: {
			type: "string",
			value: "URL",
			about: "endpoint to use instead of AWS's, such as the local runner's",
			refuse: (text) => (URL.canParse(text) ? undefined : "a URL"),
		},
		"dry-run": {
			type: "boolean",
			about: "print the changes without making them",
		},
	},
	about: `Creates missing entries, updates changed ones, and never deletes any.
Region and credentials come from the environment, as for other AWS tools.`,
	exits: { 0: "success", 1: "an entry was refused" },
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
