import { command } from "../command.ts";
import { systemFile } from "../defaults.ts";

export const deploy = command({
	name: "deploy",
	summary: "deploy each stack to its account, in order",
	options: {
		system: {
			type: "string",
			value: "FILE",
			default: systemFile,
			about: "module that exports the system definition as system",
		},
		destroy: {
			type: "boolean",
			about: "destroy the stacks instead, in reverse order",
		},
	},
	about: `The order is hub, consumer, producer. Each stack is deployed with the AWS CLI profile that the
system definition sets for its account.`,
	exits: {
		0: "success",
		1: "a stack failed, or the generated code is not up to date",
	},
	run: async ({ system, destroy }, { terminal }) => {
		const { deploySystem } = await import("../deploy-system.ts");
		return deploySystem(system, destroy, terminal);
	},
});
