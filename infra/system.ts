import type { SubscribedEvents } from "eventwright";
import { where } from "eventwright/pattern";
import type { SystemDefinition } from "eventwright/system";
import contentPublishedModel from "../generated/api-models/content/content-published.json" with {
	type: "json",
};
import { ContentPublished } from "../generated/events/content/content-published.js";
import { ContentViewed } from "../generated/events/content/content-viewed.js";

/** The definition of the whole system. Names, ARNs, rules and policies are derived from it. */
export const system = {
	name: "media",
	region: "eu-west-1",
	accounts: {
		producer: { id: "111111111111", profile: "media-producer" },
		hub: { id: "222222222222", profile: "media-hub" },
		consumer: { id: "333333333333", profile: "media-consumer" },
	},
	producers: {
		"get-content": {
			entry: "handlers/content/get-content.ts",
			method: "GET",
			path: "/content/{contentId}",
			publishes: [ContentViewed],
		},
		"post-content": {
			entry: "handlers/content/post-content.ts",
			method: "POST",
			path: "/content",
			bodyModel: { name: "ContentPublished", schema: contentPublishedModel },
			publishes: [ContentPublished],
		},
	},
	consumers: {
		analytics: {
			entry: "handlers/analytics/on-content-event.ts",
			subscribes: [ContentViewed, ContentPublished],
		},
		recommendations: {
			entry: "handlers/recommendations/on-long-view.ts",
			subscribes: [
				where(ContentViewed, {
					channel: ["web", { prefix: "app-" }],
					durationMs: [{ numeric: [">", 1000] }],
				}),
			],
		},
	},
} as const satisfies SystemDefinition;

/** The events that a consumer's queue is subscribed to, by name. Its handler must handle exactly these. */
export type Subscribed<Consumer extends keyof typeof system.consumers> =
	SubscribedEvents<(typeof system.consumers)[Consumer]["subscribes"]>;
