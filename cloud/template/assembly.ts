import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse, type ScalarTag } from "yaml";
import { isObject } from "../../runtime/json.ts";
import type { StackTemplate, Template } from "./stack-template.ts";

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
export function readAssembly(folder: string): readonly StackTemplate[] {
	const manifestFile = path.join(folder, "manifest.json");
	if (!existsSync(folder))
		throw new Error(`there is no folder ${folder}. Run: npm run synth`);
	if (!existsSync(manifestFile))
		throw new Error(
			`${folder} is not a cloud assembly: it has no manifest.json. Run: npm run synth`,
		);
	const manifest: Manifest = readJson(manifestFile);
	return Object.entries(manifest.artifacts ?? {}).flatMap(
		([name, { type, environment, properties }]): readonly StackTemplate[] => {
			if (type === "cdk:cloud-assembly" && properties?.directoryName)
				return readAssembly(path.join(folder, properties.directoryName));
			if (type !== "aws:cloudformation:stack" || !properties?.templateFile)
				return [];
			const [account, region] = (environment ?? "")
				.replace("aws://", "")
				.split("/");
			if (!account || !region || account.startsWith("unknown"))
				throw new Error(
					`the stack ${name} has no account and region: set its env`,
				);
			return [
				{
					name: properties.stackName ?? name,
					account,
					region,
					template: readJson(path.join(folder, properties.templateFile)),
					assets: readAssets(
						folder,
						properties.templateFile.replace(".template.json", ".assets.json"),
					),
				},
			];
		},
	);
}

/** Reads a single template in JSON, or in YAML with CloudFormation's short forms. */
export function readTemplate(
	file: string,
	account: string,
	region: string,
): StackTemplate {
	const template = templateOf(file);
	if (!isObject(template) || !isObject(template.Resources))
		throw new Error(
			`${file} is not a CloudFormation template: it has no Resources`,
		);
	return {
		name: path.basename(file).replace(/(\.template)?\.[^.]+$/, ""),
		account,
		region,
		template: template as unknown as Template,
		assets: new Map(),
	};
}

function templateOf(file: string): unknown {
	if (!existsSync(file)) throw new Error(`there is no file ${file}`);
	try {
		return parse(readFileSync(file, "utf8"), { customTags: shortForms });
	} catch (error) {
		const [reason] = (error as Error).message.split("\n");
		throw new Error(`${file} is not a CloudFormation template: ${reason}`);
	}
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
	return JSON.parse(readFileSync(file, "utf8"));
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
].flatMap((name) => {
	const key = name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
	const long = (value: unknown) => ({
		[key]:
			name === "GetAtt" && typeof value === "string"
				? [
						value.slice(0, value.indexOf(".")),
						value.slice(value.indexOf(".") + 1),
					]
				: value,
	});
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
