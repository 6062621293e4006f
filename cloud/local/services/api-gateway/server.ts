import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { unqualified } from "../../../template/identities.ts";
import { bodyOf, foreignRequest, listen, reply } from "../../http.ts";
import type { Span } from "../../trace.ts";
import { functionAt } from "../lambda/functions.ts";
import type { Gateway, LocalApiState } from "./api.ts";
import {
	proxyEvent,
	proxyEvent2,
	proxyResponse,
	proxyResponse2,
} from "./proxy.ts";
import { type ApiRequest, type ApiResponse, jsonResponse } from "./request.ts";
import { findMethod, refuseBody } from "./route.ts";
import { callService, mockResponse } from "./service-integration.ts";

/** Starts an API's server. Resolves with its URL. */
export async function serve(
	api: LocalApiState,
	gateway: Gateway,
): Promise<string> {
	const { cloud, apis } = gateway;
	const server: Server = createServer((request, response) => {
		handle(api, request, gateway)
			.catch((error: Error) => jsonResponse(500, error.message))
			.then(({ status, headers, body }) =>
				reply(response, status, body, headers),
			)
			.catch(() => {
				// Node.js cannot write the function's response.
				if (response.headersSent) response.destroy();
				else
					reply(
						response,
						502,
						JSON.stringify({ message: "Internal server error" }),
					);
			})
			.catch(() => response.destroy());
	});
	const port = cloud.options.port === 0 ? 0 : cloud.options.port + apis.length;
	const address = await listen(server, port);
	cloud.onStop(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return address;
}

async function handle(
	api: LocalApiState,
	request: IncomingMessage,
	gateway: Gateway,
): Promise<ApiResponse> {
	const { tracer } = gateway.cloud;
	const begun = tracer.begin();
	const span = tracer.reserve(begun);
	try {
		const response = await respond(api, request, span, gateway);
		const refused =
			response.status < 400
				? ""
				: ` ${(response.reason ?? response.body.toString()).slice(0, 300)}`;
		tracer.record(span, begun, {
			account: api.account,
			resource: `api ${api.name}`,
			outcome: response.status < 400 ? "ok" : "failed",
			what: `${request.method} ${request.url} returns ${response.status}${refused}`,
		});
		return response;
	} finally {
		tracer.release(begun);
	}
}

async function respond(
	api: LocalApiState,
	request: IncomingMessage,
	span: Span,
	gateway: Gateway,
): Promise<ApiResponse> {
	const foreign = foreignRequest(request);
	if (foreign !== undefined) return jsonResponse(403, foreign);
	const target = URL.parse(`http://127.0.0.1${request.url}`);
	if (target === null || !isDecodable(target.href))
		return jsonResponse(400, "Bad Request");
	const body = await bodyOf(request);
	return body === undefined
		? jsonResponse(413, "Request Too Long")
		: dispatch(api, request, target, body, span, gateway);
}

function isDecodable(text: string): boolean {
	try {
		decodeURIComponent(text);
		return true;
	} catch {
		return false;
	}
}

/** The stage that a path begins with, and the rest. An HTTP API's default stage has no path. */
function stageOf(
	{ kind, stages }: LocalApiState,
	pathname: string,
): { readonly stage: string; readonly path: string } | undefined {
	const [, first = "", ...rest] = pathname.split("/");
	if (stages.includes(first) && first !== "$default")
		return { stage: first, path: `/${rest.join("/")}` };
	return kind === "http" && stages.includes("$default")
		? { stage: "$default", path: pathname }
		: undefined;
}

async function dispatch(
	api: LocalApiState,
	message: IncomingMessage,
	url: URL,
	body: string,
	span: Span,
	gateway: Gateway,
): Promise<ApiResponse> {
	const isHttp = api.kind === "http";
	const placed = stageOf(api, url.pathname);
	if (!placed)
		return isHttp
			? jsonResponse(404, "Not Found")
			: jsonResponse(403, "Forbidden");
	const found = findMethod(api, message.method ?? "GET", placed.path);
	// API Gateway's response if no method matches: https://repost.aws/knowledge-center/api-gateway-authentication-token-errors
	if (!found)
		return isHttp
			? jsonResponse(404, "Not Found")
			: jsonResponse(403, "Missing Authentication Token");
	const { method } = found;
	const refused = refuseBody(api, method, message, body);
	if (refused) return refused;
	const request: ApiRequest = {
		api,
		message,
		url,
		body,
		requestId: randomUUID(),
		...placed,
		...found,
	};
	const { integration } = method;
	switch (integration.kind) {
		case "function":
			return invoke(
				request,
				integration.arn,
				integration.payload,
				span,
				gateway,
			);
		case "service":
			return callService(request, integration, span, gateway);
		case "mock":
			return mockResponse(request, integration);
		case "not simulated":
			gateway.cloud.tracer.hop(span, {
				account: api.account,
				resource: `${method.verb} ${method.path}`,
				outcome: "not simulated",
				what: `${integration.what} is not simulated`,
			});
			return jsonResponse(501, `${integration.what} is not simulated`);
	}
}

async function invoke(
	request: ApiRequest,
	arn: string,
	payload: "1.0" | "2.0",
	span: Span,
	{ cloud, functions }: Gateway,
): Promise<ApiResponse> {
	const { api, method, stage } = request;
	const target = functionAt(functions, arn);
	const end = (
		status: number,
		outcome: "denied" | "not simulated",
		what: string,
	): ApiResponse => {
		cloud.tracer.hop(span, {
			account: api.account,
			resource: `function ${unqualified(arn).split(":").at(-1)}`,
			outcome,
			what,
		});
		return jsonResponse(
			status,
			outcome === "denied" ? "Internal server error" : what,
		);
	};
	if (!target) return end(501, "not simulated", cloud.describeOther(arn));
	const decision = cloud.decide(
		{ kind: "service", service: "apigateway.amazonaws.com" },
		"lambda:InvokeFunction",
		arn,
		{
			"aws:SourceArn": `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/${stage}/${sourcePath(request)}`,
			"aws:SourceAccount": api.account,
		},
	);
	if (!decision.allowed) return end(500, "denied", decision.reason);
	const inner = cloud.tracer.reserve(span);
	const isFirst = payload === "1.0";
	const result = await target.invoke(
		isFirst ? proxyEvent(request) : proxyEvent2(request),
		inner,
		arn,
	);
	const response = result.ok
		? isFirst
			? proxyResponse(result.payload)
			: proxyResponse2(result.payload)
		: undefined;
	cloud.tracer.record(inner, span, {
		account: target.account,
		resource: `function ${target.name}`,
		outcome: response ? "ok" : "failed",
		what: response
			? `returns ${response.status}`
			: result.ok
				? "returns a malformed proxy response"
				: result.error,
	});
	if (response) return response;
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
	return jsonResponse(
		api.kind === "http" ? 500 : 502,
		api.kind === "http" ? "Internal Server Error" : "Internal server error",
	);

	function sourcePath({ api: { kind } }: ApiRequest): string {
		return kind === "http" && method.path === "$default"
			? "$default"
			: `${method.verb}${method.path.replace(/\{[^}]+\}/g, "*")}`;
	}
}
