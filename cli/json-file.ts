import { existsSync, readFileSync } from "node:fs";
import { isObject, parseJson } from "../runtime/json.ts";

/** Reads JSON from a file; - means standard input. */
export function readJson(file: string): unknown {
	if (file !== "-" && !existsSync(file))
		throw new Error(`there is no file ${file}`);
	const text = readFileSync(file === "-" ? 0 : file, "utf8");
	const read = parseJson(text.replace(/^\ufeff/, ""));
	if (!read.ok) throw new Error(`${file} is not JSON: ${read.message}`);
	return read.value;
}

/** Reads a JSON object from a file; - means standard input. */
export function readJsonObject(
	file: string,
	what: string,
): Record<string, unknown> {
	const value = readJson(file);
	if (!isObject(value))
		throw new Error(`${file} is not ${what}: it is not a JSON object`);
	return value;
}
