// Writes a new project: a copy of the reference system.
import {
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { isObject, parseJson } from "../runtime/json.ts";

export interface ProjectAnswers {
	/** Prefix of all resource names. */
	readonly system: string;
	readonly region: string;
}

export interface PlannedFile {
	/** Path in the project, with slashes. */
	readonly file: string;
	readonly text: string;
	/** `keep`: the user has another file of that name. */
	readonly action: "write" | "merge" | "keep" | "same";
}

/** The package that this is in, or the repository: both have the reference system in the same places. */
const root = path.join(import.meta.dirname, "..");

/** What a project has of the reference system: its place there, and its place in the project. */
export const projectParts: readonly (readonly [from: string, to: string])[] = [
	["template", ""],
	["schemas", "schemas"],
	["handlers", "handlers"],
	["infra", "infra"],
	["demo", "demo"],
	["test/reference", "test"],
	["cdk.json", "cdk.json"],
];

/** npm leaves a file of this name out of a package. */
const renamed: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** The files of a project, and what becomes of those that the user has. */
export function planProject(
	folder: string,
	answers: ProjectAnswers,
	versions: Readonly<Record<string, string>>,
): readonly PlannedFile[] {
	return projectParts
		.flatMap(([from, to]) => filesIn(path.join(root, from), to))
		.filter(([, file]) => file !== pnpmWorkspace || !isInPnpmWorkspace(folder))
		.map(([source, file]): PlannedFile => {
			const own = path.join(folder, file);
			const text = adapted(file, readFileSync(source, "utf8"), answers);
			const before = existsSync(own) ? readFileSync(own, "utf8") : undefined;
			if (file === "package.json") return manifest(text, before, versions);
			if (before === undefined) return { file, text, action: "write" };
			return { file, text, action: before === text ? "same" : "keep" };
		})
		.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Which packages may run install scripts, for pnpm. In a project of a workspace it would start another workspace. */
const pnpmWorkspace = "pnpm-workspace.yaml";

function isInPnpmWorkspace(folder: string): boolean {
	const above = path.dirname(path.resolve(folder));
	return (
		existsSync(path.join(above, pnpmWorkspace)) ||
		(above !== path.dirname(above) && isInPnpmWorkspace(above))
	);
}

function filesIn(
	source: string,
	target: string,
): readonly (readonly [string, string])[] {
	if (!lstatSync(source).isDirectory()) return [[source, target]];
	return readdirSync(source, { withFileTypes: true }).flatMap((entry) => {
		const name = renamed[entry.name] ?? entry.name;
		return filesIn(
			path.join(source, entry.name),
			target === "" ? name : `${target}/${name}`,
		);
	});
}

/** The reference system's name is media, in eu-west-1. */
function adapted(
	file: string,
	text: string,
	{ system, region }: ProjectAnswers,
): string {
	if (file === "infra/system.ts")
		return text
			.replace('name: "media"', `name: ${JSON.stringify(system)}`)
			.replaceAll(/profile: "media-/g, `profile: "${system}-`)
			.replace('region: "eu-west-1"', `region: ${JSON.stringify(region)}`);
	return file.startsWith("test/") || file.startsWith("demo/")
		? text.replaceAll(/\bmedia-(?=analytics|recommendations)/g, `${system}-`)
		: text;
}

/** The user's package.json with the scripts and packages that it lacks. */
function manifest(
	text: string,
	before: string | undefined,
	versions: Readonly<Record<string, string>>,
): PlannedFile {
	const file = "package.json";
	const parsed = before === undefined ? undefined : parseJson(before);
	if (parsed && (!parsed.ok || !isObject(parsed.value)))
		throw new Error(
			`${file} is not a JSON object: mend it, then run init again`,
		);
	const own = (parsed?.ok ? parsed.value : {}) as Record<string, unknown>;
	if (parsed && own.type !== "module")
		throw new Error(
			`${file} has no "type": "module", which the project's files need, and which changes what your own files are: set it, or make the project in a folder of its own, as in eventwright init events`,
		);
	const template = JSON.parse(text) as Record<string, object>;
	const { eventwright, ...tools } = versions;
	const merged = {
		...template,
		...own,
		scripts: { ...template.scripts, ...(own.scripts as object) },
		dependencies: { eventwright, ...(own.dependencies as object) },
		devDependencies: sorted({
			...without(tools, own.dependencies),
			...(own.devDependencies as object),
		}),
		allowScripts: { ...template.allowScripts, ...(own.allowScripts as object) },
	};
	const after = `${JSON.stringify(merged, null, "\t")}\n`;
	return {
		file,
		text: after,
		action:
			before === undefined ? "write" : before === after ? "same" : "merge",
	};
}

/** What the user has as a dependency is not a development dependency, too. */
function without(
	versions: Readonly<Record<string, string>>,
	dependencies: unknown,
): object {
	return Object.fromEntries(
		Object.entries(versions).filter(
			([name]) => !isObject(dependencies) || dependencies[name] === undefined,
		),
	);
}

function sorted(values: object): object {
	return Object.fromEntries(Object.entries(values).sort());
}

/** Writes the files. If one cannot be written, removes those that it has made, and rejects. */
export function writeProject(
	folder: string,
	files: readonly PlannedFile[],
): void {
	const undo: (() => void)[] = [];
	try {
		for (const { file, text, action } of files) {
			if (action === "keep" || action === "same") continue;
			const target = path.join(folder, file);
			const before = existsSync(target) ? readFileSync(target) : undefined;
			const made = mkdirSync(path.dirname(target), { recursive: true });
			if (made !== undefined)
				undo.push(() => rmSync(made, { recursive: true, force: true }));
			undo.push(() =>
				before === undefined
					? rmSync(target, { force: true })
					: writeFileSync(target, before),
			);
			writeFileSync(target, text);
		}
	} catch (error) {
		for (const step of undo.toReversed()) step();
		throw new Error(`${(error as Error).message}; nothing was changed`);
	}
}

/** The packages of a project: the versions that this repository or package was made with. */
export function projectVersions(): Readonly<Record<string, string>> {
	const read = (file: string): Record<string, Record<string, string>> =>
		JSON.parse(readFileSync(path.join(root, file), "utf8"));
	const { version } = read("package.json") as unknown as { version: string };
	return {
		eventwright: version,
		"@eventwright/tools": version,
		...(existsSync(path.join(root, "template-versions.json"))
			? (read("template-versions.json") as unknown as Record<string, string>)
			: packageVersions(read("package.json").devDependencies ?? {})),
	};
}

/** The versions of what a project needs beside Eventwright. */
export function packageVersions(
	all: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
	return Object.fromEntries(
		projectPackages.map((name) => [name, all[name] ?? "*"]),
	);
}

const projectPackages = [
	"@aws-sdk/client-eventbridge",
	"@aws-sdk/client-sqs",
	"@types/aws-lambda",
	"@types/node",
	"aws-cdk",
	"aws-cdk-lib",
	"cdk-nag",
	"constructs",
	// CDK bundles functions with the project's own.
	"esbuild",
	"node",
	"typescript",
	"vitest",
] as const;
