import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { ContentPublished } from "../../generated/events/content/content-published.js";
import { contentPublisher } from "../../generated/publishers/content.js";
import { invalid, json, notPublished } from "../http.ts";

const content = contentPublisher();

/** POST /content: the body is the event's detail. It has passed the API model; constraints that the model lacks are checked here. */
export async function handler(
	request: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
	let body: unknown;
	try {
		body = JSON.parse(request.body ?? "");
	} catch {
		return json(400, { message: "The body is not JSON." });
	}
	const published = ContentPublished.parseDetail(body);
	if (!published.ok) return invalid(published.issues);
	try {
		const eventId = await content.contentPublished(published.value);
		return json(202, { eventId });
	} catch (error) {
		return notPublished(error);
	}
}
