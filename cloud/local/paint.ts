import { styleText } from "node:util";
import type { Paint } from "./render.ts";

/** Colours for a terminal; none where output is piped or NO_COLOR is set. */
export const paint: Paint = (outcome, text) => {
	const colour = (
		{
			ok: "green",
			"no match": "gray",
			denied: "red",
			failed: "red",
			retry: "yellow",
			"dead letter": "magenta",
		} as const
	)[outcome];
	return styleText(colour, text, { stream: process.stdout });
};
