import type { Cloud } from "../../cloud.ts";
import type { Service } from "../../service.ts";
import type { Functions } from "../lambda/functions.ts";
import type { Gateway, LocalApi } from "./api.ts";
import { httpResources } from "./http-resources.ts";
import { restResources } from "./rest-resources.ts";

export function apiGatewayService(
	cloud: Cloud,
	functions: Functions,
	services: readonly Service[],
): Service & { readonly apis: readonly LocalApi[] } {
	const apis: LocalApi[] = [];
	const gateway: Gateway = {
		cloud,
		functions,
		services,
		states: new Map(),
		apis,
	};
	return {
		name: "apigateway",
		apis,
		resources: { ...restResources(gateway), ...httpResources(gateway) },
	};
}
