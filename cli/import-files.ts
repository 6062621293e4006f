import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { importDocuments } from "../generator/import/import.ts";
import type { Imported, ImportOptions } from "../generator/import/imported.ts";
import type { Document } from "../generator/import/places.ts";
import { yaml } from "../generator/schema/yaml.ts";
import { parseJson } from "../runtime/json.ts";
import { clean, type Terminal } from "./terminal.ts";

/** Writes the schemas of documents to the schemas folder. Returns the exit code. Throws an `Error` if a document is invalid. */
export function importFiles(
	given: readonly string[],
	schemas: string,
	terminal: Terminal,
	options: ImportOptions & { readonly force: boolean },
): number {
	const imported = importDocuments(documentsOf(given), options);
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
	report(imported, schemas, terminal);
	return 0;
}

function report(
	{ files, eventTypes, annotated, slips, typed }: Imported,
	schemas: string,
	terminal: Terminal,
): void {
	const others = files.size - eventTypes.length;
	const print = (text: string) => terminal.print(clean(text));
	print(
		`${eventTypes.length} event ${eventTypes.length === 1 ? "type" : "types"}${others > 0 ? ` and ${others} definitions` : ""} in ${schemas}: ${shortList(eventTypes)}`,
	);
	for (const { pointer, name, why } of slips)
		terminal.warn(
			clean(
				`${pointer}: ${JSON.stringify(name)} ${why}; it has no effect, and is kept as an annotation with the prefix x-`,
			),
		);
	if (annotated.length > 0)
		print(
			`Not JSON Schema keywords, so kept as annotations with the prefix x-: ${annotated.join(", ")}`,
		);
	if (typed.length > 0)
		print(
			`Given "type": "object", which every event's detail has: ${shortList(typed)}`,
		);
	print("Next: check the names and detail-types, then run npm run codegen.");
}

const shortList = (names: readonly string[]) =>
	`${names.slice(0, 10).join(", ")}${names.length > 10 ? `, and ${names.length - 10} more` : ""}`;

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

/** The documents, with their paths from the folder that holds all that was given. */
function documentsOf(given: readonly string[]): readonly Document[] {
	const files = [
		...new Set(given.flatMap(filesIn).map((file) => path.resolve(file))),
	];
	const folders = given.map((each) =>
		path.resolve(statSync(each).isDirectory() ? each : path.dirname(each)),
	);
	const base = folders.reduce(commonFolder);
	return files.map((file) => ({
		file: path.relative(base, file).split(path.sep).join("/"),
		value: readDocument(path.relative("", file)),
	}));
}

function commonFolder(a: string, b: string): string {
	const above = path.dirname(a);
	return above === a || `${b}${path.sep}`.startsWith(`${a}${path.sep}`)
		? a
		: commonFolder(above, b);
}

/** A file, or all schema files in a folder. */
function filesIn(given: string): readonly string[] {
	if (!existsSync(given)) throw new Error(`there is no file ${given}`);
	if (!statSync(given).isDirectory()) return [given];
	const files = readdirSync(given, { recursive: true, encoding: "utf8" })
		.filter((file) => /\.(?:json|ya?ml)$/.test(file))
		.sort();
	if (files.length === 0)
		throw new Error(`${given} has no .json, .yaml or .yml file`);
	return files.map((file) => path.join(given, file));
}

function readDocument(file: string): unknown {
	if (!statSync(file).isFile()) throw new Error(`${file} is not a file`);
	const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
	if (/\.ya?ml$/.test(file)) {
		const document = yaml().parseDocument(text, {
			stringKeys: true,
			merge: true,
		});
		const [error] = document.errors;
		if (error) throw new Error(`${file} is not YAML: ${error.message}`);
		return document.toJS();
	}
	const parsed = parseJson(text);
	if (!parsed.ok) throw new Error(`${file} is not JSON: ${parsed.message}`);
	return parsed.value;
}
