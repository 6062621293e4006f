import { command } from "../command.ts";

const domainName = /^[\p{L}\p{N}_-]+(\/[\p{L}\p{N}_-]+)*$/u;

export const importCommand = command({
	name: "import",
	summary: "turn other people's schemas into schema files of yours",
	argument: {
		name: "FILE",
		required: true,
		about:
			'an OpenApi3 or JSONSchemaDraft4 document as the EventBridge schema\nregistry keeps them, or what "aws schemas describe-schema" prints, or\na bundle of JSON Schemas; JSON or YAML',
	},
	options: {
		schemas: {
			type: "string",
			value: "DIR",
			default: "schemas",
			about: "where the schemas are",
		},
		source: {
			type: "string",
			value: "NAME",
			about:
				"the event source, for a bundle, whose detail-types are its\ndefinitions' names",
		},
		domain: {
			type: "string",
			value: "DIR",
			about: "the folder below the schemas; by default named after the source",
			refuse: (text) =>
				domainName.test(text)
					? undefined
					: "a folder below the schemas, such as sales/orders",
		},
		force: { type: "boolean", about: "replace files that exist" },
	},
	about: `A bundle's event types are the definitions that its root's oneOf or anyOf names or, if it has
none, those that no other refers to; each other definition becomes a file of its own.`,
	exits: { 0: "fine", 1: "a file exists already" },
	run: async (
		{ schemas, source, domain, force },
		{ argument: file = "", terminal },
	) => {
		const { importFile } = await import("../import-file.ts");
		return importFile(file, schemas, terminal, {
			force,
			...(source === undefined ? {} : { source }),
			...(domain === undefined ? {} : { domain }),
		});
	},
});
