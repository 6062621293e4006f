// Lines of generated code, and the unit that they belong to.
import type { Schema } from "../../schema/keywords.ts";
import { literal } from "../print.ts";

/** Lines; a list in a list is indented. */
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

/** Nothing more is wanted once the expression is true. */
export const stopIf = (expression: string): string =>
	`if (${expression}) return false;`;

/** Code for when a condition holds, and for when not. */
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

/** The value that code looks at. */
export interface Place {
	/** The expression that holds it. */
	readonly value: string;
	/** The expression of its name or index in the function's own value; nothing where it is that value. */
	readonly step?: string;
	/** Its type, where code around has made sure of it. */
	readonly type?: "array" | "object" | "string" | "number";
}

/** What a function that is being written shares with the code inside it. */
export interface Scope {
	readonly unit: Unit;
	/** The variable that keeps what has been evaluated, where anybody asks. */
	readonly evaluated?: string | undefined;
	/** A variable's name that the function does not have yet. */
	readonly variable: () => string;
	/** Code for a schema inside another: the one recursion, handed down so that no file has to import the one above it. */
	readonly schemaCode: (schema: Schema, place: Place, scope: Scope) => Code;
}

/** For a value further down: what is evaluated in it concerns nobody here. */
export function untracked(scope: Scope): Scope {
	return { ...scope, evaluated: undefined };
}

/** A call of what says all that a schema says. */
export interface WholeCheck {
	/** A function `(value, report, at, ...operands)`. */
	readonly check: string;
	/** Expressions. */
	readonly operands: readonly string[];
}

/** One module of validators while it is written. */
export interface Unit {
	/** A function or value of the runtime, imported. */
	readonly use: (module: "checks" | "formats", name: string) => string;
	/** A value that is made once; equal texts share it. */
	readonly constant: (text: string) => string;
	/** The validator of a named schema. */
	readonly named: (name: string) => string;
	/** A named schema itself, for what depends on its keywords. */
	readonly schemaOf: (name: string) => Schema;
	/** The check of the runtime, or the named validator, that says all that a schema says. */
	readonly whole: (schema: Schema) => WholeCheck | undefined;
	/** What validates a schema: a function of the runtime or of the module's own, perhaps one that keeps what it has evaluated. */
	readonly local: (schema: Schema, tracking: boolean) => string;
}

/** A check: when the condition holds, the value does not fit. */
export function refuse(
	scope: Scope,
	condition: string,
	place: Place,
	rule: string,
	expected = "undefined",
	found = place.value,
): string {
	const { unit } = scope;
	const no = unit.use("checks", "no");
	const name = unit.use("checks", ruleName(rule));
	const call = `${no}(${args("c", name, expected, found, place.step)})`;
	if (condition === "true") return stopIf(call);
	const operand = / \|\| | \? /.test(condition) ? `(${condition})` : condition;
	return stopIf(`${operand} && ${call}`);
}

/** Arguments, without those at the end that are undefined. */
export function args(...all: readonly (string | undefined)[]): string {
	const last = all.findLastIndex(
		(arg) => arg !== undefined && arg !== "undefined",
	);
	return all
		.slice(0, last + 1)
		.map((arg) => arg ?? "undefined")
		.join(", ");
}

/** What the runtime calls a keyword. */
export const ruleName = (keyword: string): string =>
	keyword === "false schema" ? "$false" : `$${keyword}`;

/** How a property is read: one that objects inherit counts only as their own. */
export function property(unit: Unit, value: string, name: string): string {
	if (name in Object.prototype)
		return `${unit.use("checks", "own")}(${value}, ${literal(name)})`;
	return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name)
		? `${value}.${name}`
		: `${value}[${literal(name)}]`;
}
