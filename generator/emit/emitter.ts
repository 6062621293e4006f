import type { Finding } from "../diagnostics.ts";
import type { Model } from "../schema/model.ts";

/** Formats of the EventBridge schema registry. */
export type RegistryFormat = "OpenApi3" | "JSONSchemaDraft4";

/** What can be chosen about the output. */
export interface EmitOptions {
	/** The formats of the registry entries. */
	readonly registryFormats: readonly RegistryFormat[];
	/** The emitters that are off, by the folder that each owns. */
	readonly off?: readonly string[];
}

export interface Emitted {
	/** Path relative to the emitter's folder, and content. */
	readonly files: readonly (readonly [path: string, text: string])[];
	readonly findings?: readonly Finding[];
}

export type Emitter = (model: Model, options: EmitOptions) => Emitted;
