import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";
import type { Functions } from "../lambda/function.ts";
import type { LocalApi } from "./api.ts";
import { apiGatewayResources } from "./resources.ts";

export function apiGatewayService(
	cloud: Cloud,
	functions: Functions,
): Service & { readonly apis: readonly LocalApi[] } {
	const apis: LocalApi[] = [];
	return {
		name: "apigateway",
		apis,
		resources: apiGatewayResources({
			cloud,
			functions,
			restApis: new Map(),
			apis,
		}),
	};
}
