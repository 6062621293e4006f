import AjvDraft04Module from "ajv-draft-04";
import type { Cloud, ResourceType } from "../../cloud.ts";
import { serve } from "./server.ts";

const AjvDraft04 = AjvDraft04Module.default;

export interface ApiMethod {
	readonly verb: string;
	readonly path: string;
	readonly functionArn: string;
	readonly models: ReadonlyMap<string, (body: unknown) => readonly string[]>;
}

export interface LocalRestApi {
	readonly id: string;
	readonly name: string;
	readonly account: string;
	readonly region: string;
	/** Resource id → its path. */
	readonly paths: Map<string, string>;
	readonly models: Map<string, object>;
	readonly bodyValidators: Set<string>;
	readonly methods: ApiMethod[];
	readonly gatewayResponses: Map<string, { status: number; template: string }>;
	readonly stages: string[];
	/** Set when it listens. */
	address?: string;
}

const noIdentity: ResourceType["identify"] = ({ stack, logicalId }) => ({
	ref: `${stack.name}-${logicalId}`,
});

const apiOf = (id: unknown, cloud: Cloud) => {
	const found = cloud.restApis.get(String(id));
	if (!found) throw new Error(`there is no REST API ${id} in these stacks`);
	return found;
};

export const restApi: ResourceType = {
	simulates: ["Name"],
	ignores: ["Description", "EndpointConfiguration", "Tags", "ApiKeySourceType"],
	identify: ({ stack, logicalId }) => {
		const id = apiId(`${stack.account}${stack.name}${logicalId}`);
		return {
			ref: id,
			attributes: { RootResourceId: `${id}-root`, RestApiId: id },
		};
	},
	create: ({ ref: id, properties, stack, logicalId }, cloud) => {
		const created: LocalRestApi = {
			id,
			name: String(properties.Name ?? logicalId),
			account: stack.account,
			region: stack.region,
			paths: new Map([[`${id}-root`, "/"]]),
			models: new Map(),
			bodyValidators: new Set(),
			methods: [],
			gatewayResponses: new Map(),
			stages: [],
		};
		cloud.restApis.set(id, created);
	},
};

/** Ten characters, as API Gateway's; the same for the same resource. */
function apiId(text: string): string {
	let hash = 0n;
	for (const character of text)
		hash = (hash * 131n + BigInt(character.codePointAt(0) ?? 0)) % 36n ** 10n;
	return hash.toString(36).padStart(10, "0");
}

export const apiResource: ResourceType = {
	simulates: ["RestApiId", "ParentId", "PathPart"],
	identify: ({ stack, logicalId }) => {
		const ref = `${stack.name}-${logicalId}`;
		return { ref, attributes: { ResourceId: ref } };
	},
	create: ({ ref, properties }, cloud) => {
		const { paths } = apiOf(properties.RestApiId, cloud);
		const parent = paths.get(String(properties.ParentId)) ?? "/";
		paths.set(ref, `${parent === "/" ? "" : parent}/${properties.PathPart}`);
	},
};

export const apiModel: ResourceType = {
	simulates: ["RestApiId", "Name", "Schema", "ContentType"],
	ignores: ["Description"],
	identify: ({ property, stack, logicalId }) => ({
		ref: String(property("Name") ?? `${stack.name}${logicalId}`),
	}),
	create: ({ ref: name, properties }, cloud) => {
		const schema =
			typeof properties.Schema === "string"
				? JSON.parse(properties.Schema)
				: properties.Schema;
		apiOf(properties.RestApiId, cloud).models.set(name, schema as object);
	},
};

export const requestValidator: ResourceType = {
	simulates: ["RestApiId", "ValidateRequestBody"],
	ignores: ["Name"],
	identify: noIdentity,
	create: ({ ref, properties }, cloud) => {
		if (String(properties.ValidateRequestBody) === "true")
			apiOf(properties.RestApiId, cloud).bodyValidators.add(ref);
	},
};

export const gatewayResponse: ResourceType = {
	simulates: ["RestApiId", "ResponseType", "StatusCode", "ResponseTemplates"],
	identify: noIdentity,
	create: ({ properties }, cloud) => {
		const templates = (properties.ResponseTemplates ?? {}) as Record<
			string,
			string
		>;
		apiOf(properties.RestApiId, cloud).gatewayResponses.set(
			String(properties.ResponseType),
			{
				status: Number(properties.StatusCode ?? 400),
				template:
					templates["application/json"] ??
					'{"message":$context.error.messageString}',
			},
		);
	},
};

export const apiMethod: ResourceType = {
	simulates: [
		"RestApiId",
		"ResourceId",
		"HttpMethod",
		"Integration",
		"RequestModels",
		"RequestValidatorId",
		"AuthorizationType",
	],
	ignores: ["MethodResponses", "OperationName"],
	identify: noIdentity,
	create: ({ properties }, cloud) => {
		const {
			RestApiId,
			ResourceId,
			HttpMethod,
			Integration,
			RequestModels,
			RequestValidatorId,
			AuthorizationType,
		} = properties;
		const api = apiOf(RestApiId, cloud);
		const path = api.paths.get(String(ResourceId)) ?? "/";
		const { Type, Uri } = (Integration ?? {}) as {
			Type?: string;
			Uri?: string;
		};
		const functionArn = /functions\/(arn:[^/]+)\/invocations/.exec(
			Uri ?? "",
		)?.[1];
		if (Type !== "AWS_PROXY" || !functionArn) {
			cloud.notSimulated(`the integration ${Type} of ${HttpMethod} ${path}`);
			return;
		}
		if (AuthorizationType !== undefined && AuthorizationType !== "NONE")
			cloud.notSimulated(
				`the authorization ${AuthorizationType} of ${HttpMethod} ${path}`,
			);
		const validated = api.bodyValidators.has(String(RequestValidatorId));
		api.methods.push({
			verb: String(HttpMethod),
			path,
			functionArn,
			models: new Map(
				validated
					? Object.entries((RequestModels ?? {}) as Record<string, string>).map(
							([contentType, name]) => [
								contentType,
								bodyCheck(api.models.get(name) ?? {}),
							],
						)
					: [],
			),
		});
	},
};

export const stage: ResourceType = {
	simulates: ["RestApiId", "StageName"],
	ignores: [
		"DeploymentId",
		"AccessLogSetting",
		"MethodSettings",
		"Tags",
		"Description",
		"TracingEnabled",
	],
	identify: ({ property }) => ({ ref: String(property("StageName")) }),
	create: ({ ref, properties }, cloud) =>
		addStage(properties.RestApiId, ref, cloud),
};

/** A deployment may bring a stage of its own. */
export const deployment: ResourceType = {
	simulates: ["RestApiId", "StageName"],
	ignores: ["Description", "StageDescription"],
	identify: ({ stack, logicalId }) => {
		const ref = `${stack.name}-${logicalId}`;
		return { ref, attributes: { DeploymentId: ref } };
	},
	create: async ({ properties: { RestApiId, StageName } }, cloud) => {
		if (StageName !== undefined)
			await addStage(RestApiId, String(StageName), cloud);
	},
};

async function addStage(
	restApiId: unknown,
	stageName: string,
	cloud: Cloud,
): Promise<void> {
	const api = apiOf(restApiId, cloud);
	api.address ??= await serve(api, cloud);
	api.stages.push(stageName);
	cloud.apis.push({
		name: api.name,
		account: api.account,
		url: `${api.address}/${stageName}`,
		routes: api.methods.map(({ verb, path }) => `${verb} ${path}`),
	});
}

/** Why a body does not fit a model, in API Gateway's words, with the place before them. */
function bodyCheck(schema: object): (body: unknown) => readonly string[] {
	const validate = new AjvDraft04({
		allErrors: true,
		ownProperties: true,
		strict: false,
		logger: false,
	}).compile(schema);
	return (body) => {
		if (validate(body)) return [];
		return (validate.errors ?? []).map(
			({ keyword, instancePath, params, message }) => {
				const place = instancePath === "" ? "" : `${instancePath}: `;
				switch (keyword) {
					case "required":
						return `${place}object has missing required properties (["${params.missingProperty}"])`;
					case "additionalProperties":
						return `${place}object instance has properties which are not allowed by the schema: ["${params.additionalProperty}"]`;
					case "enum":
						return `${place}instance value is not found in enum (possible values: ${JSON.stringify(params.allowedValues)})`;
					default:
						return `${place}${message}`;
				}
			},
		);
	};
}
