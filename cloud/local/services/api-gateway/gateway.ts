// What both kinds of API share.
import type { Resource } from "../../../template/resource.ts";
import type {
	ApiMethod,
	ApiTables,
	Gateway,
	Integration,
	LocalApiState,
} from "./api.ts";
import { serve } from "./server.ts";

export function apiAt(id: unknown, { states }: ApiTables): LocalApiState {
	const found = states.get(String(id));
	if (!found) throw new Error(`there is no API ${id} in these stacks`);
	return found;
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
	apiId: unknown,
	stageName: string,
	gateway: Gateway,
): Promise<void> {
	const api = apiAt(apiId, gateway);
	api.address ??= await serve(api, gateway);
	api.stages.push(stageName);
	gateway.apis.push({
		name: api.name,
		account: api.account,
		url: stageName === "$default" ? api.address : `${api.address}/${stageName}`,
		routes: api.methods.map(({ verb, path }) => `${verb} ${path}`),
	});
}
