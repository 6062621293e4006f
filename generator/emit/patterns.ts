import type { Emitter } from "./emitter.ts";
import { type EventView, eventView } from "./event-files.ts";
import { template } from "./template.ts";

const render = template<EventView>("patterns");

export const patterns: Emitter = ({ events }) => ({
	files: events.map((event) => [
		`${event.module}.ts`,
		render(eventView(event, `patterns/${event.module}.ts`)),
	]),
});
