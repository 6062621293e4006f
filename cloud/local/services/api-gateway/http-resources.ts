// HTTP APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
import type { ResourceType } from "../../service.ts";
import { type Gateway, newState } from "./api.ts";
import { addMethod, addStage, apiAt } from "./gateway.ts";
import { httpIntegration } from "./integration.ts";
import { routesOf } from "./openapi.ts";

const httpApi = (gateway: Gateway): ResourceType => ({
	simulates: ["Name", "ProtocolType", "Target", "RouteKey", "Body"],
	ignores: [
		"Description",
		"Tags",
		"CorsConfiguration",
		"DisableExecuteApiEndpoint",
		"FailOnWarnings",
	],
	create: async (resource) => {
		const { ref: id, properties, stack, logicalId } = resource;
		const { Name, ProtocolType = "HTTP", Target, RouteKey } = properties;
		if (ProtocolType !== "HTTP") {
			gateway.cloud.notSimulated(
				`the API ${Name ?? logicalId}: the protocol ${ProtocolType}`,
				resource,
			);
			return;
		}
		const state = newState({
			kind: "http",
			id,
			name: String(Name ?? logicalId),
			account: stack.account,
			region: stack.region,
		});
		gateway.states.set(id, state);
		for (const { verb, path, integration } of routesOf(properties.Body))
			addMethod(
				state,
				verb,
				path,
				httpIntegration(integration, `${verb} ${path}`),
				resource,
				gateway,
			);
		if (Target === undefined) return;
		const { verb, path } = routeOf(String(RouteKey ?? "$default"));
		addMethod(
			state,
			verb,
			path,
			httpIntegration(
				{ IntegrationType: "AWS_PROXY", IntegrationUri: Target },
				path,
			),
			resource,
			gateway,
		);
		await addStage(id, "$default", gateway);
	},
});

const integration = (
	gateway: Gateway,
	integrations: Map<string, Readonly<Record<string, unknown>>>,
): ResourceType => ({
	simulates: [
		"ApiId",
		"IntegrationType",
		"IntegrationUri",
		"IntegrationSubtype",
		"CredentialsArn",
		"PayloadFormatVersion",
		"RequestParameters",
	],
	ignores: [
		"Description",
		"IntegrationMethod",
		"ConnectionType",
		"TimeoutInMillis",
	],
	create: ({ ref, properties }) => {
		if (gateway.states.has(String(properties.ApiId)))
			integrations.set(ref, properties);
	},
});

const route = (
	gateway: Gateway,
	integrations: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): ResourceType => ({
	simulates: ["ApiId", "RouteKey", "Target", "AuthorizationType"],
	ignores: ["OperationName", "ApiKeyRequired"],
	create: (resource) => {
		const { properties } = resource;
		const state = gateway.states.get(String(properties.ApiId));
		if (!state) return;
		const { RouteKey, Target, AuthorizationType } = properties;
		const { verb, path } = routeOf(String(RouteKey));
		if (AuthorizationType !== undefined && AuthorizationType !== "NONE")
			gateway.cloud.notSimulated(
				`the authorization ${AuthorizationType} of ${RouteKey}`,
				resource,
			);
		const stated = integrations.get(
			String(Target ?? "").replace(/^integrations\//, ""),
		);
		addMethod(
			state,
			verb,
			path,
			httpIntegration(stated ?? {}, String(RouteKey)),
			resource,
			gateway,
		);
	},
});

const stage = (gateway: Gateway): ResourceType => ({
	simulates: ["ApiId", "StageName"],
	ignores: [
		"AutoDeploy",
		"AccessLogSettings",
		"DefaultRouteSettings",
		"DeploymentId",
		"Description",
		"StageVariables",
		"Tags",
	],
	create: async ({ ref, properties }) => {
		if (gateway.states.has(String(properties.ApiId)))
			await addStage(apiAt(properties.ApiId, gateway).id, ref, gateway);
	},
});

/** A route key, such as `GET /orders/{id}` or `$default`. */
function routeOf(key: string): {
	readonly verb: string;
	readonly path: string;
} {
	const [verb = "", path] = key.split(" ");
	return path === undefined ? { verb: "ANY", path: key } : { verb, path };
}

/** In creation order. */
export function httpResources(
	gateway: Gateway,
): Readonly<Record<string, ResourceType>> {
	const integrations = new Map<string, Readonly<Record<string, unknown>>>();
	return {
		"AWS::ApiGatewayV2::Api": httpApi(gateway),
		"AWS::ApiGatewayV2::Integration": integration(gateway, integrations),
		"AWS::ApiGatewayV2::Route": route(gateway, integrations),
		"AWS::ApiGatewayV2::Stage": stage(gateway),
	};
}
