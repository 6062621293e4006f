import { command } from "../command.ts";

export const deploy = command({
	name: "deploy",
	summary: "deploy the stacks in their order, each to its account",
	options: {
		system: {
			type: "string",
			value: "FILE",
			default: "infra/system.ts",
			about: "the module that exports the system's definition as system",
		},
		destroy: {
			type: "boolean",
			about: "take the stacks down instead, in the opposite order",
		},
	},
	about: `The order is hub, producer, consumer; each is deployed with the AWS CLI profile that the system
names for its account.`,
	exits: {
		0: "fine",
		1: "a stack failed, or the generated code is not up to date",
	},
	run: async ({ system, destroy }, { terminal }) => {
		const { deploySystem } = await import("../deploy-system.ts");
		return deploySystem(system, destroy, terminal);
	},
});
