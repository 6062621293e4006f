// error: Property 'contentID' does not exist
import { sqsConsumer } from "eventwright/lambda";
import { ContentViewed } from "../../../generated/events/content/content-viewed.js";
import type { Subscribed } from "../../../infra/system.ts";

export const handler = sqsConsumer<Subscribed<"recommendations">>(
	{ ContentViewed },
	{ ContentViewed: ({ detail }) => console.log(detail.contentID) },
);
