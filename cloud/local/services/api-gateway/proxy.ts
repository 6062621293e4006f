// Converts a request to a function's event, and the function's result to a response:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
import { validateHeaderName, validateHeaderValue } from "node:http";
import { isObject } from "../../../../runtime/json.ts";
import {
	type ApiRequest,
	type ApiResponse,
	headersOf,
	queryOf,
} from "./request.ts";

/** A request in version 1.0 of the event's format. */
export function proxyEvent(request: ApiRequest): object {
	const { api, method, message, url, path, stage, parameters, body } = request;
	const names = [...new Set(url.searchParams.keys())];
	return {
		resource: method.path,
		path,
		httpMethod: message.method,
		headers: headersOf(request),
		multiValueHeaders: { ...message.headersDistinct },
		queryStringParameters: names.length === 0 ? null : queryOf(request),
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
			stage,
			requestId: request.requestId,
			protocol: "HTTP/1.1",
			httpMethod: message.method,
			resourcePath: method.path,
			path: url.pathname,
			requestTimeEpoch: Date.now(),
			identity: {
				sourceIp: "127.0.0.1",
				userAgent: message.headers["user-agent"] ?? null,
			},
		},
		body: body === "" ? null : body,
		isBase64Encoded: false,
	};
}

/** A request in version 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function proxyEvent2(request: ApiRequest): object {
	const { api, method, message, url, path, stage, parameters, body } = request;
	const routeKey =
		method.path === "$default" ? "$default" : `${method.verb} ${method.path}`;
	const { cookie, ...headers } = Object.fromEntries(
		Object.entries(message.headersDistinct).map(([name, values = []]) => [
			name,
			values.join(name === "cookie" ? "; " : ","),
		]),
	);
	const query = [...new Set(url.searchParams.keys())];
	const time = new Date();
	return {
		version: "2.0",
		routeKey,
		rawPath: stage === "$default" ? path : url.pathname,
		rawQueryString: url.search.slice(1),
		...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
		headers,
		...(query.length === 0
			? {}
			: {
					queryStringParameters: Object.fromEntries(
						query.map((name) => [
							name,
							url.searchParams.getAll(name).join(","),
						]),
					),
				}),
		...(Object.keys(parameters).length === 0
			? {}
			: { pathParameters: parameters }),
		requestContext: {
			accountId: api.account,
			apiId: api.id,
			domainName: message.headers.host ?? "",
			domainPrefix: api.id,
			http: {
				method: message.method,
				path: url.pathname,
				protocol: "HTTP/1.1",
				sourceIp: "127.0.0.1",
				userAgent: message.headers["user-agent"] ?? "",
			},
			requestId: request.requestId,
			routeKey,
			stage,
			time: time.toISOString(),
			timeEpoch: time.getTime(),
		},
		...(body === "" ? {} : { body }),
		isBase64Encoded: false,
	};
}

/** In version 2.0 a result without a status is the body. */
export function proxyResponse2(payload: unknown): ApiResponse | undefined {
	if (isObject(payload) && payload.statusCode !== undefined) {
		const { cookies } = payload;
		const response = proxyResponse(payload);
		if (!response || !Array.isArray(cookies)) return response;
		const withCookies = {
			...response.headers,
			"set-cookie": cookies.map(String),
		};
		return Object.entries(withCookies).every(isHeader)
			? { ...response, headers: withCookies }
			: undefined;
	}
	return {
		status: 200,
		headers: { "content-type": "application/json" },
		body:
			typeof payload === "string" ? payload : (JSON.stringify(payload) ?? ""),
	};
}

/** Converts a function's result to a response; `undefined` if API Gateway would reject it. */
export function proxyResponse(payload: unknown): ApiResponse | undefined {
	if (!isObject(payload)) return undefined;
	const { statusCode, isBase64Encoded } = payload;
	const body = payload.body ?? "";
	const status = Number(statusCode);
	const headers = {
		...ownHeaders(payload.headers),
		...ownHeaders(payload.multiValueHeaders),
	};
	if (
		!Number.isInteger(status) ||
		status < 200 ||
		status > 599 ||
		typeof body !== "string" ||
		!Object.entries(headers).every(isHeader) ||
		Buffer.byteLength(Object.values(headers).flat().join("")) > headerBytesMax
	)
		return undefined;
	return {
		status,
		headers,
		body: isBase64Encoded === true ? Buffer.from(body, "base64") : body,
	};
}

/** Headers of the connection, which API Gateway sets itself. */
const connectionHeaders = new Set([
	"connection",
	"content-length",
	"keep-alive",
	"proxy-authenticate",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
]);

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const headerBytesMax = 10_240;

function ownHeaders(
	stated: unknown,
): Readonly<Record<string, string | readonly string[]>> {
	return Object.fromEntries(
		Object.entries(isObject(stated) ? stated : {}).flatMap(
			([name, value]): [string, string | readonly string[]][] => {
				const key = name.toLowerCase();
				if (connectionHeaders.has(key) || value === null) return [];
				return [
					[
						key,
						Array.isArray(value)
							? value.map((one) => textOf(one))
							: textOf(value),
					],
				];
			},
		),
	);
}

const textOf = (value: unknown): string =>
	typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);

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
