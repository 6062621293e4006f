import {
	existsSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import {
	type Imported,
	type ImportOptions,
	importDocument,
} from "../generator/import/import.ts";
import { yaml } from "../generator/schema/yaml.ts";
import { parseJson } from "../runtime/json.ts";
import { clean, type Terminal } from "./terminal.ts";

/** Writes a document's schemas to the schemas folder. Returns the exit code. Throws an `Error` if the document is invalid. */
export function importFile(
	file: string,
	schemas: string,
	terminal: Terminal,
	options: ImportOptions & { readonly force: boolean },
): number {
	const imported = importedFrom(file, options);
	const present = [...imported.files.keys()].filter((name) =>
		existsSync(path.join(schemas, name)),
	);
	if (present.length > 0 && !options.force) {
		for (const name of present)
			terminal.warn(`${path.join(schemas, name)} already exists`);
		terminal.warn("Nothing was written. Use --force to replace these files.");
		return 1;
	}
	writeTogether(
		new Map(
			[...imported.files].map(([name, text]) => [
				path.join(schemas, name),
				text,
			]),
		),
	);
	const { eventTypes, annotated } = imported;
	const others = imported.files.size - eventTypes.length;
	terminal.print(
		`${eventTypes.length} event ${eventTypes.length === 1 ? "type" : "types"}${others > 0 ? ` and ${others} definitions` : ""} in ${schemas}: ${eventTypes.slice(0, 10).join(", ")}${eventTypes.length > 10 ? ", …" : ""}`,
	);
	if (annotated.length > 0)
		terminal.print(
			clean(
				`Not JSON Schema keywords, so kept as annotations with the prefix x-: ${annotated.join(", ")}`,
			),
		);
	terminal.print(
		"Next: check the names and detail-types, then run npm run codegen.",
	);
	return 0;
}

/** Writes each file to a temporary name first, so that a failed write leaves none of them. */
function writeTogether(files: ReadonlyMap<string, string>): void {
	const stageOf = (file: string) => `${file}.${process.pid}.importing`;
	try {
		for (const [file, text] of files) {
			mkdirSync(path.dirname(file), { recursive: true });
			writeFileSync(stageOf(file), text);
		}
	} catch (error) {
		for (const file of files.keys()) rmSync(stageOf(file), { force: true });
		throw error;
	}
	for (const file of files.keys()) renameSync(stageOf(file), file);
}

function importedFrom(file: string, options: ImportOptions): Imported {
	const document = readDocument(file);
	try {
		return importDocument(document, options);
	} catch (error) {
		throw new Error(`${file}: ${(error as Error).message}`);
	}
}

function readDocument(file: string): unknown {
	if (!existsSync(file)) throw new Error(`there is no file ${file}`);
	if (!statSync(file).isFile()) throw new Error(`${file} is not a file`);
	const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
	if (/\.ya?ml$/.test(file)) {
		const document = yaml().parseDocument(text, { stringKeys: true });
		const [error] = document.errors;
		if (error) throw new Error(`${file} is not YAML: ${error.message}`);
		return document.toJS();
	}
	const parsed = parseJson(text);
	if (!parsed.ok) throw new Error(`${file} is not JSON: ${parsed.message}`);
	return parsed.value;
}
