// Lines of generated code, and the module that they belong to.
import type { Schema } from "../../schema/keywords.ts";
import { literal } from "../print.ts";

/** Lines of code; nested arrays are indented. */
export type Code = readonly (string | Code)[];

export function printCode(code: Code, indent = ""): string {
	return code
		.map((line) =>
			typeof line === "string"
				? `${indent}${line}\n`
				: printCode(line, `${indent}\t`),
		)
		.join("");
}

/** Returns from the validator if the expression is true. */
export const stopIf = (expression: string): string =>
	`if (${expression}) return false;`;

/** An `if` statement with an optional `else`; empty branches are left out. */
export function when(
	condition: string,
	then: Code,
	otherwise: Code = [],
): Code {
	if (then.length === 0)
		return otherwise.length === 0 ? [] : when(`!(${condition})`, otherwise);
	return [
		`if (${condition}) {`,
		then,
		...(otherwise.length > 0 ? ["} else {", otherwise] : []),
		"}",
	];
}

/** The value that code checks. */
export interface Place {
	/** The expression of the value. */
	readonly value: string;
	/** The expression of its key or index in the function's value; undefined if it is that value. */
	readonly step?: string;
	/** Its type, if enclosing code has checked it. */
	readonly type?: "array" | "object" | "string" | "number";
}

/** The context of a function while its code is generated. */
export interface Scope {
	readonly unit: Unit;
	/** The variable that tracks evaluated properties and items; undefined if nothing needs it. */
	readonly evaluated?: string | undefined;
	/** Returns an unused variable name. */
	readonly variable: () => string;
	/** Code for a subschema. Passed down to avoid circular imports. */
	readonly schemaCode: (schema: Schema, place: Place, scope: Scope) => Code;
}

/** A scope for a nested value, whose evaluated properties and items are not tracked here. */
export function untracked(scope: Scope): Scope {
	return { ...scope, evaluated: undefined };
}

/** A single call that checks a whole schema. */
export interface WholeCheck {
	/** A function `(value, report, at, ...operands)`. */
	readonly check: string;
	readonly operands: readonly string[];
}

/** A module of validators while it is generated. */
export interface Unit {
	/** Imports a function or value of the runtime. */
	readonly use: (name: string) => string;
	/** A module constant; equal expressions share one. */
	readonly constant: (text: string) => string;
	/** The name of a named schema's validator. */
	readonly named: (name: string) => string;
	/** The schema with a name. */
	readonly schemaOf: (name: string) => Schema;
	/** Whether a schema refers, directly or not, to one that refers back to itself. */
	readonly isRecursive: (schema: Schema) => boolean;
	/** The single call that checks a whole schema; undefined if there is none. */
	readonly whole: (schema: Schema) => WholeCheck | undefined;
	/** The function that validates a schema: from the runtime or local to the module. A tracking one records what it evaluates. */
	readonly local: (schema: Schema, tracking: boolean) => string;
}

/** A check: if the condition is true, the value is invalid. */
export function refuse(
	scope: Scope,
	condition: string,
	place: Place,
	rule: string,
	expected = "undefined",
	found = place.value,
): string {
	const { unit } = scope;
	const no = unit.use("no");
	const name = unit.use(ruleName(rule));
	const call = `${no}(${args("c", name, expected, found, place.step)})`;
	if (condition === "true") return stopIf(call);
	const operand = / \|\| | \? /.test(condition) ? `(${condition})` : condition;
	return stopIf(`${operand} && ${call}`);
}

/** An argument list without trailing undefined. */
export function args(...all: readonly (string | undefined)[]): string {
	const last = all.findLastIndex(
		(arg) => arg !== undefined && arg !== "undefined",
	);
	return all
		.slice(0, last + 1)
		.map((arg) => arg ?? "undefined")
		.join(", ");
}

/** The runtime's name for a keyword. */
export const ruleName = (keyword: string): string =>
	keyword === "false schema" ? "$false" : `$${keyword}`;

/** An expression that reads a property. Names on Object.prototype are read as own properties only. */
export function property(unit: Unit, value: string, name: string): string {
	if (name in Object.prototype)
		return `${unit.use("own")}(${value}, ${literal(name)})`;
	return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name)
		? `${value}.${name}`
		: `${value}[${literal(name)}]`;
}
