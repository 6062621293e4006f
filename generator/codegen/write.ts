import {
	accessSync,
	constants,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";

/** Marks an output folder. Other files are removed only from a folder with this marker. */
export const markerFile = ".eventwright";
export const markerText =
	"Written by `eventwright codegen`. Nothing here is edited by hand: every other file is removed.\n";

/** A file's size in bytes and modification time. While both are equal, the content is assumed unchanged. */
export type Stamp = string;

/** The differences between a folder and its expected content: relative paths, sorted. */
export interface Difference {
	readonly added: readonly string[];
	readonly changed: readonly string[];
	readonly removed: readonly string[];
}

export const isEmpty = ({ added, changed, removed }: Difference): boolean =>
	added.length + changed.length + removed.length === 0;

/** Reads the stamps of all files in an output folder. Throws an `Error` if the folder has files but no marker. */
export function readTree(folder: string): ReadonlyMap<string, Stamp> {
	const tree = new Map<string, Stamp>();
	if (!existsSync(folder)) return tree;
	const visit = (below: string) => {
		const entries = readdirSync(path.join(folder, below), {
			withFileTypes: true,
		});
		for (const entry of entries) {
			if (below === "" && isStage(entry.name)) continue;
			const file = below === "" ? entry.name : `${below}/${entry.name}`;
			if (entry.isDirectory()) visit(file);
			else tree.set(file, stampOf(`${folder}/${file}`));
		}
	};
	visit("");
	if (tree.size > 0 && !tree.has(markerFile))
		throw new Error(
			`${folder} contains files that codegen did not write: empty it, or specify another folder with --out or in eventwright.config.ts`,
		);
	return tree;
}

function stampOf(file: string): Stamp {
	const { size, mtimeMs } = lstatSync(file);
	return `${size} ${mtimeMs}`;
}

/** Compares the expected content of an output folder with its current content. */
export class Comparison {
	readonly #folder: string;
	readonly #before: ReadonlyMap<string, Stamp>;
	readonly #wanted = new Set<string>();
	readonly #added: string[] = [];
	readonly #changed: string[] = [];

	constructor(folder: string, before: ReadonlyMap<string, Stamp>) {
		this.#folder = folder;
		this.#before = before;
	}

	/** Expects a file with this content. Returns its stamp if it already has that content. */
	want(file: string, text: string): Stamp | undefined {
		this.#wanted.add(file);
		const present = this.#before.get(file);
		if (
			present?.startsWith(`${Buffer.byteLength(text)} `) &&
			readFileSync(path.join(this.#folder, file), "utf8") === text
		)
			return present;
		(present ? this.#changed : this.#added).push(file);
		return undefined;
	}

	/** Expects a file to stay as it is. */
	keep(file: string): void {
		this.#wanted.add(file);
	}

	difference(): Difference {
		return {
			added: this.#added.sort(),
			changed: this.#changed.sort(),
			removed: [...this.#before.keys()]
				.filter((file) => !this.#wanted.has(file))
				.sort(),
		};
	}
}

/**
 * An update of an output folder. Changed files are staged next to the folder and renamed into place in `commit`, once
 * every file is written. A run that stops before that leaves the folder unchanged.
 */
export class Change {
	readonly #folder: string;
	readonly #comparison: Comparison;
	readonly #stage: string;
	readonly #stamps = new Map<string, Stamp>();
	readonly #folders = new Set<string>();

	constructor(folder: string, comparison: Comparison) {
		this.#folder = folder;
		this.#comparison = comparison;
		const { parent, base } = stagePlace(folder);
		this.#stage = path.join(parent, `.${base}.${process.pid}.eventwright`);
		removeAbandoned(parent, base);
	}

	/** Stages a file with this content if it differs from the current one. */
	put(file: string, text: string): void {
		const present = this.#comparison.want(file, text);
		if (present) {
			this.#stamps.set(file, present);
			return;
		}
		const target = path.join(this.#stage, file);
		const parent = path.dirname(target);
		if (!this.#folders.has(parent)) mkdirSync(parent, { recursive: true });
		this.#folders.add(parent);
		writeFileSync(target, text);
		this.#stamps.set(file, stampOf(target));
	}

	/** Keeps a file as it is. */
	keep(file: string, stamp: Stamp): void {
		this.#comparison.keep(file);
		this.#stamps.set(file, stamp);
	}

	/** Applies the staged changes and removes all other files. Returns the stamps of all files. */
	commit(): ReadonlyMap<string, Stamp> {
		const { added, changed, removed } = this.#comparison.difference();
		if (!existsSync(this.#folder)) {
			mkdirSync(path.dirname(this.#folder), { recursive: true });
			renameSync(this.#stage, this.#folder);
			return this.#stamps;
		}
		this.#expectWritable([...added, ...changed, ...removed]);
		for (const file of removed) rmSync(path.join(this.#folder, file));
		for (const file of removed) removeEmptyFolders(this.#folder, file);
		const made = new Set<string>();
		for (const file of [...added, ...changed]) {
			const target = path.join(this.#folder, file);
			const parent = path.dirname(target);
			if (!made.has(parent)) mkdirSync(parent, { recursive: true });
			made.add(parent);
			// Empty folders are not listed in the difference.
			if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory())
				rmSync(target, { recursive: true });
			renameSync(path.join(this.#stage, file), target);
		}
		this.discard();
		return this.#stamps;
	}

	/** Throws before anything has changed if a folder is not writable. */
	#expectWritable(files: readonly string[]): void {
		const folders = new Set(files.map((file) => path.posix.dirname(file)));
		for (const folder of folders) {
			let target = path.join(this.#folder, folder);
			while (!statSync(target, { throwIfNoEntry: false })?.isDirectory())
				target = path.dirname(target);
			accessSync(target, constants.W_OK | constants.X_OK);
		}
	}

	/** Removes the staged files; the folder stays as it is. */
	discard(): void {
		rmSync(this.#stage, { recursive: true, force: true });
	}
}

/** The location of the stage: next to the folder, or in it if the folder is on another file system. */
function stagePlace(folder: string): { parent: string; base: string } {
	const real = existsSync(folder) ? realpathSync(folder) : path.resolve(folder);
	const { dir, base } = path.parse(real);
	const isApart = existsSync(real) && statSync(real).dev !== statSync(dir).dev;
	return { parent: isApart ? real : dir, base };
}

/** Whether a name is the name of a stage. */
export const isStage = (name: string): boolean =>
	/^\..+\.\d+\.eventwright$/.test(name);

/** Removes the stages of runs that were killed. */
function removeAbandoned(parent: string, base: string): void {
	if (!existsSync(parent)) return;
	for (const name of readdirSync(parent)) {
		if (!name.startsWith(`.${base}.`) || !isStage(name)) continue;
		const pid = Number(name.split(".").at(-2));
		if (pid === process.pid || !isRunning(pid))
			rmSync(path.join(parent, name), { recursive: true, force: true });
	}
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

function removeEmptyFolders(folder: string, file: string): void {
	for (
		let below = path.posix.dirname(file);
		below !== ".";
		below = path.posix.dirname(below)
	) {
		const parent = path.join(folder, below);
		if (!existsSync(parent)) continue;
		if (readdirSync(parent).length > 0) return;
		rmdirSync(parent);
	}
}
