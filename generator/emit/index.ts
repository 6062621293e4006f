import type { Finding } from "../diagnostics.ts";
import type { Model } from "../schema/model.ts";
import { apiModels } from "./api-models.ts";
import { contracts } from "./contracts.ts";
import type { EmitOptions, Emitted, Emitter } from "./emitter.ts";
import { events } from "./events.ts";
import { patterns } from "./patterns.ts";
import { publishers } from "./publishers.ts";
import { registry } from "./registry.ts";

/** The emitters, by output folder. */
const emitters = {
	"api-models": apiModels,
	contracts,
	events,
	patterns,
	publishers,
	registry,
} as const satisfies Readonly<Record<string, Emitter>>;

export type EmitterName = keyof typeof emitters;

export const emitterNames = Object.keys(emitters) as readonly EmitterName[];

export function emit(
	model: Model,
	options: EmitOptions,
): {
	readonly files: readonly (readonly [path: string, text: string])[];
	readonly findings: readonly Finding[];
} {
	const emitted = emitterNames
		.filter((name) => !options.off?.includes(name))
		.map((name) => [name, emitters[name](model, options) as Emitted] as const);
	return {
		files: emitted.flatMap(([folder, { files }]) =>
			files.map(([path, text]) => [`${folder}/${path}`, text] as const),
		),
		findings: emitted.flatMap(([, { findings = [] }]) => findings),
	};
}
