import { identifyOf, silentTypes } from "./identities.ts";
import { resolveIntrinsics } from "./intrinsics.ts";
import type { Resource, UnresolvedResource } from "./resource.ts";
import type { StackTemplate } from "./stack-template.ts";

export interface ResolveOptions {
	/** The local AWS endpoint. */
	readonly endpoint: string;
	/** Called with each unsupported resource type. */
	readonly onUnknown?: (type: string) => void;
	/** Resolves imports that no stack here exports. By default, such an import is an error. */
	readonly imported?: (name: string) => unknown;
}

/** Returns the resources of supported types with resolved properties. */
export function resolveResources(
	stacks: readonly StackTemplate[],
	options: ResolveOptions,
): readonly Resource[] {
	const exported = new Map<string, () => unknown>();
	const resolvers = stacks.map((stack) =>
		stackResolver(stack, options, exported),
	);
	return resolvers.flatMap(({ stack, resolve, identity, isWanted }) =>
		Object.entries(stack.template.Resources).flatMap(
			([logicalId, { Type, Properties = {}, Condition }]): Resource[] => {
				if (!isWanted(Condition) || silentTypes.has(Type)) return [];
				if (!identifyOf(Type)) {
					options.onUnknown?.(Type);
					return [];
				}
				const { ref, attributes = {} } = identity(logicalId);
				return [
					{
						stack,
						logicalId,
						type: Type,
						properties: resolve(Properties) as Record<string, unknown>,
						ref,
						attributes,
					},
				];
			},
		),
	);
}

/** Export names are unique per account and region. */
const exportKey = ({ account, region }: StackTemplate, name: string) =>
	`${account}/${region}/${name}`;

function stackResolver(
	stack: StackTemplate,
	options: ResolveOptions,
	exported: Map<string, () => unknown>,
) {
	const identities = new Map<string, ReturnType<typeof identify>>();
	const resolve = (value: unknown) =>
		resolveIntrinsics(value, stack, {
			ref: (logicalId) => identity(logicalId).ref,
			attribute: (logicalId, name) => {
				const found = identity(logicalId).attributes?.[name];
				if (found !== undefined) return found;
				const type = stack.template.Resources[logicalId]?.Type ?? "";
				if (identifyOf(type))
					throw new Error(
						`${stack.name}: ${logicalId} (${type}) has no known attribute ${name}`,
					);
				return `arn:aws:local:${stack.region}:${stack.account}:${logicalId}/${name}`;
			},
			importValue: (name) => {
				const value = exported.get(exportKey(stack, name));
				if (!value && options.imported) return options.imported(name);
				if (!value)
					throw new Error(
						`${stack.name}: no stack of ${stack.account}/${stack.region} exports ${name}`,
					);
				return value();
			},
		});
	const identify = (logicalId: string) => {
		const resource = stack.template.Resources[logicalId];
		if (!resource)
			throw new Error(
				`${stack.name}: there is no resource or parameter ${logicalId}`,
			);
		const unresolved: UnresolvedResource = {
			stack,
			logicalId,
			endpoint: options.endpoint,
			property: (name) => resolve(resource.Properties?.[name]) as unknown,
		};
		const identify = identifyOf(resource.Type);
		return identify
			? identify(unresolved)
			: { ref: `${stack.name}-${logicalId}` };
	};
	const identity = (logicalId: string) => {
		const known = identities.get(logicalId) ?? identify(logicalId);
		identities.set(logicalId, known);
		return known as {
			readonly ref: string;
			readonly attributes?: Readonly<Record<string, string>>;
		};
	};
	for (const { Value, Export } of Object.values(stack.template.Outputs ?? {}))
		if (Export)
			exported.set(exportKey(stack, String(resolve(Export.Name))), () =>
				resolve(Value),
			);
	const isWanted = (condition: string | undefined) =>
		condition === undefined || resolve({ Condition: condition }) === true;
	return { stack, resolve, identity, isWanted };
}
