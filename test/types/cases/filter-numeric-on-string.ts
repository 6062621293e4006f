// error: 'numeric' does not exist
import { ContentViewed } from "../../../generated/patterns/content/content-viewed.ts";

export const filter = ContentViewed.where({
	channel: [{ numeric: [">", 1] }],
});
