// error: "fax"

import { where } from "eventwright/pattern";
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = where(ContentViewed, { channel: ["fax"] });
