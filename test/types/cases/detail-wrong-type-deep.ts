// error: Type 'number' is not assignable to type 'string'
import { contentPublisher } from "../../../generated/publishers/content.js";

export const publish = () =>
	contentPublisher().contentViewed({
		contentId: "c-1",
		viewedAt: "2026-11-24T09:00:00Z",
		channel: "web",
		viewer: { device: { kind: "phone", osVersion: 20 } },
	});
