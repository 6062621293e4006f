import { command } from "../command.ts";
import { systemFile } from "../defaults.ts";

export const deploy = command({
	name: "deploy",
	summary: "deploy the system phase by phase, losing no event",
	options: {
		system: {
			type: "string",
			value: "FILE",
			default: systemFile,
			about: "module that exports the system definition as system",
		},
		output: {
			type: "string",
			value: "DIR",
			default: "cdk.out",
			about: "folder of the synthesized templates",
		},
		stack: {
			type: "string",
			value: "NAME",
			multiple: true,
			about: "deploy this stack only; what others still use stays",
		},
		"dry-run": { type: "boolean", about: "print the plan without deploying" },
		review: {
			type: "boolean",
			about: "create the first phase's change sets without deploying",
		},
		yes: {
			type: "boolean",
			about: "do not ask, even where something is lost",
		},
	},
	conflicts: [
		["dry-run", "review"],
		["dry-run", "yes"],
		["review", "yes"],
	],
	about: `Compares what is deployed with what the system definition says, and prints the plan: the hub is
expanded, then consumers and producers change, then the hub gives up what nobody uses any more. The
accounts are checked first. Each stack is deployed with the AWS CLI profile that the system
definition sets for its account, or with the credentials of the environment.`,
	exits: {
		0: "success",
		1: "a check or a stack failed, or something would be lost",
	},
	run: async (
		{ system: file, "dry-run": dryRun, ...options },
		{ terminal, signal },
	) => {
		const { readDeployable } = await import("../system-file.ts");
		const { deploySystem } = await import("../deploy-system.ts");
		const system = await readDeployable(file);
		return deploySystem(system, { ...options, dryRun }, terminal, signal);
	},
});
