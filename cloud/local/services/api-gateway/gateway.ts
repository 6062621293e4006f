// What both kinds of API share.
import type { Resource } from "../../../template/resource.ts";
import {
	type ApiMethod,
	type Gateway,
	type Integration,
	type LocalApiState,
	newState,
} from "./api.ts";
import { routesOf } from "./openapi.ts";
import { serve } from "./server.ts";

/** Calls a step with the API that a resource belongs to. Reports an API that is in none of the stacks. */
export async function withApi(
	resource: Resource,
	{ states, cloud }: Gateway,
	step: (api: LocalApiState) => void | Promise<void>,
): Promise<void> {
	const { RestApiId, ApiId } = resource.properties;
	const id = String(RestApiId ?? ApiId);
	const found = states.get(id);
	if (found) await step(found);
	else
		cloud.notSimulated(
			`the API ${id}, which is in none of these stacks`,
			resource,
		);
}

/** Adds an API with the routes of its OpenAPI document. */
export function addApi(
	kind: LocalApiState["kind"],
	resource: Resource,
	integrationOf: (
		stated: Readonly<Record<string, unknown>>,
		what: string,
	) => Integration,
	gateway: Gateway,
): LocalApiState {
	const { ref: id, properties, stack, logicalId } = resource;
	const state = newState({
		kind,
		id,
		name: String(properties.Name ?? logicalId),
		account: stack.account,
		region: stack.region,
	});
	gateway.states.set(id, state);
	for (const { verb, path, integration } of routesOf(properties.Body))
		addMethod(
			state,
			verb,
			path,
			integrationOf(integration, `${verb} ${path}`),
			resource,
			gateway,
		);
	return state;
}

export function addMethod(
	api: LocalApiState,
	verb: string,
	path: string,
	integration: Integration,
	resource: Resource,
	{ cloud }: Gateway,
	models: ApiMethod["models"] = new Map(),
): void {
	if (integration.kind === "not simulated")
		cloud.notSimulated(integration.what, resource);
	if (integration.kind === "service" && integration.role !== undefined)
		cloud.roleOf(integration.role, resource);
	api.methods.push({ verb, path, integration, models });
}

/** Adds a stage; the first one starts the API's server. */
export async function addStage(
	api: LocalApiState,
	stageName: string,
	gateway: Gateway,
): Promise<void> {
	api.address ??= await serve(api, gateway);
	api.stages.push(stageName);
	gateway.apis.push({
		name: api.name,
		account: api.account,
		url: stageName === "$default" ? api.address : `${api.address}/${stageName}`,
		routes: api.methods.map(({ verb, path }) => `${verb} ${path}`),
	});
}
