// error: "fax"
import { ContentViewed } from "../../../generated/patterns/content/content-viewed.ts";

export const filter = ContentViewed.where({ channel: ["fax"] });
