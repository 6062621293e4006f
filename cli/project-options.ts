// Options of commands that read the project's configuration.
export const schemasOption = {
	schemas: {
		type: "string",
		value: "DIR",
		about: "folder of the schemas; by default the configuration's, or schemas",
	},
} as const;

export const outOption = {
	out: {
		type: "string",
		value: "DIR",
		about:
			"folder of the generated code; by default the configuration's,\nor generated",
	},
} as const;

export const configOption = {
	config: {
		type: "string",
		value: "FILE",
		about: "configuration; by default eventwright.config.ts, if there is one",
	},
} as const;
