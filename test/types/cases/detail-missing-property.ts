// error: Property 'viewedAt' is missing
import { contentPublisher } from "../../../generated/publishers/content.js";

export const publish = () =>
	contentPublisher().contentViewed({ contentId: "c-1", channel: "web" });
