// error: 'prefix' does not exist
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = ContentViewed.where({ durationMs: [{ prefix: "1" }] });
