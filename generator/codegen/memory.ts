// What a run remembers of the last one, so that it makes only what has changed. Losing it costs time, nothing else.
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { findPackageJSON } from "node:module";
import os from "node:os";
import path from "node:path";
import { isObject, parseJson } from "../../runtime/json.ts";
import type { Diagnostic } from "../diagnostics.ts";
import { digest } from "./digest.ts";
import type { Unit } from "./frame.ts";
import type { Survey } from "./generate.ts";

export interface KeptFile {
	readonly stamp: string;
	readonly survey: Survey;
	readonly names: string;
}

export interface KeptUnit {
	readonly key: string;
	readonly id: string;
	readonly of: Unit["of"];
	readonly reach: Unit["reach"];
	readonly signature: string;
	/** The files that it was made to, and each one's stamp behind it. */
	readonly files: readonly string[];
	readonly diagnostics: readonly Diagnostic[];
}

export interface Memory {
	readonly files: ReadonlyMap<string, KeptFile>;
	readonly units: ReadonlyMap<string, KeptUnit>;
	readonly eventTypes: number;
	/** How many runs have added to it since it was written whole. */
	readonly additions: number;
}

/** A line of the memory's file: the first is a whole memory, each other one what a later run made anew. */
interface Line {
	readonly by: string;
	/** Its place in the file. */
	readonly addition: number;
	readonly files: readonly (readonly [string, KeptFile])[];
	readonly units: readonly (readonly [string, KeptUnit])[];
	readonly eventTypes: number;
}

const nothing: Memory = {
	files: new Map(),
	units: new Map(),
	eventTypes: 0,
	additions: 0,
};

export function recall(schemas: string, out: string): Memory {
	const lines = linesOf(textOf(memoryFile(schemas, out)));
	const by = generatorVersion();
	const last = lines.at(-1);
	// A number that is there twice tells of two runs at once: neither knew of the other's.
	if (!last || lines.some((line, i) => line.by !== by || line.addition !== i))
		return nothing;
	return {
		files: new Map(lines.flatMap(({ files }) => files)),
		units: new Map(lines.flatMap(({ units }) => units)),
		eventTypes: last.eventTypes,
		additions: lines.length - 1,
	};
}

function textOf(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return "";
	}
}

/** A run that was killed may have left half a line: then nothing is remembered. */
function linesOf(text: string): readonly Line[] {
	if (!text.endsWith("\n")) return [];
	const lines = text
		.slice(0, -1)
		.split("\n")
		.map((line) => parseJson(line));
	const known = lines.flatMap((line) =>
		line.ok && isLine(line.value) ? line.value : [],
	);
	return known.length === lines.length ? known : [];
}

function isLine(value: unknown): value is Line {
	return (
		isObject(value) && Array.isArray(value.files) && Array.isArray(value.units)
	);
}

/** More that is new, or more additions, are reason to write all anew. */
const addedMax = 50;
const additionsMax = 100;

export function remember(
	schemas: string,
	out: string,
	before: Memory,
	memory: Omit<Memory, "additions">,
): void {
	const file = memoryFile(schemas, out);
	const files = [...memory.files].filter(
		([name, kept]) => before.files.get(name) !== kept,
	);
	const units = [...memory.units].filter(
		([id, kept]) => before.units.get(id) !== kept,
	);
	const isAddition =
		isSubset(before.files, memory.files) &&
		isSubset(before.units, memory.units) &&
		before.units.size > 0 &&
		files.length + units.length <= addedMax &&
		before.additions < additionsMax;
	if (isAddition && files.length + units.length === 0) return;
	const line = (addition: number, added: Pick<Line, "files" | "units">) =>
		`${JSON.stringify({ by: generatorVersion(), addition, ...added, eventTypes: memory.eventTypes })}\n`;
	try {
		if (isAddition) {
			appendFileSync(file, line(before.additions + 1, { files, units }));
			return;
		}
		const unfinished = `${file}.${process.pid}`;
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(
			unfinished,
			line(0, { files: [...memory.files], units: [...memory.units] }),
		);
		renameSync(unfinished, file);
	} catch (error) {
		// Where there is no place to keep it, the next run makes everything again.
		if ((error as NodeJS.ErrnoException).code === undefined) throw error;
	}
}

/** Nothing that was there is gone: what is added to a file cannot take anything away. */
function isSubset(
	before: ReadonlyMap<string, unknown>,
	after: ReadonlyMap<string, unknown>,
): boolean {
	return [...before.keys()].every((key) => after.has(key));
}

function memoryFile(schemas: string, out: string): string {
	const name = digest(`${path.resolve(schemas)}\n${path.resolve(out)}`);
	return path.join(cacheFolder(), `${name.slice(0, 16)}.json`);
}

/** `node_modules/.cache`, as other tools have it; the user's own cache where there are no modules. */
function cacheFolder(): string {
	for (let at = process.cwd(); ; at = path.dirname(at)) {
		const modules = path.join(at, "node_modules");
		if (existsSync(modules)) return path.join(modules, ".cache/eventwright");
		if (at === path.dirname(at)) break;
	}
	return path.join(
		process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"),
		"eventwright",
	);
}

/** What has a say in the output besides the generator's own files. */
const libraries = ["handlebars", "jsonc-parser", "yaml"];

/** The generator's own files and its libraries: another generator makes something else of the same schemas. */
function generatorVersion(): string {
	const root = path.join(import.meta.dirname, "../..");
	const files = ["generator", "runtime"].flatMap((folder) =>
		readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
			.sort()
			.map((file) => {
				const { size, mtimeMs } = statSync(path.join(root, folder, file));
				return `${file} ${size} ${mtimeMs}`;
			}),
	);
	const versions = libraries.map((name) => {
		const file = findPackageJSON(name, import.meta.url);
		return file === undefined
			? name
			: JSON.parse(readFileSync(file, "utf8")).version;
	});
	return digest([process.version, ...versions, ...files].join("\n"));
}
