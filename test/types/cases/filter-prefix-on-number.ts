// error: 'prefix' does not exist
import { ContentViewed } from "../../../generated/patterns/content/content-viewed.ts";

export const filter = ContentViewed.where({ durationMs: [{ prefix: "1" }] });
