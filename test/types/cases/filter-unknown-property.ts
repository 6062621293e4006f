// error: 'chanel' does not exist
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = ContentViewed.where({ chanel: ["web"] });
