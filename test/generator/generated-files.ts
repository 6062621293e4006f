// Generated code as users have it: written to a folder and imported.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { generate } from "../../generator/codegen/generate.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Validator } from "../../runtime/validator/rules.ts";

let batches = 0;

/** A folder inside the project, so that the runtime resolves by its package name. The caller removes it. */
export function newFolder(name: string): string {
	mkdirSync("cdk.out", { recursive: true });
	return mkdtempSync(path.resolve("cdk.out", `${name}-`));
}

/** Writes generated files, or only those whose name starts with `prefix`. */
export function writeFiles(
	root: string,
	files: ReadonlyMap<string, string>,
	prefix = "",
): void {
	for (const [file, text] of files) {
		if (!file.startsWith(prefix)) continue;
		const target = path.join(root, file);
		mkdirSync(path.dirname(target), { recursive: true });
		writeFileSync(target, text);
	}
}

/** What tsc says of the files in a folder; "" if nothing. */
export async function typeErrorsIn(
	folder: string,
	settings: {
		readonly compilerOptions?: object;
		readonly include?: readonly string[];
	} = {},
): Promise<string> {
	const project = path.join(folder, "tsconfig.json");
	writeFileSync(
		project,
		JSON.stringify({
			extends: "../../tsconfig.json",
			include: ["."],
			exclude: [],
			...settings,
		}),
	);
	const { stdout } = await promisify(execFile)("tsc", [
		"--project",
		project,
		"--pretty",
		"false",
	]).catch((error: { stdout: string }) => error);
	return stdout;
}

/** The generated validators of details that have a property `v` with each schema. */
export async function validatorsOf(
	folder: string,
	schemas: readonly object[],
): Promise<readonly Validator[]> {
	const { files, diagnostics } = generate(
		analyse(
			schemas.flatMap((schema, i) => [
				{
					file: `e${i}.json`,
					text: JSON.stringify({
						title: `E${i}`,
						"x-amazon-events-source": "s",
						"x-amazon-events-detail-type": `d${i}`,
						type: "object",
						properties: { v: { $ref: `of/s${i}.json` } },
					}),
				},
				{ file: `of/s${i}.json`, text: JSON.stringify(schema) },
			]),
		),
	);
	const errors = diagnostics.filter(({ severity }) => severity === "error");
	if (errors.length > 0) throw new Error(JSON.stringify(errors.slice(0, 3)));
	const root = path.join(folder, `batch-${batches++}`);
	writeFiles(root, files, "events/");
	return Promise.all(
		schemas.map(async (_, i) => {
			const module = await import(path.join(root, `events/e${i}.js`));
			return module[`E${i}`].validate;
		}),
	);
}
