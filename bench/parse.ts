import { parse as powertoolsParse } from "@aws-lambda-powertools/parser";
import { EventBridgeEnvelope } from "@aws-lambda-powertools/parser/envelopes/eventbridge";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import * as v from "valibot";
import { z } from "zod";
import { ContentViewed } from "../generated/events/content/content-viewed.js";
import viewerSchema from "../schemas/common/viewer.json" with { type: "json" };
import viewedSchema from "../schemas/content/content-viewed.json" with {
	type: "json",
};
import { medians, table, times } from "./measure.ts";

/** Measures reading an event, compared with JSON.parse alone and other libraries. All but Powertools check the detail only. */
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
		const alternatives: Readonly<Record<string, () => unknown>> = {
			"JSON.parse": () => JSON.parse(text),
			eventwright: () => ContentViewed.parse(text).ok,
			exact: () => ContentViewed.parse(text, { exact: true }).ok,
			Ajv: () => validate(JSON.parse(text).detail),
			Zod: () => zodDetail.safeParse(JSON.parse(text).detail).success,
			Valibot: () =>
				v.safeParse(valibotDetail, JSON.parse(text).detail).success,
			Powertools: () =>
				powertoolsParse(JSON.parse(text), EventBridgeEnvelope, zodDetail),
		};
		for (const [name, read] of Object.entries(alternatives))
			if (!read()) throw new Error(`${name} rejects the event`);
		const ns = medians(alternatives, 2_000);
		const alone = ns["JSON.parse"] as number;
		return [
			`${kilobytes} kB`,
			`${(alone / 1000).toFixed(1)} µs`,
			...Object.entries(ns)
				.slice(1)
				.map(([, each]) => times(each / alone)),
		];
	});
	return table(
		"Reading an event, tolerantly and exactly; ratios are to JSON.parse alone, which all call first",
		[
			"event",
			"JSON.parse",
			"eventwright",
			"exact",
			"Ajv",
			"Zod",
			"Valibot",
			"Powertools",
		],
		rows,
	);
}

const zodDetail = z.strictObject({
	contentId: z.string().min(1).max(64),
	viewedAt: z.iso.datetime({ offset: true }),
	channel: z.enum(["web", "app-ios", "app-android", "newsletter"]),
	durationMs: z.int().min(0).optional(),
	sections: z.array(z.string()).optional(),
	viewer: z
		.strictObject({
			viewerId: z.string().min(1).max(64).optional(),
			country: z
				.string()
				.regex(/^[A-Z]{2}$/u)
				.optional(),
			device: z
				.strictObject({
					kind: z.enum(["phone", "tablet", "desktop", "tv"]),
					osVersion: z.string().max(32).optional(),
				})
				.optional(),
		})
		.optional(),
});

const valibotDetail = v.strictObject({
	contentId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
	viewedAt: v.pipe(v.string(), v.isoTimestamp()),
	channel: v.picklist(["web", "app-ios", "app-android", "newsletter"]),
	durationMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
	sections: v.optional(v.array(v.string())),
	viewer: v.optional(
		v.strictObject({
			viewerId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
			country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/u))),
			device: v.optional(
				v.strictObject({
					kind: v.picklist(["phone", "tablet", "desktop", "tv"]),
					osVersion: v.optional(v.pipe(v.string(), v.maxLength(32))),
				}),
			),
		}),
	),
});

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
