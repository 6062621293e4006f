import type { Emitter } from "./emitter.ts";
import { importPath } from "./module-path.ts";
import { comment, line, literal } from "./print.ts";
import { template } from "./template.ts";
import { typesFile } from "./types.ts";
import { validatorsFile } from "./validators.ts";

const render = template<{
	source: string;
	doc: string;
	name: string;
	nameLiteral: string;
	sourceLiteral: string;
	detailTypeLiteral: string;
	typesPath: string;
	validatorsPath: string;
}>("parsers");

export const parsersFile = (module: string): string => `parsers/${module}.ts`;

export const parsers: Emitter = ({ events }) => ({
	files: events.map((event) => {
		const file = parsersFile(event.module);
		const text = render({
			source: line(event.file),
			doc: comment(event.schema),
			name: event.name,
			nameLiteral: literal(event.name),
			sourceLiteral: literal(event.source),
			detailTypeLiteral: literal(event.detailType),
			typesPath: literal(importPath(file, typesFile(event.module))),
			validatorsPath: literal(importPath(file, validatorsFile(event.module))),
		});
		return [`${event.module}.ts`, text];
	}),
});
