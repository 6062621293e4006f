// error: Property 'ContentPublished' is missing
import { sqsConsumer } from "eventwright/lambda";
import { ContentViewed } from "../../../generated/events/content/content-viewed.js";
import type { Subscribed } from "../../../infra/system.ts";

export const handler = sqsConsumer<Subscribed<"analytics">>(
	{ ContentViewed },
	{ ContentPublished: () => {}, ContentViewed: () => {} },
);
