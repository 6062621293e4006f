import { importPath } from "../module-path.ts";
import { literal } from "../print.ts";
import type { Emitter } from "./emitter.ts";
import { type EventView, eventView } from "./event-files.ts";
import { template } from "./template.ts";
import { validatorsFile } from "./validators.ts";

const render = template<EventView & { validatorsPath: string }>("parsers");

export const parsersFile = (module: string): string => `parsers/${module}.ts`;

export const parsers: Emitter = ({ events }) => ({
	files: events.map((event) => {
		const file = parsersFile(event.module);
		return [
			`${event.module}.ts`,
			render({
				...eventView(event, file),
				validatorsPath: literal(importPath(file, validatorsFile(event.module))),
			}),
		];
	}),
});
