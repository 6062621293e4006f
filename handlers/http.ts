import type { APIGatewayProxyResult } from "aws-lambda";
import type { Issue } from "eventwright";
import { PublishError } from "eventwright";

export function json(statusCode: number, body: unknown): APIGatewayProxyResult {
	return {
		statusCode,
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	};
}

export function invalid(issues: readonly Issue[]): APIGatewayProxyResult {
	return json(400, { message: "Invalid request", issues });
}

/** The response to a request whose event was not published. Rethrows any other error. */
export function notPublished(error: unknown): APIGatewayProxyResult {
	if (!(error instanceof PublishError)) throw error;
	console.error(
		JSON.stringify({
			level: "ERROR",
			message: error.message,
			failed: error.failed.map(({ cause: _, ...failed }) => failed),
		}),
	);
	const tooLarge = error.failed.find(({ code }) => code === "EntryTooLarge");
	return tooLarge
		? json(413, { message: tooLarge.message })
		: json(503, { message: "The event could not be published." });
}
