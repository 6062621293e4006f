import type { Emitter } from "./emitter.ts";
import { importPath } from "./module-path.ts";
import { comment, line, literal } from "./print.ts";
import { template } from "./template.ts";
import { typesFile } from "./types.ts";

const render = template<{
	domain: string;
	events: {
		name: string;
		nameLiteral: string;
		sourceLiteral: string;
		detailTypeLiteral: string;
		doc: string;
		typesPath: string;
	}[];
}>("patterns");

export const patterns: Emitter = ({ domains }) => ({
	files: [...domains].map(([domain, events]) => {
		const file = `${domain}.ts`;
		const views = events.map((event) => ({
			name: event.name,
			nameLiteral: literal(event.name),
			sourceLiteral: literal(event.source),
			detailTypeLiteral: literal(event.detailType),
			doc: comment(event),
			typesPath: literal(
				importPath(`patterns/${file}`, typesFile(event.module)),
			),
		}));
		return [file, render({ domain: line(domain), events: views })];
	}),
});
