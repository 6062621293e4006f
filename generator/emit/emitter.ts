import type { Finding } from "../diagnostics.ts";
import type { Model } from "../schema/model.ts";

export interface Emitted {
	/** Path relative to the emitter's folder, and content. */
	readonly files: readonly (readonly [path: string, text: string])[];
	readonly findings?: readonly Finding[];
}

export type Emitter = (model: Model) => Emitted;
