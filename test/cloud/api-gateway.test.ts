// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
// APIs without a CDK construct: HTTP APIs, OpenAPI bodies, and direct integrations with EventBridge, SQS and SNS.
import { afterEach, describe, expect, test } from "vitest";
import { type LocalSystem, startLocal } from "../../cloud/local/runner.ts";
import type { TemplateResource } from "../../cloud/template/stack-template.ts";
import { account, functionOf, region, roleFor, stackOf } from "./one-stack.ts";

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

const queueArn = `arn:aws:sqs:${region}:${account}:q`;

/** A bus with a rule to a queue, and a role that API Gateway may assume. */
const behind: Resources = {
	Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "orders" } },
	Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "q" } },
	QueuePolicy: {
		Type: "AWS::SQS::QueuePolicy",
		Properties: {
			Queues: [{ Ref: "Queue" }],
			PolicyDocument: {
				Statement: {
					Effect: "Allow",
					Principal: { Service: "events.amazonaws.com" },
					Action: "sqs:SendMessage",
					Resource: queueArn,
				},
			},
		},
	},
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
	Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "api" } },
	Method: {
		Type: "AWS::ApiGateway::Method",
		Properties: {
			RestApiId: { Ref: "Api" },
			ResourceId: { "Fn::GetAtt": ["Api", "RootResourceId"] },
			HttpMethod: "POST",
			AuthorizationType: "NONE",
			Integration: integration,
		},
	},
	Deployment: {
		Type: "AWS::ApiGateway::Deployment",
		Properties: { RestApiId: { Ref: "Api" }, StageName: "live" },
	},
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
					"exports.handler = async (event) => event.rawPath === '/plain' ? { told: event.version } : ({ statusCode: 201, cookies: ['a=1', 'b=2'], body: JSON.stringify([event.routeKey, event.pathParameters, event.queryStringParameters, event.cookies, event.body]) });",
				),
				Permission: {
					Type: "AWS::Lambda::Permission",
					Properties: {
						FunctionName: { Ref: "Function" },
						Action: "lambda:InvokeFunction",
						Principal: "apigateway.amazonaws.com",
						SourceArn: {
							"Fn::Sub":
								"arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*",
						},
					},
				},
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
		const plain = await fetch(`${url}/plain`);
		expect([plain.status, await plain.json()]).toEqual([200, { told: "2.0" }]);
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
