// error: Property 'ContentPublished' is missing
import { sqsConsumer } from "eventwright/lambda";
import { ContentPublished } from "../../../generated/parsers/content/content-published.ts";
import { ContentViewed } from "../../../generated/parsers/content/content-viewed.ts";
import type { Subscribed } from "../../../infra/system.ts";

export const handler = sqsConsumer<Subscribed<"analytics">>(
	{ ContentPublished, ContentViewed },
	{ ContentViewed: () => {} },
);
