// The version that another is compared with: a git ref, a folder or an npm package.
import { execFile } from "node:child_process";
import {
	existsSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { isSchema, readSources } from "../generator/codegen/read.ts";
import { sourceKey } from "../generator/schema/keywords.ts";
import type { Source } from "../generator/schema/parse.ts";
import {
	commitOf,
	fetchCommand,
	filesAt,
	filesWith,
	GitError,
	isInRepository,
	shortName,
} from "./git.ts";

export interface Against {
	/** How people call it. */
	readonly label: string;
	/** None if the project had no schemas then. */
	readonly sources: readonly Source[];
	/** If it is a git ref. */
	readonly commit?: string;
	/** A file of that version by its path from the current folder, if it is known. */
	readonly fileOf?: (file: string) => string | undefined;
}

const packageSpec = /^((?:@[\w.-]+\/)?[\w.-]+)@([\w.^~<>=*-]+)$/;

/** Reads the schemas of a version. Throws an `Error` that says what to do if there is none. */
export async function readAgainst(
	given: string,
	schemas: readonly string[],
): Promise<Against> {
	const inRepository = isInRepository();
	const commit = inRepository ? commitOf(given) : undefined;
	if (commit !== undefined) {
		const found = fromCommit(given, commit, schemas);
		const [elsewhere] =
			found.sources.length === 0
				? filesWith(commit, sourceKey).filter(isSchema)
				: [];
		if (elsewhere !== undefined)
			throw new Error(
				`${found.label} has no schemas in ${schemas.join(" or ")}, but elsewhere, such as ${elsewhere}: the folder has moved since. Compare with a copy of the old one: git worktree add ../before ${given}`,
			);
		return found;
	}
	if (existsSync(given) && statSync(given).isDirectory())
		return fromFolder(given, schemas);
	if (packageSpec.test(given)) return fromPackage(given, schemas);
	if (/[\\/]$|^\.{1,2}([\\/]|$)|^[\\/]/.test(given))
		throw new Error(`there is no folder ${given}`);
	if (!inRepository)
		throw new Error(
			`there is no folder ${given}, and this is not a git repository: give a folder, or a package such as @acme/schemas@1.2.3`,
		);
	throw new Error(
		`there is no git ref ${given} here, and no folder of that name; to get the ref:\n  ${fetchCommand(given)}`,
	);
}

export function fromCommit(
	ref: string,
	commit: string,
	schemas: readonly string[],
): Against {
	const sources = schemas.flatMap((folder) => {
		try {
			return [...filesAt(commit, path.relative("", folder), isSchema)].map(
				([file, text]) => ({
					file,
					text,
				}),
			);
		} catch (error) {
			// A folder of an installed package, say, is not in the repository.
			if (error instanceof GitError) return [];
			throw error;
		}
	});
	const name = shortName(commit);
	return {
		label: commit.startsWith(ref) ? name : `${ref} (${name})`,
		sources,
		commit,
		fileOf: (file) =>
			[
				...filesAt(
					commit,
					path.dirname(file),
					(one) => one === path.basename(file),
				).values(),
			][0],
	};
}

/** A folder of schemas, or of a project that has one. */
function fromFolder(folder: string, schemas: readonly string[]): Against {
	const inside = schemas
		.map((one) => path.join(folder, one))
		.filter((one) => !path.isAbsolute(one) || path.isAbsolute(folder))
		.filter(isFolder);
	const folders = inside.length > 0 ? inside : [folder];
	return { label: folder, sources: withText(readSources(folders)) };
}

const isFolder = (folder: string) =>
	existsSync(folder) && statSync(folder).isDirectory();

/** Texts are read when they are asked for; a temporary folder is gone by then. */
const withText = (sources: readonly Source[]): readonly Source[] =>
	sources.map(({ file, text }) => ({ file, text }));

async function fromPackage(
	spec: string,
	schemas: readonly string[],
): Promise<Against> {
	const run = promisify(execFile);
	const folder = mkdtempSync(path.join(tmpdir(), "eventwright-"));
	try {
		const isWindows = process.platform === "win32";
		await run(
			isWindows ? "npm.cmd" : "npm",
			["pack", "--ignore-scripts", "--pack-destination", folder, "--", spec],
			{ shell: isWindows },
		).catch((error: { stderr?: string; message: string }) => {
			const why = (error.stderr ?? error.message)
				.split("\n")
				.filter((line) => /npm (ERR!|error)/.test(line))
				.map((line) => line.replace(/^npm (ERR!|error) ?/, ""))
				.find((line) => line !== "" && !line.startsWith("code "));
			throw new Error(
				`npm cannot get ${spec}: ${why ?? error.message}; check its name and version with: npm view ${spec.replace(/(?<=.)@[^@/]*$/, "")} versions`,
			);
		});
		const [archive] = readdirSync(folder).filter((file) =>
			file.endsWith(".tgz"),
		);
		if (archive === undefined) throw new Error(`npm packed nothing of ${spec}`);
		await run("tar", ["-xzf", archive], { cwd: folder });
		const unpacked = readdirSync(folder, { withFileTypes: true }).find(
			(entry) => entry.isDirectory(),
		);
		if (!unpacked) throw new Error(`${spec} is empty`);
		const root = path.join(folder, unpacked.name);
		const candidates = [
			...schemas.filter((one) => !path.isAbsolute(one)),
			...schemas.map((one) => path.basename(one)),
			"schemas",
		].map((one) => path.join(root, one));
		const found = candidates.find(isFolder);
		if (found === undefined)
			throw new Error(
				`${spec} has no folder ${schemas.join(" or ")}: --schemas says which folder has the schemas, here and there`,
			);
		return { label: spec, sources: withText(readSources([found])) };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
