import {
	existsSync,
	readdirSync,
	readFileSync,
	realpathSync,
	statSync,
} from "node:fs";
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

/** Below a folder that the generator has written nothing is a schema. Links are followed, but not into a folder that leads to them. */
function schemaFiles(
	root: string,
	folder: string,
	around: readonly string[] = [],
): string[] {
	const real = realpathSync(path.join(root, folder));
	if (around.includes(real)) return [];
	const names = readdirSync(real);
	if (names.includes(markerFile)) return [];
	return names.flatMap((name) => {
		if (isStage(name)) return [];
		const file = folder === "" ? name : `${folder}/${name}`;
		const stats = statSync(path.join(root, file), { throwIfNoEntry: false });
		if (stats?.isDirectory()) return schemaFiles(root, file, [...around, real]);
		if (!/\.(json|ya?ml)$/.test(name)) return [];
		if (!stats)
			throw new Error(`${path.join(root, file)} is a link to nothing`);
		return stats.isFile() ? file : [];
	});
}
