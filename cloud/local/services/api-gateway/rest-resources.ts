import AjvDraft04Module from "ajv-draft-04";
import type { Resource } from "../../../template/resource.ts";
import type { ResourceType } from "../../service.ts";
import { type ApiMethod, type Gateway, newState } from "./api.ts";
import { addMethod, addStage, apiAt } from "./gateway.ts";
import { restIntegration } from "./integration.ts";
import { routesOf } from "./openapi.ts";

const AjvDraft04 = AjvDraft04Module.default;

const restApi = (gateway: Gateway): ResourceType => ({
	simulates: ["Name", "Body"],
	ignores: [
		"Description",
		"EndpointConfiguration",
		"Tags",
		"ApiKeySourceType",
		"BinaryMediaTypes",
		"DisableExecuteApiEndpoint",
	],
	create: (resource) => {
		const { ref: id, properties, stack, logicalId } = resource;
		const state = newState({
			kind: "rest",
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
				restIntegration(integration, `${verb} ${path}`),
				resource,
				gateway,
			);
	},
});

const apiResource = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ParentId", "PathPart"],
	create: ({ ref, properties }) => {
		const { paths } = apiAt(properties.RestApiId, gateway);
		const parent = paths.get(String(properties.ParentId)) ?? "/";
		paths.set(ref, `${parent === "/" ? "" : parent}/${properties.PathPart}`);
	},
});

const apiModel = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "Name", "Schema", "ContentType"],
	ignores: ["Description"],
	create: ({ ref: name, properties }) => {
		apiAt(properties.RestApiId, gateway).models.set(
			name,
			(properties.Schema ?? {}) as object,
		);
	},
});

const requestValidator = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ValidateRequestBody"],
	ignores: ["Name"],
	create: ({ ref, properties }) => {
		if (properties.ValidateRequestBody === true)
			apiAt(properties.RestApiId, gateway).bodyValidators.add(ref);
	},
});

const gatewayResponse = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ResponseType", "StatusCode", "ResponseTemplates"],
	create: ({ properties }) => {
		const templates = (properties.ResponseTemplates ?? {}) as Record<
			string,
			string
		>;
		apiAt(properties.RestApiId, gateway).gatewayResponses.set(
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
	ignores: [
		"MethodResponses",
		"OperationName",
		"ApiKeyRequired",
		"RequestParameters",
	],
	create: (resource) => {
		const { properties } = resource;
		const { RestApiId, ResourceId, Integration, AuthorizationType } =
			properties;
		const api = apiAt(RestApiId, gateway);
		const verb = String(properties.HttpMethod);
		const path = api.paths.get(String(ResourceId)) ?? "/";
		if (AuthorizationType !== undefined && AuthorizationType !== "NONE")
			gateway.cloud.notSimulated(
				`the authorization ${AuthorizationType} of ${verb} ${path}`,
				resource,
			);
		addMethod(
			api,
			verb,
			path,
			restIntegration(
				(Integration ?? {}) as Readonly<Record<string, unknown>>,
				`${verb} ${path}`,
			),
			resource,
			gateway,
			modelsOf(resource, gateway),
		);
	},
});

function modelsOf(
	{ properties, logicalId }: Resource,
	gateway: Gateway,
): ApiMethod["models"] {
	const { models, bodyValidators } = apiAt(properties.RestApiId, gateway);
	if (!bodyValidators.has(String(properties.RequestValidatorId)))
		return new Map();
	const stated = (properties.RequestModels ?? {}) as Record<string, string>;
	return new Map(
		Object.entries(stated).map(([contentType, name]) => [
			contentType,
			bodyCheck(models.get(name) ?? {}, `the model ${name} of ${logicalId}`),
		]),
	);
}

const stage = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "StageName"],
	ignores: [
		"DeploymentId",
		"AccessLogSetting",
		"MethodSettings",
		"Tags",
		"Description",
		"TracingEnabled",
		"Variables",
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

/** Returns a function that lists a body's violations of a model, in API Gateway's wording, each prefixed with its location. */
function bodyCheck(
	schema: object,
	what: string,
): (body: unknown) => readonly string[] {
	const ajv = new AjvDraft04({
		allErrors: true,
		ownProperties: true,
		strict: false,
		logger: false,
	});
	const validate = compiled();
	function compiled() {
		try {
			return ajv.compile(schema);
		} catch (error) {
			throw new Error(
				`${what} is no JSON Schema of draft-04: ${(error as Error).message}`,
			);
		}
	}
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
export const restResources = (
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
