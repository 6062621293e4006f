import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Source } from "./parse.ts";
import { isStage, markerFile } from "./write.ts";

/** A source that is read once somebody wants its text. */
export interface FileSource extends Source {
	/** While it stays, so does the text: the system changes it with every write. */
	readonly stamp: string;
}

/** Every schema file below a folder. Throws an `Error` that says what to do if there is no such folder, or nothing in it. */
export function readSources(folder: string): readonly FileSource[] {
	if (!existsSync(folder))
		throw new Error(
			`there is no folder ${folder}: put your schemas there, or name another with --schemas`,
		);
	if (!statSync(folder).isDirectory())
		throw new Error(`${folder} is no folder: name one with --schemas`);
	const files = schemaFiles(folder, "").sort();
	if (files.length === 0)
		throw new Error(
			`${folder} holds no schema: a schema file ends in .json, .yaml or .yml`,
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

/** Below a folder that the generator has written nothing is a schema. */
function schemaFiles(root: string, folder: string): string[] {
	const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
	if (entries.some(({ name }) => name === markerFile)) return [];
	return entries.flatMap((entry) => {
		const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
		if (isStage(entry.name)) return [];
		if (entry.isDirectory()) return schemaFiles(root, file);
		return entry.isFile() && /\.(json|ya?ml)$/.test(entry.name) ? file : [];
	});
}
