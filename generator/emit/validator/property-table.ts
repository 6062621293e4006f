import type { Schema, SchemaObject } from "../../schema/keywords.ts";
import { key } from "../print.ts";
import { callOf, callText } from "./call.ts";
import type { Unit, WholeCheck } from "./code.ts";
import { patternsOf, takesAnything } from "./value.ts";

export interface PropertyTable {
	/** The constant that holds it; nothing where it would be empty. */
	readonly constant?: string;
	/** Required properties that it does not ask for. */
	readonly unasked: readonly string[];
}

export function propertyTable(schema: SchemaObject, unit: Unit): PropertyTable {
	const properties = (schema.properties ?? {}) as Record<string, Schema>;
	const required = new Set((schema.required ?? []) as readonly string[]);
	const isClosed = schema.additionalProperties === false && !patternsOf(schema);
	const missing = [...required].filter(
		(name) => !Object.hasOwn(properties, name),
	);
	// Those that are not allowed have no row.
	const unasked = isClosed ? missing : [];
	const rows = [
		...Object.entries(properties).flatMap(([name, inner]) => {
			const isRequired = required.has(name);
			// What may be there or not, and others too: there is nothing to say.
			return !isClosed && !isRequired && takesAnything(inner)
				? []
				: row(name, callOf(inner, unit), isRequired, unit);
		}),
		...(isClosed
			? []
			: missing.map((name) => row(name, callOf(true, unit), true, unit))),
	];
	if (rows.length === 0 && !isClosed) return { unasked };
	const kind = unit.use("checks", isClosed ? "closed" : "open");
	return {
		constant: unit.constant(
			`/* @__PURE__ */ ${kind}({\n${rows.map((text) => `\t${text},\n`).join("")}})`,
		),
		unasked,
	};
}

function row(
	name: string,
	call: WholeCheck,
	isRequired: boolean,
	unit: Unit,
): string {
	const marks = isRequired ? [] : [unit.use("checks", "optional")];
	// Written as a plain key it would be the literal's prototype.
	const label = name === "__proto__" ? '["__proto__"]' : key(name);
	return `${label}: ${callText(call, ...marks)}`;
}
