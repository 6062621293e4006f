import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
	accountNames,
	type SystemDefinition,
	sampleAccountIds,
} from "../cdk/system/definition.ts";
import { isObject } from "../runtime/json.ts";

/** Reads a system definition. Throws an `Error` with a remedy if the module has none. */
export async function readSystem(file: string): Promise<SystemDefinition> {
	if (!existsSync(file))
		throw new Error(`there is no file ${file}: set one with --system`);
	const { system } = await import(String(pathToFileURL(path.resolve(file))));
	if (!isObject(system) || !isObject(system.accounts))
		throw new Error(`${file} does not export a system`);
	return system as unknown as SystemDefinition;
}

/** Reads a system with real account ids. */
export async function readDeployable(file: string): Promise<SystemDefinition> {
	const system = await readSystem(file);
	const samples = accountNames.filter((name) =>
		sampleAccountIds.includes(system.accounts[name].id),
	);
	if (samples.length > 0)
		throw new Error(
			`${samples.map((name) => `accounts.${name}.id is ${system.accounts[name].id}`).join(", ")}: these are sample ids.\nSet your account ids and AWS CLI profiles in ${file}.`,
		);
	return system;
}
