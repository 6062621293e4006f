import { command } from "../command.ts";
import { schemasOption } from "../project-options.ts";

const domainName = /^[\p{L}\p{N}_-]+(\/[\p{L}\p{N}_-]+)*$/u;

export const importCommand = command({
	name: "import",
	summary: "convert other people's schemas to schema files",
	argument: {
		name: "FILE",
		required: true,
		multiple: true,
		about:
			'a file, or a folder of files: JSON Schemas, bundles of them, OpenAPI\nor AsyncAPI documents, entries of the schema registry, or the output of\n"aws schemas describe-schema"; JSON or YAML',
	},
	options: {
		...schemasOption,
		source: {
			type: "string",
			value: "NAME",
			about:
				"event source of event types that do not name it; the detail-types are\nthe names of the definitions, or the titles",
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
	about: `A file whose root describes something is an event type, with its definitions; in a folder, unless
another file refers to it. A file that has definitions only is a bundle: its event types are those that
the root's oneOf or anyOf refers to, or else the unreferenced ones.`,
	exits: { 0: "success", 1: "a file already exists" },
	run: async (
		{ schemas, source, domain, force },
		{ arguments: files, terminal },
	) => {
		const [{ importFiles }, { readSettings }] = await Promise.all([
			import("../import-files.ts"),
			import("../settings.ts"),
		]);
		const [folder = ""] = (await readSettings({ schemas })).schemas;
		return importFiles(files, folder, terminal, {
			force,
			...(source === undefined ? {} : { source }),
			...(domain === undefined ? {} : { domain }),
		});
	},
});
