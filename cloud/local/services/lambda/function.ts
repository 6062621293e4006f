import { randomUUID } from "node:crypto";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Decision } from "../../../template/policy.ts";
import type { Resource } from "../../../template/resource.ts";
import { type Cloud, DeliveryError } from "../../cloud.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import { Environments, type InvocationResult } from "./environments.ts";

export interface LocalFunction {
	readonly name: string;
	readonly arn: string;
	readonly account: string;
	readonly region: string;
	readonly roleArn: string;
	/** Whether Lambda may assume the function's role. */
	readonly assumed: () => Decision;
	/** Invokes the function. Its logs and calls are attached to the span. */
	readonly invoke: (event: unknown, span: Span) => Promise<InvocationResult>;
	/** Makes the next invocations fail as if the handler threw. */
	readonly failNext: (times: number, message: string) => void;
	/** Replaces the code. Invocations in progress finish on the code they started with. */
	readonly reload: (code: FunctionCode) => Promise<void>;
}

/** A file index.js, or a folder. */
export type FunctionCode =
	| { readonly zipFile: string }
	| { readonly folder: string };

/** By ARN. */
export type Functions = Map<string, LocalFunction>;

export const functionType = (
	functions: Functions,
	cloud: Cloud,
): ResourceType => ({
	simulates: [
		"FunctionName",
		"Code",
		"Handler",
		"Runtime",
		"Role",
		"Environment",
		"Timeout",
		"MemorySize",
	],
	ignores: [
		"Description",
		"Architectures",
		"LoggingConfig",
		"Tags",
		"PackageType",
		"TracingConfig",
		"EphemeralStorage",
	],
	create: async (resource) => {
		const runtime = String(resource.properties.Runtime ?? "");
		if (!runtime.startsWith("nodejs")) {
			cloud.notSimulated(
				`the function ${resource.ref}: the runtime ${runtime || "of a container image"}`,
			);
			return;
		}
		const created = await createFunction(resource, cloud);
		functions.set(created.arn, created);
		cloud.receivers.set(created.arn, {
			action: "lambda:InvokeFunction",
			label: `function ${created.name}`,
			receive: async (message, after) => {
				const span = cloud.tracer.reserve(after);
				const result = await created.invoke(JSON.parse(message), span);
				cloud.tracer.record(span, after, {
					account: created.account,
					resource: `function ${created.name}`,
					outcome: result.ok ? "ok" : "failed",
					what: result.ok ? "handled" : result.error,
				});
				if (!result.ok) throw new DeliveryError(result.error, span);
			},
		});
	},
});

/** Inside the project's node_modules, so that functions resolve the AWS SDK as in Lambda. */
const workFolder = path.resolve("node_modules/.cache/eventwright-local");

async function createFunction(
	resource: Resource,
	cloud: Cloud,
): Promise<LocalFunction> {
	const { properties, stack, ref: name, attributes } = resource;
	const memoryMib = Number(properties.MemorySize ?? 128);
	const roleArn = String(properties.Role);
	const home = path.join(workFolder, `${process.pid}-${randomUUID()}`);
	const environments = new Environments(
		await unpack(codeOf(properties, stack), path.join(home, "1")),
		{
			handlerName: String(properties.Handler),
			timeoutMs: Number(properties.Timeout ?? 3) * 1000,
			memoryMib,
			variables: {
				...lambdaEnvironment(name, memoryMib, stack),
				AWS_ENDPOINT_URL: cloud.endpoint,
				...(properties.Environment as { Variables?: Record<string, string> })
					?.Variables,
			},
			register: (accessKeyId, span) => {
				cloud.callers.set(accessKeyId, {
					principal: { kind: "role", arn: roleArn, account: stack.account },
					span,
				});
				return () => cloud.callers.delete(accessKeyId);
			},
		},
	);
	let versions = 1;
	const faults: string[] = [];

	cloud.onStop(async () => {
		await environments.stop();
		await rm(home, { recursive: true, force: true });
	});

	const arn = attributes.Arn as string;
	const assumed = () =>
		cloud.decideAssume("lambda.amazonaws.com", roleArn, {
			"aws:SourceArn": arn,
			"aws:SourceAccount": stack.account,
		});
	return {
		name,
		arn,
		account: stack.account,
		region: stack.region,
		roleArn,
		assumed,
		failNext: (times, message) =>
			faults.push(...Array<string>(times).fill(message)),
		reload: async (code) =>
			environments.replaceCode(
				await unpack(code, path.join(home, String(++versions))),
			),
		invoke: async (event, span) => {
			const decision = assumed();
			if (!decision.allowed) {
				cloud.tracer.hop(span, {
					account: stack.account,
					resource: `role ${roleArn.split("/").at(-1)}`,
					outcome: "denied",
					what: decision.reason,
				});
				return { ok: false, error: decision.reason };
			}
			const fault = faults.shift();
			if (fault !== undefined) return { ok: false, error: fault };
			return environments.invoke(event, span, (line) =>
				cloud.tracer.hop(span, {
					account: stack.account,
					resource: `log of ${name}`,
					outcome: "ok",
					what: line,
				}),
			);
		},
	};
}

/** Environment variables that the Lambda runtime sets: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function lambdaEnvironment(
	name: string,
	memoryMib: number,
	{ account, region }: Resource["stack"],
): Record<string, string> {
	return {
		PATH: process.env.PATH ?? "",
		TZ: "UTC",
		LANG: "en_US.UTF-8",
		AWS_REGION: region,
		AWS_DEFAULT_REGION: region,
		AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
		AWS_LAMBDA_FUNCTION_NAME: name,
		AWS_LAMBDA_FUNCTION_ARN: `arn:aws:lambda:${region}:${account}:function:${name}`,
		AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
		AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMib),
		AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
	};
}

export function codeOf(
	properties: Resource["properties"],
	stack: Resource["stack"],
): FunctionCode {
	const { ZipFile, S3Key } = (properties.Code ?? {}) as {
		ZipFile?: string;
		S3Key?: string;
	};
	if (ZipFile !== undefined) return { zipFile: ZipFile };
	const folder = stack.assets.get(S3Key ?? "");
	if (folder === undefined)
		throw new Error(
			`the stack ${stack.name} has no asset ${S3Key} for a function's code`,
		);
	return { folder };
}

/** Copies a function's code to a separate folder, so that no other package.json changes the module type of its files. */
async function unpack(code: FunctionCode, folder: string): Promise<string> {
	await mkdir(folder, { recursive: true });
	if ("zipFile" in code)
		await writeFile(path.join(folder, "index.js"), code.zipFile);
	else await cp(code.folder, folder, { recursive: true });
	await writeFile(path.join(folder, "package.json"), "{}", {
		flag: "wx",
	}).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== "EEXIST") throw error;
	});
	return folder;
}
