import { sqsConsumer } from "eventwright/lambda";
import { where } from "eventwright/pattern";
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
	where(ContentViewedType, { channel: ["web", { prefix: "app-" }] }),
	where(ContentViewedType, { durationMs: [{ numeric: [">", 1, "<=", 2] }, 7] }),
	where(ContentViewedType, { channel: [{ "anything-but": ["web"] }] }),
	where(ContentViewedType, { sections: ["Intro"] }),
	where(ContentViewedType, { viewer: { device: { kind: ["tv"] } } }),
	where(ContentViewedType, { viewer: { viewerId: [{ exists: false }] } }),
];
