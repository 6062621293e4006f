import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Source } from "./parse.ts";
import { markerFile } from "./write.ts";

/** Every schema file below a folder. Throws an `Error` that says what to do if there is no such folder, or nothing in it. */
export async function readSources(folder: string): Promise<Source[]> {
	if (!existsSync(folder))
		throw new Error(
			`there is no folder ${folder}: put your schemas there, or name another with --schemas`,
		);
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	});
	const files = entries
		.filter((entry) => entry.isFile() && /\.(json|ya?ml)$/.test(entry.name))
		.filter((entry) => !isGenerated(folder, entry.parentPath))
		.map((entry) =>
			path
				.relative(folder, path.join(entry.parentPath, entry.name))
				.split(path.sep)
				.join("/"),
		)
		.sort();
	if (files.length === 0)
		throw new Error(
			`${folder} holds no schema: a schema file ends in .json, .yaml or .yml`,
		);
	return Promise.all(
		files.map(async (file) => ({
			file,
			text: (await readFile(path.join(folder, file), "utf8")).replace(
				/^\uFEFF/,
				"",
			),
		})),
	);
}

/** Below a folder that the generator has written nothing is a schema. */
function isGenerated(root: string, folder: string): boolean {
	for (
		let at = path.resolve(folder);
		at.length >= path.resolve(root).length;
		at = path.dirname(at)
	) {
		if (existsSync(path.join(at, markerFile))) return true;
		if (at === path.dirname(at)) break;
	}
	return false;
}
