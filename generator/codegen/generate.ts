// From a model to files. `incremental.ts` generates the same parts, but only those that changed.
import { type Diagnostic, type Finding, hasError } from "../diagnostics.ts";
import type { EmitOptions } from "../emit/emitter.ts";
import { emit } from "../emit/index.ts";
import { type Trial, validatorsFor } from "../emit/validator/trial.ts";
import { type Analysis, locate, sortDiagnostics } from "../schema/analyse.ts";
import { tooDeep } from "../schema/check.ts";
import type { Model } from "../schema/model.ts";
import { checkExamples } from "./examples.ts";

export interface Generated {
	/** Content by path, relative to the output folder. Empty if a diagnostic is an error. */
	readonly files: ReadonlyMap<string, string>;
	/** Includes those of the analysis. */
	readonly diagnostics: readonly Diagnostic[];
	readonly eventTypes: number;
}

/** A part of the output: it depends only on one module's schemas or one domain's event types. */
export type PartName =
	| { readonly module: string }
	| { readonly domain: string };

export interface Part {
	readonly files: readonly (readonly [path: string, text: string])[];
	readonly findings: readonly Finding[];
}

const defaults: EmitOptions = { registryFormats: ["OpenApi3"] };

/** Generates all files. After an error, what is sound is generated only for its findings. Deterministic; no I/O. */
export function generate(
	analysis: Analysis,
	options: EmitOptions = defaults,
): Generated {
	const { model, diagnostics } = analysis;
	const names: PartName[] = [...model.modules.keys()].map((module) => ({
		module,
	}));
	if (!hasError(diagnostics))
		names.push(...[...model.domains.keys()].map((domain) => ({ domain })));
	const make = partMaker(model, options);
	const parts = names.map(make);
	const found = locate(
		parts.flatMap(({ findings }) => findings),
		analysis,
	);
	// A warning about what would be written says nothing to somebody who has an error.
	const all = sortDiagnostics([
		...diagnostics,
		...(hasError(diagnostics)
			? found.filter(({ severity }) => severity === "error")
			: found),
	]);
	return hasError(all)
		? { files: new Map(), diagnostics: all, eventTypes: 0 }
		: {
				files: new Map(parts.flatMap(({ files }) => files)),
				diagnostics: all,
				eventTypes: model.events.length,
			};
}

/** Returns a function that generates a part of a model's output. */
export function partMaker(
	model: Model,
	options: EmitOptions,
): (name: PartName) => Part {
	const trials = trialsOf(model.events, model);
	const events = Map.groupBy(model.events, ({ module }) => module);
	return (name) => {
		const part = partOf(model, name, events);
		return unlessTooDeep(part, () => {
			const findings = checkExamples(part.events, trials);
			const emitted = emit(part, options);
			return {
				files: emitted.files,
				findings: [...findings, ...emitted.findings],
			};
		});
	};
}

function partOf(
	{ modules, schemas, domains }: Model,
	name: PartName,
	events: ReadonlyMap<string, Model["events"]>,
): Model {
	if ("domain" in name)
		return {
			events: [],
			modules: new Map(),
			schemas,
			domains: new Map([[name.domain, domains.get(name.domain) ?? []]]),
		};
	const { module } = name;
	const own = modules.get(module);
	return {
		events: events.get(module) ?? [],
		modules: new Map(own ? [[module, own]] : []),
		schemas,
		domains: new Map(),
	};
}

/** An event type with too long a chain of references gets no validator here; its part reports that. */
function trialsOf(
	events: Model["events"],
	model: Model,
): ReadonlyMap<string, Trial> {
	try {
		return validatorsFor(events, model.schemas);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return events.length > 1
			? new Map(events.flatMap((event) => [...trialsOf([event], model)]))
			: new Map();
	}
}

/** Long chains of references exhaust the stack. */
function unlessTooDeep({ modules }: Model, make: () => Part): Part {
	try {
		return make();
	} catch (error) {
		const [schemas] = modules.values();
		const file = schemas?.[0]?.file;
		if (!(error instanceof RangeError) || file === undefined) throw error;
		return { files: [], findings: [tooDeep(file)] };
	}
}
