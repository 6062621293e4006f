// The contracts that codegen wrote, by event type.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { isObject, parseJson } from "../runtime/json.ts";

export interface Contract {
	readonly file: string;
	readonly text: string;
	readonly schema: Readonly<Record<string, unknown>>;
}

/** Finds an event type's contract. Throws an `Error` that says what to do if there is none. */
export function contractOf(
	{
		type,
		source,
		detailType,
	}: {
		readonly type: string;
		readonly source: string;
		readonly detailType: string;
	},
	generatedFolder: string,
): Contract {
	const folder = path.join(generatedFolder, "contracts");
	for (const name of globSync("**/*.json", { cwd: folder }).sort()) {
		const file = path.join(folder, name);
		const text = readFileSync(file, "utf8");
		const parsed = parseJson(text);
		if (!parsed.ok || !isObject(parsed.value))
			throw new Error(
				`${file} is not a contract: run codegen to write it again`,
			);
		const schema = parsed.value;
		if (
			schema["x-amazon-events-source"] === source &&
			schema["x-amazon-events-detail-type"] === detailType
		)
			return { file, text, schema };
	}
	throw new Error(
		`there is no contract of ${type} in ${folder}: run codegen, or name the folder of the generated code by generatedFolder`,
	);
}
