import { randomUUID } from "node:crypto";
import {
	createServer,
	type IncomingMessage,
	type Server,
	validateHeaderName,
	validateHeaderValue,
} from "node:http";
import { isObject } from "../../../../runtime/json.ts";
import type { Cloud } from "../../cloud.ts";
import { bodyOf, listen, reply } from "../../http.ts";
import type { Span } from "../../trace.ts";
import type { Functions } from "../lambda/function.ts";
import type { ApiMethod, ApiTables, LocalRestApi } from "./api.ts";

export interface Gateway extends ApiTables {
	readonly cloud: Cloud;
	readonly functions: Functions;
}

/** Starts a REST API's server. Resolves with its URL. */
export async function serve(
	api: LocalRestApi,
	gateway: Gateway,
): Promise<string> {
	const { cloud, apis } = gateway;
	const server: Server = createServer((request, response) => {
		handle(api, request, gateway)
			.catch((error: Error) => jsonAnswer(500, error.message))
			.then(({ status, headers, body }) =>
				reply(response, status, body, headers),
			);
	});
	const port = cloud.options.port === 0 ? 0 : cloud.options.port + apis.length;
	const address = await listen(server, port);
	cloud.onStop(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return address;
}

interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | readonly string[]>>;
	readonly body: string | Buffer;
	/** Why the request is refused, as the access log says it. Default: the body. */
	readonly reason?: string;
}

async function handle(
	api: LocalRestApi,
	request: IncomingMessage,
	gateway: Gateway,
): Promise<Answer> {
	const { tracer } = gateway.cloud;
	const begun = tracer.begin();
	const span = tracer.reserve(begun);
	try {
		const answer = await respond(api, request, span, gateway);
		const refused =
			answer.status < 400
				? ""
				: ` ${(answer.reason ?? answer.body.toString()).slice(0, 300)}`;
		tracer.record(span, begun, {
			account: api.account,
			resource: `api ${api.name}`,
			outcome: answer.status < 400 ? "ok" : "failed",
			what: `${request.method} ${request.url} returns ${answer.status}${refused}`,
		});
		return answer;
	} finally {
		tracer.release(begun);
	}
}

async function respond(
	api: LocalRestApi,
	request: IncomingMessage,
	span: Span,
	gateway: Gateway,
): Promise<Answer> {
	const target = URL.parse(`http://127.0.0.1${request.url}`);
	if (target === null || !isDecodable(target.href))
		return jsonAnswer(400, "Bad Request");
	const body = await bodyOf(request);
	return body === undefined
		? jsonAnswer(413, "Request Too Long")
		: route(api, request, target, body, span, gateway);
}

function isDecodable(text: string): boolean {
	try {
		decodeURIComponent(text);
		return true;
	} catch {
		return false;
	}
}

const jsonAnswer = (status: number, message: string): Answer => ({
	status,
	headers: { "content-type": "application/json" },
	body: JSON.stringify({ message }),
});

async function route(
	api: LocalRestApi,
	request: IncomingMessage,
	url: URL,
	body: string,
	span: Span,
	{ cloud, functions }: Gateway,
): Promise<Answer> {
	const [, stageName = "", ...rest] = url.pathname.split("/");
	const path = `/${rest.join("/")}`;
	if (!api.stages.includes(stageName)) return jsonAnswer(403, "Forbidden");
	const found = findMethod(api, request.method ?? "GET", path);
	// API Gateway's response if no method matches: https://repost.aws/knowledge-center/api-gateway-authentication-token-errors
	if (!found) return jsonAnswer(403, "Missing Authentication Token");
	const { method, parameters } = found;
	const refused = refuseBody(api, method, request, body);
	if (refused) return refused;
	const target = functions.get(method.functionArn);
	const failed = (what: string, outcome: "denied" | "failed"): Answer => {
		cloud.tracer.hop(span, {
			account: api.account,
			resource: `function ${method.functionArn.split(":").at(-1)}`,
			outcome,
			what,
		});
		return jsonAnswer(
			outcome === "denied" ? 500 : 502,
			"Internal server error",
		);
	};
	if (!target)
		return failed(
			`there is no ${method.functionArn} in these stacks`,
			"failed",
		);
	const decision = cloud.decide(
		{ kind: "service", service: "apigateway.amazonaws.com" },
		"lambda:InvokeFunction",
		method.functionArn,
		{
			"aws:SourceArn": `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/${stageName}/${method.verb}${method.path.replace(/\{[^}]+\}/g, "*")}`,
			"aws:SourceAccount": api.account,
		},
	);
	if (!decision.allowed) return failed(decision.reason, "denied");
	const inner = cloud.tracer.reserve(span);
	const result = await target.invoke(
		proxyEvent(api, method, request, url, path, stageName, parameters, body),
		inner,
	);
	const answer = result.ok ? proxyAnswer(result.payload) : undefined;
	cloud.tracer.record(inner, span, {
		account: target.account,
		resource: `function ${target.name}`,
		outcome: answer ? "ok" : "failed",
		what: answer
			? `returns ${answer.status}`
			: result.ok
				? "returns a malformed proxy response"
				: result.error,
	});
	return answer ?? jsonAnswer(502, "Internal server error");
}

function findMethod(
	api: LocalRestApi,
	verb: string,
	path: string,
): { method: ApiMethod; parameters: Record<string, string> } | undefined {
	const specific = (method: ApiMethod) =>
		method.path.includes("+}") ? 2 : method.path.includes("{") ? 1 : 0;
	const candidates = api.methods
		.filter((method) => method.verb === verb || method.verb === "ANY")
		.sort((a, b) => specific(a) - specific(b));
	for (const method of candidates) {
		const names: string[] = [];
		const expression = method.path
			.split("/")
			.map((part) => {
				const name = /^\{(\w+)(\+?)\}$/.exec(part);
				if (!name) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
				names.push(name[1] as string);
				return name[2] ? "(.+)" : "([^/]+)";
			})
			.join("/");
		const match = new RegExp(`^${expression}/?$`).exec(path);
		if (match)
			return {
				method,
				parameters: Object.fromEntries(
					names.map((name, i) => [
						name,
						decodeURIComponent(match[i + 1] ?? ""),
					]),
				),
			};
	}
	return undefined;
}

/** Validates the content types that the method has models for. A request without a content type counts as JSON. */
function refuseBody(
	api: LocalRestApi,
	method: ApiMethod,
	request: IncomingMessage,
	body: string,
): Answer | undefined {
	const contentType =
		(request.headers["content-type"] ?? "application/json")
			.split(";")[0]
			?.trim()
			.toLowerCase() ?? "";
	const check = method.models.get(contentType);
	if (!check) return undefined;
	let problems: readonly string[];
	try {
		problems = check(JSON.parse(body));
	} catch {
		problems = ["the body is not JSON"];
	}
	if (problems.length === 0) return undefined;
	const { status, template } = api.gatewayResponses.get("BAD_REQUEST_BODY") ?? {
		status: 400,
		template: '{"message":$context.error.messageString}',
	};
	const reason = `[${problems.join(", ")}]`;
	return {
		status,
		headers: { "content-type": "application/json" },
		body: renderTemplate(template, reason),
		reason,
	};
}

/** Substitutes the variables that a BAD_REQUEST_BODY response can use. Gateway responses are not VTL: `$util` stays as it is. */
function renderTemplate(template: string, problems: string): string {
	return template
		.replaceAll("$context.error.validationErrorString", () => problems)
		.replaceAll("$context.error.messageString", '"Invalid request body"')
		.replaceAll("$context.error.message", "Invalid request body")
		.replaceAll("$context.error.responseType", "BAD_REQUEST_BODY");
}

function proxyEvent(
	api: LocalRestApi,
	method: ApiMethod,
	request: IncomingMessage,
	url: URL,
	path: string,
	stageName: string,
	parameters: Record<string, string>,
	body: string,
): object {
	const names = [...new Set(url.searchParams.keys())];
	const headers = Object.entries(request.headersDistinct).map(
		([name, values = []]) => [name, values] as const,
	);
	return {
		resource: method.path,
		path,
		httpMethod: request.method,
		headers: Object.fromEntries(
			headers.map(([name, values]) => [name, values.at(-1)]),
		),
		multiValueHeaders: Object.fromEntries(headers),
		queryStringParameters:
			names.length === 0
				? null
				: Object.fromEntries(
						names.map((name) => [name, url.searchParams.getAll(name).at(-1)]),
					),
		multiValueQueryStringParameters:
			names.length === 0
				? null
				: Object.fromEntries(
						names.map((name) => [name, url.searchParams.getAll(name)]),
					),
		pathParameters: Object.keys(parameters).length === 0 ? null : parameters,
		stageVariables: null,
		requestContext: {
			accountId: api.account,
			apiId: api.id,
			stage: stageName,
			requestId: randomUUID(),
			protocol: "HTTP/1.1",
			httpMethod: request.method,
			resourcePath: method.path,
			path: url.pathname,
			requestTimeEpoch: Date.now(),
			identity: {
				sourceIp: "127.0.0.1",
				userAgent: request.headers["user-agent"] ?? null,
			},
		},
		body: body === "" ? null : body,
		isBase64Encoded: false,
	};
}

/** Converts a function's result to a response; `undefined` if API Gateway would reject it: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
function proxyAnswer(payload: unknown): Answer | undefined {
	if (!isObject(payload)) return undefined;
	const { statusCode, isBase64Encoded } = payload;
	const body = payload.body ?? "";
	const status = Number(statusCode);
	const headers = {
		...headersOf(payload.headers),
		...headersOf(payload.multiValueHeaders),
	};
	if (
		!Number.isInteger(status) ||
		status < 200 ||
		status > 599 ||
		typeof body !== "string" ||
		!Object.entries(headers).every(isHeader)
	)
		return undefined;
	return {
		status,
		headers,
		body: isBase64Encoded === true ? Buffer.from(body, "base64") : body,
	};
}

function headersOf(
	stated: unknown,
): Readonly<Record<string, string | readonly string[]>> {
	return Object.fromEntries(
		Object.entries(stated ?? {}).map(([name, value]) => [
			name.toLowerCase(),
			Array.isArray(value) ? value.map(String) : String(value),
		]),
	);
}

function isHeader([name, value]: readonly [
	string,
	string | readonly string[],
]): boolean {
	try {
		validateHeaderName(name);
		for (const one of [value].flat()) validateHeaderValue(name, one);
		return true;
	} catch {
		return false;
	}
}
