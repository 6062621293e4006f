import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { resolveResources } from "../template/resolve.ts";
import type { StackTemplate } from "../template/stack-template.ts";
import { Cloud, type LocalApi, type LocalOptions } from "./cloud.ts";
import { startEndpoint } from "./endpoint.ts";
import { addBus } from "./services/events/bus.ts";
import { resourceTypes, silentTypes } from "./services.ts";
import { Tracer } from "./trace.ts";

export interface LocalSystem {
	/** For `AWS_ENDPOINT_URL`, or `--endpoint`. */
	readonly endpoint: string;
	readonly apis: readonly LocalApi[];
	/** What the templates ask for and nobody runs here, by name. */
	readonly notSimulated: readonly string[];
	readonly tracer: Tracer;
	/** Lets the next invocations of a function fail as if its handler threw. */
	readonly failNext: (
		functionName: string,
		times: number,
		message: string,
	) => void;
	/** An access key id that stands for a role; the secret may be anything. */
	readonly accessKeyFor: (roleArn: string) => string;
	/** What a queue holds, without receiving it. */
	readonly messagesIn: (
		queueName: string,
	) => Promise<
		readonly { readonly messageId: string; readonly body: string }[]
	>;
	/** Takes over changed function code. Answers whether that was all that changed; if not, nothing was taken over. */
	readonly update: (stacks: readonly StackTemplate[]) => Promise<boolean>;
	readonly stop: () => Promise<void>;
}

const defaults: LocalOptions = { redeliveryDelayMs: 100, port: 0 };

/** Runs stacks, each in its own account, until they are stopped. Listens on 127.0.0.1 only. */
export async function startLocal(
	stacks: readonly StackTemplate[],
	options: Partial<LocalOptions> & { readonly endpointPort?: number } = {},
): Promise<LocalSystem> {
	const endpoint = await startEndpoint(options.endpointPort ?? 0);
	const cloud = new Cloud(
		new Tracer(() => performance.now()),
		{ ...defaults, ...options },
		endpoint.url,
	);
	cloud.onStop(endpoint.stop);
	let running = stacks;
	try {
		await createAll(stacks, cloud);
	} catch (error) {
		await cloud.stop();
		throw error;
	}
	endpoint.serve(cloud);
	const byName = <T extends { readonly name: string }>(
		what: string,
		all: Iterable<T>,
		name: string,
	): T => {
		const list = [...all];
		const found = list.find((candidate) => candidate.name === name);
		if (!found)
			throw new Error(
				`there is no ${what} ${name}; there are ${list.map((candidate) => candidate.name).join(", ")}`,
			);
		return found;
	};
	return {
		endpoint: endpoint.url,
		apis: cloud.apis,
		notSimulated: cloud.notSimulatedParts,
		tracer: cloud.tracer,
		failNext: (name, times, message) =>
			byName("function", cloud.functions.values(), name).failNext(
				times,
				message,
			),
		accessKeyFor: (roleArn) => {
			const role = cloud.roles.get(roleArn);
			if (!role)
				throw new Error(
					`there is no role ${roleArn}; there are ${[...cloud.roles.keys()].join(", ")}`,
				);
			const accessKeyId = `LOCAL${randomUUID().replaceAll("-", "").slice(0, 15).toUpperCase()}`;
			cloud.callers.set(accessKeyId, {
				principal: { kind: "role", arn: roleArn, account: role.account },
				span: () => undefined,
			});
			return accessKeyId;
		},
		messagesIn: (name) =>
			byName("queue", cloud.queues.values(), name).messages(),
		update: async (changed) => {
			if (shapeOf(changed) !== shapeOf(running)) return false;
			for (const resource of resolveResources(changed, cloud).filter(
				({ type }) => type === "AWS::Lambda::Function",
			)) {
				const before = running.find(({ name }) => name === resource.stack.name)
					?.template.Resources[resource.logicalId];
				const after = resource.stack.template.Resources[resource.logicalId];
				if (
					JSON.stringify(before?.Properties?.Code) !==
					JSON.stringify(after?.Properties?.Code)
				)
					await cloud.functions
						.get(resource.attributes.Arn as string)
						?.reload(resource.properties, resource.stack);
			}
			running = changed;
			return true;
		},
		stop: () => cloud.stop(),
	};
}

/** Everything that templates say but for the functions' code. */
function shapeOf(stacks: readonly StackTemplate[]): string {
	return JSON.stringify(
		stacks.map(({ name, account, region, template }) => ({
			name,
			account,
			region,
			...template,
			Resources: Object.entries(template.Resources)
				.filter(([, { Type }]) => !silentTypes.has(Type))
				.map(([id, { Type, Properties }]) => [
					id,
					Type,
					Type === "AWS::Lambda::Function"
						? { ...Properties, Code: {} }
						: Properties,
				]),
		})),
	);
}

async function createAll(
	stacks: readonly StackTemplate[],
	cloud: Cloud,
): Promise<void> {
	for (const { account, region } of stacks)
		addBus("default", account, region, cloud);
	const resources = resolveResources(stacks, cloud);
	for (const [type, { create }] of resourceTypes)
		for (const resource of resources.filter(
			(candidate) => candidate.type === type,
		))
			await create?.(resource, cloud);
	cloud.finish();
}
