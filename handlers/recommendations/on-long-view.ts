import { sqsConsumer } from "eventwright/lambda";
import { ContentViewed } from "../../generated/events/content/content-viewed.js";
import type { Subscribed } from "../../infra/system.ts";

/** Handles views that are long enough to signal interest. The rule's content filter excludes all others. */
export const handler = sqsConsumer<Subscribed<"recommendations">>(
	{ ContentViewed },
	{
		ContentViewed: ({ detail }) =>
			console.log(
				JSON.stringify({
					message: "a signal of interest",
					contentId: detail.contentId,
					durationMs: detail.durationMs,
				}),
			),
	},
);
