// Bundles of a CDK app's functions that can be made anew without the app.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { functionBundling } from "../cdk/system/bundling.ts";
import type { StackTemplate } from "../cloud/template/stack-template.ts";

export interface FunctionBundle {
	readonly functionName: string;
	/** The handler's file. */
	readonly entry: string;
	/** Every source file in the bundle, below the working directory. */
	readonly inputs: ReadonlySet<string>;
}

/**
 * The functions whose assets list their source files, and which give the same bytes when they are bundled here. Functions that
 * somebody bundles in another way are left out.
 */
export async function functionBundles(
	stacks: readonly StackTemplate[],
	workFolder: string,
): Promise<readonly FunctionBundle[]> {
	const found: FunctionBundle[] = [];
	for (const { template, assets } of stacks)
		for (const { Type, Properties = {} } of Object.values(template.Resources)) {
			const { FunctionName, Code } = Properties as {
				FunctionName?: unknown;
				Code?: { S3Key?: string };
			};
			const asset = assets.get(Code?.S3Key ?? "");
			if (Type !== "AWS::Lambda::Function" || asset === undefined) continue;
			if (typeof FunctionName !== "string") continue;
			const meta = path.join(asset, "index.meta.json");
			if (!existsSync(meta)) continue;
			const { inputs, outputs }: Metafile = JSON.parse(
				readFileSync(meta, "utf8"),
			);
			const entry = Object.values(outputs).find(
				({ entryPoint }) => entryPoint !== undefined,
			)?.entryPoint;
			if (entry === undefined) continue;
			const bundle = {
				functionName: FunctionName,
				entry,
				inputs: new Set(Object.keys(inputs)),
			};
			const folder = await bundleAgain(bundle, workFolder);
			if (readIndex(folder) === readIndex(asset)) found.push(bundle);
		}
	return found;
}

interface Metafile {
	readonly inputs: Readonly<Record<string, unknown>>;
	readonly outputs: Readonly<Record<string, { readonly entryPoint?: string }>>;
}

const readIndex = (folder: string) => {
	const file = path.join(folder, "index.mjs");
	return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};

/** Bundles a function's source as it is now. Resolves with the folder; rejects if it does not compile. */
export async function bundleAgain(
	{ functionName, entry }: FunctionBundle,
	workFolder: string,
): Promise<string> {
	const folder = path.join(workFolder, functionName);
	await build({
		entryPoints: [entry],
		outfile: path.join(folder, "index.mjs"),
		bundle: true,
		platform: "node",
		logLevel: "silent",
		...functionBundling,
		external: [...functionBundling.external],
	});
	return folder;
}

/** The source files of a CDK app itself; `undefined` if its command names no file. */
export async function appInputs(
	command: string,
): Promise<ReadonlySet<string> | undefined> {
	const entry = command
		.split(/\s+/)
		.findLast((word) => /\.[cm]?[jt]s$/.test(word) && existsSync(word));
	if (entry === undefined) return undefined;
	const { metafile } = await build({
		entryPoints: [entry],
		bundle: true,
		platform: "node",
		format: "esm",
		packages: "external",
		write: false,
		metafile: true,
		logLevel: "silent",
	});
	return new Set(Object.keys(metafile.inputs));
}
