import type { EventFacts } from "../schema/model.ts";
import { pascalCase } from "../schema/name.ts";
import type { Emitter } from "./emitter.ts";
import { importPath } from "./module-path.ts";
import { parsersFile } from "./parsers.ts";
import { comment, line, literal } from "./print.ts";
import { template } from "./template.ts";
import { typesFile } from "./types.ts";

const render = template<{
	domain: string;
	publisher: string;
	union: string;
	factory: string;
	events: {
		name: string;
		nameLiteral: string;
		method: string;
		doc: string;
		parsersPath: string;
		typesPath: string;
	}[];
}>("publishers");

export const publishers: Emitter = ({ domains }) => ({
	files: [...domains].flatMap(([domain, events]) => {
		const own = events.filter((event) => !event.readOnly);
		return own.length > 0
			? [[`${domain}.ts`, publisherText(domain, own)] as const]
			: [];
	}),
});

function publisherText(domain: string, events: readonly EventFacts[]): string {
	const file = `publishers/${domain}.ts`;
	const name = pascalCase(domain);
	return render({
		domain: line(domain),
		publisher: `${name}Publisher`,
		union: `${name}Outgoing`,
		factory: `${uncapitalized(name)}Publisher`,
		events: events.map((event) => ({
			name: event.name,
			nameLiteral: literal(event.name),
			method: uncapitalized(event.name),
			doc: comment(event, "\t"),
			parsersPath: literal(importPath(file, parsersFile(event.module))),
			typesPath: literal(importPath(file, typesFile(event.module))),
		})),
	});
}

/** ASCII only: other letters can share a lower case. */
const uncapitalized = (name: string) =>
	name.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
