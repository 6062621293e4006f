// error: 'numeric' does not exist

import { where } from "eventwright/pattern";
import { ContentViewed } from "../../../generated/events/content/content-viewed.js";

export const filter = where(ContentViewed, {
	channel: [{ numeric: [">", 1] }],
});
