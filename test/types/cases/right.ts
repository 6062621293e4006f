import type * as v1 from "eventwright/codegen-v1";
import { sqsConsumer } from "eventwright/lambda";
import { where } from "eventwright/pattern";
import { ContentPublished } from "../../../generated/events/content/content-published.js";
import { ContentViewed } from "../../../generated/events/content/content-viewed.js";
import { contentPublisher } from "../../../generated/publishers/content.js";
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
	where(ContentViewed, { channel: ["web", { prefix: "app-" }] }),
	where(ContentViewed, { durationMs: [{ numeric: [">", 1, "<=", 2] }, 7] }),
	where(ContentViewed, { channel: [{ "anything-but": ["web"] }] }),
	where(ContentViewed, { sections: ["Intro"] }),
	where(ContentViewed, { viewer: { device: { kind: ["tv"] } } }),
	where(ContentViewed, { viewer: { viewerId: [{ exists: false }] } }),
];

/** The types that generated declarations of any release use. A line may be added; none may be changed. */
export interface Declared {
	readonly event: v1.EventType<"ContentViewed", ContentViewed>;
	readonly publish: v1.Publish<ContentViewed>;
	readonly publishAll: v1.PublishAll<
		v1.OutgoingEvent<"ContentViewed", ContentViewed>
	>;
	readonly options: v1.PublisherOptions;
	readonly inherited: v1.Inherited<"constructor">;
}
