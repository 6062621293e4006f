// Integrations that call an AWS service, or nothing at all.
import { isObject, parseJson } from "../../../../runtime/json.ts";
import { valueAt } from "../../../template/json-path.ts";
import { AwsError } from "../../aws-error.ts";
import { parseQuery } from "../../query-protocol.ts";
import type { Service } from "../../service.ts";
import type { Span } from "../../trace.ts";
import type { Gateway, Integration, IntegrationResponse } from "./api.ts";
import {
	type ApiRequest,
	type ApiResponse,
	headersOf,
	jsonResponse,
	ownValue,
	queryOf,
} from "./request.ts";
import { renderTemplate } from "./velocity.ts";

type ServiceIntegration = Extract<Integration, { readonly kind: "service" }>;

/** Calls the service as the integration's role. */
export async function callService(
	request: ApiRequest,
	integration: ServiceIntegration,
	span: Span,
	{ cloud, services }: Gateway,
): Promise<ApiResponse> {
	const { api } = request;
	const { role, service: name } = integration;
	const end = (
		status: number,
		outcome: "denied" | "failed" | "not simulated",
		what: string,
	): ApiResponse => {
		cloud.tracer.hop(span, {
			account: api.account,
			resource: `integration with ${name}`,
			outcome,
			what,
		});
		return { ...jsonResponse(status, "Internal server error"), reason: what };
	};
	const service = services.find((each) => each.name === name);
	if (!service?.call)
		return end(501, "not simulated", `${name} is not simulated`);
	if (role === undefined)
		return end(500, "failed", "the integration has no role to call with");
	const assumed = cloud.decideAssume("apigateway.amazonaws.com", role, {
		"aws:SourceAccount": api.account,
	});
	if (!assumed.allowed) return end(500, "denied", assumed.reason);
	try {
		const { operation, input, path } = await inputFor(
			request,
			integration,
			service,
		);
		const { body } = await service.call({
			operation,
			method: "POST",
			path,
			query: new URLSearchParams(),
			input,
			region: api.region,
			accessKeyId: "",
			caller: {
				principal: { kind: "role", arn: role, account: api.account },
				span: () => span,
			},
		});
		const wrapped = service.query
			? {
					[`${operation}Response`]: {
						[`${operation}Result`]: body,
						ResponseMetadata: { RequestId: request.requestId },
					},
				}
			: body;
		return respondWith(request, 200, wrapped, integration.responses);
	} catch (error) {
		if (error instanceof AwsError)
			return respondWith(
				request,
				error.status,
				{ __type: error.code, message: error.message },
				integration.responses,
			);
		return end(500, "failed", (error as Error).message);
	}
}

/** Responds by the status that the request template states: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html */
export async function mockResponse(
	request: ApiRequest,
	{ templates, responses }: Extract<Integration, { readonly kind: "mock" }>,
): Promise<ApiResponse> {
	const template = templates["application/json"] ?? "";
	const { text } = await renderTemplate(template, request, request.body);
	const stated = parseJson(text);
	const status = Number(
		(stated.ok && isObject(stated.value) ? stated.value.statusCode : 200) ??
			200,
	);
	return respondWith(request, status, {}, responses);
}

interface ServiceInput {
	readonly operation: string;
	readonly input: Readonly<Record<string, unknown>>;
	readonly path: string;
}

async function inputFor(
	request: ApiRequest,
	{ request: stated, operation }: ServiceIntegration,
	service: Service,
): Promise<ServiceInput> {
	if (stated.kind === "mapping") {
		const values = mapped(stated.values, request);
		return {
			operation: operation ?? "",
			input: operation === "PutEvents" ? { Entries: [values] } : values,
			path: "/",
		};
	}
	const headers = parametersOf(stated.parameters, "header", request);
	const contentType =
		request.message.headers["content-type"]?.split(";")[0]?.trim() ??
		"application/json";
	const template =
		stated.templates[contentType] ?? stated.templates["application/json"];
	const rendered =
		template === undefined
			? { text: request.body, headers: {} as Record<string, string> }
			: await renderTemplate(template, request, request.body);
	const sent: Readonly<Record<string, string>> = Object.fromEntries(
		Object.entries({ ...headers, ...rendered.headers }).map(([name, value]) => [
			name.toLowerCase(),
			value,
		]),
	);
	const query = parametersOf(stated.parameters, "querystring", request);
	const path = `/${stated.path ?? ""}`;
	const isForm =
		sent["content-type"]?.startsWith("application/x-www-form-urlencoded") ===
			true || query.Action !== undefined;
	if (service.query && isForm) {
		const form = new URLSearchParams(query);
		const read = parseQuery(
			[rendered.text.trim(), form.toString()]
				.filter((text) => text !== "")
				.join("&"),
			service.query,
		);
		return {
			operation: read.operation || operation || "",
			input: read.input,
			path,
		};
	}
	const parsed = parseJson(rendered.text);
	if (!parsed.ok || !isObject(parsed.value))
		throw new AwsError(
			400,
			"SerializationException",
			"the integration's request is no JSON object",
		);
	return {
		operation: sent["x-amz-target"]?.split(".").at(-1) ?? operation ?? "",
		input: parsed.value,
		path,
	};
}

const asText = (value: unknown): string =>
	typeof value === "string" ? value : (JSON.stringify(value) ?? "");

/** The parameters of one place, such as `integration.request.header.X`, from `'a text'` or `method.request.header.Y`. */
function parametersOf(
	parameters: Readonly<Record<string, string>>,
	place: string,
	request: ApiRequest,
): Readonly<Record<string, string>> {
	const prefix = `integration.request.${place}.`;
	return Object.fromEntries(
		Object.entries(parameters)
			.filter(([name]) => name.startsWith(prefix))
			.map(([name, from]) => [
				name.slice(prefix.length),
				parameterValue(from, request),
			]),
	);
}

function parameterValue(from: string, request: ApiRequest): string {
	const literal = /^'(.*)'$/s.exec(from);
	if (literal) return literal[1] ?? "";
	if (from === "method.request.body") return request.body;
	const [, place, name = ""] =
		/^method\.request\.(header|querystring|path)\.(.+)$/.exec(from) ?? [];
	switch (place) {
		case "header":
			return ownValue(headersOf(request), name.toLowerCase()) ?? "";
		case "querystring":
			return ownValue(queryOf(request), name) ?? "";
		case "path":
			return ownValue(request.parameters, name) ?? "";
		default:
			return "";
	}
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html */
function mapped(
	values: Readonly<Record<string, string>>,
	request: ApiRequest,
): Readonly<Record<string, string>> {
	const body = parseJson(request.body);
	const at = (expression: string): unknown => {
		const [, place, name = ""] =
			/^\$?(?:request|context)\.?(header|querystring|path|body)?\.?(.*)$/.exec(
				expression,
			) ?? [];
		switch (place) {
			case "body":
				if (name === "") return request.body;
				return body.ok ? valueAt(`$.${name}`, body.value) : undefined;
			case "header":
				return ownValue(headersOf(request), name.toLowerCase());
			case "querystring":
				return ownValue(queryOf(request), name);
			case "path":
				return name === "" ? request.path : ownValue(request.parameters, name);
			default:
				return ownValue(
					{ requestId: request.requestId, apiId: request.api.id },
					name,
				);
		}
	};
	return Object.fromEntries(
		Object.entries(values).map(([name, stated]) => [
			name,
			/^\$(request|context)\.[\w.[\]-]+$/.test(stated)
				? asText(at(stated))
				: stated.replace(
						/\$\{((?:request|context)[^}]+)\}/g,
						(_, expression: string) => asText(at(`$${expression}`)),
					),
		]),
	);
}

async function respondWith(
	request: ApiRequest,
	status: number,
	body: object,
	responses: readonly IntegrationResponse[],
): Promise<ApiResponse> {
	const text = JSON.stringify(body);
	const chosen =
		responses.find(
			({ pattern }) => pattern !== undefined && isMatch(pattern, status),
		) ?? responses.find(({ pattern }) => pattern === undefined);
	const template = chosen?.templates["application/json"];
	return {
		status: chosen?.status ?? status,
		headers: { "content-type": "application/json", ...chosen?.headers },
		body:
			template === undefined
				? text
				: (await renderTemplate(template, request, text)).text,
		...(status >= 400 ? { reason: text } : {}),
	};
}

function isMatch(pattern: string, status: number): boolean {
	try {
		return new RegExp(`^(?:${pattern})$`).test(String(status));
	} catch {
		return false;
	}
}
