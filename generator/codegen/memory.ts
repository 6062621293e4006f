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
import { digest } from "./digest.ts";
import type {
	PreviousRun,
	RememberedFile,
	RememberedPart,
} from "./incremental.ts";

export interface Memory extends PreviousRun {
	/** How many lines the memory's file has after the first. */
	readonly additions: number;
}

type Entries<Entry> = readonly (readonly [string, Entry])[];

/** A line of the memory's file: the first is a whole memory, each other one what a later run made anew. */
interface Line {
	readonly by: string;
	/** Its position in the file. */
	readonly addition: number;
	readonly files: Entries<RememberedFile>;
	readonly parts: Entries<RememberedPart>;
}

const nothing: Memory = { files: new Map(), parts: new Map(), additions: 0 };

export function recall(schemas: string, out: string): Memory {
	const lines = linesOf(textOf(memoryFile(schemas, out)));
	const by = generatorVersion();
	// A number that is there twice shows that two runs wrote at once, neither knowing of the other.
	if (
		lines.length === 0 ||
		lines.some((line, i) => line.by !== by || line.addition !== i)
	)
		return nothing;
	return {
		files: new Map(lines.flatMap(({ files }) => files)),
		parts: new Map(lines.flatMap(({ parts }) => parts)),
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
		isObject(value) && Array.isArray(value.files) && Array.isArray(value.parts)
	);
}

/** More that is new, or more additions, are reason to write all anew. */
const addedMax = 50;
const additionsMax = 100;

export function remember(
	schemas: string,
	out: string,
	before: Memory,
	memory: PreviousRun,
): void {
	const file = memoryFile(schemas, out);
	const files = [...memory.files].filter(
		([name, kept]) => before.files.get(name) !== kept,
	);
	const parts = [...memory.parts].filter(
		([id, kept]) => before.parts.get(id) !== kept,
	);
	const isAddition =
		isSubset(before.files, memory.files) &&
		isSubset(before.parts, memory.parts) &&
		before.parts.size > 0 &&
		files.length + parts.length <= addedMax &&
		before.additions < additionsMax;
	if (isAddition && files.length + parts.length === 0) return;
	const line = (addition: number, added: Pick<Line, "files" | "parts">) =>
		`${JSON.stringify({ by: generatorVersion(), addition, ...added })}\n`;
	try {
		if (isAddition) {
			appendFileSync(file, line(before.additions + 1, { files, parts }));
			return;
		}
		const unfinished = `${file}.${process.pid}`;
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(
			unfinished,
			line(0, { files: [...memory.files], parts: [...memory.parts] }),
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
const libraries = ["handlebars", "jsonc-parser", "recheck", "yaml"];

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
