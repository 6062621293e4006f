// error: Type '"fax"' is not assignable to type
import { publish } from "eventwright/aws";
import { ContentViewed } from "../../../generated/events/content/content-viewed.js";

export const wrong = () =>
	publish(ContentViewed, {
		contentId: "c-1",
		viewedAt: "2026-11-24T09:00:00Z",
		channel: "fax",
	});
