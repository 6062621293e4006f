import type { Schema, SchemaObject } from "../../schema/keywords.ts";
import { key } from "../print.ts";
import { callOf, callText } from "./call.ts";
import type { Unit, WholeCheck } from "./code.ts";
import { patternsOf, takesAnything } from "./value.ts";

export interface PropertyTable {
	/** The constant that holds the table; undefined if it would be empty. */
	readonly constant?: string;
	/** Required properties that the table does not check. */
	readonly unasked: readonly string[];
}

export function propertyTable(schema: SchemaObject, unit: Unit): PropertyTable {
	const properties = (schema.properties ?? {}) as Record<string, Schema>;
	const required = new Set((schema.required ?? []) as readonly string[]);
	const isClosed = schema.additionalProperties === false && !patternsOf(schema);
	const missing = [...required].filter(
		(name) => !Object.hasOwn(properties, name),
	);
	// Properties that are not allowed have no row.
	const unasked = isClosed ? missing : [];
	const rows = [
		...Object.entries(properties).flatMap(([name, inner]) => {
			const isRequired = required.has(name);
			// An optional property that accepts any value needs no row in an open object.
			return !isClosed && !isRequired && takesAnything(inner)
				? []
				: row(name, callOf(inner, unit), isRequired, unit);
		}),
		...(isClosed
			? []
			: missing.map((name) => row(name, callOf(true, unit), true, unit))),
	];
	if (rows.length === 0 && !isClosed) return { unasked };
	const kind = unit.use(isClosed ? "closed" : "open");
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
	const marks = isRequired ? [] : [unit.use("optional")];
	// A plain key would set the prototype of the literal.
	const label = name === "__proto__" ? '["__proto__"]' : key(name);
	return `${label}: ${callText(call, ...marks)}`;
}
