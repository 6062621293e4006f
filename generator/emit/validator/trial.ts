// Runs generated validators in the generator itself, on examples.
import vm from "node:vm";
import type { Result } from "../../../runtime/issue.ts";
import * as checks from "../../../runtime/validator/checks.ts";
import * as formats from "../../../runtime/validator/formats.ts";
import { check } from "../../../runtime/validator/validate.ts";
import { closureOf, type NamedSchema } from "../../schema/model.ts";
import { validatorUnit } from "./unit.ts";

/** What a value's validation came to; too slow where it, or the schema's slow ones together, take longer than half a second. */
export type Trial = (value: unknown) => Result<unknown> | "too slow";

const timeoutMs = 500;
/** What takes less is no sign of anything, however many there are. */
const slowMs = 10;

/** Validators for those of some schemas that have examples to be tried. */
export function validatorsFor(
	all: readonly NamedSchema[],
	schemas: ReadonlyMap<string, NamedSchema>,
): ReadonlyMap<string, Trial> {
	const named = all.filter(({ schema }) => Array.isArray(schema.examples));
	if (named.length === 0) return new Map();
	const closure = new Set(
		named.flatMap((schema) => [
			schema.name,
			...closureOf(schemas, schema).map(({ name }) => name),
		]),
	);
	const unit = validatorUnit([...closure], schemas);
	const text = [
		`const { ${unit.checks.join(", ")} } = checks;`,
		`const { ${unit.formats.join(", ")} } = formats;`,
		...unit.constants.map(([name, value]) => `const ${name} = ${value};`),
		...unit.locals,
		...unit.validators.map((validator) => validator.replace(/^export /, "")),
		`return { ${named.map(({ name }) => name).join(", ")} };`,
	].join("\n");
	const made: Readonly<Record<string, checks.Validator>> = new Function(
		"checks",
		"formats",
		text,
	)(checks, formats);
	return new Map(
		named.map(({ name }): [string, Trial] => {
			const validate = made[name] as checks.Validator;
			let leftMs = timeoutMs;
			return [
				name,
				(value) => {
					if (leftMs <= 0) return "too slow";
					const start = performance.now();
					const result = inTime(() => check(validate, value));
					const tookMs = performance.now() - start;
					if (tookMs > slowMs) leftMs -= tookMs;
					return result;
				},
			];
		}),
	);
}

let timed: { script: vm.Script; context: vm.Context } | undefined;

/** A regular expression that backtracks without end, or references that multiply, can only be stopped from outside. */
export function inTime<T>(run: () => T): T | "too slow" {
	timed ??= {
		script: new vm.Script("run()"),
		context: vm.createContext({}),
	};
	timed.context.run = run;
	try {
		return timed.script.runInContext(timed.context, { timeout: timeoutMs });
	} catch (error) {
		if (
			(error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
		)
			return "too slow";
		throw error;
	}
}
