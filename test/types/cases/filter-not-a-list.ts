// error: is not assignable

import { where } from "eventwright/pattern";
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = where(ContentViewed, { channel: "web" });
