// Checks the source code against the project's conventions.
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { eventBusName } from "../cdk/system/topology.ts";
import { system } from "../infra/system.ts";

interface Import {
	readonly from: string;
	/** A file of the project or a package name. */
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
	"testing",
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
	if (!/^eventwright(?=\/|$)/.test(specifier)) return specifier;
	return (
		exported[`.${specifier.slice("eventwright".length)}`] ?? specifier
	).replace("./", "");
}

/** Modules of the runner that every service may import. */
const sharedByServices = [
	"aws-error",
	"cloud",
	"credentials",
	"delivery",
	"http",
	"query-protocol",
	"service",
	"trace",
];

const imports = sources.flatMap(importsOf);
const ours = imports.filter(({ to }) => folderOf(to) !== undefined);
function folderOf(file: string): string | undefined {
	return folders.find((folder) => file.startsWith(`${folder}/`));
}

/** The imports that each module may have. The longest matching prefix of a file counts. A module may always import itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	generated: ["runtime", "runtime/validator"],
	handlers: ["generated", "runtime", "runtime/validator"],
	infra: ["generated", "runtime", "pattern", "cdk", "cdk/system"],
	demo: ["generated", "infra", "cdk/system", "cloud/local/index.ts"],
	runtime: ["runtime/validator"],
	"runtime/validator": [
		"runtime/issue.ts",
		"runtime/json.ts",
		"runtime/json-pointer.ts",
	],
	pattern: ["pattern/engine", "pattern/judge", "runtime"],
	"pattern/engine": ["runtime"],
	"pattern/judge": ["pattern/engine", "runtime", "runtime/validator"],
	"generator/diagnostics.ts": [],
	"generator/version.ts": [],
	"generator/schema": [
		"generator/diagnostics.ts",
		"generator/schema/meta-schemas",
		"runtime",
		"runtime/validator",
	],
	"generator/schema/meta-schemas": [
		"runtime/codegen-v1.ts",
		"runtime/validator/rules.ts",
	],
	"generator/emit": [
		"generator/emit/validator",
		"generator/schema",
		"generator/diagnostics.ts",
		"generator/version.ts",
		"runtime",
	],
	"generator/emit/validator": [
		"generator/emit/print.ts",
		"generator/schema",
		"generator/diagnostics.ts",
		"runtime",
		"runtime/validator",
	],
	"generator/codegen": [
		"generator/emit",
		"generator/emit/validator/trial.ts",
		"generator/schema",
		"generator/diagnostics.ts",
		"generator/version.ts",
		"runtime",
	],
	"generator/lint": [
		"generator/emit/type-printer.ts",
		"generator/emit/validator/trial.ts",
		"generator/schema",
		"generator/diagnostics.ts",
		"runtime",
	],
	"generator/config": [
		"generator/codegen",
		"generator/emit",
		"generator/lint",
		"generator/schema",
		"generator/diagnostics.ts",
		"runtime",
	],
	"generator/compatibility": [
		"generator/emit/self-contained.ts",
		"generator/emit/validator/trial.ts",
		"generator/schema",
		"generator/diagnostics.ts",
		"runtime",
		"runtime/validator",
	],
	"generator/import": ["generator/schema", "runtime"],
	"generator/registry": ["generator/schema", "runtime", "runtime/validator"],
	cdk: ["cdk/system", "cdk/constructs", "pattern", "pattern/engine", "runtime"],
	"cdk/system": [
		"pattern/engine",
		"pattern/judge",
		"pattern/rule-pattern.ts",
		"runtime",
	],
	"cdk/constructs": ["cdk/system", "runtime"],
	"cloud/template": [
		"cloud/template/sam",
		"pattern",
		"pattern/engine",
		"runtime",
	],
	"cloud/template/sam": ["cloud/template", "runtime"],
	"cloud/rollout": ["cloud/template", "runtime"],
	"cloud/local": ["cloud/template", "runtime"],
	"cloud/local/index.ts": [
		"cloud/local",
		"cloud/local/runner.ts",
		"cloud/template",
	],
	"cloud/local/services.ts": [
		"cloud/local",
		...["api-gateway", "events", "lambda", "logs", "schemas", "sns", "sqs"].map(
			(service) => `cloud/local/services/${service}`,
		),
	],
	"cloud/local/send.ts": [
		"cloud/local",
		"cloud/local/services/events",
		"cloud/local/services.ts",
		"cloud/template",
		"runtime",
	],
	"cloud/local/control.ts": ["cloud/local", "cloud/local/send.ts", "runtime"],
	"cloud/local/runner.ts": [
		"cloud/local",
		"cloud/local/control.ts",
		"cloud/local/send.ts",
		"cloud/local/services.ts",
		"cloud/local/services/api-gateway",
		"cloud/local/services/lambda",
		"cloud/template",
	],
	// A service may import the services before it in the list, but not the runner.
	...Object.fromEntries(
		["sqs", "sns", "events", "schemas", "logs", "lambda", "api-gateway"].map(
			(service, i, all) => [
				`cloud/local/services/${service}`,
				[
					...all.slice(0, i).map((other) => `cloud/local/services/${other}`),
					...sharedByServices.map((file) => `cloud/local/${file}.ts`),
					"cloud/template",
					"pattern",
					"pattern/engine",
					"runtime",
				],
			],
		),
	),
	cli: [
		"cli/commands",
		"cloud/template",
		"cloud/rollout",
		"cloud/local",
		"cloud/local/runner.ts",
		"cloud/local/send.ts",
		"cdk/system",
		"generator/codegen",
		"generator/compatibility",
		"generator/config",
		"generator/emit/emitter.ts",
		"generator/emit/self-contained.ts",
		"generator/import",
		"generator/registry",
		"generator/schema",
		"generator/diagnostics.ts",
		"generator/version.ts",
		"pattern/engine",
		"pattern/judge",
		"runtime",
		"testing",
	],
	testing: [
		"cloud/local",
		"cloud/local/runner.ts",
		"generator/compatibility",
		"generator/schema",
		"runtime",
	],
	"cli/commands": [
		"cli",
		"testing",
		"cdk/system",
		"cloud/template",
		"generator/codegen",
		"generator/compatibility",
		"generator/config",
		"generator/lint",
		"generator/schema",
		"generator/diagnostics.ts",
		"pattern",
		"pattern/engine",
		"runtime",
	],
	bench: [
		"generated",
		"generator/codegen",
		"generator/schema",
		"pattern",
		"runtime",
	],
};

const roomOf = (file: string): string =>
	Object.keys(mayImport)
		.filter((room) => file === room || file.startsWith(`${room}/`))
		.reduce((a, b) => (a.length >= b.length ? a : b), "");

/** Returns an import cycle, or an empty list if there is none. */
function circle(): readonly string[] {
	const next = Map.groupBy(ours, ({ from }) => from);
	const done = new Set<string>();
	const visit = (file: string, path: readonly string[]): readonly string[] => {
		const at = path.indexOf(file);
		if (at >= 0) return [...path.slice(at), file];
		if (done.has(file)) return [];
		for (const { to } of next.get(file) ?? []) {
			const found = visit(to, [...path, file]);
			if (found.length > 0) return found;
		}
		done.add(file);
		return [];
	};
	for (const file of sources) {
		const found = visit(file, []);
		if (found.length > 0) return found;
	}
	return [];
}

describe("imports", () => {
	test("each module imports only what the table allows", () => {
		const wrong = ours
			.filter(({ from, to }) => {
				const [room, target] = [roomOf(from), roomOf(to)];
				const allowed = mayImport[room] ?? [];
				return (
					room !== target && !allowed.includes(target) && !allowed.includes(to)
				);
			})
			// A handler may import the type of its queue's subscriptions from the system definition.
			.filter(
				({ from, to, typeOnly }) =>
					!(
						from.startsWith("handlers/") &&
						typeOnly &&
						to === "infra/system.ts"
					),
			)
			.map(({ from, to }) => `${from} imports ${to}`);
		expect(wrong).toEqual([]);
	});

	test("there are no import cycles", () => {
		expect(circle().join(" → ")).toBe("");
	});

	test("the reference system imports the toolkit by its package name", () => {
		const toolkit = [
			"runtime",
			"pattern",
			"generator",
			"cdk",
			"cloud",
			"cli",
			"testing",
		];
		for (const file of sources.filter((file) =>
			/^(generated|handlers|infra|demo)\//.test(file),
		))
			for (const [, path = ""] of readFileSync(file, "utf8").matchAll(
				/from "((?:\.\.\/)+[^"]+)"/g,
			))
				expect(toolkit, `${file} imports ${path}`).not.toContain(
					path.replace(/^(\.\.\/)+/, "").split("/")[0],
				);
	});

	test("no file of the toolkit imports a public entry", () => {
		expect(
			ours.filter(
				({ from, to }) =>
					/^(runtime|pattern|generator|cdk|cloud|cli|testing)\//.test(from) &&
					to.endsWith("/index.ts") &&
					Object.values(exported).includes(`./${to}`),
			),
		).toEqual([]);
	});

	test("every imported file exists", () => {
		const code = ours.filter(({ to }) => !to.endsWith(".json"));
		expect(code.filter(({ to }) => !sources.includes(to))).toEqual([]);
	});
});

test("every file is imported or an entry point", () => {
	const entries = [
		/^generated\//,
		/^bench\/(event-service|publish-run)\.ts$/,
		...[system.producers, system.consumers].flatMap((all) =>
			Object.values(all).map(({ entry }) => new RegExp(`^${entry}$`)),
		),
		/^(cli\/eventwright|infra\/app|cloud\/local\/services\/lambda\/worker|demo\/demo|bench\/index)\.(ts|js)$/,
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

describe("only edge modules do I/O", () => {
	const edges = [
		/^runtime\/(aws-sdk|batch-metrics|consumer-log|dead-letter-sender|event-bridge-publisher|isolate|lambda|load-sqs|powertools|retry-later|sqs-client|sqs-sink)\.(js|d\.ts|ts)$/,
		/^generator\/codegen\/(codegen|digest|memory|progress|read|write)\.ts$/,
		/^generator\/(schema\/(yaml|expressions)|emit\/template|emit\/validator\/trial|registry\/aws)\.ts$/,
		/^handlers\//,
		/^infra\/(app|config)\.ts$/,
		/^cdk\/check-filters\.ts$/,
		/^cli\//,
		/^cloud\/template\/(assembly|synth)\.ts$/,
		/^cloud\/local\/(cloud|credentials|endpoint|http|query-protocol|render|runner|send)\.ts$/,
		/^cloud\/local\/services\/(events\/(bus|put-events)|sns\/topic|sqs\/(queue|fauxqs)|lambda\/(asynchronous|code|environments|event-source-mapping|function|worker)|api-gateway\/(proxy|request|route|server|velocity))\.ts$/,
		/^testing\/(contracts|sample)\.ts$/,
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
	test("file names are in kebab case", async () => {
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

	test("there are no catch-all files", async () => {
		expect(
			(
				await filesOf("**/{utils,util,helpers,helper,common,misc,shared}.ts")
			).filter((file) => !/^(generated|test\/generator\/cases)\//.test(file)),
		).toEqual([]);
	});
});

test("handlers and infra contain no literal source, detail-type, bus name or ARN, except in system.ts", async () => {
	const schemas = await filesOf("schemas/**/*.{json,yaml}");
	const facts = schemas.flatMap((file) =>
		[
			...readFileSync(file, "utf8").matchAll(
				/x-amazon-events-(?:source|detail-type)"?:\s*"?([^"\n]+)/g,
			),
		].map(([, value]) => value as string),
	);
	expect(facts.length).toBeGreaterThan(0);
	const busName = eventBusName(system);
	for (const file of (await filesOf("{handlers,infra}/**/*.ts")).filter(
		(file) => file !== "infra/system.ts",
	)) {
		const text = readFileSync(file, "utf8");
		for (const fact of [...facts, busName])
			expect(text, file).not.toContain(fact);
		// An ARN must be built from the system definition, without a literal account or name.
		for (const [arn] of text.matchAll(/arn:[\w-]+:[^"'`\s]*/g))
			expect(arn, file).toContain("${");
	}
});

test("the lock file contains no registry URLs", () => {
	expect(readFileSync("package-lock.json", "utf8")).not.toContain(
		'"resolved": "http',
	);
});
