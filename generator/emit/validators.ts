import { type NamedSchema, sourceOf } from "../schema/model.ts";
import type { Emitter } from "./emitter.ts";
import { importPath } from "./module-path.ts";
import { line, literal } from "./print.ts";
import { template } from "./template.ts";
import { validatorUnit } from "./validator/unit.ts";

const render = template<{
	source: string;
	checks: string;
	formats: string;
	imports: { names: string; path: string }[];
	constants: string[];
	functions: string[];
}>("validators");

export const validatorsFile = (module: string): string =>
	`validators/${module}.js`;

/** Plain JavaScript without declarations: application code uses the parsers, and the compiler has fewer files to read. */
export const validators: Emitter = ({ modules, schemas }) => ({
	files: [...modules].map(([module, own]) => [
		`${module}.js`,
		validatorText(
			module,
			line(sourceOf(module, own)),
			own.map(({ name }) => name),
			schemas,
		),
	]),
});

function validatorText(
	module: string,
	source: string,
	names: readonly string[],
	schemas: ReadonlyMap<string, NamedSchema>,
): string {
	const unit = validatorUnit(names, schemas);
	const foreign = unit.calls.map((name) => schemas.get(name) as NamedSchema);
	const byModule = Map.groupBy(foreign, (called) => called.module);
	return render({
		source,
		checks: unit.checks.join(", "),
		formats: unit.formats.join(", "),
		imports: [...byModule]
			.map(([target, called]) => ({
				names: called.map(({ name }) => name).join(", "),
				path: literal(
					importPath(validatorsFile(module), validatorsFile(target)),
				),
			}))
			.sort((a, b) => (a.path < b.path ? -1 : 1)),
		constants: unit.constants.map(([name, text]) => `const ${name} = ${text};`),
		functions: [...unit.locals, ...unit.validators],
	});
}
