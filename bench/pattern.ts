import { compilePattern } from "../runtime/pattern.ts";
import { medians, table, times } from "./measure.ts";

/** What does deciding one rule cost, against reading the event by JSON.parse? */
export async function pattern(): Promise<string> {
	const event = {
		source: "api.gateway.content.get",
		"detail-type": "Content-View-Event",
		detail: {
			contentId: "c-1",
			channel: "app-ios",
			durationMs: 42_000,
			viewer: { viewerId: "v-7" },
		},
	};
	const text = JSON.stringify(event);
	const compiled = compilePattern({
		source: ["api.gateway.content.get"],
		"detail-type": ["Content-View-Event"],
		detail: {
			channel: ["web", { prefix: "app-" }],
			durationMs: [{ numeric: [">", 1000] }],
		},
	});
	const ns = medians(
		{ read: () => JSON.parse(text), decide: () => compiled.matches(event) },
		20_000,
	);
	const read = ns.read as number;
	const decide = ns.decide as number;
	return table(
		"Deciding one rule: times JSON.parse of the event",
		["rule", "JSON.parse", "decide"],
		[
			[
				"source, detail-type, two filters",
				`${(read / 1000).toFixed(1)} µs`,
				times(decide / read),
			],
		],
	);
}
