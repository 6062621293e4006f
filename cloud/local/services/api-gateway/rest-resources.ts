import AjvDraft04Module from "ajv-draft-04";
import type { Resource } from "../../../template/resource.ts";
import type { ResourceType } from "../../service.ts";
import type { ApiMethod, Gateway, LocalApiState } from "./api.ts";
import { addApi, addMethod, addStage, withApi } from "./gateway.ts";
import { restIntegration } from "./integration.ts";

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
		addApi("rest", resource, restIntegration, gateway);
	},
});

const apiResource = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ParentId", "PathPart"],
	create: (resource) =>
		withApi(resource, gateway, ({ resources }) => {
			const { ParentId, PathPart } = resource.properties;
			resources.set(resource.ref, {
				parentId: String(ParentId),
				part: String(PathPart),
			});
		}),
});

/** The path of a resource. Its parents may be declared after it. */
function pathOf(
	id: string,
	api: LocalApiState,
	below: readonly string[] = [],
): string {
	const { resources, name } = api;
	const found = resources.get(id);
	if (!found) throw new Error(`there is no resource ${id} of the API ${name}`);
	if (below.includes(id)) throw new Error(`${id} is its own parent`);
	if (found.parentId === undefined) return "/";
	const parent = pathOf(found.parentId, api, [...below, id]);
	return `${parent === "/" ? "" : parent}/${found.part}`;
}

const apiModel = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "Name", "Schema", "ContentType"],
	ignores: ["Description"],
	create: (resource) =>
		withApi(resource, gateway, ({ models }) => {
			models.set(resource.ref, (resource.properties.Schema ?? {}) as object);
		}),
});

const requestValidator = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ValidateRequestBody"],
	ignores: ["Name"],
	create: (resource) =>
		withApi(resource, gateway, ({ bodyValidators }) => {
			if (resource.properties.ValidateRequestBody === true)
				bodyValidators.add(resource.ref);
		}),
});

const gatewayResponse = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "ResponseType", "StatusCode", "ResponseTemplates"],
	create: (resource) =>
		withApi(resource, gateway, ({ gatewayResponses }) => {
			const { ResponseType, StatusCode, ResponseTemplates } =
				resource.properties;
			const templates = (ResponseTemplates ?? {}) as Record<string, string>;
			gatewayResponses.set(String(ResponseType), {
				status: Number(StatusCode ?? 400),
				template:
					templates["application/json"] ??
					'{"message":$context.error.messageString}',
			});
		}),
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
	create: (resource) =>
		withApi(resource, gateway, (api) => addRestMethod(resource, api, gateway)),
});

function addRestMethod(
	resource: Resource,
	api: LocalApiState,
	gateway: Gateway,
): void {
	const { HttpMethod, ResourceId, Integration, AuthorizationType } =
		resource.properties;
	const verb = String(HttpMethod);
	const path = pathOf(String(ResourceId), api);
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
		modelsOf(resource, api),
	);
}

function modelsOf(
	{ properties, logicalId }: Resource,
	{ models, bodyValidators }: LocalApiState,
): ApiMethod["models"] {
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
	create: (resource) =>
		withApi(resource, gateway, (api) => addStage(api, resource.ref, gateway)),
});

/** A deployment may define a stage. */
const deployment = (gateway: Gateway): ResourceType => ({
	simulates: ["RestApiId", "StageName"],
	ignores: ["Description", "StageDescription"],
	create: (resource) =>
		withApi(resource, gateway, async (api) => {
			const { StageName } = resource.properties;
			if (StageName !== undefined)
				await addStage(api, String(StageName), gateway);
		}),
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
