import { createServer, type IncomingMessage } from "node:http";
import { isObject, parseJson } from "../../runtime/json.ts";
import { AwsError } from "./aws-error.ts";
import { type Caller, callerOf } from "./credentials.ts";
import { bodyOf, foreignRequest, listen, reply } from "./http.ts";
import { parseQuery, queryError, queryResponse } from "./query-protocol.ts";
import type { Service } from "./service.ts";

interface Running {
	readonly services: readonly Service[];
	readonly callers: ReadonlyMap<string, Caller>;
}

/** The single endpoint for all AWS clients of the local system. */
export interface Endpoint {
	readonly url: string;
	/** Starts accepting calls, once the resources exist. Earlier calls get 503 ServiceUnavailable. */
	readonly serve: (running: Running) => void;
	readonly stop: () => Promise<void>;
}

export async function startEndpoint(port: number): Promise<Endpoint> {
	let running: Running | undefined;
	const server = createServer((request, response) => {
		respond(request, running)
			.then(
				({ contentType, body }) =>
					reply(response, 200, body, { "content-type": contentType }),
				(error: unknown) => {
					const known =
						error instanceof AwsError
							? error
							: new AwsError(500, "InternalFailure", (error as Error).message);
					const { status, code, queryCode, message } = known;
					if (isForm(request)) {
						reply(response, status, queryError(known), {
							"content-type": "text/xml",
						});
						return;
					}
					reply(
						response,
						status,
						JSON.stringify({ __type: code, message, Message: message }),
						{
							"content-type": "application/json",
							"x-amzn-errortype": code,
							"x-amzn-query-error": `${queryCode};${status < 500 ? "Sender" : "Receiver"}`,
						},
					);
				},
			)
			// The client is gone, or sent what cannot be answered.
			.catch(() => response.destroy());
	});
	const url = await listen(server, port);
	return {
		url,
		serve: (ready) => {
			running = ready;
		},
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function respond(
	request: IncomingMessage,
	running: Running | undefined,
): Promise<{ readonly contentType: string; readonly body: string }> {
	const foreign = foreignRequest(request);
	if (foreign !== undefined)
		throw new AwsError(403, "AccessDeniedException", foreign);
	const text = await bodyOf(request);
	if (text === undefined)
		throw new AwsError(
			413,
			"RequestEntityTooLarge",
			"the request is too large",
		);
	if (!running)
		throw new AwsError(
			503,
			"ServiceUnavailable",
			"the local system is starting",
		);
	// The signature's scope names the service and the caller.
	const [, accessKeyId = "", region = "", service = ""] =
		/Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
			request.headers.authorization ?? "",
		) ?? [];
	if (service === "")
		throw new AwsError(
			403,
			"MissingAuthenticationTokenException",
			"the request is not signed: this is the endpoint for AWS clients",
		);
	const url = URL.parse(request.url ?? "/", "http://127.0.0.1");
	const target = String(request.headers["x-amz-target"] ?? "");
	const called = running.services.find(({ name }) => name === service);
	const { query } = called ?? {};
	const { operation, input } =
		query && isForm(request)
			? parseQuery(text, query)
			: {
					operation: target.split(".").at(-1) ?? "",
					input: called?.call && !isForm(request) ? jsonInput(text) : {},
				};
	if (!called?.call || url === null || (isForm(request) && !query))
		throw new AwsError(
			501,
			"NotImplemented",
			`${service}${operation ? `:${operation}` : ""} is not simulated by the local system`,
		);
	const { contentType, body } = await called.call({
		operation,
		method: request.method ?? "GET",
		path: url.pathname,
		query: url.searchParams,
		input,
		region,
		accessKeyId,
		caller: callerOf(accessKeyId, running.callers),
	});
	return query && isForm(request)
		? { contentType: "text/xml", body: queryResponse(operation, body, query) }
		: { contentType, body: JSON.stringify(body) };
}

const isForm = ({ headers }: IncomingMessage): boolean =>
	(headers["content-type"] ?? "").startsWith(
		"application/x-www-form-urlencoded",
	);

function jsonInput(text: string): Readonly<Record<string, unknown>> {
	if (text === "") return {};
	const parsed = parseJson(text);
	if (!parsed.ok)
		throw new AwsError(400, "SerializationException", parsed.message);
	if (!isObject(parsed.value))
		throw new AwsError(
			400,
			"SerializationException",
			"the request must be a JSON object",
		);
	return parsed.value;
}
