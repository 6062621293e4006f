// The routes of an OpenAPI document, as an API's Body has it:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
import { isObject } from "../../../../runtime/json.ts";

export interface OpenApiRoute {
	readonly verb: string;
	readonly path: string;
	readonly integration: Readonly<Record<string, unknown>>;
}

const verbs = new Set([
	"get",
	"put",
	"post",
	"delete",
	"options",
	"head",
	"patch",
	"x-amazon-apigateway-any-method",
]);

export function routesOf(document: unknown): readonly OpenApiRoute[] {
	const paths = isObject(document) ? document.paths : undefined;
	if (!isObject(paths)) return [];
	return Object.entries(paths).flatMap(([path, item]) =>
		Object.entries(isObject(item) ? item : {}).flatMap(([verb, method]) => {
			const key = verb.toLowerCase();
			const stated = isObject(method)
				? method["x-amazon-apigateway-integration"]
				: undefined;
			if (!verbs.has(key) || !isObject(stated)) return [];
			return [
				{
					verb: key.startsWith("x-") ? "ANY" : key.toUpperCase(),
					path: path === "/$default" ? "$default" : path,
					integration: stated,
				},
			];
		}),
	);
}
