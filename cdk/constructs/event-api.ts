import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import {
	AccessLogField,
	AccessLogFormat,
	EndpointType,
	type IResource,
	type JsonSchema,
	LambdaIntegration,
	LogGroupLogDestination,
	type Model,
	type RequestValidator,
	Resource,
	ResponseType,
	RestApi,
} from "aws-cdk-lib/aws-apigateway";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { SystemError } from "../system/definition.ts";
import type { AccountRequirements } from "./account-requirements.ts";
import { addAlarm } from "./alarm.ts";
import { allowLogGroup } from "./key-statements.ts";

export interface EventApiProps extends AccountRequirements {
	readonly restApiName: string;
	/** Requests per second for all callers together; the account's quota is shared by all of its APIs. @default 100 */
	readonly throttlingRateLimit?: number;
	/** @default 200 */
	readonly throttlingBurstLimit?: number;
}

export interface EventApiRoute {
	readonly method: string;
	/** Such as `/content/{contentId}`. */
	readonly path: string;
	readonly function: IFunction;
	/** A draft-04 schema. Invalid bodies are rejected before the function is invoked. */
	readonly bodyModel?: { readonly name: string; readonly schema: object };
}

/** The fields of an access log entry: what was asked, what was answered, and why. No client address, no user. */
const logged = {
	requestId: AccessLogField.contextRequestId(),
	requestTime: AccessLogField.contextRequestTime(),
	httpMethod: AccessLogField.contextHttpMethod(),
	resourcePath: AccessLogField.contextResourcePath(),
	status: AccessLogField.contextStatus(),
	responseLength: AccessLogField.contextResponseLength(),
	responseLatency: AccessLogField.contextResponseLatency(),
	integrationStatus: AccessLogField.contextIntegrationStatus(),
	integrationLatency: AccessLogField.contextIntegrationLatency(),
	integrationError: AccessLogField.contextIntegrationErrorMessage(),
	error: AccessLogField.contextErrorMessage(),
	errorType: AccessLogField.contextErrorResponseType(),
	validationError: AccessLogField.contextErrorValidationErrorString(),
};

/** A REST API that validates request bodies against API models. The access log has the reasons for a refused body. */
export class EventApi extends Construct {
	readonly api: RestApi;
	private readonly bodyValidator: RequestValidator;
	private readonly pathParts = new Map<unknown, string>();
	private readonly models = new Map<
		string,
		{ readonly model: Model; readonly schema: object }
	>();

	constructor(scope: Construct, id: string, props: EventApiProps) {
		super(scope, id);
		const logGroupName = `/aws/apigateway/${props.restApiName}`;
		allowLogGroup(this, props.encryptionKey, logGroupName);
		const accessLogs = new LogGroup(this, "AccessLogs", {
			logGroupName,
			retention: props.logRetention ?? RetentionDays.ONE_MONTH,
			removalPolicy: RemovalPolicy.DESTROY,
			...(props.encryptionKey ? { encryptionKey: props.encryptionKey } : {}),
		});
		this.api = new RestApi(this, "Api", {
			restApiName: props.restApiName,
			endpointTypes: [EndpointType.REGIONAL],
			cloudWatchRole: false,
			deployOptions: {
				stageName: "live",
				throttlingRateLimit: props.throttlingRateLimit ?? 100,
				throttlingBurstLimit: props.throttlingBurstLimit ?? 200,
				accessLogDestination: new LogGroupLogDestination(accessLogs),
				accessLogFormat: AccessLogFormat.custom(JSON.stringify(logged)),
			},
		});
		this.bodyValidator = this.api.addRequestValidator("BodyValidator", {
			requestValidatorName: "body",
			validateRequestBody: true,
		});
		Validations.of(this.api).acknowledge({
			id: "AwsSolutions::AwsSolutions-APIG2",
			reason:
				"A route with a body has the validator; the others have no body to validate.",
		});
		Validations.of(this.api).acknowledge({
			id: "AwsSolutions::AwsSolutions-APIG6",
			reason:
				"Access logs are on. Execution logs need a role set for the whole account, which is not this API's to own.",
		});
		this.api.addGatewayResponse("BadRequestBody", {
			type: ResponseType.BAD_REQUEST_BODY,
			statusCode: "400",
			// Plain substitution, no VTL. The reasons would need escaping, so they are in the access log:
			// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
			templates: {
				"application/json": '{"message":$context.error.messageString}',
			},
		});
		addAlarm(this, "ServerErrors", {
			alarmName: `${props.restApiName}-5xx`,
			alarmDescription: `${props.restApiName} responds with 5XX: the access log ${logGroupName} has the integration's error.`,
			metric: this.api.metricServerError({
				period: Duration.minutes(1),
				statistic: "Sum",
			}),
			...(props.alarmAction ? { alarmAction: props.alarmAction } : {}),
		});
	}

	/** Adds a method that invokes a function. */
	addRoute(route: EventApiRoute): void {
		const model = route.bodyModel && this.model(route.bodyModel);
		this.resourceFor(route.path).addMethod(
			route.method.toUpperCase(),
			new LambdaIntegration(route.function, { allowTestInvoke: false }),
			model
				? {
						requestModels: { "application/json": model },
						requestValidator: this.bodyValidator,
					}
				: {},
		);
	}

	/** The resource of a path. A variable's id is its position, so that another name for it does not make another resource. */
	private resourceFor(path: string): IResource {
		let resource: IResource = this.api.root;
		for (const pathPart of path.split("/").filter((part) => part !== "")) {
			const isVariable = pathPart.startsWith("{");
			const id = isVariable ? "variable" : pathPart;
			const known = resource.node.tryFindChild(id) as Resource | undefined;
			const named = this.pathParts.get(known);
			if (known && named !== pathPart)
				throw new SystemError(
					`${path} calls a variable ${pathPart} that another route calls ${named}: API Gateway takes one name for each position`,
				);
			const next: Resource =
				known ?? new Resource(resource, id, { parent: resource, pathPart });
			this.pathParts.set(next, pathPart);
			resource = next;
		}
		return resource;
	}

	private model({ name, schema }: { name: string; schema: object }): Model {
		const known = this.models.get(name);
		if (known) {
			if (JSON.stringify(known.schema) === JSON.stringify(schema))
				return known.model;
			throw new SystemError(
				`two routes have body models called ${name} with different schemas: rename one`,
			);
		}
		const model = this.api.addModel(name, {
			modelName: name,
			contentType: "application/json",
			schema: schema as JsonSchema,
		});
		this.models.set(name, { model, schema });
		return model;
	}
}
