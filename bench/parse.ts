import { Ajv2020 } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import { ContentViewed } from "../generated/parsers/content/content-viewed.ts";
import viewerSchema from "../schemas/common/viewer.json" with { type: "json" };
import viewedSchema from "../schemas/content/content-viewed.json" with {
	type: "json",
};
import { medians, table, times } from "./measure.ts";

/** What does reading an event cost, against JSON.parse alone and against JSON.parse with Ajv? */
export async function parse(): Promise<string> {
	const ajv = new Ajv2020({ strict: false });
	addFormatsModule.default(ajv);
	ajv.addSchema({
		...viewerSchema,
		$id: "https://bench.example/common/viewer.json",
	});
	const validate = ajv.compile({
		...viewedSchema,
		$id: "https://bench.example/content/content-viewed.json",
	});
	const rows = [1, 5].map((kilobytes) => {
		const text = eventOf(kilobytes * 1_000);
		if (!ContentViewed.parse(text).ok || !validate(JSON.parse(text).detail))
			throw new Error("the event does not fit its schema");
		const ns = medians(
			{
				alone: () => JSON.parse(text),
				ours: () => ContentViewed.parse(text),
				ajv: () => validate(JSON.parse(text).detail),
			},
			5_000,
		);
		const alone = ns.alone as number;
		return [
			`${kilobytes} kB`,
			`${(alone / 1000).toFixed(1)} µs`,
			times((ns.ours as number) / alone),
			times((ns.ajv as number) / alone),
		];
	});
	return table(
		"Reading an event: times JSON.parse alone",
		["event", "JSON.parse", "eventwright", "JSON.parse + Ajv"],
		rows,
	);
}

function eventOf(bytes: number): string {
	const event = {
		version: "0",
		id: "7f3c1d5e-0000-4000-8000-000000000000",
		"detail-type": ContentViewed.detailType,
		source: ContentViewed.source,
		account: "111111111111",
		time: "2026-11-24T09:00:00Z",
		region: "eu-west-1",
		resources: [],
		detail: {
			contentId: "c-1",
			viewedAt: "2026-11-24T09:00:00Z",
			channel: "web",
			durationMs: 42_000,
			viewer: { viewerId: "v-7", country: "DE", device: { kind: "phone" } },
			sections: [] as string[],
		},
	};
	while (JSON.stringify(event).length < bytes)
		event.detail.sections.push("A heading of some length");
	return JSON.stringify(event);
}
