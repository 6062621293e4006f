import { performance } from "node:perf_hooks";
import { accessOf, policyTypes } from "../template/access.ts";
import { directoryOf } from "../template/directory.ts";
import { silentTypes } from "../template/identities.ts";
import { atLater, TemplateError } from "../template/place.ts";
import type { Statement } from "../template/policy.ts";
import { exceededQuotas } from "../template/quotas.ts";
import { refusalsOf } from "../template/refusals.ts";
import { resolveResources } from "../template/resolve.ts";
import { placeOf } from "../template/resource.ts";
import type { StackTemplate } from "../template/stack-template.ts";
import { Cloud, type LocalOptions } from "./cloud.ts";
import { controlService } from "./control.ts";
import { newAccessKeyId } from "./credentials.ts";
import { type Endpoint, startEndpoint } from "./endpoint.ts";
import {
	type QueueContent,
	queueContents,
	type Sending,
	type SendResult,
	type SentMessage,
	sendMessage,
} from "./send.ts";
import type { ResourceType } from "./service.ts";
import type { LocalApi } from "./services/api-gateway/api.ts";
import { codeOf, removeLeftovers } from "./services/lambda/code.ts";
import { servicesOf } from "./services.ts";
import { Tracer } from "./trace.ts";

export interface LocalSystem {
	/** The URL for `AWS_ENDPOINT_URL` or `--endpoint`. */
	readonly endpoint: string;
	readonly apis: readonly LocalApi[];
	/** Names of the templates' features that are not simulated, with the logical ids that they concern. */
	readonly notSimulated: readonly string[];
	/** Values that the templates do not state, and what is assumed for each. */
	readonly assumptions: readonly string[];
	/** Quotas of AWS that the templates exceed, with the figures: a deployment would fail. */
	readonly exceededQuotas: readonly string[];
	readonly tracer: Tracer;
	/** Makes a function's next invocations fail as if the handler threw. */
	readonly failNext: (
		functionName: string,
		times: number,
		message: string,
	) => void;
	/** Returns an access key id that acts as a role. The secret is not checked. */
	readonly accessKeyFor: (roleArn: string) => string;
	/** Sends a message; see `sendMessage`. */
	readonly send: (message: SentMessage, as?: string) => Promise<SendResult>;
	/** What each queue holds. */
	readonly queues: () => Promise<readonly QueueContent[]>;
	/** Lists a queue's messages without receiving them. */
	readonly messagesIn: (
		queueName: string,
	) => Promise<
		readonly { readonly messageId: string; readonly body: string }[]
	>;
	/** Reloads changed function code. Resolves with the functions' names, or `undefined` if it cannot apply the change. */
	readonly update: (
		stacks: readonly StackTemplate[],
	) => Promise<readonly string[] | undefined>;
	/** Lets a function run the code in a folder. */
	readonly reload: (functionName: string, folder: string) => Promise<void>;
	readonly stop: () => Promise<void>;
}

const defaults: LocalOptions = { redeliveryDelayMs: 100, port: 0 };

export interface StartOptions extends Partial<LocalOptions> {
	readonly endpointPort?: number;
	/** Service control policies, one list of statements for each level of the organization. */
	readonly scps?: readonly (readonly Statement[])[];
}

/**
 * Runs stacks, each in its account, until `stop` is called. Listens on 127.0.0.1 only. Rejects with a `TemplateError` that lists
 * what is wrong with a template, or what AWS would refuse to create.
 */
export async function startLocal(
	stacks: readonly StackTemplate[],
	options: StartOptions = {},
): Promise<LocalSystem> {
	const endpoint = await startEndpoint(options.endpointPort ?? 0);
	let running = stacks;
	/** Functions whose code is newer than that of the stacks. */
	const ahead = new Set<string>();
	const { cloud, services, access, exceeded, assumptions } = await create(
		stacks,
		{ ...defaults, ...options },
		endpoint,
	);
	const sending: Sending = { cloud, services, access };
	endpoint.serve({
		services: [...services.all, controlService(sending)],
		callers: cloud.callers,
	});
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
		apis: services.apis,
		notSimulated: cloud.notSimulatedParts,
		assumptions,
		exceededQuotas: exceeded,
		tracer: cloud.tracer,
		failNext: (name, times, message) =>
			byName("function", services.functions.values(), name).failNext(
				times,
				message,
			),
		accessKeyFor: (roleArn) => {
			const role = access.roles.get(roleArn);
			if (!role)
				throw new Error(
					`there is no role ${roleArn}; there are ${[...access.roles.keys()].join(", ")}`,
				);
			const accessKeyId = newAccessKeyId();
			cloud.callers.set(accessKeyId, {
				principal: { kind: "role", arn: roleArn, account: role.account },
				span: () => undefined,
			});
			return accessKeyId;
		},
		send: (message, as) => sendMessage(message, as, sending),
		queues: () => queueContents(sending),
		messagesIn: (name) =>
			byName("queue", services.queues.values(), name).messages(),
		update: async (changed) => {
			if (shapeOf(changed) !== shapeOf(running)) return undefined;
			const reloaded: string[] = [];
			for (const resource of resolveResources(changed, {
				endpoint: endpoint.url,
			}).filter(({ type }) => type === "AWS::Lambda::Function")) {
				const before = running.find(({ name }) => name === resource.stack.name)
					?.template.Resources[resource.logicalId];
				const after = resource.stack.template.Resources[resource.logicalId];
				const isSame =
					JSON.stringify(before?.Properties?.Code) ===
					JSON.stringify(after?.Properties?.Code);
				if (isSame && !ahead.has(resource.ref)) continue;
				const code = codeOf(resource);
				const target = services.functions.get(
					resource.attributes.Arn as string,
				);
				if (!target || typeof code === "string") continue;
				reloaded.push(resource.ref);
				await target.reload(code);
			}
			running = changed;
			ahead.clear();
			return reloaded;
		},
		reload: async (name, folder) => {
			const found = byName("function", services.functions.values(), name);
			await found.reload({ folder });
			ahead.add(name);
		},
		stop: () => cloud.stop(),
	};
}

/** Serializes the templates without the functions' code. */
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

/** Creates every resource. If one fails, stops what was started. */
async function create(
	stacks: readonly StackTemplate[],
	options: LocalOptions & Pick<StartOptions, "scps">,
	endpoint: Endpoint,
) {
	const assumptions = new Set<string>();
	const stops: (() => Promise<void>)[] = [endpoint.stop];
	try {
		const resources = resolveResources(stacks, {
			endpoint: endpoint.url,
			onAssumption: (what) => assumptions.add(what),
		});
		const access = accessOf(resources, options.scps);
		const refusals = refusalsOf(resources, access);
		if (refusals.length > 0)
			throw new TemplateError(
				`AWS would refuse to create the stacks:\n${refusals.join("\n")}`,
			);
		const tracer = new Tracer(() => performance.now());
		const cloud = new Cloud(
			tracer,
			options,
			endpoint.url,
			access,
			directoryOf(resources),
		);
		cloud.onStop(endpoint.stop);
		stops[0] = () => cloud.stop();
		await removeLeftovers();
		const services = servicesOf(cloud, stacks);
		const types = new Map(
			services.all.flatMap((service) => Object.entries(service.resources)),
		);
		for (const resource of resources) {
			const { type } = resource;
			const known = types.get(type) ?? policyTypeOf(type);
			if (!known) cloud.notSimulated(type, resource);
			else
				for (const property of Object.keys(resource.properties))
					if (!isSimulated(property, known))
						cloud.notSimulated(`${type}'s ${property}`, resource);
		}
		for (const [type, { create }] of types)
			for (const resource of resources)
				if (resource.type === type)
					await atLater(placeOf(resource), () => create?.(resource));
		cloud.finish();
		return {
			cloud,
			services,
			access,
			exceeded: exceededQuotas(stacks, resources),
			assumptions: [...assumptions],
		};
	} catch (error) {
		await stops[0]?.();
		throw error;
	}
}

function isSimulated(
	property: string,
	type: Pick<ResourceType, "simulates" | "ignores"> | undefined,
): boolean {
	return (
		type?.simulates.includes(property) === true ||
		type?.ignores?.includes(property) === true
	);
}

const policyTypeOf = (
	type: string,
): Pick<ResourceType, "simulates" | "ignores"> | undefined =>
	Object.hasOwn(policyTypes, type)
		? policyTypes[type as keyof typeof policyTypes]
		: undefined;
