// What the schemas say together: what leads where, what each is called, and which parts of the output there are.

import type { Finding } from "../diagnostics.ts";
import { checkOutlines } from "../schema/check.ts";
import { type Links, link, type Target } from "../schema/link.ts";
import { byName, type EventFacts } from "../schema/model.ts";
import { domainOf, moduleOf, type Names, name } from "../schema/name.ts";
import { type Doc, isEvent, type Outline } from "../schema/outline.ts";
import { digest } from "./digest.ts";

/** A part of the output that is made as one: a schema file's, or a domain's publisher. */
export interface Unit {
	readonly id: string;
	readonly of: { readonly file: string } | { readonly domain: string };
	/** The files that it is made of, sorted, with NUL between them, which no file's name has. */
	readonly reach: string;
	/** Differs where what these are called, or where they lead, does. */
	readonly signature: string;
}

export interface Frame {
	readonly links: Links;
	readonly names: Names;
	/** By their file. */
	readonly events: ReadonlyMap<string, EventFacts>;
	readonly domains: ReadonlyMap<string, readonly EventFacts[]>;
	readonly units: readonly Unit[];
}

export interface Framed {
	readonly frame?: Frame;
	readonly findings: readonly Finding[];
}

export function reachOf({ reach }: Unit): readonly string[] {
	return reach === "" ? [] : reach.split("\0");
}

/** `hasSchema` tells whether a pointer leads to a schema. */
export function frameOf(
	outlines: readonly Outline[],
	docOf: (file: string) => Doc,
	hasSchema: (target: Target) => boolean,
): Framed {
	const { links, findings } = link(outlines, hasSchema);
	if (findings.length > 0) return { findings };
	const named = name(outlines, links);
	const events = outlines
		.filter(isEvent)
		.map((event) => factsOf(event, named.names, docOf(event.file)))
		.sort(byName);
	const checked = [...named.findings, ...checkOutlines(outlines, events)];
	if (checked.length > 0) return { findings: checked };
	const domains = Map.groupBy(events, ({ domain }) => domain);
	return {
		frame: {
			links,
			names: named.names,
			events: new Map(events.map((event) => [event.file, event])),
			domains,
			units: [
				...fileUnits(outlines, links, named.names),
				...[...domains].map(([domain, own]) => domainUnit(domain, own)),
			],
		},
		findings: [],
	};
}

export function domainUnit(domain: string, own: readonly EventFacts[]): Unit {
	return {
		id: `domain ${domain}`,
		of: { domain },
		reach: "",
		signature: digest(JSON.stringify(own)),
	};
}

/** The frame around some files alone, once all have been framed: these are all that they lead to, and have their names. */
export function partialFrame(
	outlines: readonly Outline[],
	names: Names,
	domains: ReadonlyMap<string, readonly EventFacts[]>,
	docOf: (file: string) => Doc,
	hasSchema: (target: Target) => boolean,
): Framed {
	const { links, findings } = link(outlines, hasSchema);
	if (findings.length > 0) return { findings };
	const events = new Map(
		outlines
			.filter(isEvent)
			.map((event) => [event.file, factsOf(event, names, docOf(event.file))]),
	);
	return { frame: { links, names, events, domains, units: [] }, findings };
}

export function factsOf(event: Outline, names: Names, doc: Doc): EventFacts {
	const { file, readOnly, source, detailType } = event;
	const module = moduleOf(file);
	return {
		name: names.nameOf({ file, pointer: "" }),
		module,
		file,
		source: String(source),
		detailType: String(detailType),
		domain: domainOf(module),
		...doc,
		...(readOnly === undefined ? {} : { readOnly }),
	};
}

function fileUnits(
	outlines: readonly Outline[],
	links: Links,
	names: Names,
): readonly Unit[] {
	const own = new Map(
		outlines.map(({ file }) => [
			file,
			digest(
				JSON.stringify([
					file,
					names
						.inFile(file)
						.map((place) => [place.pointer, names.nameOf(place)]),
					links.linksOf(file).map((to) => [to.file, to.pointer]),
				]),
			),
		]),
	);
	return outlines.map(({ file }) => {
		const reach = [...links.reachFrom(file)].sort();
		return {
			id: `file ${file}`,
			of: { file },
			reach: reach.join("\0"),
			signature: digest(
				[file, ...reach.map((next) => own.get(next))].join("\0"),
			),
		};
	});
}
