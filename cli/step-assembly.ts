// Writes a cloud assembly that has the stacks of one step of a deployment, each with the step's template.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Step } from "../cloud/rollout/plan.ts";

interface Artifact {
	readonly type: string;
	readonly environment?: string;
	readonly properties?: {
		readonly file?: string;
		readonly templateFile?: string;
		readonly stackName?: string;
	};
	readonly dependencies?: readonly string[];
}

interface Manifest {
	readonly version: string;
	readonly artifacts: Readonly<Record<string, Artifact>>;
}

interface Assets {
	readonly version: string;
	readonly files: Readonly<
		Record<
			string,
			{
				readonly source: { readonly path: string; readonly packaging: string };
				readonly destinations: object;
			}
		>
	>;
}

/** Writes the assembly of a phase's steps into a folder inside of the synthesized one, and returns the folder. */
export function writeStepAssembly(
	synthesized: string,
	steps: readonly Step[],
): string {
	const folder = path.join(synthesized, "eventwright-deploy");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const manifest: Manifest = readJson(path.join(synthesized, "manifest.json"));
	const artifacts = steps.flatMap((step) =>
		artifactsOf(step, manifest, synthesized, folder),
	);
	writeJson(path.join(folder, "manifest.json"), {
		version: manifest.version,
		artifacts: Object.fromEntries(artifacts),
	});
	return folder;
}

function artifactsOf(
	{ stack, account, region, template }: Step,
	{ artifacts }: Manifest,
	synthesized: string,
	folder: string,
): readonly (readonly [string, Artifact])[] {
	const [model, artifact] = modelOf(stack, account, region, artifacts);
	const isOwn = model === stack;
	// A stack that is not in the assembly is deployed as its neighbours are.
	const as = <T>(value: T): T => {
		const [, from] = /^aws:\/\/(\d+)\//.exec(artifact.environment ?? "") ?? [];
		const text = JSON.stringify(value);
		return JSON.parse(
			isOwn
				? text
				: text
						.replaceAll(from ?? account, account)
						.replaceAll(`"${model}`, `"${stack}`),
		);
	};
	const assetsId = `${model}.assets`;
	const assets: Assets = readJson(
		path.join(synthesized, artifacts[assetsId]?.properties?.file ?? ""),
	);
	const text = JSON.stringify(template, null, 1);
	const hash = createHash("sha256").update(text).digest("hex");
	const templateFile = `${stack}.template.json`;
	writeFileSync(path.join(folder, templateFile), text);
	const modelFile = artifact.properties?.templateFile;
	const files = Object.entries(assets.files).flatMap(([id, file]) => {
		if (file.source.path === modelFile)
			return [
				[
					hash,
					JSON.parse(
						JSON.stringify(
							as({ ...file, source: { ...file.source, path: templateFile } }),
						).replaceAll(id, hash),
					),
				] as const,
			];
		const source = {
			...file.source,
			path: path.resolve(synthesized, file.source.path),
		};
		return isOwn ? [[id, { ...file, source }] as const] : [];
	});
	writeJson(path.join(folder, `${stack}.assets.json`), {
		...assets,
		files: Object.fromEntries(files),
	});
	const [templateId = ""] =
		Object.entries(assets.files).find(
			([, { source }]) => source.path === modelFile,
		) ?? [];
	const { additionalMetadataFile: _, ...own } = as(artifact) as Artifact & {
		readonly additionalMetadataFile?: string;
	};
	return [
		[
			stack,
			JSON.parse(
				JSON.stringify({
					...own,
					properties: { ...own.properties, templateFile },
				}).replaceAll(templateId, hash),
			),
		],
		[`${stack}.assets`, as(artifacts[assetsId]) as Artifact],
	];
}

/** The stack's artifact, or that of a stack which is deployed in the same way. */
function modelOf(
	stack: string,
	account: string,
	region: string,
	artifacts: Manifest["artifacts"],
): readonly [string, Artifact] {
	const stacks = Object.entries(artifacts).filter(
		([, { type }]) => type === "aws:cloudformation:stack",
	);
	const place = `aws://${account}/${region}`;
	const found =
		stacks.find(([id]) => id === stack) ??
		stacks.find(([, { environment }]) => environment === place) ??
		stacks[0];
	if (!found) throw new Error("the cloud assembly has no stacks");
	return found;
}

function readJson<T>(file: string): T {
	return JSON.parse(readFileSync(file, "utf8"));
}

function writeJson(file: string, value: unknown): void {
	writeFileSync(file, JSON.stringify(value, null, 1));
}
