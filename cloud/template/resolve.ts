import {
	type Identity,
	identifyOf,
	identifyOther,
	silentTypes,
} from "./identities.ts";
import { resolveIntrinsics } from "./intrinsics.ts";
import { at } from "./place.ts";
import { readProperties } from "./properties.ts";
import { placeOf, type Resource, type UnresolvedResource } from "./resource.ts";
import { hasMacro, readSam } from "./sam/sam.ts";
import { fileOf, type StackTemplate } from "./stack-template.ts";

export interface ResolveOptions {
	/** The local AWS endpoint. */
	readonly endpoint: string;
	/** Called with each value that the templates do not state, and what is assumed for it. */
	readonly onAssumption?: (what: string) => void;
}

/**
 * Returns the templates' resources with resolved properties, also those of types that are not simulated. Throws a `TemplateError`
 * for a template that is wrong. A value that the templates do not state is assumed and reported.
 */
export function resolveResources(
	stacks: readonly StackTemplate[],
	options: ResolveOptions,
): readonly Resource[] {
	const open = new Set<string>();
	const assume = (stack: StackTemplate, what: string, text: string) => {
		// A number may be stated elsewhere too.
		if (!/^(-?\d+|true|false)$/i.test(text)) open.add(text);
		options.onAssumption?.(
			`${fileOf(stack)}: ${what}: ${JSON.stringify(text)} is assumed`,
		);
		return text;
	};
	const around: Around = {
		options,
		exported: new Map(),
		stored: new Map(),
		assume,
		isAssumed: (text) =>
			open.has(text) ||
			// So may a short word be a part of another.
			[...open].some((each) => each.length > 3 && text.includes(each)),
	};
	const resolvers = stacks.map((stack) => {
		for (const note of stack.notes ?? [])
			options.onAssumption?.(`${fileOf(stack)}: ${note}`);
		for (const key of stack.template.unevaluated ?? [])
			options.onAssumption?.(
				`${fileOf(stack)}: ${key} is not evaluated: its resources are missing`,
			);
		return stackResolver(readSam(stack, options.onAssumption), around);
	});
	return resolvers.flatMap(({ stack, resolveFor, identity, isWanted }) =>
		Object.entries(stack.template.Resources).flatMap(
			([logicalId, resource]): Resource[] => {
				const { Type, Properties, Condition } = resource;
				return at(placeOf({ stack, logicalId }), () => {
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
										resolveFor(logicalId, Properties ?? {}) as Record<
											string,
											unknown
										>,
										around.isAssumed,
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
	readonly assume: (stack: StackTemplate, what: string, text: string) => string;
	readonly isAssumed: (text: string) => boolean;
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
	const assume = (what: string, text: string) =>
		around.assume(stack, what, text);
	/** The resource whose properties are being resolved. */
	let place: string | undefined;
	const resolve = (value: unknown): unknown =>
		resolveIntrinsics(value, stack, {
			ref: (logicalId) => identity(logicalId).ref,
			attribute: (logicalId, name) => {
				const found = identity(logicalId).attributes ?? {};
				return Object.hasOwn(found, name)
					? (found[name] as string)
					: assume(
							`${logicalId}.${name}`,
							`${stack.name}-${logicalId}-${name}`,
						);
			},
			importValue: (name) => {
				const value = exported.get(placedKey(stack, name));
				return value
					? once(`the export ${name}`, value)
					: assume(`the import ${name}, which no stack here exports`, name);
			},
			stored: (name) => {
				const value = stored.get(placedKey(stack, name));
				return value && once(`the parameter ${name}`, value);
			},
			assume,
			unevaluated: (name) =>
				assume(
					`${place === undefined ? "" : `${place}: `}${name}, which is not evaluated`,
					name.replace(/^Fn::/, ""),
				),
			isAssumed: around.isAssumed,
		});
	const resolveFor = (logicalId: string, value: unknown): unknown => {
		place = logicalId;
		try {
			return resolve(value);
		} finally {
			place = undefined;
		}
	};
	const mayBeMade =
		hasMacro(stack) || (stack.template.unevaluated ?? []).length > 0;
	const identity = (logicalId: string): Identity => {
		const known = identities.get(logicalId);
		if (known) return known;
		const resource = Object.hasOwn(Resources, logicalId)
			? Resources[logicalId]
			: undefined;
		if (!resource && mayBeMade)
			return {
				ref: assume(
					`${logicalId}, which a transform may make`,
					`${stack.name}-${logicalId}`,
				),
			};
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
	const isWanted = (condition: string | undefined) =>
		condition === undefined || resolve({ Condition: condition }) === true;
	for (const [name, output] of Object.entries(Outputs)) {
		const { Value, Export, Condition } = output;
		at(`${fileOf(stack)}: Outputs.${name}`, () => {
			if (Export && isWanted(Condition))
				exported.set(placedKey(stack, String(resolve(Export.Name))), () =>
					resolve(Value),
				);
		});
	}
	for (const [logicalId, resource] of Object.entries(Resources)) {
		const { Type, Properties, Condition } = resource;
		if (Type === "AWS::SSM::Parameter" && Properties?.Name !== undefined)
			at(placeOf({ stack, logicalId }), () => {
				if (isWanted(Condition))
					stored.set(placedKey(stack, String(resolve(Properties.Name))), () =>
						resolve(Properties.Value),
					);
			});
	}
	return { stack, resolveFor, identity, isWanted };
}
