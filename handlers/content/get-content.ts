import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { ContentViewed } from "../../generated/events/content/content-viewed.js";
import { contentPublisher } from "../../generated/publishers/content.js";
import { invalid, json, notPublished } from "../http.ts";
import { findContent } from "./library.ts";

const content = contentPublisher();

/** GET /content/{contentId}?channel=web&durationMs=1200&viewerId=v-7 */
export async function handler(
	request: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
	const found = findContent(request.pathParameters?.contentId ?? "");
	if (!found) return json(404, { message: "There is no such content." });
	const query = request.queryStringParameters ?? {};
	const view = ContentViewed.parseDetail({
		contentId: found.contentId,
		viewedAt: new Date().toISOString(),
		channel: query.channel ?? "web",
		...(query.durationMs ? { durationMs: Number(query.durationMs) } : {}),
		...(query.viewerId ? { viewer: { viewerId: query.viewerId } } : {}),
	});
	if (!view.ok) return invalid(view.issues);
	try {
		await content.contentViewed(view.value);
	} catch (error) {
		return notPublished(error);
	}
	return json(200, found);
}
