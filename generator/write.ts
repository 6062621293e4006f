import { existsSync } from "node:fs";
import {
	mkdir,
	readdir,
	readFile,
	rename,
	rm,
	writeFile,
} from "node:fs/promises";
import path from "node:path";

/** Marks a folder as the generator's own: only in such a folder is a file that was not generated removed. */
export const markerFile = ".eventwright";
const markerText =
	"Written by `eventwright codegen`. Nothing here is edited by hand: every other file is removed.\n";

/** How a folder differs from what it should hold; paths below it, sorted. */
export interface Difference {
	readonly added: readonly string[];
	readonly changed: readonly string[];
	readonly removed: readonly string[];
}

export const isEmpty = ({ added, changed, removed }: Difference): boolean =>
	added.length + changed.length + removed.length === 0;

/** What writing would do. Throws an `Error` if the folder holds files that are not the generator's. */
export async function compare(
	folder: string,
	files: ReadonlyMap<string, string>,
): Promise<Difference> {
	const wanted = withMarker(files);
	const present = await listFiles(folder);
	if (present.length > 0 && !present.includes(markerFile))
		throw new Error(
			`${folder} holds files that codegen did not write: empty it, or name another folder with --out`,
		);
	const changed = await Promise.all(
		[...wanted].map(async ([file, text]) =>
			present.includes(file) &&
			(await readFile(path.join(folder, file), "utf8")) !== text
				? [file]
				: [],
		),
	);
	return {
		added: [...wanted.keys()].filter((file) => !present.includes(file)).sort(),
		changed: changed.flat().sort(),
		removed: present.filter((file) => !wanted.has(file)).sort(),
	};
}

/** Makes the folder hold the files and nothing else; touches only what differs. */
export async function write(
	folder: string,
	files: ReadonlyMap<string, string>,
): Promise<Difference> {
	const wanted = withMarker(files);
	const difference = await compare(folder, files);
	for (const file of [...difference.added, ...difference.changed]) {
		const target = path.join(folder, file);
		await mkdir(path.dirname(target), { recursive: true });
		const unfinished = `${target}.${process.pid}.tmp`;
		await writeFile(unfinished, wanted.get(file) as string);
		await rename(unfinished, target);
	}
	for (const file of difference.removed) await rm(path.join(folder, file));
	await removeEmptyFolders(folder);
	return difference;
}

function withMarker(
	files: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
	return new Map([[markerFile, markerText], ...files]);
}

async function listFiles(folder: string): Promise<string[]> {
	if (!existsSync(folder)) return [];
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	});
	return entries
		.filter((entry) => !entry.isDirectory())
		.map((entry) =>
			path
				.relative(folder, path.join(entry.parentPath, entry.name))
				.split(path.sep)
				.join("/"),
		)
		.sort();
}

async function removeEmptyFolders(folder: string): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		if (!entry.isDirectory()) continue;
		const inner = path.join(folder, entry.name);
		await removeEmptyFolders(inner);
		if ((await readdir(inner)).length === 0)
			await rm(inner, { recursive: true });
	}
}
