// Integrations as templates state them, in resources or in an OpenAPI document.
import { isObject } from "../../../../runtime/json.ts";
import type { Integration, IntegrationResponse } from "./api.ts";

type Stated = Readonly<Record<string, unknown>>;

/** A REST API's integration. Names of properties may begin with a capital, as in resources, or not, as in OpenAPI. */
export function restIntegration(stated: Stated, what: string): Integration {
	const of = reader(stated);
	const type = String(of("Type") ?? "").toUpperCase();
	const uri = String(of("Uri") ?? "");
	const functionArn = invokedIn(uri);
	if (type === "AWS_PROXY" && functionArn !== undefined)
		return { kind: "function", arn: functionArn, payload: "1.0" };
	const responses = responsesOf(of("IntegrationResponses") ?? of("Responses"));
	if (type === "MOCK")
		return {
			kind: "mock",
			templates: textsOf(of("RequestTemplates")),
			responses,
		};
	const called =
		/^arn:[^:]+:apigateway:[^:]*:(?:[^:.]+\.)?([^:.]+):(action|path)\/(.*)$/.exec(
			uri,
		);
	if (type !== "AWS" || !called || called[1] === "lambda")
		return notSimulated(type, what);
	const [, service = "", form, rest = ""] = called;
	return {
		kind: "service",
		service,
		operation: form === "action" ? rest : undefined,
		role: textOf(of("Credentials")),
		request: {
			kind: "template",
			path: form === "path" ? rest : undefined,
			templates: textsOf(of("RequestTemplates")),
			parameters: textsOf(of("RequestParameters")),
		},
		responses,
	};
}

/** An HTTP API's integration. */
export function httpIntegration(stated: Stated, what: string): Integration {
	const of = reader(stated);
	const type = String(of("IntegrationType") ?? of("Type") ?? "").toUpperCase();
	const uri = String(of("IntegrationUri") ?? of("Uri") ?? "");
	const subtype = textOf(of("IntegrationSubtype") ?? of("Subtype"));
	if (type === "AWS_PROXY" && subtype !== undefined) {
		const known = subtypes[subtype];
		if (!known) return notSimulated(subtype, what);
		return {
			kind: "service",
			...known,
			role: textOf(of("CredentialsArn") ?? of("Credentials")),
			request: { kind: "mapping", values: textsOf(of("RequestParameters")) },
			responses: [],
		};
	}
	const arn = invokedIn(uri) ?? (uri.includes(":lambda:") ? uri : undefined);
	if (type !== "AWS_PROXY" || arn === undefined)
		return notSimulated(type, what);
	return {
		kind: "function",
		arn,
		payload: of("PayloadFormatVersion") === "1.0" ? "1.0" : "2.0",
	};
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html */
const subtypes: Readonly<
	Record<string, { readonly service: string; readonly operation: string }>
> = {
	"EventBridge-PutEvents": { service: "events", operation: "PutEvents" },
	"SQS-SendMessage": { service: "sqs", operation: "SendMessage" },
	"SQS-ReceiveMessage": { service: "sqs", operation: "ReceiveMessage" },
	"SQS-DeleteMessage": { service: "sqs", operation: "DeleteMessage" },
	"SQS-PurgeQueue": { service: "sqs", operation: "PurgeQueue" },
};

const notSimulated = (type: string, what: string): Integration => ({
	kind: "not simulated",
	what: `the integration ${type || "without a type"} of ${what}`,
});

const invokedIn = (uri: string): string | undefined =>
	/functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1];

const reader = (stated: Stated) => (name: string) =>
	stated[name] ?? stated[`${name[0]?.toLowerCase()}${name.slice(1)}`];

const textOf = (value: unknown): string | undefined =>
	typeof value === "string" ? value : undefined;

const textsOf = (stated: unknown): Readonly<Record<string, string>> =>
	isObject(stated)
		? Object.fromEntries(
				Object.entries(stated).map(([key, value]) => [key, String(value)]),
			)
		: {};

/** A list in resources; in OpenAPI, a map by pattern. */
function responsesOf(stated: unknown): readonly IntegrationResponse[] {
	const listed: readonly (readonly [string | undefined, unknown])[] =
		Array.isArray(stated)
			? stated.map((one) => [undefined, one])
			: isObject(stated)
				? Object.entries(stated).map(([pattern, one]) => [
						pattern === "default" ? undefined : pattern,
						one,
					])
				: [];
	return listed
		.filter(([, one]) => isObject(one))
		.map(([pattern, one]) => {
			const of = reader(one as Stated);
			return {
				status: Number(of("StatusCode") ?? 200),
				pattern: pattern ?? textOf(of("SelectionPattern")),
				templates: textsOf(of("ResponseTemplates")),
				headers: constantHeaders(textsOf(of("ResponseParameters"))),
			};
		});
}

/** Headers that a response's parameters set to a quoted text. */
const constantHeaders = (
	parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
	Object.fromEntries(
		Object.entries(parameters).flatMap(([to, from]) => {
			const header = /^method\.response\.header\.(.+)$/.exec(to)?.[1];
			const text = /^'(.*)'$/s.exec(from)?.[1];
			return header === undefined || text === undefined
				? []
				: [[header.toLowerCase(), text]];
		}),
	);
