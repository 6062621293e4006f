import { isObject } from "../../runtime/json.ts";
import type { Job } from "../codegen/job.ts";
import type { OwnEmitter } from "../codegen/own-emitters.ts";
import {
	isRuleName,
	type RuleName,
	type Severity,
	type WarningCode,
	warningCodes,
} from "../diagnostics.ts";
import type { RegistryFormat } from "../emit/emitter.ts";
import { type EmitterName, emitterNames } from "../emit/index.ts";
import type { Rule } from "../lint/rule.ts";
import { nearest } from "../schema/nearest.ts";

/** What `eventwright.config.ts` exports by default. Everything is optional. */
export interface Config {
	/** Folders of the schemas, relative to the file; `"schemas"` by default. Several are like one. */
	readonly schemas?: string | readonly string[];
	/** Folder of the generated code, relative to the file; `"generated"` by default. */
	readonly out?: string;
	/** Formats of the registry entries; `["OpenApi3"]` by default. */
	readonly registryFormats?: readonly RegistryFormat[];
	/** `false` switches an emitter off. A function is an emitter of your own; it owns the folder of its name. */
	readonly emitters?: { readonly [Name in EmitterName]?: boolean } & {
		readonly [folder: string]: OwnEmitter | boolean;
	};
	/** Severities of warnings, by code, and lint rules of your own, whose names have a slash, such as `acme/owner`. */
	readonly rules?: {
		readonly [Code in WarningCode]?: Severity;
	} & { readonly [name: RuleName]: Rule };
}

/** Types a configuration. */
export const defineConfig = (config: Config): Config => config;

/** A configuration with its defaults. */
export interface Settings extends Job {
	readonly rules: ReadonlyMap<RuleName, Rule>;
}

/** Checks a configuration. Throws an `Error` that names what is wrong. */
export function settingsOf(config: unknown): Settings {
	if (!isObject(config)) throw new Error("the configuration is not an object");
	expectKnown(
		Object.keys(config),
		["schemas", "out", "registryFormats", "emitters", "rules"],
		"",
	);
	const {
		schemas = ["schemas"],
		out = "generated",
		registryFormats = ["OpenApi3"],
	} = config;
	const emitters = emittersOf(config.emitters ?? {});
	const { severities, rules } = rulesOf(config.rules ?? {});
	return {
		schemas: textsOf([schemas].flat(), "schemas"),
		out: textsOf([out], "out")[0] as string,
		options: {
			registryFormats: formatsOf(registryFormats),
			off: emitters.off,
		},
		emitters: emitters.own,
		severities,
		rules,
	};
}

function expectKnown(
	names: readonly string[],
	known: readonly string[],
	prefix: string,
): void {
	for (const name of names) {
		if (known.includes(name)) continue;
		const meant = nearest(name, known);
		throw new Error(
			`there is no ${prefix}${name}${meant ? `; did you mean ${prefix}${meant}?` : `; there are ${known.join(", ")}`}`,
		);
	}
}

function textsOf(values: readonly unknown[], name: string): readonly string[] {
	if (
		values.length === 0 ||
		!values.every((value) => typeof value === "string" && value !== "")
	)
		throw new Error(`${name} must be the path of a folder`);
	return values as readonly string[];
}

function formatsOf(value: unknown): readonly RegistryFormat[] {
	const formats: readonly unknown[] = Array.isArray(value) ? value : [];
	const known = ["OpenApi3", "JSONSchemaDraft4"] as const;
	if (
		formats.length === 0 ||
		!formats.every((format) => known.some((name) => name === format))
	)
		throw new Error(`registryFormats must be a list of ${known.join(" and ")}`);
	return known.filter((name) => formats.includes(name));
}

function emittersOf(value: unknown): {
	readonly own: ReadonlyMap<string, OwnEmitter>;
	readonly off: readonly string[];
} {
	if (!isObject(value)) throw new Error("emitters must be an object");
	const own = new Map<string, OwnEmitter>();
	const off: string[] = [];
	for (const [name, emitter] of Object.entries(value)) {
		const isBuiltIn = (emitterNames as readonly string[]).includes(name);
		if (typeof emitter === "boolean") {
			expectKnown([name], emitterNames, "emitters.");
			if (!emitter) off.push(name);
			continue;
		}
		if (isBuiltIn)
			throw new Error(
				`emitters.${name} can only be true or false: give an emitter of your own another name`,
			);
		if (typeof emitter !== "function")
			throw new Error(`emitters.${name} must be a function or false`);
		if (!/^\w[\w-]*$/.test(name))
			throw new Error(
				`emitters.${name}: an emitter is named like its folder, with letters, digits and hyphens`,
			);
		own.set(name, emitter as OwnEmitter);
	}
	if (off.includes("events") && !off.includes("publishers"))
		throw new Error(
			"emitters.events is false, but publishers import event types: switch publishers off, too",
		);
	return { own, off };
}

function rulesOf(value: unknown): {
	readonly severities: ReadonlyMap<string, Severity>;
	readonly rules: ReadonlyMap<RuleName, Rule>;
} {
	if (!isObject(value)) throw new Error("rules must be an object");
	const severities = new Map<string, Severity>();
	const rules = new Map<RuleName, Rule>();
	for (const [name, rule] of Object.entries(value)) {
		if (!isObject(rule)) {
			if (isRuleName(name))
				throw new Error(
					`rules.${name} must be a rule of your own: { remedy, check }, and severity if it is an error`,
				);
			expectKnown([name], warningCodes, "rules.");
			severities.set(name, severityNamed(rule, `rules.${name}`));
			continue;
		}
		if (!isRuleName(name))
			throw new Error(
				`rules.${name}: the name of a rule of your own has a slash, such as acme/${name}`,
			);
		expectKnown(
			Object.keys(rule),
			["check", "remedy", "severity"],
			`rules.${name}.`,
		);
		const { check, remedy, severity = "warning" } = rule;
		if (typeof check !== "function")
			throw new Error(`rules.${name}.check must be a function`);
		if (typeof remedy !== "string" || remedy.trim() === "")
			throw new Error(
				`rules.${name}.remedy must say what to do about a finding`,
			);
		severities.set(name, severityNamed(severity, `rules.${name}.severity`));
		rules.set(name, rule as unknown as Rule);
	}
	return { severities, rules };
}

function severityNamed(value: unknown, place: string): Severity {
	const known: readonly Severity[] = ["error", "warning", "off"];
	const found = known.find((severity) => severity === value);
	if (!found) throw new Error(`${place} must be ${known.join(", ")}`);
	return found;
}
