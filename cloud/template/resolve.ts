import { isMacro } from "./check-template.ts";
import {
	type Identity,
	identifyOf,
	identifyOther,
	silentTypes,
} from "./identities.ts";
import { resolveIntrinsics } from "./intrinsics.ts";
import { at } from "./place.ts";
import { readProperties } from "./properties.ts";
import type { Resource, UnresolvedResource } from "./resource.ts";
import { readSam } from "./sam/sam.ts";
import { fileOf, type StackTemplate } from "./stack-template.ts";

export interface ResolveOptions {
	/** The local AWS endpoint. */
	readonly endpoint: string;
	/** Called with each value that is not known here, and what stands in for it. */
	readonly onStandIn?: (what: string) => void;
}

/**
 * Returns the templates' resources with resolved properties, also those of types that are not simulated. Throws a `TemplateError`
 * for a template that is wrong. A value that cannot be known is replaced with a stand-in, and named.
 */
export function resolveResources(
	stacks: readonly StackTemplate[],
	options: ResolveOptions,
): readonly Resource[] {
	const open = new Set<string>();
	const standIn = (stack: StackTemplate, what: string, text: string) => {
		// A number or a word may stand for itself elsewhere.
		if (text.length > 3 && !/^(-?\d+|true|false)$/i.test(text)) open.add(text);
		options.onStandIn?.(
			`${fileOf(stack)}: ${what}: ${JSON.stringify(text)} stands in`,
		);
		return text;
	};
	const around: Around = {
		options,
		exported: new Map(),
		stored: new Map(),
		standIn,
		isStandIn: (text) =>
			open.has(text) || [...open].some((each) => text.includes(each)),
	};
	const resolvers = stacks.map((stack) => {
		for (const note of stack.notes ?? [])
			options.onStandIn?.(`${fileOf(stack)}: ${note}`);
		return stackResolver(readSam(stack, options.onStandIn), around);
	});
	return resolvers.flatMap(({ stack, resolve, identity, isWanted }) =>
		Object.entries(stack.template.Resources).flatMap(
			([logicalId, resource]): Resource[] => {
				if (isMacro(logicalId)) {
					options.onStandIn?.(
						`${fileOf(stack)}: ${logicalId} is not evaluated: its resources are missing`,
					);
					return [];
				}
				const { Type, Properties, Condition } = resource;
				return at(`${fileOf(stack)}: ${logicalId}`, () => {
					if (!isWanted(Condition) || silentTypes.has(Type)) return [];
					const { ref, attributes = {} } = identity(logicalId);
					return [
						{
							stack,
							logicalId,
							type: Type,
							// What no type here reads need not be known.
							properties: identifyOf(Type)
								? readProperties(
										Type,
										resolve(Properties ?? {}) as Record<string, unknown>,
										around.isStandIn,
									)
								: {},
							ref,
							attributes,
						},
					];
				});
			},
		),
	);
}

/** What the stacks share. */
interface Around {
	readonly options: ResolveOptions;
	/** By account, region and name. */
	readonly exported: Map<string, () => unknown>;
	/** Parameters of the Systems Manager, by account, region and name. */
	readonly stored: Map<string, () => unknown>;
	readonly standIn: (
		stack: StackTemplate,
		what: string,
		text: string,
	) => string;
	readonly isStandIn: (text: string) => boolean;
}

/** Export names, and those of parameters, are unique per account and region. */
const placedKey = ({ account, region }: StackTemplate, name: string) =>
	`${account}/${region}/${name}`;

function stackResolver(stack: StackTemplate, around: Around) {
	const { options, exported, stored } = around;
	const { Resources, Outputs = {} } = stack.template;
	const identities = new Map<string, Identity>();
	/** What is being resolved, so that a cycle is seen. */
	const begun = new Set<string>();
	const once = <T>(what: string, run: () => T): T => {
		if (begun.has(what)) throw new Error(`${what} refers to itself`);
		begun.add(what);
		try {
			return run();
		} finally {
			begun.delete(what);
		}
	};
	const standIn = (what: string, text: string) =>
		around.standIn(stack, what, text);
	const resolve = (value: unknown): unknown =>
		resolveIntrinsics(value, stack, {
			ref: (logicalId) => identity(logicalId).ref,
			attribute: (logicalId, name) => {
				const found = identity(logicalId).attributes ?? {};
				return Object.hasOwn(found, name)
					? (found[name] as string)
					: standIn(
							`${logicalId}.${name}`,
							`${stack.name}-${logicalId}-${name}`,
						);
			},
			importValue: (name) => {
				const value = exported.get(placedKey(stack, name));
				return value
					? once(`the export ${name}`, value)
					: standIn(`the import ${name}, which no stack here exports`, name);
			},
			stored: (name) => {
				const value = stored.get(placedKey(stack, name));
				return value && once(`the parameter ${name}`, value);
			},
			standIn,
			isStandIn: around.isStandIn,
		});
	const identity = (logicalId: string): Identity => {
		const known = identities.get(logicalId);
		if (known) return known;
		const resource = Object.hasOwn(Resources, logicalId)
			? Resources[logicalId]
			: undefined;
		if (!resource)
			throw new Error(`there is no resource or parameter ${logicalId}`);
		const unresolved: UnresolvedResource = {
			stack,
			logicalId,
			endpoint: options.endpoint,
			property: (name) =>
				once(`${logicalId}'s ${name}`, () =>
					resolve(resource.Properties?.[name]),
				),
		};
		const identify = identifyOf(resource.Type) ?? identifyOther(resource.Type);
		const found = identify(unresolved);
		identities.set(logicalId, found);
		return found;
	};
	for (const [name, { Value, Export }] of Object.entries(Outputs))
		if (Export)
			at(`${fileOf(stack)}: Outputs.${name}`, () =>
				exported.set(placedKey(stack, String(resolve(Export.Name))), () =>
					resolve(Value),
				),
			);
	for (const [logicalId, { Type, Properties }] of Object.entries(Resources))
		if (Type === "AWS::SSM::Parameter" && Properties?.Name !== undefined)
			at(`${fileOf(stack)}: ${logicalId}`, () =>
				stored.set(placedKey(stack, String(resolve(Properties.Name))), () =>
					resolve(Properties.Value),
				),
			);
	const isWanted = (condition: string | undefined) =>
		condition === undefined || resolve({ Condition: condition }) === true;
	return { stack, resolve, identity, isWanted };
}
