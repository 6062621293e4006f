// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
// AWS::Serverless::Api and HttpApi, and those that events imply:
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
import { isObject } from "../../../runtime/json.ts";
import type { Template } from "../stack-template.ts";
import { withGlobals } from "./globals.ts";
import type { ApiKind, Properties, Sam, SamApis } from "./parts.ts";

interface SamApi {
	readonly kind: ApiKind;
	readonly properties: Properties;
	/** Paths of an OpenAPI document, with their integrations. */
	readonly paths: Record<string, Record<string, unknown>>;
	readonly condition: string | undefined;
	/** Whether it has a route, or a resource. */
	isUsed: boolean;
}

const implied = { rest: "ServerlessRestApi", http: "ServerlessHttpApi" };

export function apisOf(
	template: Template,
	sam: Pick<Sam, "add" | "note">,
): SamApis {
	const apis = new Map<string, SamApi>();
	const globals = (kind: ApiKind, stated: Properties) =>
		withGlobals(
			template,
			kind === "rest" ? "AWS::Serverless::Api" : "AWS::Serverless::HttpApi",
			stated,
		);
	for (const [logicalId, { Type, Properties, Condition }] of Object.entries(
		template.Resources,
	)) {
		const kind =
			Type === "AWS::Serverless::Api"
				? "rest"
				: Type === "AWS::Serverless::HttpApi"
					? "http"
					: undefined;
		if (kind === undefined) continue;
		const properties = globals(kind, Properties ?? {});
		const { DefinitionBody, DefinitionUri } = properties;
		if (DefinitionUri !== undefined)
			sam.note(`DefinitionUri of ${logicalId} is not read`);
		apis.set(logicalId, {
			kind,
			properties,
			paths: pathsOf(DefinitionBody),
			condition: Condition,
			isUsed: true,
		});
	}
	for (const kind of ["rest", "http"] as const)
		apis.set(implied[kind], {
			kind,
			properties: globals(kind, {}),
			paths: {},
			condition: undefined,
			isUsed: false,
		});
	return {
		route: (kind, { id, what, stated, arn }) => {
			const given = kind === "rest" ? stated.RestApiId : stated.ApiId;
			const apiId = isObject(given)
				? String(given.Ref)
				: String(given ?? implied[kind]);
			const api = apis.get(apiId);
			if (!api) {
				sam.note(`${what}: the API ${apiId} is not read`);
				return;
			}
			api.isUsed = true;
			const method = String(stated.Method ?? "ANY").toLowerCase();
			const path = stated.Path === undefined ? "$default" : String(stated.Path);
			const verb =
				method === "any" || method === "*"
					? "x-amazon-apigateway-any-method"
					: method;
			api.paths[path] = {
				...api.paths[path],
				[verb]: {
					"x-amazon-apigateway-integration":
						kind === "rest"
							? {
									type: "aws_proxy",
									httpMethod: "POST",
									uri: invocationsOf(arn),
								}
							: {
									type: "aws_proxy",
									uri: invocationsOf(arn),
									payloadFormatVersion: stated.PayloadFormatVersion ?? "2.0",
								},
				},
			};
			sam.add(`${id}Permission`, "AWS::Lambda::Permission", {
				FunctionName: arn,
				Action: "lambda:InvokeFunction",
				Principal: "apigateway.amazonaws.com",
				SourceArn: {
					"Fn::Sub": [
						"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*",
						{ api: { Ref: apiId } },
					],
				},
			});
		},
		finish: () => {
			for (const [logicalId, api] of apis)
				if (api.isUsed) addApi(logicalId, api, sam);
		},
	};
}

const invocationsOf = (arn: unknown) => ({
	"Fn::Sub": [
		"arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${arn}/invocations",
		{ arn },
	],
});

function pathsOf(definition: unknown): SamApi["paths"] {
	const paths = isObject(definition) ? definition.paths : undefined;
	return isObject(paths) ? { ...(paths as SamApi["paths"]) } : {};
}

function addApi(
	logicalId: string,
	{ kind, properties, paths, condition }: SamApi,
	sam: Pick<Sam, "add" | "note">,
): void {
	const { note } = sam;
	const { DefinitionBody } = properties;
	const add = (id: string, type: string, stated: Properties) =>
		sam.add(id, type, stated, condition);
	if (isObject(DefinitionBody) && !isObject(DefinitionBody.paths))
		note(`DefinitionBody of ${logicalId} has no paths that can be read`);
	if (properties.Auth !== undefined) note(`Auth of ${logicalId} is not read`);
	const Body = {
		...(isObject(DefinitionBody) ? DefinitionBody : {}),
		paths,
	};
	const Name = properties.Name ?? { Ref: "AWS::StackName" };
	const api = { Ref: logicalId };
	if (kind === "http") {
		add(logicalId, "AWS::ApiGatewayV2::Api", {
			Name,
			ProtocolType: "HTTP",
			Body,
		});
		add(`${logicalId}Stage`, "AWS::ApiGatewayV2::Stage", {
			ApiId: api,
			StageName: properties.StageName ?? "$default",
		});
		return;
	}
	add(logicalId, "AWS::ApiGateway::RestApi", { Name, Body });
	const StageName = properties.StageName ?? "Prod";
	add(`${logicalId}Deployment`, "AWS::ApiGateway::Deployment", {
		RestApiId: api,
	});
	const name = typeof StageName === "string" ? StageName : "";
	add(`${logicalId}${name}Stage`, "AWS::ApiGateway::Stage", {
		RestApiId: api,
		StageName,
	});
}
