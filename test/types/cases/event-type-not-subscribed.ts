// error: 'ContentPublished' does not exist
import { sqsConsumer } from "eventwright/lambda";
import { ContentPublished } from "../../../generated/events/content/content-published.js";
import { ContentViewed } from "../../../generated/events/content/content-viewed.js";
import type { Subscribed } from "../../../infra/system.ts";

export const handler = sqsConsumer<Subscribed<"recommendations">>(
	{ ContentViewed, ContentPublished },
	{ ContentViewed: () => {} },
);
