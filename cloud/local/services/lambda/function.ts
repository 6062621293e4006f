import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { unqualified } from "../../../template/identities.ts";
import type { Decision } from "../../../template/policy.ts";
import type { Resource } from "../../../template/resource.ts";
import type { Cloud } from "../../cloud.ts";
import type { ResourceType } from "../../service.ts";
import type { Span } from "../../trace.ts";
import { type InvokeConfigs, receiveAsynchronously } from "./asynchronous.ts";
import { codeOf, type FunctionCode, homeOf, unpack } from "./code.ts";
import { Environments } from "./environments.ts";
import type { Functions, LocalFunction } from "./functions.ts";

export const functionType = (
	functions: Functions,
	configs: InvokeConfigs,
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
		"DeadLetterConfig",
		"PackageType",
	],
	ignores: [
		"Description",
		"Architectures",
		"LoggingConfig",
		"Tags",
		"TracingConfig",
		"EphemeralStorage",
	],
	create: async (resource) => {
		const code = codeOf(resource);
		if (typeof code === "string") {
			cloud.notSimulated(`the function ${resource.ref}: ${code}`, resource);
			return;
		}
		const created = await createFunction(resource, code, cloud);
		functions.set(created.arn, created);
		for (const arn of [created.arn, `${created.arn}:$LATEST`])
			registerReceiver(arn, created, configs, cloud);
	},
});

/** Lets rules and topics invoke a function, by its ARN or a qualified one. */
function registerReceiver(
	arn: string,
	target: LocalFunction,
	configs: InvokeConfigs,
	cloud: Cloud,
): void {
	cloud.receivers.set(arn, {
		action: "lambda:InvokeFunction",
		label: `function ${target.name}`,
		receive: async ({ body }, after) =>
			receiveAsynchronously(arn, target, body, after, configs, cloud),
	});
}

async function createFunction(
	resource: Resource,
	code: FunctionCode,
	cloud: Cloud,
): Promise<LocalFunction> {
	const { properties, stack, ref: name, attributes } = resource;
	const memoryMib = Number(properties.MemorySize ?? 128);
	const roleArn = cloud.roleOf(String(properties.Role), resource);
	const arn = attributes.Arn as string;
	const home = homeOf(randomUUID());
	const principal = {
		kind: "role",
		arn: roleArn,
		account: stack.account,
		session: name,
	} as const;
	cloud.onStop(() => rm(home, { recursive: true, force: true }));
	const environments = new Environments(
		await unpack(code, path.join(home, "1")),
		{
			arn,
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
				cloud.callers.set(accessKeyId, { principal, span });
				return () => cloud.callers.delete(accessKeyId);
			},
		},
	);
	let versions = 1;
	const faults: string[] = [];

	cloud.onStop(() => environments.stop());

	const assumed = () =>
		cloud.decideAssume("lambda.amazonaws.com", roleArn, {
			"aws:SourceArn": arn,
			"aws:SourceAccount": stack.account,
		});
	const refused = (decision: Decision, span: Span) => {
		if (decision.allowed) return undefined;
		cloud.tracer.hop(span, {
			account: stack.account,
			resource: `role ${roleArn.split("/").at(-1)}`,
			outcome: "denied",
			what: decision.reason,
		});
		return { ok: false, error: decision.reason } as const;
	};
	return {
		name,
		arn,
		account: stack.account,
		region: stack.region,
		principal,
		qualifiers: new Set(["$LATEST"]),
		deadLetterArn: (
			properties.DeadLetterConfig as { TargetArn?: string } | undefined
		)?.TargetArn,
		assumed,
		failNext: (times, message) =>
			faults.push(...Array<string>(times).fill(message)),
		reload: async (changed) =>
			environments.replaceCode(
				await unpack(changed, path.join(home, String(++versions))),
			),
		invoke: async (event, span, invokedArn) => {
			const refusal = refused(assumed(), span);
			if (refusal) return refusal;
			const fault = faults.shift();
			if (fault !== undefined) return { ok: false, error: fault };
			return environments.invoke(
				event,
				span,
				(line) =>
					cloud.tracer.hop(span, {
						account: stack.account,
						resource: `log of ${name}`,
						outcome: "ok",
						what: line,
					}),
				invokedArn,
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
		AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
		AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
	};
}

/** Versions and aliases run the code that the template has. */
export const qualifierTypes = (
	functions: Functions,
	configs: InvokeConfigs,
	cloud: Cloud,
): Readonly<Record<string, ResourceType>> => {
	const add = (qualified: string) => {
		const target = functions.get(unqualified(qualified));
		if (!target) return;
		target.qualifiers.add(qualified.split(":").at(-1) ?? "");
		registerReceiver(qualified, target, configs, cloud);
	};
	return {
		"AWS::Lambda::Version": {
			simulates: ["FunctionName"],
			ignores: [
				"CodeSha256",
				"Description",
				"ProvisionedConcurrencyConfig",
				"RuntimePolicy",
			],
			create: ({ ref }) => add(ref),
		},
		"AWS::Lambda::Alias": {
			simulates: ["FunctionName", "FunctionVersion", "Name"],
			ignores: ["Description", "ProvisionedConcurrencyConfig"],
			create: ({ ref }) => add(ref),
		},
	};
};
