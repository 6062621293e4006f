import { registryArn } from "../../../template/identities.ts";

export interface RegistrySchema {
	readonly description: string;
	readonly type: string;
	/** The first element is version 1. */
	readonly versions: string[];
}

export interface LocalRegistry {
	readonly name: string;
	readonly arn: string;
	readonly account: string;
	readonly region: string;
	readonly description: string;
	readonly schemas: Map<string, RegistrySchema>;
}

export function addRegistry(
	name: string,
	description: string,
	{ account, region }: { account: string; region: string },
	registries: Registries,
): LocalRegistry {
	const arn = registryArn(name, { account, region });
	const created: LocalRegistry = {
		name,
		arn,
		account,
		region,
		description,
		schemas: new Map(),
	};
	registries.set(arn, created);
	return created;
}

/** By ARN. */
export type Registries = Map<string, LocalRegistry>;
