// The registry formats that codegen writes, as the command line names them.
import { existsSync } from "node:fs";
import path from "node:path";
import type { RegistryFormat } from "../generator/emit/emitter.ts";

export const registryFormats = {
	OpenApi3: ["OpenApi3"],
	JSONSchemaDraft4: ["JSONSchemaDraft4"],
	both: ["OpenApi3", "JSONSchemaDraft4"],
} as const satisfies Readonly<Record<string, readonly RegistryFormat[]>>;

export type RegistryFormats = keyof typeof registryFormats;

export const defaultFormats: RegistryFormats = "OpenApi3";

/** The formats of the entries in an output folder. */
export function formatsIn(out: string): RegistryFormats {
	const has = (format: RegistryFormat) =>
		existsSync(path.join(out, "registry", format));
	if (!has("JSONSchemaDraft4")) return "OpenApi3";
	return has("OpenApi3") ? "both" : "JSONSchemaDraft4";
}
