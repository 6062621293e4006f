import { command } from "../command.ts";
import { systemFile } from "../defaults.ts";

export const destroy = command({
	name: "destroy",
	summary: "destroy the system's stacks",
	options: {
		system: {
			type: "string",
			value: "FILE",
			default: systemFile,
			about: "module that exports the system definition as system",
		},
		force: {
			type: "boolean",
			about: "delete queues with the messages that they hold",
		},
		yes: { type: "boolean", about: "do not ask" },
	},
	about: `The order is producer, consumers, hub; a consumer's queue is deleted when it is empty. Dead-letter
queues and keys are kept. Refuses while queues hold messages, while the registry has schemas, and
unless the system definition sets terminationProtection: false.`,
	exits: { 0: "success", 1: "a check or a stack failed" },
	run: async ({ system: file, force, yes }, { terminal, signal }) => {
		const { readDeployable } = await import("../system-file.ts");
		const { destroySystem } = await import("../destroy-system.ts");
		const system = await readDeployable(file);
		return destroySystem(system, { file, force, yes }, terminal, signal);
	},
});
