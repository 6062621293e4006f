// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
// APIs without a CDK construct: HTTP APIs, OpenAPI bodies, and direct integrations with EventBridge, SQS and SNS.
import { get } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { TemplateResource } from "../../cloud/template/stack-template.ts";
import {
	account,
	apiPermission,
	functionOf,
	invocations,
	liveStage,
	queueArn,
	queueFor,
	region,
	restApiOf,
	roleFor,
	stackOf,
} from "./one-stack.ts";

let local: LocalSystem | undefined;
afterEach(async () => {
	await local?.stop();
	local = undefined;
});

type Resources = Readonly<Record<string, TemplateResource>>;

async function start(
	resources: Resources,
): Promise<{ system: LocalSystem; url: string }> {
	local = await startLocal([stackOf(resources)]);
	return { system: local, url: local.apis[0]?.url ?? "" };
}

/** A bus with a rule to a queue, and a role that API Gateway may assume. */
const behind: Resources = {
	Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "orders" } },
	...queueFor("events.amazonaws.com"),
	Rule: {
		Type: "AWS::Events::Rule",
		Properties: {
			EventBusName: "orders",
			EventPattern: { source: ["shop"] },
			Targets: [{ Id: "q", Arn: queueArn, InputPath: "$.detail" }],
		},
	},
	Role: roleFor("apigateway.amazonaws.com", "*"),
};
const role = { "Fn::GetAtt": ["Role", "Arn"] };

const restApi = (integration: object): Resources => ({
	...behind,
	...restApiOf("POST", integration),
});

const post = (url: string, body: string) =>
	fetch(url, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body,
	});

describe("a REST API's direct integration", () => {
	test("with EventBridge, by a mapping template", async () => {
		const { system, url } = await start(
			restApi({
				Type: "AWS",
				IntegrationHttpMethod: "POST",
				Uri: `arn:aws:apigateway:${region}:events:action/PutEvents`,
				Credentials: role,
				RequestTemplates: {
					"application/json": `#set($context.requestOverride.header.X-Amz-Target = "AWSEvents.PutEvents")
#set($context.requestOverride.header.Content-Type = "application/x-amz-json-1.1")
{"Entries":[{"Source":"shop","DetailType":"$input.path('$.kind')","Detail":"$util.escapeJavaScript($input.json('$'))","EventBusName":"orders"}]}`,
				},
				IntegrationResponses: [
					{
						StatusCode: "202",
						ResponseTemplates: {
							"application/json":
								"{\"failed\": $input.json('$.FailedEntryCount')}",
						},
					},
				],
			}),
		);
		const response = await post(
			`${url}/`,
			'{"kind":"Placed","text":"a \\"b\\""}',
		);
		expect([response.status, await response.json()]).toEqual([
			202,
			{ failed: 0 },
		]);
		await system.tracer.settled();
		expect(
			(await system.messagesIn("q")).map(({ body }) => JSON.parse(body)),
		).toEqual([{ kind: "Placed", text: 'a "b"' }]);
	});

	test("with SQS, by a form", async () => {
		const { system, url } = await start(
			restApi({
				Type: "AWS",
				IntegrationHttpMethod: "POST",
				Uri: `arn:aws:apigateway:${region}:sqs:path/${account}/q`,
				Credentials: role,
				RequestParameters: {
					"integration.request.header.Content-Type":
						"'application/x-www-form-urlencoded'",
				},
				RequestTemplates: {
					"application/json":
						"Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
				},
				IntegrationResponses: [{ StatusCode: "200" }],
			}),
		);
		const response = await post(`${url}/`, '{"a":"&="}');
		expect(response.status).toBe(200);
		expect(await response.json()).toHaveProperty("SendMessageResponse");
		expect((await system.messagesIn("q")).map(({ body }) => body)).toEqual([
			'{"a":"&="}',
		]);
	});

	test("without permission is refused, and the trace says why", async () => {
		const resources = restApi({
			Type: "AWS",
			Uri: `arn:aws:apigateway:${region}:events:action/PutEvents`,
			Credentials: role,
			RequestTemplates: {
				"application/json":
					'{"Entries":[{"Source":"shop","DetailType":"x","Detail":"{}","EventBusName":"orders"}]}',
			},
		});
		const { system, url } = await start({
			...resources,
			Role: roleFor("apigateway.amazonaws.com", "sqs:*"),
		});
		expect((await post(`${url}/`, "{}")).status).toBe(400);
		await system.tracer.settled();
		expect(
			system.tracer.traces
				.flatMap((trace) => system.tracer.hopsOf(trace))
				.some(
					({ outcome, resource }) =>
						outcome === "denied" && resource === "bus orders",
				),
		).toBe(true);
	});

	test("a mock answers by its response; another service is not simulated", async () => {
		const mock = await start(
			restApi({
				Type: "MOCK",
				IntegrationResponses: [
					{
						StatusCode: "201",
						ResponseTemplates: { "application/json": '{"ok":true}' },
					},
				],
			}),
		);
		const response = await post(`${mock.url}/`, "{}");
		expect([response.status, await response.text()]).toEqual([
			201,
			'{"ok":true}',
		]);
		await mock.system.stop();
		const { system, url } = await start(
			restApi({ Type: "HTTP_PROXY", Uri: "https://example.com" }),
		);
		expect((await post(`${url}/`, "{}")).status).toBe(501);
		expect(system.notSimulated).toContain(
			"the integration HTTP_PROXY of POST / (Method)",
		);
	});
});

/** A REST API whose function returns the resource and the path's parameters. */
const routed = (
	paths: readonly (readonly [id: string, parent: string, part: string])[],
): Resources => ({
	Role: roleFor("lambda.amazonaws.com", "*"),
	Function: functionOf(
		"exports.handler = async ({ resource, pathParameters }) => ({ statusCode: 200, body: JSON.stringify([resource, pathParameters]) });",
	),
	Permission: apiPermission,
	Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "api" } },
	...Object.fromEntries(
		paths.flatMap(([id, parent, PathPart]) => [
			[
				id,
				{
					Type: "AWS::ApiGateway::Resource",
					Properties: {
						RestApiId: { Ref: "Api" },
						ParentId:
							parent === ""
								? { "Fn::GetAtt": ["Api", "RootResourceId"] }
								: { Ref: parent },
						PathPart,
					},
				},
			],
			[
				`Method${id}`,
				{
					Type: "AWS::ApiGateway::Method",
					Properties: {
						RestApiId: { Ref: "Api" },
						ResourceId: { Ref: id },
						HttpMethod: "GET",
						Integration: { Type: "AWS_PROXY", Uri: invocations },
					},
				},
			],
		]),
	),
	Deployment: liveStage,
});

describe("a REST API's paths", () => {
	test("do not depend on the order of declarations", async () => {
		const { url } = await start(
			routed([
				["Any", "", "{proxy+}"],
				["Below", "A", "{rest+}"],
				["Name", "A", "name"],
				["A", "", "a"],
			]),
		);
		const told = async (path: string) => (await fetch(`${url}${path}`)).json();
		expect(await told("/a/name")).toEqual(["/a/name", null]);
		expect(await told("/a/x/y")).toEqual(["/a/{rest+}", { rest: "x/y" }]);
		expect(await told("/b")).toEqual(["/{proxy+}", { proxy: "b" }]);
	});

	test("whose parent is missing, or that are their own parents, are named", async () => {
		await expect(
			start(
				routed([
					["A", "B", "a"],
					["B", "A", "b"],
				]),
			),
		).rejects.toThrow(/s: MethodA: s-A is its own parent/);
	});

	test("of an API in no stack are named as not simulated", async () => {
		const { Api: _, ...rest } = routed([]);
		const { system } = await start({
			...rest,
			Deployment: {
				Type: "AWS::ApiGateway::Deployment",
				Properties: { RestApiId: "elsewhere", StageName: "live" },
			},
		});
		expect(system.notSimulated).toEqual([
			"the API elsewhere, which is in none of these stacks (Deployment)",
		]);
	});
});

test("a mock responds by the status that its template states, with constant headers", async () => {
	const { url } = await start(
		restApiOf("OPTIONS", {
			Type: "MOCK",
			RequestTemplates: { "application/json": '{"statusCode": 204}' },
			IntegrationResponses: [
				{ StatusCode: 500, SelectionPattern: "500" },
				{
					StatusCode: 204,
					SelectionPattern: "204",
					ResponseParameters: {
						"method.response.header.Access-Control-Allow-Origin": "'*'",
					},
				},
			],
		}),
	);
	const response = await fetch(`${url}/`, { method: "OPTIONS" });
	expect(response.status).toBe(204);
	expect(response.headers.get("access-control-allow-origin")).toBe("*");
});

test.each([
	`#set($p = $input.params('__proto__'))#set($p.polluted = "yes")`,
	`#set($p = $input.params().header.__proto__)#set($p.polluted = "yes")`,
	`#set($o = $input.params('constructor'))$o.assign($o.prototype, {"polluted": "yes"})`,
	`#set($c = $util.urlEncode.constructor)$c("globalThis.polluted = 1")()`,
])("a mapping template cannot reach the runner: %s", async (template) => {
	const { url } = await start(
		restApiOf("POST", {
			Type: "MOCK",
			RequestTemplates: { "application/json": template },
			IntegrationResponses: [{ StatusCode: 200 }],
		}),
	);
	expect([200, 500]).toContain((await post(`${url}/`, "{}")).status);
	expect(({} as { polluted?: string }).polluted).toBeUndefined();
	expect(globalThis).not.toHaveProperty("polluted");
});

const httpApi = (more: Resources): Resources => ({
	...behind,
	Api: {
		Type: "AWS::ApiGatewayV2::Api",
		Properties: { Name: "api", ProtocolType: "HTTP" },
	},
	Stage: {
		Type: "AWS::ApiGatewayV2::Stage",
		Properties: {
			ApiId: { Ref: "Api" },
			StageName: "$default",
			AutoDeploy: true,
		},
	},
	...more,
});

describe("an HTTP API", () => {
	test("with a function: routes, version 2.0 of the event, cookies, a result that is the body", async () => {
		const { url } = await start(
			httpApi({
				Role: roleFor("lambda.amazonaws.com", "*"),
				Function: functionOf(
					"exports.handler = async (event) => event.rawPath === '/plain' ? { told: event.version, twice: event.headers['x-a'] } : ({ statusCode: 201, cookies: ['a=1', 'b=2'], body: JSON.stringify([event.routeKey, event.pathParameters, event.queryStringParameters, event.cookies, event.body]) });",
				),
				Permission: apiPermission,
				Integration: {
					Type: "AWS::ApiGatewayV2::Integration",
					Properties: {
						ApiId: { Ref: "Api" },
						IntegrationType: "AWS_PROXY",
						IntegrationUri: { "Fn::GetAtt": ["Function", "Arn"] },
						PayloadFormatVersion: "2.0",
					},
				},
				...Object.fromEntries(
					["POST /orders/{id}", "$default"].map((RouteKey, i) => [
						`Route${i}`,
						{
							Type: "AWS::ApiGatewayV2::Route",
							Properties: {
								ApiId: { Ref: "Api" },
								RouteKey,
								Target: { "Fn::Sub": "integrations/${Integration}" },
							},
						},
					]),
				),
			}),
		);
		const response = await fetch(`${url}/orders/7?x=1&x=2`, {
			method: "POST",
			headers: { cookie: "c=1; d=2" },
			body: "hi",
		});
		expect(response.status).toBe(201);
		expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
		expect(await response.json()).toEqual([
			"POST /orders/{id}",
			{ id: "7" },
			{ x: "1,2" },
			["c=1", "d=2"],
			"hi",
		]);
		// Unlike fetch, this sends a header twice.
		const plain = await new Promise<string>((resolve) => {
			get(`${url}/plain`, { headers: { "x-a": ["1", "2"] } }, (response) => {
				let text = "";
				response.on("data", (chunk) => {
					text += chunk;
				});
				response.on("end", () => resolve(text));
			});
		});
		expect(JSON.parse(plain)).toEqual({ told: "2.0", twice: "1,2" });
	});

	test.each([
		[
			"EventBridge",
			{
				IntegrationSubtype: "EventBridge-PutEvents",
				RequestParameters: {
					Source: "shop",
					DetailType: "$request.body.kind",
					Detail: "$request.body",
					EventBusName: "orders",
				},
			},
			{ kind: "Placed" },
		],
		[
			"SQS",
			{
				IntegrationSubtype: "SQS-SendMessage",
				RequestParameters: {
					QueueUrl: { Ref: "Queue" },
					MessageBody: "$request.body.inner",
				},
			},
			{ kind: "x", inner: { a: 1 } },
		],
	])("with %s directly", async (service, integration, body) => {
		const { system, url } = await start(
			httpApi({
				Integration: {
					Type: "AWS::ApiGatewayV2::Integration",
					Properties: {
						ApiId: { Ref: "Api" },
						IntegrationType: "AWS_PROXY",
						PayloadFormatVersion: "1.0",
						CredentialsArn: role,
						...integration,
					},
				},
				Route: {
					Type: "AWS::ApiGatewayV2::Route",
					Properties: {
						ApiId: { Ref: "Api" },
						RouteKey: "POST /",
						Target: { "Fn::Sub": "integrations/${Integration}" },
					},
				},
			}),
		);
		const response = await post(`${url}/`, JSON.stringify(body));
		expect(response.status, await response.text()).toBe(200);
		await system.tracer.settled();
		expect(
			(await system.messagesIn("q")).map(({ body }) => JSON.parse(body)),
		).toEqual([service === "SQS" ? { a: 1 } : body]);
	});
});
