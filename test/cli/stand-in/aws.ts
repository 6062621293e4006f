// Stands in for the AWS APIs that deploying calls, in their wire protocols. The access key id is the caller's account.
import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Template } from "../../../cloud/template/stack-template.ts";

export interface StandInStack {
	readonly name: string;
	readonly account: string;
	readonly template: Template;
	readonly tags: Readonly<Record<string, string>>;
	readonly terminationProtection: boolean;
	status?: string;
}

export interface StandIn {
	readonly url: string;
	readonly stacks: Map<string, StandInStack>;
	/** What was done, such as `deploy media-hub`, in order. */
	readonly done: string[];
	/** Arguments of each `cdk deploy`. */
	readonly deployed: (readonly string[])[];
	/** What fails the next time, such as `deploy media-hub`. */
	readonly fail: Set<string>;
	readonly bootstrap: Map<string, number>;
	logRole: string | undefined;
	/** Identifiers of resources that exist beside the stacks. */
	readonly existing: Set<string>;
	/** Messages in queues. A queue that the list is not empty for gives one count per look. */
	readonly messages: Map<string, number[]>;
	schemas: string[];
	/** Services that deny access. */
	readonly denied: Set<string>;
	readonly stop: () => Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
	const server = createServer((request, response) => {
		respond(request, response).catch((error: Error) => {
			response.statusCode = 500;
			response.end(error.message);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const standIn: StandIn = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		stacks: new Map(),
		done: [],
		deployed: [],
		fail: new Set(),
		bootstrap: new Map(),
		logRole: "arn:aws:iam::1:role/logs",
		existing: new Set(),
		messages: new Map(),
		schemas: [],
		denied: new Set(),
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};

	async function respond(request: IncomingMessage, response: ServerResponse) {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks).toString("utf8");
		const [, account = "", , service = ""] =
			/Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)/.exec(
				request.headers.authorization ?? "",
			) ?? [];
		const target = String(request.headers["x-amz-target"] ?? "")
			.split(".")
			.at(-1);
		const send = (
			status: number,
			value: unknown,
			type = "application/json",
		) => {
			response.writeHead(status, { "content-type": type });
			response.end(typeof value === "string" ? value : JSON.stringify(value));
		};
		if (request.url === "/stand-in/deploy") {
			const asked: { args: string[]; stacks: StandInStack[] } =
				JSON.parse(body);
			standIn.deployed.push(asked.args);
			const prepares = asked.args.includes("prepare-change-set");
			for (const stack of asked.stacks) {
				standIn.done.push(`${prepares ? "prepare" : "deploy"} ${stack.name}`);
				if (standIn.fail.delete(`deploy ${stack.name}`)) return send(500, {});
				if (!prepares) standIn.stacks.set(stack.name, stack);
			}
			return send(200, {});
		}
		if (standIn.denied.has(service))
			return send(403, {
				__type: "AccessDeniedException",
				message: `no ${service} for you`,
			});
		if (service === "sts")
			return send(
				200,
				`<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a</Arn><UserId>u</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
				"text/xml",
			);
		if (service === "cloudformation")
			return send(
				...cloudFormation(new URLSearchParams(body), account),
				"text/xml",
			);
		const input = body === "" ? {} : JSON.parse(body);
		if (service === "ssm") {
			const qualifier = input.Name.split("/")[2];
			const version =
				standIn.bootstrap.get(`${account} ${qualifier}`) ??
				standIn.bootstrap.get(account);
			return version === undefined
				? send(400, { __type: "ParameterNotFound", message: "none" })
				: send(200, {
						Parameter: { Name: input.Name, Value: String(version) },
					});
		}
		if (service === "apigateway")
			return send(
				200,
				standIn.logRole ? { cloudwatchRoleArn: standIn.logRole } : {},
			);
		if (target === "GetResource")
			return standIn.existing.has(input.Identifier)
				? send(200, { TypeName: input.TypeName, ResourceDescription: {} })
				: send(400, { __type: "ResourceNotFoundException", message: "none" });
		if (target === "GetQueueUrl")
			return send(200, {
				QueueUrl: `${standIn.url}/${account}/${input.QueueName}`,
			});
		if (target === "GetQueueAttributes") {
			const counts =
				standIn.messages.get(input.QueueUrl.split("/").at(-1)) ?? [];
			const [count = 0] = counts.length > 1 ? counts.splice(0, 1) : counts;
			return send(200, {
				Attributes: {
					ApproximateNumberOfMessages: String(count),
					ApproximateNumberOfMessagesDelayed: "0",
					ApproximateNumberOfMessagesNotVisible: "0",
				},
			});
		}
		if (service === "schemas")
			return send(200, {
				Schemas: standIn.schemas.map((SchemaName) => ({ SchemaName })),
			});
		return send(400, {
			__type: "UnknownOperationException",
			message: `${service} ${target}`,
		});
	}

	function cloudFormation(
		query: URLSearchParams,
		account: string,
	): readonly [number, string] {
		const action = query.get("Action") ?? "";
		const name = query.get("StackName") ?? "";
		const stack = standIn.stacks.get(name);
		const result = (text: string): readonly [number, string] => [
			200,
			`<${action}Response><${action}Result>${text}</${action}Result></${action}Response>`,
		];
		const error = (message: string): readonly [number, string] => [
			400,
			`<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
		];
		if (name !== "" && stack?.account !== account)
			return error(`Stack with id ${name} does not exist`);
		if (action === "DescribeStacks")
			return result(
				`<Stacks>${[...standIn.stacks.values()]
					.filter(
						(one) =>
							one.account === account && (name === "" || one.name === name),
					)
					.map(
						(one) =>
							`<member><StackName>${one.name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${one.status ?? "CREATE_COMPLETE"}</StackStatus><EnableTerminationProtection>${one.terminationProtection}</EnableTerminationProtection><Tags>${Object.entries(
								one.tags,
							)
								.map(
									([key, value]) =>
										`<member><Key>${key}</Key><Value>${value}</Value></member>`,
								)
								.join("")}</Tags></member>`,
					)
					.join("")}</Stacks>`,
			);
		if (action === "GetTemplate")
			return result(
				`<TemplateBody>${JSON.stringify(stack?.template)
					.replaceAll("&", "&amp;")
					.replaceAll("<", "&lt;")}</TemplateBody>`,
			);
		if (action === "UpdateTerminationProtection") {
			standIn.stacks.set(name, {
				...(stack as StandInStack),
				terminationProtection: false,
			});
			return result(`<StackId>${name}</StackId>`);
		}
		if (action === "DeleteStack") {
			standIn.done.push(`delete ${name}`);
			if (stack?.terminationProtection) return error("protected");
			if (standIn.fail.delete(`delete ${name}`))
				(stack as StandInStack).status = "DELETE_FAILED";
			else standIn.stacks.delete(name);
			return result("");
		}
		return error(`no ${action}`);
	}
	return standIn;
}
