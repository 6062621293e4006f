// error: 'colour' does not exist
import { ContentViewed } from "../../../generated/patterns/content.ts";

export const filter = ContentViewed.where({
	viewer: { device: { colour: ["red"] } },
});
