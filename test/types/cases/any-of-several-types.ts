// error: Property 'title' does not exist on type 'ContentViewed'
import { parseAnyEvent } from "eventwright";
import { ContentPublished } from "../../../generated/events/content/content-published.js";
import { ContentViewed } from "../../../generated/events/content/content-viewed.js";

const result = parseAnyEvent([ContentPublished, ContentViewed], {});
export const title =
	result.ok && result.value.type === "ContentViewed"
		? result.value.detail.title
		: undefined;
