// error: "ContentMislaid"
import { contentPublisher } from "../../../generated/publishers/content.js";

export const publish = () =>
	contentPublisher().publishAll([
		{ type: "ContentMislaid", detail: { contentId: "c-1" } },
	]);
