import AjvDraft04Module from "ajv-draft-04";
import type { ResourceType } from "../../service.ts";
import type { LocalRestApi } from "./api.ts";
import { type Gateway, serve } from "./server.ts";

const AjvDraft04 = AjvDraft04Module.default;

const apiOf = (id: unknown, { restApis }: Gateway) => {
	const found = restApis.get(String(id));
	if (!found) throw new Error(`there is no REST API ${id} in these stacks`);
	return found;
};

const restApi = (gateway: Gateway): ResourceType => ({
	simulates: ["Name"],
	ignores: ["Description", "EndpointConfiguration", "Tags", "ApiKeySourceType"],
	create: ({ ref: id, properties, stack, logicalId }) => {
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
		gateway.restApis.set(id, created);
	},
});

const apiResource = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ParentId", "PathPart"],
	create: ({ ref, properties }) => {
		const { paths } = apiOf(properties.RestApiId, gateway);
		const parent = paths.get(String(properties.ParentId)) ?? "/";
		paths.set(ref, `${parent === "/" ? "" : parent}/${properties.PathPart}`);
	},
});

const apiModel = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "Name", "Schema", "ContentType"],
	ignores: ["Description"],
	create: ({ ref: name, properties }) => {
		const schema =
			typeof properties.Schema === "string"
				? JSON.parse(properties.Schema)
				: properties.Schema;
		apiOf(properties.RestApiId, gateway).models.set(name, schema as object);
	},
});

const requestValidator = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ValidateRequestBody"],
	ignores: ["Name"],
	create: ({ ref, properties }) => {
		if (String(properties.ValidateRequestBody) === "true")
			apiOf(properties.RestApiId, gateway).bodyValidators.add(ref);
	},
});

const gatewayResponse = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ResponseType", "StatusCode", "ResponseTemplates"],
	create: ({ properties }) => {
		const templates = (properties.ResponseTemplates ?? {}) as Record<
			string,
			string
		>;
		apiOf(properties.RestApiId, gateway).gatewayResponses.set(
			String(properties.ResponseType),
			{
				status: Number(properties.StatusCode ?? 400),
				template:
					templates["application/json"] ??
					'{"message":$context.error.messageString}',
			},
		);
	},
});

const apiMethod = (gateway: Gateway): ResourceType => ({
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
	create: ({ properties }) => {
		const {
			RestApiId,
			ResourceId,
			HttpMethod,
			Integration,
			RequestModels,
			RequestValidatorId,
			AuthorizationType,
		} = properties;
		const api = apiOf(RestApiId, gateway);
		const path = api.paths.get(String(ResourceId)) ?? "/";
		const { Type, Uri } = (Integration ?? {}) as {
			Type?: string;
			Uri?: string;
		};
		const functionArn = /functions\/(arn:[^/]+)\/invocations/.exec(
			Uri ?? "",
		)?.[1];
		if (Type !== "AWS_PROXY" || !functionArn) {
			gateway.cloud.notSimulated(
				`the integration ${Type} of ${HttpMethod} ${path}`,
			);
			return;
		}
		if (AuthorizationType !== undefined && AuthorizationType !== "NONE")
			gateway.cloud.notSimulated(
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
});

const stage = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "StageName"],
	ignores: [
		"DeploymentId",
		"AccessLogSetting",
		"MethodSettings",
		"Tags",
		"Description",
		"TracingEnabled",
	],
	create: ({ ref, properties }) => addStage(properties.RestApiId, ref, gateway),
});

/** A deployment may define a stage. */
const deployment = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "StageName"],
	ignores: ["Description", "StageDescription"],
	create: async ({ properties: { RestApiId, StageName } }) => {
		if (StageName !== undefined)
			await addStage(RestApiId, String(StageName), gateway);
	},
});

async function addStage(
	restApiId: unknown,
	stageName: string,
	gateway: Gateway,
): Promise<void> {
	const api = apiOf(restApiId, gateway);
	api.address ??= await serve(api, gateway);
	api.stages.push(stageName);
	gateway.apis.push({
		name: api.name,
		account: api.account,
		url: `${api.address}/${stageName}`,
		routes: api.methods.map(({ verb, path }) => `${verb} ${path}`),
	});
}

/** Returns a function that lists a body's violations of a model, in API Gateway's wording, each prefixed with its location. */
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

/** In creation order. */
export const apiGatewayResources = (
	gateway: Gateway,
): Readonly<Record<string, ResourceType>> => ({
	"AWS::ApiGateway::RestApi": restApi(gateway),
	"AWS::ApiGateway::Resource": apiResource(gateway),
	"AWS::ApiGateway::Model": apiModel(gateway),
	"AWS::ApiGateway::RequestValidator": requestValidator(gateway),
	"AWS::ApiGateway::GatewayResponse": gatewayResponse(gateway),
	"AWS::ApiGateway::Method": apiMethod(gateway),
	"AWS::ApiGateway::Deployment": deployment(gateway),
	"AWS::ApiGateway::Stage": stage(gateway),
});
