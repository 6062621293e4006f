import { isObject } from "../../../runtime/json.ts";
import { type Schema, walkSchema } from "../../schema/keywords.ts";
import { type NamedSchema, referencedName } from "../../schema/model.ts";
import { onlyReference } from "./call.ts";
import {
	type Code,
	type Place,
	printCode,
	type Scope,
	type Unit,
	type WholeCheck,
} from "./code.ts";
import { recursionIn } from "./recursion.ts";
import { schemaCode } from "./schema.ts";
import { typeGuard } from "./value.ts";
import { wholeCheck } from "./whole.ts";

/** The validators of some named schemas, as the parts of a module. */
export interface ValidatorUnit {
	/** Imports from the runtime, sorted. */
	readonly imports: readonly string[];
	/** Schemas of other modules whose validators they call, sorted. */
	readonly calls: readonly string[];
	/** Name and expression. */
	readonly constants: readonly (readonly [name: string, text: string])[];
	/** Functions local to the module. */
	readonly locals: readonly string[];
	/** One function for each named schema. */
	readonly validators: readonly string[];
}

/** A validator's name. Names from titles and files never contain a dollar sign. */
export const validatorName = (name: string): string => `$${name}`;

/** Generates a validator for each name. Other schemas are called by name. */
export function validatorUnit(
	names: readonly string[],
	schemas: ReadonlyMap<string, NamedSchema>,
): ValidatorUnit {
	const own = new Set(names);
	const { reaching, repeating } = recursionIn(schemas);
	const used = new Set<string>();
	const calls = new Set<string>();
	const constants = new Map<string, string>();
	const locals: string[] = [];
	const localNames = new Map<string, Map<unknown, string>>();

	const schemaOf = (name: string): Schema => {
		const found = schemas.get(name);
		if (!found) throw new Error(`there is no schema ${name}`);
		return found.schema;
	};
	const wholes = new Map<Schema, WholeCheck | undefined>();
	const unit: Unit = {
		whole: (schema) => {
			if (!wholes.has(schema)) wholes.set(schema, wholeCheck(schema, unit));
			return wholes.get(schema);
		},
		use: (name) => {
			used.add(name);
			return name;
		},
		constant: (text) => {
			const known = constants.get(text) ?? `k${constants.size}`;
			constants.set(text, known);
			return known;
		},
		named: (name) => {
			if (!own.has(name)) calls.add(name);
			return validatorName(name);
		},
		schemaOf,
		isRecursive: (schema) => {
			let isFound = false;
			walkSchema(schema, "", ({ $ref }) => {
				isFound ||=
					typeof $ref === "string" && reaching.has(referencedName($ref));
			});
			return isFound;
		},
		local: (schema, tracking) => {
			const target =
				isObject(schema) && onlyReference(schema)
					? referencedName(schema.$ref)
					: undefined;
			const whole = tracking ? undefined : unit.whole(schema);
			if (whole?.operands.length === 0) return whole.check;
			const kind = tracking ? "tracking" : "plain";
			const known = localNames.get(kind) ?? new Map<unknown, string>();
			localNames.set(kind, known);
			const key = target ?? schema;
			const name = known.get(key);
			if (name) return name;
			const made = `f${(localNames.get("plain")?.size ?? 0) + (localNames.get("tracking")?.size ?? 0)}`;
			known.set(key, made);
			locals.push(
				functionText(
					`function ${made}`,
					target === undefined ? schema : schemaOf(target),
					unit,
					tracking,
				),
			);
			return made;
		},
	};
	const validators = names.map((name, i) => {
		const head = `export function ${validatorName(name)}`;
		if (!repeating.has(name))
			return functionText(head, schemaOf(name), unit, false);
		const inner = `n${i}`;
		locals.push(functionText(`function ${inner}`, schemaOf(name), unit, false));
		const once = `return ${unit.use("once")}(${inner}, v, c, p);`;
		return printCode([`${head}(v, c, p) {`, [once], "}"]);
	});
	return {
		imports: [...used].sort(),
		calls: [...calls].sort(),
		constants: [...constants].map(([text, name]) => [name, text]),
		locals,
		validators,
	};
}

function functionText(
	head: string,
	schema: Schema,
	unit: Unit,
	tracking: boolean,
): string {
	const parameters = tracking ? "v, c, t" : "v, c, p";
	const body = (): Code => {
		const whole = tracking ? undefined : unit.whole(schema);
		if (whole)
			return [
				`return ${whole.check}(${["v", "c", "p", ...whole.operands].join(", ")});`,
			];
		let variables = 0;
		const scope: Scope = {
			unit,
			variable: () => `v${variables++}`,
			schemaCode,
			...(tracking ? { evaluated: "t" } : {}),
		};
		return [
			...(tracking ? [] : [`c = ${unit.use("below")}(c, p);`]),
			...guardedCode(schema, { value: "v" }, scope),
			"return true;",
		];
	};
	return printCode([`${head}(${parameters}) {`, body(), "}"]);
}

/** A function for objects or arrays returns early for any other type. */
function guardedCode(schema: Schema, place: Place, scope: Scope): Code {
	if (
		!isObject(schema) ||
		(schema.type !== "object" && schema.type !== "array")
	)
		return schemaCode(schema, place, scope);
	const { unit } = scope;
	const { type, ...rest } = schema;
	const wrong = `!${unit.use("no")}(c, ${unit.use("$type")}, "${type}", v)`;
	return [
		`if (${typeGuard(scope, schema.type, "v", false)}) return ${wrong};`,
		...schemaCode(rest, { ...place, type: schema.type }, scope),
	];
}
