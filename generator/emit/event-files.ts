import type { EventModel } from "../model.ts";
import { importPath } from "../module-path.ts";
import { comment, line, literal } from "../print.ts";
import { typesFile } from "./types.ts";

/** What the templates of an event's own files share. */
export interface EventView {
	readonly source: string;
	readonly doc: string;
	readonly name: string;
	readonly nameLiteral: string;
	readonly sourceLiteral: string;
	readonly detailTypeLiteral: string;
	readonly typesPath: string;
}

export function eventView(event: EventModel, file: string): EventView {
	return {
		source: line(event.file),
		doc: comment(event.schema),
		name: event.name,
		nameLiteral: literal(event.name),
		sourceLiteral: literal(event.source),
		detailTypeLiteral: literal(event.detailType),
		typesPath: literal(importPath(file, typesFile(event.module))),
	};
}
