import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse, type ScalarTag } from "yaml";
import { isObject, parseJson } from "../../runtime/json.ts";
import { checkTemplate, loopPrefix } from "./check-template.ts";
import { expandLoops } from "./for-each.ts";
import { TemplateError } from "./place.ts";
import type { StackTemplate, Template } from "./stack-template.ts";

/** Where stacks run that do not say it, and the values of their parameters. */
export interface Placement {
	/** Default: 000000000000, which is named. */
	readonly account?: string | undefined;
	/** Default: us-east-1, which is named. */
	readonly region?: string | undefined;
	/** By name. A stack that lacks a parameter ignores it. */
	readonly parameters?: Readonly<Record<string, string>>;
}

const defaultPlace = { account: "000000000000", region: "us-east-1" };

interface Manifest {
	readonly artifacts?: Readonly<
		Record<
			string,
			{
				readonly type: string;
				readonly environment?: string;
				readonly properties?: {
					readonly templateFile?: string;
					readonly stackName?: string;
					readonly directoryName?: string;
				};
			}
		>
	>;
}

/** Reads the stacks of a cloud assembly (`cdk.out`), including nested assemblies of stages. */
export function readAssembly(
	folder: string,
	placement: Placement = {},
	/** Assemblies that hold this one. */
	around: readonly string[] = [],
): readonly StackTemplate[] {
	const manifestFile = path.join(folder, "manifest.json");
	if (!existsSync(folder))
		throw new Error(`there is no folder ${folder}. Run: npm run synth`);
	if (!existsSync(manifestFile))
		throw new Error(
			`${folder} is not a cloud assembly: it has no manifest.json. Run: npm run synth`,
		);
	const inside = [...around, path.resolve(folder)];
	const manifest: Manifest = readManifest(manifestFile);
	return Object.entries(manifest.artifacts ?? {}).flatMap(
		([name, { type, environment, properties }]): readonly StackTemplate[] => {
			if (type === "cdk:cloud-assembly" && properties?.directoryName) {
				const nested = path.join(folder, properties.directoryName);
				if (inside.includes(path.resolve(nested)))
					throw new TemplateError(
						`${manifestFile}: ${name} is an assembly that holds itself`,
					);
				return readAssembly(nested, placement, inside);
			}
			if (type !== "aws:cloudformation:stack" || !properties?.templateFile)
				return [];
			const [account = "", region = ""] = (environment ?? "")
				.replace("aws://", "")
				.split("/");
			const file = path.join(folder, properties.templateFile);
			return [
				{
					name: properties.stackName ?? name,
					...placed(
						{
							...(/^\d{12}$/.test(account) ? { account } : {}),
							...(region === "" || region.startsWith("unknown")
								? {}
								: { region }),
						},
						placement,
					),
					template: readTemplateFile(file, placement.parameters),
					assets: readAssets(
						folder,
						properties.templateFile.replace(".template.json", ".assets.json"),
					),
					file,
					folder,
				},
			];
		},
	);
}

/** What the stack, or else the options, say of where it runs; a note names what nobody says. */
function placed(
	own: { readonly account?: string; readonly region?: string },
	{ account, region, parameters = {} }: Placement,
): Pick<StackTemplate, "account" | "region" | "parameters" | "notes"> {
	const notes = (["account", "region"] as const).flatMap((name) =>
		own[name] === undefined && { account, region }[name] === undefined
			? [
					`has no ${name} of its own: runs in ${defaultPlace[name]} (set --${name})`,
				]
			: [],
	);
	return {
		account: own.account ?? account ?? defaultPlace.account,
		region: own.region ?? region ?? defaultPlace.region,
		parameters,
		notes,
	};
}

/** Reads a single template in JSON, or in YAML with CloudFormation's short forms. */
export function readTemplate(
	file: string,
	account?: string,
	region?: string,
	placement: Placement = {},
): StackTemplate {
	return {
		name: path
			.basename(file)
			.replace(/(\.template)?\.[^.]+$/, "")
			.replace(/[^\w.-]/g, "-"),
		...placed(
			{
				...(account === undefined ? {} : { account }),
				...(region === undefined ? {} : { region }),
			},
			placement,
		),
		template: readTemplateFile(file, placement.parameters),
		assets: new Map(),
		file,
		folder: path.dirname(file),
	};
}

function readTemplateFile(
	file: string,
	parameters: Placement["parameters"],
): Template {
	if (!existsSync(file)) throw new Error(`there is no file ${file}`);
	return templateIn(readFileSync(file, "utf8"), file, parameters);
}

/** Reads a template's text: expands its loops and checks its shape. The file is for messages. */
export function templateIn(
	text: string,
	file: string,
	parameters: Placement["parameters"] = {},
): Template {
	const value = parsed(text.replace(/^\uFEFF/, ""), file);
	return checkTemplate(
		text.includes(loopPrefix) ? expandLoops(value, file, parameters) : value,
		file,
	);
}

/** A template that is JSON is read as JSON: YAML's reader takes a hundred times as long. */
function parsed(text: string, file: string): unknown {
	const json = /^\s*\{/.test(text) ? parseJson(text) : undefined;
	if (json?.ok) return json.value;
	if (json && file.endsWith(".json"))
		throw new TemplateError(
			`${file} is not a CloudFormation template: ${json.message}`,
		);
	try {
		return parse(text, { customTags: shortForms, prettyErrors: true });
	} catch (error) {
		const [reason] = (error as Error).message.split("\n");
		throw new TemplateError(
			`${file} is not a CloudFormation template: ${reason}`,
		);
	}
}

function readManifest(file: string): Manifest {
	const manifest: unknown = readJson(file);
	if (!isObject(manifest) || !isObject(manifest.artifacts ?? {}))
		throw new TemplateError(`${file} is not a manifest of a cloud assembly`);
	for (const [name, artifact] of Object.entries(manifest.artifacts ?? {}))
		if (!isObject(artifact))
			throw new TemplateError(`${file}: the artifact ${name} is no object`);
	return manifest as Manifest;
}

function readAssets(folder: string, file: string): ReadonlyMap<string, string> {
	const assetsFile = path.join(folder, file);
	if (!existsSync(assetsFile)) return new Map();
	const {
		files = {},
	}: {
		files?: Record<
			string,
			{
				source: { path: string };
				destinations: Record<string, { objectKey: string }>;
			}
		>;
	} = readJson(assetsFile);
	return new Map(
		Object.values(files).flatMap(({ source, destinations }) =>
			Object.values(destinations).map(({ objectKey }): [string, string] => [
				objectKey,
				path.join(folder, source.path),
			]),
		),
	);
}

function readJson<T>(file: string): T {
	const parsed = parseJson(readFileSync(file, "utf8"));
	if (!parsed.ok) throw new TemplateError(`${file}: ${parsed.message}`);
	return parsed.value as T;
}

/** YAML tags that convert short forms such as `!Ref` and `!GetAtt` to their long forms. */
const shortForms = [
	"Ref",
	"Condition",
	"GetAtt",
	"Sub",
	"Join",
	"Select",
	"Split",
	"FindInMap",
	"ImportValue",
	"GetAZs",
	"Base64",
	"Cidr",
	"ToJsonString",
	"Transform",
	"If",
	"Equals",
	"And",
	"Or",
	"Not",
	"Length",
	"ForEach",
].flatMap((name) => {
	const key = name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
	const long = (value: unknown) => ({ [key]: value });
	return [
		{ tag: `!${name}`, resolve: long },
		{
			tag: `!${name}`,
			collection: "seq" as const,
			resolve: (value: { toJSON: () => unknown }) => long(value.toJSON()),
		},
		{
			tag: `!${name}`,
			collection: "map" as const,
			resolve: (value: { toJSON: () => unknown }) => long(value.toJSON()),
		},
	];
}) as ScalarTag[];
