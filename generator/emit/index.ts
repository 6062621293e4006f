import type { Finding } from "../diagnostics.ts";
import type { Model } from "../schema/model.ts";
import { apiModels } from "./api-models.ts";
import type { Emitter } from "./emitter.ts";
import { parsers } from "./parsers.ts";
import { patterns } from "./patterns.ts";
import { publishers } from "./publishers.ts";
import { registry } from "./registry.ts";
import { types } from "./types.ts";
import { validators } from "./validators.ts";

/** The emitters, by output folder. */
const emitters: Readonly<Record<string, Emitter>> = {
	"api-models": apiModels,
	parsers,
	patterns,
	publishers,
	registry,
	types,
	validators,
};

export function emit(model: Model): {
	readonly files: readonly (readonly [path: string, text: string])[];
	readonly findings: readonly Finding[];
} {
	const emitted = Object.entries(emitters).map(
		([folder, emitter]) => [folder, emitter(model)] as const,
	);
	return {
		files: emitted.flatMap(([folder, { files }]) =>
			files.map(([path, text]) => [`${folder}/${path}`, text] as const),
		),
		findings: emitted.flatMap(([, { findings = [] }]) => findings),
	};
}
