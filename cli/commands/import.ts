import { command } from "../command.ts";
import { schemasOption } from "../project-options.ts";

const domainName = /^[\p{L}\p{N}_-]+(\/[\p{L}\p{N}_-]+)*$/u;

export const importCommand = command({
	name: "import",
	summary: "convert registry entries or bundles to schema files",
	argument: {
		name: "FILE",
		required: true,
		about:
			'an OpenApi3 or JSONSchemaDraft4 document from the EventBridge schema\nregistry, the output of "aws schemas describe-schema", or a bundle of\nJSON Schemas; JSON or YAML',
	},
	options: {
		...schemasOption,
		source: {
			type: "string",
			value: "NAME",
			about:
				"event source of a bundle's event types; their detail-types are\nthe names of the definitions",
		},
		domain: {
			type: "string",
			value: "DIR",
			about:
				"subfolder of the schemas folder; by default named after the source",
			refuse: (text) =>
				domainName.test(text)
					? undefined
					: "a subfolder of the schemas folder, such as sales/orders",
		},
		force: { type: "boolean", about: "replace existing files" },
	},
	about: `A bundle's event types are the definitions that the root's oneOf or anyOf refers to. Without
these, they are the unreferenced definitions. Each other definition becomes a separate file.`,
	exits: { 0: "success", 1: "a file already exists" },
	run: async (
		{ schemas, source, domain, force },
		{ argument: file = "", terminal },
	) => {
		const [{ importFile }, { readSettings }] = await Promise.all([
			import("../import-file.ts"),
			import("../settings.ts"),
		]);
		const [folder = ""] = (await readSettings({ schemas })).schemas;
		return importFile(file, folder, terminal, {
			force,
			...(source === undefined ? {} : { source }),
			...(domain === undefined ? {} : { domain }),
		});
	},
});
