// error: is not assignable to type
import { sqsConsumer } from "eventwright/lambda";
import { ContentPublished } from "../../../generated/parsers/content/content-published.ts";
import type { Subscribed } from "../../../infra/system.ts";

export const handler = sqsConsumer<Subscribed<"recommendations">>(
	{ ContentViewed: ContentPublished },
	{ ContentViewed: () => {} },
);
