import type { Severity } from "../diagnostics.ts";
import type { EmitOptions } from "../emit/emitter.ts";
import type { OwnEmitter } from "./own-emitters.ts";

/** What codegen reads, what it generates, and where to. */
export interface Job {
	/** The folders of the schemas. */
	readonly schemas: readonly string[];
	readonly out: string;
	readonly options: EmitOptions;
	/** Emitters of the user's own, by the folder that each owns. */
	readonly emitters: ReadonlyMap<string, OwnEmitter>;
	/** The configured severities, by code. */
	readonly severities: ReadonlyMap<string, Severity>;
}
