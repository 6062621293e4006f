// Where a function's code is, and the folder that it runs in.
import { existsSync, readdirSync, statSync } from "node:fs";
import { cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { isObject } from "../../../../runtime/json.ts";
import type { Resource } from "../../../template/resource.ts";

/** A file index.js, or a folder. */
export type FunctionCode =
	| { readonly zipFile: string }
	| { readonly folder: string };

/** Returns a function's code, or a phrase that says why it cannot be run here. */
export function codeOf({
	properties,
	stack,
}: Pick<Resource, "properties" | "stack">): FunctionCode | string {
	const { Code, Runtime, PackageType, Handler } = properties;
	const { ZipFile, S3Bucket, S3Key, ImageUri, LocalPath } = (
		isObject(Code) ? Code : {}
	) as Readonly<Record<string, string | undefined>>;
	if (PackageType === "Image" || ImageUri !== undefined)
		return "it is a container image";
	if (!String(Runtime ?? "").startsWith("nodejs"))
		return `the runtime ${Runtime ?? "is not stated"}`;
	if (typeof Handler !== "string") throw new Error("Handler is missing");
	if (ZipFile !== undefined) return { zipFile: ZipFile };
	const folder =
		LocalPath === undefined
			? stack.assets.get(S3Key ?? "")
			: path.resolve(stack.folder ?? ".", LocalPath);
	if (folder === undefined && S3Key === undefined) return "it has no code";
	if (folder === undefined)
		return `its code is in S3 (${S3Bucket ?? "?"}/${S3Key ?? "?"})`;
	if (!existsSync(folder)) return `there is no ${folder} with its code`;
	if (!statSync(folder).isDirectory())
		return `its code is a file, not a folder: ${folder}`;
	if (LocalPath !== undefined && handlerFile(folder, Handler) === undefined)
		return `${folder} has no JavaScript file for the handler ${Handler}: build it first`;
	return { folder };
}

/** The file of a handler such as `src/app.handler`. */
function handlerFile(folder: string, handlerName: string): string | undefined {
	const base = path.join(
		folder,
		handlerName.slice(0, handlerName.lastIndexOf(".")),
	);
	return [".mjs", ".js", ".cjs"]
		.map((ending) => base + ending)
		.find(existsSync);
}

/** Inside the project's node_modules, so that functions resolve the AWS SDK as in Lambda. */
const workFolder = path.resolve("node_modules/.cache/eventwright-local");

/** The folder of a function of this process. */
export const homeOf = (id: string): string =>
	path.join(workFolder, `${process.pid}-${id}`);

/** Removes what runs have left that were killed. */
export async function removeLeftovers(): Promise<void> {
	if (!existsSync(workFolder)) return;
	const left = readdirSync(workFolder).filter((name) => {
		const pid = Number(name.split("-")[0]);
		return Number.isInteger(pid) && pid > 0 && !isRunning(pid);
	});
	await Promise.all(
		left.map((name) =>
			rm(path.join(workFolder, name), { recursive: true, force: true }),
		),
	);
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Of another user.
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

/** Copies a function's code to a separate folder, so that no other package.json changes the module type of its files. */
export async function unpack(
	code: FunctionCode,
	folder: string,
): Promise<string> {
	await mkdir(folder, { recursive: true });
	if ("zipFile" in code)
		await writeFile(path.join(folder, "index.js"), code.zipFile);
	else await copyFolder(path.resolve(code.folder), folder);
	const ownPackage = path.join(folder, "package.json");
	if (!existsSync(ownPackage)) await writeFile(ownPackage, "{}");
	return folder;
}

/** Copies a folder, which may contain the work folder. Links node_modules, so that its files are not copied. */
async function copyFolder(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true });
	for (const entry of await readdir(from, { withFileTypes: true })) {
		const source = path.join(from, entry.name);
		const target = path.join(to, entry.name);
		if (entry.name === "node_modules" && entry.isDirectory())
			await symlink(source, target, "junction");
		else if (workFolder.startsWith(source + path.sep))
			await copyFolder(source, target);
		else await cp(source, target, { recursive: true });
	}
}
