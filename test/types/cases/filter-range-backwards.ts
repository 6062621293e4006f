// error: is not assignable

import { where } from "eventwright/pattern";
import { ContentViewed } from "../../../generated/events/content/content-viewed.js";

export const filter = where(ContentViewed, {
	durationMs: [{ numeric: ["<", 1, ">", 2] }],
});
