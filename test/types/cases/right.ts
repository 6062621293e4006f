import { sqsConsumer } from "eventwright/lambda";
import { ContentPublished } from "../../../generated/parsers/content/content-published.ts";
import { ContentViewed } from "../../../generated/parsers/content/content-viewed.ts";
import { ContentViewed as ContentViewedType } from "../../../generated/patterns/content.ts";
import { contentPublisher } from "../../../generated/publishers/content.ts";
import type { Subscribed } from "../../../infra/system.ts";

export const analytics = sqsConsumer<Subscribed<"analytics">>(
	{ ContentPublished, ContentViewed },
	{
		ContentPublished: ({ detail }) => console.log(detail.authors[0]?.name),
		ContentViewed: async ({ detail, id, time }) =>
			console.log(detail.viewer?.device?.kind, id, time),
	},
);

export const publish = () =>
	contentPublisher().contentViewed({
		contentId: "c-1",
		viewedAt: "2026-11-24T09:00:00Z",
		channel: "web",
		viewer: { device: { kind: "phone" } },
	});

export const filters = [
	ContentViewedType.where({ channel: ["web", { prefix: "app-" }] }),
	ContentViewedType.where({ durationMs: [{ numeric: [">", 1, "<=", 2] }, 7] }),
	ContentViewedType.where({ channel: [{ "anything-but": ["web"] }] }),
	ContentViewedType.where({ sections: ["Intro"] }),
	ContentViewedType.where({ viewer: { device: { kind: ["tv"] } } }),
	ContentViewedType.where({ viewer: { viewerId: [{ exists: false }] } }),
];
