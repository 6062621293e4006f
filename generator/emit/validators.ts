import standaloneModule from "ajv/dist/standalone/index.js";
import type { SchemaObject } from "../keywords.ts";
import type { EventModel } from "../model.ts";
import { line } from "../print.ts";
import {
	compiled,
	formatFunctions,
	formatsName,
	type Validation,
} from "../validation.ts";
import type { Emitter } from "./emitter.ts";
import { template } from "./template.ts";

const standaloneCode = standaloneModule.default;

const render = template<{ source: string; imports: string[]; code: string }>(
	"validators",
);
const renderDeclaration = template<{ source: string }>("validators.d");

export const validatorsFile = (module: string): string =>
	`validators/${module}.js`;

export const validators: Emitter = ({ events }, validation) => ({
	files: events.flatMap((event) => [
		[`${event.module}.js`, validatorText(event, validation)] as const,
		[
			`${event.module}.d.ts`,
			renderDeclaration({ source: line(event.file) }),
		] as const,
	]),
});

/** What Ajv's code asks Node for, by its export of the runtime. */
const required: Readonly<Record<string, string>> = {
	'require("ajv/dist/runtime/ucs2length").default': "codePoints",
	'require("ajv/dist/runtime/equal").default': "equal",
};

function validatorText(event: EventModel, validation: Validation): string {
	const { ajv, validate } = compiled(validation, event);
	const formats = formatsName(validate.schema as SchemaObject);
	// A binding that only gives a name to something of the runtime; quotes in a schema's own texts are escaped.
	const binding = new RegExp(
		`const (\\w+) = (require\\("[^"]+"\\)(?:\\.default)?|${formats}(?:\\.(\\w+)|\\["([\\w-]+)"\\]));`,
		"g",
	);
	const imports: string[] = [];
	const code = standaloneCode(ajv, validate)
		.replace(
			binding,
			(_, local: string, asked: string, dotted?: string, quoted?: string) => {
				const format = dotted ?? quoted;
				const exported =
					format === undefined ? required[asked] : formatFunctions[format];
				if (!exported)
					throw new Error(`Ajv's code for ${event.name} needs ${asked}`);
				imports.push(`${exported} as ${local}`);
				return "";
			},
		)
		.replace(/^"use strict";/, "")
		.replace(
			/export const validate = (\w+);export default \1;/,
			"export { $1 as validate };",
		)
		.trim();
	return render({ source: line(event.file), imports: imports.sort(), code });
}
