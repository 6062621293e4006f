// error: is not assignable
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = ContentViewed.where({ channel: "web" });
