// Reads files of other commits, by the git on the PATH.
import { spawnSync } from "node:child_process";

/** At most this much is read of one commit. */
const bytesMax = 1_000_000_000;

export class GitError extends Error {}

function git(args: readonly string[], input?: string): Buffer {
	const { status, stdout, stderr, error } = spawnSync("git", args, {
		...(input === undefined ? {} : { input }),
		maxBuffer: bytesMax,
		env: { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
	});
	if (error && (error as NodeJS.ErrnoException).code === "ENOENT")
		throw new GitError("git is not installed: install it, or give a folder");
	if (error) throw error;
	if (status !== 0)
		throw new GitError(stderr.toString("utf8").trim().split("\n")[0] ?? "");
	return stdout;
}

const lines = (output: Buffer, separator: string): readonly string[] =>
	output
		.toString("utf8")
		.split(separator)
		.filter((line) => line !== "");

/** Whether the current folder is in a git repository. */
export function isInRepository(): boolean {
	try {
		git(["rev-parse", "--git-dir"]);
		return true;
	} catch (error) {
		if (error instanceof GitError) return false;
		throw error;
	}
}

/** The commit that a ref names; undefined if there is none here. */
export function commitOf(ref: string): string | undefined {
	try {
		return git([
			"rev-parse",
			"--verify",
			"--quiet",
			"--end-of-options",
			`${ref}^{commit}`,
		])
			.toString("utf8")
			.trim();
	} catch (error) {
		if (error instanceof GitError) return undefined;
		throw error;
	}
}

/** The command that gets a ref which is not here. */
export function fetchCommand(ref: string): string {
	const [remote = "origin", ...branch] = ref.split("/");
	const remotes = lines(git(["remote"]), "\n");
	const depth = isShallow() ? " --depth=1" : "";
	if (branch.length > 0 && [...remotes, "origin"].includes(remote)) {
		const name = branch.join("/");
		return `git fetch${depth} ${remote} ${name}:refs/remotes/${remote}/${name}`;
	}
	const first = remotes[0] ?? "origin";
	if (/^[0-9a-f]{7,40}$/.test(ref)) return `git fetch${depth} ${first} ${ref}`;
	const ancestor = /^(.+?)[~^]/.exec(ref)?.[1];
	if (ancestor !== undefined)
		return isShallow()
			? `git fetch --unshallow ${first}`
			: `git fetch ${first} ${ancestor}`;
	return /^v?\d/.test(ref)
		? `git fetch${depth} ${first} tag ${ref}`
		: `git fetch${depth} ${first} ${ref}:${ref}`;
}

/** The files of a commit, in any folder, that have a text. */
export function filesWith(commit: string, text: string): readonly string[] {
	try {
		return lines(
			git(["grep", "-l", "-z", "-F", "-e", text, commit, "--", ":/"]),
			"\0",
		).map((line) => line.slice(commit.length + 1));
	} catch (error) {
		// Without a match, it fails.
		if (error instanceof GitError) return [];
		throw error;
	}
}

/** Whether earlier commits are not here. */
export const isShallow = (): boolean =>
	git(["rev-parse", "--is-shallow-repository"]).toString("utf8").trim() ===
	"true";

/** The files of a folder in a commit, by their path in the folder. The folder is relative to the current one. */
export function filesAt(
	commit: string,
	folder: string,
	isWanted: (file: string) => boolean,
): ReadonlyMap<string, string> {
	const prefix = git(["rev-parse", "--show-prefix"]).toString("utf8").trim();
	const inRepository = normalize(`${prefix}${folder}`);
	const root = inRepository === "" ? "" : `${inRepository}/`;
	const found = lines(
		git([
			"ls-tree",
			"-r",
			"-z",
			"--full-tree",
			commit,
			...(root === "" ? [] : ["--", root]),
		]),
		"\0",
	).flatMap((line) => {
		const [facts = "", path = ""] = line.split("\t");
		const [mode = "", type, object = ""] = facts.split(" ");
		const file = path.slice(root.length);
		// Symbolic links are not followed in a commit.
		return type === "blob" && mode !== "120000" && isWanted(file)
			? [{ file, object }]
			: [];
	});
	const texts = blobs([...new Set(found.map(({ object }) => object))]);
	return new Map(
		found.map(({ file, object }) => [file, texts.get(object) ?? ""]),
	);
}

/** `a/./b/../c` as `a/c`. Throws a `GitError` if it leads out of the repository. */
function normalize(path: string): string {
	const parts: string[] = [];
	for (const part of path.replaceAll("\\", "/").split("/")) {
		if (part === "" || part === ".") continue;
		if (part !== "..") parts.push(part);
		else if (parts.pop() === undefined)
			throw new GitError(`${path} is outside of the git repository`);
	}
	return parts.join("/");
}

const read = new Map<string, string>();

function blobs(objects: readonly string[]): ReadonlyMap<string, string> {
	const missing = objects.filter((object) => !read.has(object));
	if (missing.length > 0) {
		const output = git(["cat-file", "--batch"], `${missing.join("\n")}\n`);
		let at = 0;
		while (at < output.length) {
			const end = output.indexOf(0x0a, at);
			const [object = "", , size = "0"] = output
				.subarray(at, end)
				.toString("utf8")
				.split(" ");
			const start = end + 1;
			const text = output.subarray(start, start + Number(size));
			read.set(object, text.toString("utf8").replace(/^\uFEFF/, ""));
			at = start + Number(size) + 1;
		}
	}
	return read;
}

/** The commits up to one that changed a folder, the latest first. */
export function commitsOf(folder: string, until: string): readonly string[] {
	return lines(git(["log", "--format=%H", until, "--", folder]), "\n");
}

export const shortName = (commit: string): string => commit.slice(0, 10);
