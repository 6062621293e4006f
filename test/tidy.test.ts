// The house's rules, held against the source itself.
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { system } from "../infra/system.ts";

interface Import {
	readonly from: string;
	/** A file of ours, or a package. */
	readonly to: string;
	readonly typeOnly: boolean;
}

async function filesOf(
	...patterns: readonly string[]
): Promise<readonly string[]> {
	const files: string[] = [];
	for await (const file of glob(patterns))
		files.push(file.split(path.sep).join("/"));
	return files.filter((file) => !file.includes("node_modules")).sort();
}

const folders = [
	"runtime",
	"pattern",
	"generated",
	"generator",
	"handlers",
	"infra",
	"cdk",
	"cloud",
	"cli",
	"demo",
	"bench",
] as const;
const sources = await filesOf(
	...folders.map((folder) => `${folder}/**/*.{ts,js}`),
);
const exported: Readonly<Record<string, string>> = JSON.parse(
	readFileSync("package.json", "utf8"),
).exports;

function importsOf(file: string): readonly Import[] {
	const text = readFileSync(file, "utf8");
	const statements = text.matchAll(
		/^(?:import|export)\s+(type\s+)?(?:[\w*{][^"';]*?\sfrom\s+)?"([^"$]+)"/gm,
	);
	const dynamic = text.matchAll(/\bimport\("(\.[^"]+)"\)/g);
	const urls = text.matchAll(
		/new URL\(\s*"(\.{1,2}\/[^"]+\.ts)",\s*import\.meta\.url/g,
	);
	return [
		...[...statements].map(([, type, to = ""]) => ({
			from: file,
			to: resolve(file, to),
			typeOnly: type !== undefined,
		})),
		...[...urls, ...dynamic].map(([, to = ""]) => ({
			from: file,
			to: resolve(file, to),
			typeOnly: false,
		})),
	];
}

function resolve(file: string, specifier: string): string {
	if (specifier.startsWith("."))
		return path.posix.join(path.posix.dirname(file), specifier);
	if (!specifier.startsWith("eventwright/")) return specifier;
	return (
		exported[`.${specifier.slice("eventwright".length)}`] ?? specifier
	).replace("./", "");
}

const imports = sources.flatMap(importsOf);
const folderOf = (file: string) =>
	folders.find((folder) => file.startsWith(`${folder}/`));

describe("imports", () => {
	const allowed: Readonly<Record<string, readonly string[]>> = {
		runtime: ["runtime"],
		pattern: ["pattern", "runtime"],
		generated: ["generated", "runtime"],
		generator: ["generator", "runtime"],
		cdk: ["cdk", "pattern", "runtime"],
		cloud: ["cloud", "pattern", "runtime"],
		cli: ["cli", "infra", "cdk", "cloud", "generator", "pattern", "runtime"],
		handlers: ["handlers", "generated", "runtime"],
		infra: ["infra", "generated", "pattern", "cdk", "runtime"],
		demo: ["demo", "generated", "infra", "cdk", "cloud", "runtime"],
		bench: ["bench", "generated", "generator", "pattern", "runtime"],
	};

	test.each(Object.entries(allowed))(
		"%s imports only %j of ours",
		(folder, may) => {
			const wrong = imports
				.filter(
					({ from, to }) =>
						folderOf(from) === folder &&
						folderOf(to) !== undefined &&
						!may.includes(folderOf(to) as string),
				)
				// A handler takes from the system's definition what its queue is subscribed to, as a type.
				.filter(
					({ to, typeOnly }) =>
						!(folder === "handlers" && typeOnly && to === "infra/system.ts"),
				);
			expect(wrong).toEqual([]);
		},
	);

	test("generated code names the runtime by its package", async () => {
		for (const file of await filesOf("generated/**/*.{ts,js}"))
			expect(readFileSync(file, "utf8"), file).not.toMatch(
				/"(\.\.\/)+runtime\//,
			);
	});

	test("every file that is imported is there", () => {
		const ours = imports.filter(
			({ to }) => folderOf(to) !== undefined && !to.endsWith(".json"),
		);
		expect(ours.filter(({ to }) => !sources.includes(to))).toEqual([]);
	});
});

test("every file is imported, or is an entry", () => {
	const entries = [
		/^generated\//,
		...[system.producers, system.consumers].flatMap((all) =>
			Object.values(all).map(({ entry }) => new RegExp(`^${entry}$`)),
		),
		/^(cli\/eventwright|cli\/commands\/dev|cli\/commands\/deploy|infra\/app|cloud\/local\/services\/lambda\/worker|demo\/demo|bench\/index)\.(ts|js)$/,
		...Object.values(exported).map((file) => new RegExp(`^${file.slice(2)}$`)),
	];
	const imported = new Set(imports.map(({ to }) => to));
	expect(
		sources.filter(
			(file) =>
				!imported.has(file.replace(/\.d\.ts$/, ".js")) &&
				!entries.some((entry) => entry.test(file)),
		),
	).toEqual([]);
});

describe("I/O stands at the edges only", () => {
	const edges = [
		/^runtime\/(aws|aws-sdk|lambda)\.(js|d\.ts|ts)$/,
		/^generator\/codegen\/(codegen|digest|memory|progress|read|write)\.ts$/,
		/^generator\/(schema\/(yaml|expressions)|emit\/template|emit\/validator\/trial|registry\/aws)\.ts$/,
		/^handlers\//,
		/^infra\/(app|config)\.ts$/,
		/^cdk\/check-filters\.ts$/,
		/^cli\//,
		/^cloud\/template\/(assembly|synth)\.ts$/,
		/^cloud\/local\/(credentials|endpoint|http|render|runner)\.ts$/,
		/^cloud\/local\/services\/(events\/(bus|put-events)|sns\/sns|sqs\/(queue|fauxqs)|lambda\/(environments|event-source-mapping|function|worker)|api-gateway\/(resources|server))\.ts$/,
		/^(demo|bench)\//,
	];
	const io = [
		/"node:(?!test)/,
		/from "@aws-sdk\//,
		/\bprocess\./,
		/\bconsole\./,
		/\bDate\.now\b|new Date\(\)|performance\.now/,
		/\bsetTimeout\b|\bfetch\(/,
		/Math\.random/,
	];

	test.each(
		sources.filter(
			(file) =>
				!file.startsWith("generated/") &&
				!edges.some((edge) => edge.test(file)),
		),
	)("%s", (file) => {
		const text = readFileSync(file, "utf8").replace(
			/\/\*[\s\S]*?\*\/|\/\/.*$/gm,
			"",
		);
		expect(io.filter((pattern) => pattern.test(text))).toEqual([]);
	});
});

describe("names", () => {
	test("files are in kebab case", async () => {
		const files = await filesOf(
			"{runtime,pattern,generator,handlers,infra,cdk,cloud,cli,demo,bench,test}/**/*.ts",
		);
		expect(
			files.filter(
				(file) =>
					!file.includes("/cases/") &&
					!/^[a-z0-9-]+(\.(test|d))?\.ts$/.test(path.basename(file)),
			),
		).toEqual([]);
	});

	test("no drawer for everything", async () => {
		expect(
			(
				await filesOf("**/{utils,util,helpers,helper,common,misc,shared}.ts")
			).filter((file) => !/^(generated|test\/generator\/cases)\//.test(file)),
		).toEqual([]);
	});
});

test("no source, detail-type, bus name or ARN is typed by hand in handlers or infra, but in system.ts", async () => {
	const schemas = await filesOf("schemas/**/*.{json,yaml}");
	const facts = schemas.flatMap((file) =>
		[
			...readFileSync(file, "utf8").matchAll(
				/x-amazon-events-(?:source|detail-type)"?:\s*"?([^"\n]+)/g,
			),
		].map(([, value]) => value as string),
	);
	expect(facts.length).toBeGreaterThan(0);
	const busName =
		/eventBusName: "([^"]+)"/.exec(
			readFileSync("infra/system.ts", "utf8"),
		)?.[1] ?? "";
	expect(busName).not.toBe("");
	for (const file of (await filesOf("{handlers,infra}/**/*.ts")).filter(
		(file) => file !== "infra/system.ts",
	)) {
		const text = readFileSync(file, "utf8");
		for (const fact of [...facts, busName])
			expect(text, file).not.toContain(fact);
		// An ARN is put together from the system's facts; none has an account or a name written into it.
		for (const [arn] of text.matchAll(/arn:[\w-]+:[^"'`\s]*/g))
			expect(arn, file).toContain("${");
	}
});

test("the lock file names no registry", () => {
	expect(readFileSync("package-lock.json", "utf8")).not.toContain(
		'"resolved": "http',
	);
});
