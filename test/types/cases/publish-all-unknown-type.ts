// error: "ContentMislaid"
import { contentPublisher } from "../../../generated/publishers/content.ts";

export const publish = () =>
	contentPublisher().publishAll([
		{ type: "ContentMislaid", detail: { contentId: "c-1" } },
	]);
