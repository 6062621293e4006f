import {
	existsSync,
	readdirSync,
	readFileSync,
	realpathSync,
	statSync,
} from "node:fs";
import path from "node:path";
import type { StampedSource } from "./incremental.ts";
import { isStage, markerFile } from "./write.ts";

/**
 * Reads all schema files of some folders, which are like one: a file's path is relative to its own folder. Throws an `Error`
 * with a remedy if a folder is missing or has no schema files, or if two files have the same path.
 */
export function readSources(
	folders: readonly string[],
): readonly StampedSource[] {
	expectApart(folders);
	const sources = new Map<string, StampedSource>();
	const owners = new Map<string, string>();
	for (const folder of folders)
		for (const source of readFolder(folder)) {
			const { file } = source;
			const other = owners.get(file);
			if (other !== undefined)
				throw new Error(
					`${other}/${file} and ${folder}/${file} have the same path in the folders of the schemas: rename or remove one`,
				);
			sources.set(file, source);
			owners.set(file, folder);
		}
	return [...sources.values()];
}

/** A file of two folders would have two names. */
function expectApart(folders: readonly string[]): void {
	const real = folders.filter(existsSync).map((folder) => realpathSync(folder));
	for (const [i, folder] of real.entries())
		for (const [j, other] of real.entries())
			if (i !== j && `${other}${path.sep}`.startsWith(`${folder}${path.sep}`))
				throw new Error(
					`${folders[j]} is in ${folders[i]}, which is a folder of the schemas, too: remove one`,
				);
}

/** The path of a schema file of some folders. */
export function pathIn(folders: readonly string[], file: string): string {
	const owner =
		folders.length > 1
			? folders.find((folder) => existsSync(path.join(folder, file)))
			: undefined;
	return `${owner ?? folders[0]}/${file}`;
}

function readFolder(folder: string): readonly StampedSource[] {
	if (!existsSync(folder))
		throw new Error(
			`there is no folder ${folder}: put your schemas there, or specify another folder with --schemas or in eventwright.config.ts`,
		);
	if (!statSync(folder).isDirectory())
		throw new Error(`${folder} is not a folder: specify one with --schemas`);
	const files = schemaFiles(folder).sort();
	if (files.length === 0)
		throw new Error(
			`${folder} contains no schemas: a schema file ends in .json, .yaml or .yml`,
		);
	return files.map((file) => {
		const full = path.join(folder, file);
		const { size, mtimeMs, ctimeMs } = statSync(full);
		let text: string | undefined;
		return {
			file,
			stamp: `${size} ${mtimeMs} ${ctimeMs}`,
			get text() {
				text ??= readFileSync(full, "utf8").replace(/^\uFEFF/, "");
				return text;
			},
		};
	});
}

/** Skips folders that the generator wrote. Follows symbolic links to files that are not already included. */
function schemaFiles(root: string): string[] {
	const files: string[] = [];
	const seen = new Set<string>();
	const links: string[] = [];
	const isNew = (file: string): boolean => {
		const real = realpathSync.native(path.join(root, file));
		const before = seen.size;
		return seen.add(real).size > before;
	};
	const visit = (folder: string): void => {
		if (!isNew(folder)) return;
		const entries = readdirSync(path.join(root, folder), {
			withFileTypes: true,
		});
		if (entries.some(({ name }) => name === markerFile)) return;
		for (const entry of entries) {
			const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
			if (isStage(entry.name)) continue;
			if (entry.isSymbolicLink()) links.push(file);
			else if (entry.isDirectory()) visit(file);
			else if (entry.isFile()) add(file);
		}
	};
	const add = (file: string): void => {
		if (isSchema(file) && isNew(file)) files.push(file);
	};
	visit("");
	for (const link of links) {
		const target = targetOf(path.join(root, link));
		if (target === undefined) {
			if (isSchema(link))
				throw new Error(`${path.join(root, link)} is a broken link`);
			continue;
		}
		const stats = statSync(target);
		if (stats.isDirectory()) visit(link);
		else if (stats.isFile()) add(link);
	}
	return files;
}

/** Whether a path is a schema file's. Excludes `.#…`: Emacs locks files with broken links of that name. */
export const isSchema = (file: string) =>
	/\.(json|ya?ml)$/.test(file) && !/(^|\/)\.#[^/]*$/.test(file);

function targetOf(link: string): string | undefined {
	try {
		return realpathSync.native(link);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ENOENT" || code === "ELOOP") return undefined;
		throw error;
	}
}
