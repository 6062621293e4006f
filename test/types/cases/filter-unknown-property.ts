// error: 'chanel' does not exist

import { where } from "eventwright/pattern";
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = where(ContentViewed, { chanel: ["web"] });
