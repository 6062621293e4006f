import { sqsConsumer } from "eventwright/lambda";
import { ContentViewed } from "../../generated/parsers/content/content-viewed.ts";
import type { Subscribed } from "../../infra/system.ts";

/** Views that were long enough to say something of the viewer's taste: the rule's content filter lets no others come here. */
export const handler = sqsConsumer<Subscribed<"recommendations">>(
	{ ContentViewed },
	{
		ContentViewed: ({ detail }) =>
			console.log(
				JSON.stringify({
					message: "a signal of interest",
					contentId: detail.contentId,
					viewerId: detail.viewer?.viewerId,
					durationMs: detail.durationMs,
				}),
			),
	},
);
