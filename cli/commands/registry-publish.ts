import { existsSync } from "node:fs";
import { command } from "../command.ts";
import { systemFile } from "../defaults.ts";
import { outOption } from "../project-options.ts";
import { formatsIn } from "../registry-formats.ts";

export const registryPublish = command({
	name: "registry publish",
	summary: "publish the registry entries to the EventBridge schema registry",
	options: {
		registry: {
			type: "string",
			value: "NAME",
			about: `name of the schema registry; by default that of ${systemFile},\nor eventwright if there is no such file`,
		},
		type: {
			type: "string",
			value: "TYPE",
			choices: ["OpenApi3", "JSONSchemaDraft4"],
			about:
				"format of the entries; by default the one that was generated,\nor OpenApi3 of both",
		},
		...outOption,
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
		const [{ publishRegistry }, { readSettings }] = await Promise.all([
			import("../publish-registry.ts"),
			import("../settings.ts"),
		]);
		const { registry, endpoint } = values;
		const { out } = await readSettings({ out: values.out });
		const generated = formatsIn(out);
		const type = values.type ?? (generated === "both" ? "OpenApi3" : generated);
		const registryName = registry ?? (await registryOfSystem());
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

async function registryOfSystem(): Promise<string> {
	if (!existsSync(systemFile))
		return (await import("../../cdk/system/names.ts")).defaultRegistryName;
	const { readSystem } = await import("../system-file.ts");
	const { registryName } = await import("../../cdk/system/topology.ts");
	return registryName(await readSystem(systemFile));
}
