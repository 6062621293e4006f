// HTTP APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
import type { ResourceType } from "../../service.ts";
import type { Gateway } from "./api.ts";
import { addApi, addMethod, addStage, withApi } from "./gateway.ts";
import { httpIntegration } from "./integration.ts";

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
		const { properties, logicalId } = resource;
		const { Name, ProtocolType = "HTTP", Target, RouteKey } = properties;
		if (ProtocolType !== "HTTP") {
			gateway.cloud.notSimulated(
				`the API ${Name ?? logicalId}: the protocol ${ProtocolType}`,
				resource,
			);
			return;
		}
		const state = addApi("http", resource, httpIntegration, gateway);
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
		await addStage(state, "$default", gateway);
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
	create: (resource) =>
		withApi(resource, gateway, () => {
			integrations.set(resource.ref, resource.properties);
		}),
});

const route = (
	gateway: Gateway,
	integrations: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): ResourceType => ({
	simulates: ["ApiId", "RouteKey", "Target", "AuthorizationType"],
	ignores: ["OperationName", "ApiKeyRequired"],
	create: (resource) =>
		withApi(resource, gateway, (state) => {
			const { RouteKey, Target, AuthorizationType } = resource.properties;
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
		}),
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
	create: (resource) =>
		withApi(resource, gateway, (state) =>
			addStage(state, resource.ref, gateway),
		),
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
