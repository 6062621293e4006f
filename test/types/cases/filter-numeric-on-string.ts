// error: 'numeric' does not exist
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = ContentViewed.where({
	channel: [{ numeric: [">", 1] }],
});
