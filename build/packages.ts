// Builds the packages that users install, from the sources that this repository runs.
import { execFileSync } from "node:child_process";
import {
	cpSync,
	globSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { packageVersions, projectParts } from "../cli/init-project.ts";

interface Manifest {
	readonly version: string;
	readonly description: string;
	readonly license: string;
	readonly exports: Readonly<Record<string, string>>;
	readonly devDependencies: Readonly<Record<string, string>>;
}

const root: Manifest = JSON.parse(readFileSync("package.json", "utf8"));
const { version, license } = root;

/** The package of all that is not deployed: command line, constructs and local runner. */
const toolsName = "@eventwright/tools";

/** What each package has of the sources. Tools have a copy of the runtime, so that the two never disagree. */
const folders = {
	eventwright: ["runtime", "pattern"],
	tools: ["runtime", "pattern", "generator", "cdk", "cloud", "cli", "testing"],
} as const;

/** Packages that tools import. The AWS SDK's event client is for the functions that the local runner runs. */
const toolsDependencies = [
	"@aws-cdk/cloudformation-diff",
	"@aws-sdk/client-api-gateway",
	"@aws-sdk/client-cloudcontrol",
	"@aws-sdk/client-cloudformation",
	"@aws-sdk/client-eventbridge",
	"@aws-sdk/client-schemas",
	"@aws-sdk/client-sqs",
	"@aws-sdk/client-ssm",
	"@aws-sdk/client-sts",
	"@clack/prompts",
	"@eslint-community/regexpp",
	"ajv",
	"ajv-draft-04",
	"ajv-formats",
	"chokidar",
	"esbuild",
	"fauxqs",
	"handlebars",
	"jsonc-parser",
	"recheck",
	"velocityjs",
	"yaml",
];

/** Packages that a deployed function imports, if it does what they are for. */
const runtimePeers = [
	"@aws-lambda-powertools/idempotency",
	"@aws-sdk/client-eventbridge",
	"@aws-sdk/client-sqs",
];

/** Node's oldest version that runs TypeScript without a flag, which the command line needs for `infra/system.ts`. */
const engines = { node: ">=22.18" };

const common = {
	version,
	license,
	type: "module",
	sideEffects: false,
	engines,
};

/** Builds both packages into a folder. Returns their folders. */
export function buildPackages(out: string): {
	readonly eventwright: string;
	readonly tools: string;
} {
	const compiled = path.join(out, "compiled");
	rmSync(out, { recursive: true, force: true });
	mkdirSync(compiled, { recursive: true });
	const project = [
		"-p",
		"build/tsconfig.json",
		"--outDir",
		path.resolve(compiled),
	];
	// Comments are for readers of declarations.
	for (const options of [
		["--declaration", "--emitDeclarationOnly"],
		["--removeComments", "--sourceMap"],
	])
		execFileSync("tsc", [...project, ...options], {
			stdio: ["ignore", "inherit", "inherit"],
		});
	copyAssets(compiled);
	rewriteSpecifiers(compiled);
	const packages = {
		eventwright: path.join(out, "eventwright"),
		tools: path.join(out, "tools"),
	};
	for (const name of ["eventwright", "tools"] as const) {
		for (const folder of folders[name])
			cpSync(path.join(compiled, folder), path.join(packages[name], folder), {
				recursive: true,
			});
		cpSync("LICENSE", path.join(packages[name], "LICENSE"));
		cpSync("README.md", path.join(packages[name], "README.md"));
	}
	copyReference(packages.tools);
	writeManifests(packages);
	return packages;
}

/** What `init` writes, in the places that it has here. */
function copyReference(tools: string): void {
	for (const [from] of projectParts)
		cpSync(from, path.join(tools, from), { recursive: true });
	writeFileSync(
		path.join(tools, "template-versions.json"),
		`${JSON.stringify(packageVersions(root.devDependencies), null, "\t")}\n`,
	);
}

/** Files that tsc does not compile: templates, schemas, and modules that are JavaScript already. */
function copyAssets(compiled: string): void {
	for (const file of globSync(
		"{runtime,generator,cli}/**/*.{hbs,js,d.ts,json}",
	))
		cpSync(file, path.join(compiled, file));
}

/** Declarations, JavaScript modules and URLs of workers still name TypeScript files. */
function rewriteSpecifiers(compiled: string): void {
	for (const file of globSync(`${compiled}/**/*.{js,d.ts}`)) {
		const text = readFileSync(file, "utf8");
		const runtime = path.relative(
			path.dirname(file),
			path.join(compiled, "runtime/codegen-v1.js"),
		);
		const changed = text
			.replace(
				/((?:from|import|import\(|new URL\()\s*")(\.{1,2}\/[^"]*)\.ts"/g,
				'$1$2.js"',
			)
			// The generator's own validators are generated code.
			.replace(/from "eventwright\/codegen-v1"/g, `from "${runtime}"`);
		if (changed !== text) writeFileSync(file, changed);
	}
}

function writeManifests(packages: {
	readonly eventwright: string;
	readonly tools: string;
}): void {
	const inRuntime = ([, file]: [string, string]) =>
		folders.eventwright.some((folder) => file.startsWith(`./${folder}/`));
	const entries = Object.entries(root.exports);
	const own = entries.filter(inRuntime);
	const others = entries.filter((entry) => !inRuntime(entry));
	// One name for users, `eventwright/cdk`, wherever it is installed from.
	for (const [subpath] of others) {
		const name = subpath.replace("./", "");
		for (const extension of ["js", "d.ts"])
			writeFileSync(
				path.join(packages.eventwright, `${name}.${extension}`),
				`export * from "${toolsName}/${name}";\n`,
			);
	}
	const built = (file: string) => ({
		types: file.replace(/\.ts$/, ".d.ts"),
		default: file.replace(/\.ts$/, ".js"),
	});
	const manifest = (folder: string, value: object) => {
		const files = readdirSync(folder).sort();
		writeFileSync(
			path.join(folder, "package.json"),
			`${JSON.stringify({ ...value, files }, null, "\t")}\n`,
		);
	};
	manifest(packages.eventwright, {
		name: "eventwright",
		description: root.description,
		...common,
		exports: Object.fromEntries([
			...own.map(([subpath, file]) => [subpath, built(file)]),
			...others.map(([subpath]) => [subpath, built(`${subpath}.ts`)]),
		]),
		peerDependencies: {
			[toolsName]: version,
			...Object.fromEntries(
				runtimePeers.map((name) => [name, versionOf(name)]),
			),
		},
		peerDependenciesMeta: Object.fromEntries(
			[toolsName, ...runtimePeers].map((name) => [name, { optional: true }]),
		),
	});
	manifest(packages.tools, {
		name: toolsName,
		description: "Command line, constructs and local runner of Eventwright.",
		...common,
		bin: { eventwright: "./cli/eventwright.js" },
		exports: Object.fromEntries(
			others.map(([subpath, file]) => [subpath, built(file)]),
		),
		dependencies: Object.fromEntries(
			toolsDependencies.map((name) => [name, versionOf(name)]),
		),
		peerDependencies: {
			"aws-cdk-lib": root.devDependencies["aws-cdk-lib"],
			constructs: root.devDependencies.constructs,
			"json-schema-to-typescript": "^15 || ^16",
		},
		peerDependenciesMeta: {
			"aws-cdk-lib": { optional: true },
			constructs: { optional: true },
			"json-schema-to-typescript": { optional: true },
		},
	});
}

function versionOf(name: string): string {
	const found = root.devDependencies[name];
	if (found === undefined) throw new Error(`package.json has no ${name}`);
	return found;
}
