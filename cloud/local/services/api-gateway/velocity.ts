// Mapping templates: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
import { isObject, parseJson } from "../../../../runtime/json.ts";
import { valueAt } from "../../../template/json-path.ts";
import { type ApiRequest, headersOf, ownValue, queryOf } from "./request.ts";

/** Renders a template over a body. Returns the text, and the headers that it sets by `$context.requestOverride`. */
export async function renderTemplate(
	template: string,
	request: ApiRequest,
	body: string,
): Promise<{
	readonly text: string;
	readonly headers: Readonly<Record<string, string>>;
}> {
	const { render } = await import("velocityjs");
	const parsed = parseJson(body);
	const json = parsed.ok ? parsed.value : body;
	const parameters = {
		path: request.parameters,
		querystring: queryOf(request),
		header: headersOf(request),
	};
	const override = { header: {} as Record<string, string> };
	const text = render(template, {
		input: {
			body,
			json: (path: string) => JSON.stringify(valueAt(path, json) ?? ""),
			path: (path: string) => valueAt(path, json) ?? "",
			params: (name?: string) =>
				name === undefined
					? parameters
					: (ownValue(parameters.path, name) ??
						ownValue(parameters.querystring, name) ??
						ownValue(parameters.header, name.toLowerCase()) ??
						""),
		},
		util: {
			escapeJavaScript: (value: unknown) =>
				JSON.stringify(String(value)).slice(1, -1).replaceAll("'", "\\'"),
			urlEncode: (value: unknown) => encodeURIComponent(String(value)),
			urlDecode: (value: unknown) => decodeURIComponent(String(value)),
			base64Encode: (value: unknown) =>
				Buffer.from(String(value)).toString("base64"),
			base64Decode: (value: unknown) =>
				Buffer.from(String(value), "base64").toString(),
			parseJson: (value: unknown) => {
				const read = parseJson(String(value));
				return read.ok ? read.value : "";
			},
		},
		context: {
			accountId: request.api.account,
			apiId: request.api.id,
			httpMethod: request.message.method,
			path: request.url.pathname,
			requestId: request.requestId,
			requestTimeEpoch: Date.now(),
			requestOverride: override,
			resourcePath: request.method.path,
			stage: request.stage,
			identity: {
				sourceIp: "127.0.0.1",
				userAgent: request.message.headers["user-agent"] ?? "",
			},
		},
		stageVariables: {},
	});
	const { header } = override;
	return {
		text,
		headers: isObject(header)
			? Object.fromEntries(
					Object.entries(header).map(([name, value]) => [name, String(value)]),
				)
			: {},
	};
}
