// A cache of the previous run, so that only changed parts are regenerated. Losing it only costs time.
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
import { version } from "../version.ts";
import { digest } from "./digest.ts";
import type {
	PreviousRun,
	RememberedFile,
	RememberedPart,
} from "./incremental.ts";

export interface Memory extends PreviousRun {
	/** The number of lines after the first. */
	readonly additions: number;
}

type Entries<Entry> = readonly (readonly [string, Entry])[];

/** A line of the cache file. The first is a full cache; each later line holds the changes of one run. */
interface Line {
	readonly by: string;
	/** Its line index in the file. */
	readonly addition: number;
	readonly files: Entries<RememberedFile>;
	readonly parts: Entries<RememberedPart>;
}

const nothing: Memory = { files: new Map(), parts: new Map(), additions: 0 };

export function recall(schemas: readonly string[], out: string): Memory {
	const lines = linesOf(textOf(memoryFile(schemas, out)));
	const by = generatorVersion();
	// A duplicate number means that two runs wrote concurrently.
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

/** A killed run may leave a partial line; the cache is then ignored. */
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

/** Beyond these limits, the whole file is rewritten. */
const addedMax = 50;
const additionsMax = 100;

export function remember(
	schemas: readonly string[],
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
		// Without a writable cache, the next run regenerates everything.
		if ((error as NodeJS.ErrnoException).code === undefined) throw error;
	}
}

/** True if no key was removed. An appended line can only add entries. */
function isSubset(
	before: ReadonlyMap<string, unknown>,
	after: ReadonlyMap<string, unknown>,
): boolean {
	return [...before.keys()].every((key) => after.has(key));
}

function memoryFile(schemas: readonly string[], out: string): string {
	const name = digest(
		[...schemas, out].map((folder) => path.resolve(folder)).join("\n"),
	);
	return path.join(cacheFolder(), `${name.slice(0, 16)}.json`);
}

/** `node_modules/.cache`, like other tools; the user's cache folder if there is no `node_modules`. */
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

/** Libraries that affect the output. */
const libraries = ["handlebars", "jsonc-parser", "recheck", "yaml"];

/** A digest of the generator's files and libraries: another version may generate different output. */
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
	return digest([process.version, version, ...versions, ...files].join("\n"));
}
