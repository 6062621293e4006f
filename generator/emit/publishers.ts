import type { EventFacts } from "../schema/model.ts";
import { pascalCase } from "../schema/name.ts";
import { version } from "../version.ts";
import type { Emitter } from "./emitter.ts";
import { eventsFile } from "./events.ts";
import { importPath } from "./module-path.ts";
import { comment, line, literal } from "./print.ts";
import { template } from "./template.ts";

interface PublisherView {
	version: string;
	domain: string;
	publisher: string;
	union: string;
	factory: string;
	events: {
		/** The import: the name or, if the publisher's own names clash with it, `Name as Name_`. */
		imported: string;
		/** The event type's name in the module. */
		local: string;
		nameLiteral: string;
		method: string;
		doc: string;
		path: string;
	}[];
}

const code = template<PublisherView>("publishers.js");
const declarations = template<PublisherView>("publishers.d.ts");

/** One module per domain. */
export const publishers: Emitter = ({ domains }) => ({
	files: [...domains].flatMap(([domain, events]) => {
		const own = events.filter((event) => !event.readOnly);
		if (own.length === 0) return [];
		const view = viewOf(domain, own);
		return [
			[`${domain}.js`, code(view)],
			[`${domain}.d.ts`, declarations(view)],
		] as const;
	}),
});

function viewOf(domain: string, events: readonly EventFacts[]): PublisherView {
	const file = `publishers/${domain}.js`;
	const name = pascalCase(domain);
	const publisher = `${name}Publisher`;
	const union = `${name}Outgoing`;
	const factory = `${uncapitalized(name)}Publisher`;
	const taken = new Set([publisher, union, factory]);
	return {
		version,
		domain: line(domain),
		publisher,
		union,
		factory,
		events: events.map((event) => {
			// Names from titles never contain an underscore.
			const local = taken.has(event.name) ? `${event.name}_` : event.name;
			return {
				imported: local === event.name ? local : `${event.name} as ${local}`,
				local,
				nameLiteral: literal(event.name),
				method: uncapitalized(event.name),
				doc: comment(event, "\t"),
				path: literal(importPath(file, eventsFile(event.module))),
			};
		}),
	};
}

/** ASCII only: other letters can share a lower case. */
const uncapitalized = (name: string) =>
	name.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
