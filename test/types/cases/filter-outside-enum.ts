// error: "fax"
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = ContentViewed.where({ channel: ["fax"] });
