// Lines of generated code, and the unit that they belong to.
import type { Schema } from "../keywords.ts";
import { literal, string } from "../print.ts";

/** An expression that is true once nothing more is wanted: the function then answers false. */
export interface Stop {
	readonly stop: string;
	/** It is no operand of `||` without parentheses. */
	readonly loose?: true;
}

/** Lines; a list in a list is indented, expressions in a row become one statement. */
export type Code = readonly (string | Stop | Code)[];

export function printCode(code: Code, indent = ""): string {
	let text = "";
	let stops: Stop[] = [];
	const flush = () => {
		const [only, ...more] = stops;
		if (more.length > 0)
			text += `${indent}if (\n${indent}\t${operands(stops).join(` ||\n${indent}\t`)}\n${indent}) return false;\n`;
		else if (only) text += `${indent}if (${only.stop}) return false;\n`;
		stops = [];
	};
	for (const line of code) {
		if (typeof line === "object" && "stop" in line) {
			stops.push(line);
			continue;
		}
		flush();
		text +=
			typeof line === "string"
				? `${indent}${line}\n`
				: printCode(line, `${indent}\t`);
	}
	flush();
	return text;
}

const operands = (stops: readonly Stop[]): readonly string[] =>
	stops.map(({ stop, loose }) => (loose ? `(${stop})` : stop));

function anyOf(stops: readonly Stop[]): string {
	const [only] = stops;
	return only && stops.length === 1 ? only.stop : operands(stops).join(" || ");
}

export const areStops = (code: Code): code is readonly Stop[] =>
	code.every((line) => typeof line === "object" && "stop" in line);

/** Checks with something done before them; as one expression, where they are one. */
export function after(statements: readonly string[], checks: Code): Code {
	const [first] = statements;
	return first && statements.length === 1 && areStops(checks)
		? [{ stop: `(${first.replace(/;$/, "")}, ${anyOf(checks)})` }]
		: [...statements, ...checks];
}

/** Code for when a condition holds, and for when not; as one expression, where both are. */
export function when(
	condition: string,
	then: Code,
	otherwise: Code = [],
): Code {
	if (then.length === 0)
		return otherwise.length === 0 ? [] : when(`!(${condition})`, otherwise);
	if (areStops(then) && areStops(otherwise)) {
		if (otherwise.length > 0)
			return [
				{
					stop: `${condition} ? ${anyOf(then)} : ${anyOf(otherwise)}`,
					loose: true,
				},
			];
		const operand = / \|\| | \? /.test(condition)
			? `(${condition})`
			: condition;
		const [only] = then;
		return [
			{
				stop: `${operand} && ${then.length === 1 && !only?.loose && !only?.stop.includes(" || ") ? anyOf(then) : `(${anyOf(then)})`}`,
			},
		];
	}
	return [
		`if (${condition}) {`,
		then,
		...(otherwise.length > 0 ? ["} else {", otherwise] : []),
		"}",
	];
}

/** The value that code looks at: the expression that holds it, and where it stands below the function's own value. */
export interface Place {
	readonly value: string;
	/** Literal texts, and expressions between them. */
	readonly path: readonly (string | { readonly expression: string })[];
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
	/** Declares one where the function begins, so that an expression can give it its value. */
	readonly declare: (variable: string) => void;
}

/** For a value further down: what is evaluated in it concerns nobody here. */
export function untracked(scope: Scope): Scope {
	return { ...scope, evaluated: undefined };
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
	/** A function of the module's own for a schema, perhaps one that keeps what it has evaluated. */
	readonly local: (schema: Schema, tracking: boolean) => string;
}

/** A check: when the condition holds, the value does not fit. */
export function refuse(
	scope: Scope,
	condition: string,
	place: Place,
	rule: string,
	expected?: string,
	found: string | undefined = place.value,
): Stop {
	const { unit } = scope;
	const no = unit.use("checks", "no");
	const name = unit.use("checks", ruleName(rule));
	const rest =
		found === "undefined"
			? expected === undefined
				? ""
				: `, ${expected}`
			: `, ${expected ?? "undefined"}, ${found}`;
	const call = `${no}(c, ${pathText(place)}, ${name}${rest})`;
	if (condition === "true") return { stop: call };
	return {
		stop: `${/ \|\| | \? /.test(condition) ? `(${condition})` : condition} && ${call}`,
	};
}

/** What the runtime calls a keyword. */
export const ruleName = (keyword: string): string =>
	keyword === "false schema" ? "$false" : `$${keyword}`;

export function pathText({ path }: Place): string {
	const parts: string[] = [];
	let text = "";
	for (const part of path)
		if (typeof part === "string") text += part;
		else {
			if (text !== "" || parts.length === 0) parts.push(string(text));
			text = "";
			parts.push(part.expression);
		}
	if (text !== "" || parts.length === 0) parts.push(string(text));
	return parts.join(" + ");
}

/** How a property is read: one that objects inherit counts only as their own. */
export function property(unit: Unit, value: string, name: string): string {
	if (name in Object.prototype)
		return `${unit.use("checks", "own")}(${value}, ${literal(name)})`;
	return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name)
		? `${value}.${name}`
		: `${value}[${literal(name)}]`;
}

export function inside(
	{ path }: Place,
	value: string,
	...steps: Place["path"]
): Place {
	return { value, path: [...path, ...steps] };
}
