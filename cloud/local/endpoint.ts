import { createServer, type IncomingMessage } from "node:http";
import { parseJson } from "../../runtime/json.ts";
import { AwsError } from "./aws-error.ts";
import type { Caller, Cloud } from "./cloud.ts";
import { bodyOf, listen, reply } from "./http.ts";
import { putEvents } from "./services/events/put-events.ts";
import { callRegistry } from "./services/schemas/registry.ts";

/** The one endpoint that every AWS client of the local system talks to. */
export interface Endpoint {
	readonly url: string;
	/** Given once the resources stand; until then every call is refused. */
	readonly serve: (cloud: Cloud) => void;
	readonly stop: () => Promise<void>;
}

export async function startEndpoint(port: number): Promise<Endpoint> {
	let cloud: Cloud | undefined;
	const server = createServer((request, response) => {
		answer(request, cloud).then(
			({ contentType, body }) =>
				reply(response, 200, body, { "content-type": contentType }),
			(error: unknown) => {
				const { status, code, message } =
					error instanceof AwsError
						? error
						: {
								status: 500,
								code: "InternalFailure",
								message: (error as Error).message,
							};
				reply(
					response,
					status,
					JSON.stringify({ __type: code, message, Message: message }),
					{
						"content-type": "application/json",
						"x-amzn-errortype": code,
					},
				);
			},
		);
	});
	const url = await listen(server, port);
	return {
		url,
		serve: (ready) => {
			cloud = ready;
		},
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function answer(
	request: IncomingMessage,
	cloud: Cloud | undefined,
): Promise<{ readonly contentType: string; readonly body: string }> {
	const text = await bodyOf(request);
	if (text === undefined)
		throw new AwsError(
			413,
			"RequestEntityTooLarge",
			"the request is too large",
		);
	if (!cloud)
		throw new AwsError(
			503,
			"ServiceUnavailable",
			"the local system is starting",
		);
	// Which service a request means, and who asks, stand in its signature's scope.
	const [, accessKeyId = "", region = "", service = ""] =
		/Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
			request.headers.authorization ?? "",
		) ?? [];
	if (service === "")
		throw new AwsError(
			403,
			"MissingAuthenticationTokenException",
			"the request is not signed: this is the endpoint for AWS clients",
		);
	const caller = callerOf(accessKeyId, cloud);
	const parsed =
		text === "" ? { ok: true as const, value: {} } : parseJson(text);
	if (!parsed.ok)
		throw new AwsError(400, "SerializationException", parsed.message);
	const input = parsed.value as Record<string, unknown>;
	const operation =
		String(request.headers["x-amz-target"] ?? "")
			.split(".")
			.at(-1) ?? "";
	const url = new URL(request.url ?? "/", "http://127.0.0.1");

	if (service === "events" && operation === "PutEvents")
		return {
			contentType: "application/x-amz-json-1.1",
			body: JSON.stringify(
				await putEvents(input, known(caller, accessKeyId), region, cloud),
			),
		};
	if (service === "schemas")
		return {
			contentType: "application/json",
			body: JSON.stringify(
				callRegistry(
					{
						method: request.method ?? "GET",
						path: url.pathname,
						query: url.searchParams,
						body: input,
					},
					caller,
					region,
					cloud,
				),
			),
		};
	if (service === "sqs")
		return {
			contentType: "application/x-amz-json-1.0",
			body: JSON.stringify(
				await callQueue(operation, input, known(caller, accessKeyId), cloud),
			),
		};
	throw new AwsError(
		501,
		"NotImplemented",
		`${service}${operation ? `:${operation}` : ""} is not run by the local system`,
	);
}

/** A function's key is its own; an account's id as access key id stands for that account's administrator. */
function callerOf(accessKeyId: string, cloud: Cloud): Caller | undefined {
	const caller = cloud.callers.get(accessKeyId);
	if (caller || !/^\d{12}$/.test(accessKeyId)) return caller;
	return {
		principal: { kind: "account", account: accessKeyId },
		span: () => undefined,
	};
}

function known(caller: Caller | undefined, accessKeyId: string): Caller {
	if (caller) return caller;
	throw new AwsError(
		403,
		"UnrecognizedClientException",
		`nobody here has the access key id ${accessKeyId}: take an account's id (12 digits) to act as its administrator`,
	);
}

async function callQueue(
	operation: string,
	input: Readonly<Record<string, unknown>>,
	{ principal }: Caller,
	cloud: Cloud,
): Promise<object> {
	const account = principal.kind === "service" ? "" : principal.account;
	const [owner, name] =
		operation === "GetQueueUrl"
			? [input.QueueOwnerAWSAccountId ?? account, input.QueueName]
			: String(input.QueueUrl ?? "")
					.split("/")
					.slice(-2);
	const queue = [...cloud.queues.values()].find(
		(candidate) => candidate.account === owner && candidate.name === name,
	);
	if (!queue)
		throw new AwsError(
			400,
			"QueueDoesNotExist",
			`there is no queue ${owner}/${name} in these stacks`,
		);
	const decision = cloud.decide(
		principal,
		`sqs:${operation.replace(/Batch$/, "")}`,
		queue.arn,
	);
	if (!decision.allowed)
		throw new AwsError(403, "AccessDenied", decision.reason);
	if (operation === "GetQueueUrl") return { QueueUrl: queue.url };
	if (operation !== "SendMessage") return queue.call(operation, input);
	const { MessageBody } = input;
	if (typeof MessageBody !== "string")
		throw new AwsError(400, "MissingParameter", "MessageBody is required");
	const begun = cloud.tracer.begin();
	try {
		return await queue.send({ ...input, MessageBody }, begun);
	} finally {
		cloud.tracer.release(begun);
	}
}
