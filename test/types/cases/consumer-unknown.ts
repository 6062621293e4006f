// error: does not satisfy the constraint
import { sqsConsumer } from "eventwright/lambda";
import { ContentViewed } from "../../../generated/parsers/content/content-viewed.ts";
import type { Subscribed } from "../../../infra/system.ts";

export const handler = sqsConsumer<Subscribed<"nobody">>(
	{ ContentViewed },
	{ ContentViewed: () => {} },
);
