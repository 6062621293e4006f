import { createServer, type IncomingMessage } from "node:http";
import { parseJson } from "../../runtime/json.ts";
import { AwsError } from "./aws-error.ts";
import { type Caller, callerOf } from "./credentials.ts";
import { bodyOf, listen, reply } from "./http.ts";
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
		answer(request, running).then(
			({ contentType, body }) =>
				reply(response, 200, body, { "content-type": contentType }),
			(error: unknown) => {
				const { status, code, message } =
					error instanceof AwsError
						? error
						: {
								status: 500,
								code: "InternalFailure",
								message: (error as Error).message,
							};
				reply(
					response,
					status,
					JSON.stringify({ __type: code, message, Message: message }),
					{
						"content-type": "application/json",
						"x-amzn-errortype": code,
					},
				);
			},
		);
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

async function answer(
	request: IncomingMessage,
	running: Running | undefined,
): Promise<{ readonly contentType: string; readonly body: string }> {
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
	const parsed =
		text === "" ? { ok: true as const, value: {} } : parseJson(text);
	if (!parsed.ok)
		throw new AwsError(400, "SerializationException", parsed.message);
	const operation =
		String(request.headers["x-amz-target"] ?? "")
			.split(".")
			.at(-1) ?? "";
	const url = new URL(request.url ?? "/", "http://127.0.0.1");
	const called = running.services.find(({ name }) => name === service);
	if (called?.call) {
		const { contentType, body } = await called.call({
			operation,
			method: request.method ?? "GET",
			path: url.pathname,
			query: url.searchParams,
			input: parsed.value as Record<string, unknown>,
			region,
			accessKeyId,
			caller: callerOf(accessKeyId, running.callers),
		});
		return { contentType, body: JSON.stringify(body) };
	}
	throw new AwsError(
		501,
		"NotImplemented",
		`${service}${operation ? `:${operation}` : ""} is not simulated by the local system`,
	);
}
