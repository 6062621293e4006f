// The packages that users install: what is in them, and a project made with nothing else.
import { execFile } from "node:child_process";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import {
	checkPackage,
	createPackageFromTarballData,
} from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPackages } from "../../build/packages.ts";

const folder = mkdtempSync(path.join(tmpdir(), "package-"));
const node = path.resolve("node_modules/node/bin");
/** Without what npm tells the scripts that it runs. */
const environment = {
	...Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) => !/^(npm_|INIT_CWD|NODE_OPTIONS|VITEST)/i.test(name),
		),
	),
	PATH: `${node}:${process.env.PATH}`,
};

interface Ran {
	readonly code: number;
	readonly said: string;
}

async function run(
	cwd: string,
	command: string,
	...args: readonly string[]
): Promise<Ran> {
	try {
		const { stdout, stderr } = await promisify(execFile)(command, args, {
			cwd,
			env: environment,
			maxBuffer: 64 * 1024 * 1024,
		});
		return { code: 0, said: stdout + stderr };
	} catch (error) {
		const { code, stdout, stderr } = error as {
			code: number;
			stdout: string;
			stderr: string;
		};
		return { code, said: stdout + stderr };
	}
}

const tarballs = { eventwright: "", tools: "" };
/** A reader's folder, and the project that docs/getting-started.md makes in it. */
const reader = path.join(folder, "reader");
const project = path.join(reader, "events");

interface Section {
	readonly title: string;
	/** Files to write, commands to run, and lines of their output; … stands for anything. */
	readonly files: readonly (readonly [file: string, text: string])[];
	readonly commands: readonly string[];
	readonly output: readonly string[];
}

function sectionsOf(page: string): readonly Section[] {
	return readFileSync(page, "utf8")
		.split(/^## /m)
		.slice(1)
		.map((text) => {
			const blocks = [
				...text.matchAll(/^```(\w*)(?: (\S+))?\n([\s\S]*?)\n```$/gm),
			];
			const of = (language: string) =>
				blocks.filter(([, own]) => own === language);
			return {
				title: text.split("\n")[0] ?? "",
				files: of("json").map(([, , file = "", body = ""]) => [file, body]),
				commands: of("sh").flatMap(([, , , body = ""]) => body.split("\n")),
				output: of("").flatMap(([, , , body = ""]) => body.split("\n")),
			};
		});
}

beforeAll(async () => {
	const built = buildPackages(path.join(folder, "packages"));
	for (const name of ["eventwright", "tools"] as const) {
		const { said } = await run(built[name], "npm", "pack", "--silent");
		tarballs[name] = path.join(built[name], said.trim());
	}
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lets a project's package.json name the tarballs. */
function useTarballs(of: string): void {
	const file = path.join(of, "package.json");
	writeFileSync(
		file,
		readFileSync(file, "utf8")
			.replace(
				/"eventwright": "0[^"]*"/,
				`"eventwright": "file:${tarballs.eventwright}"`,
			)
			.replace(
				/"@eventwright\/tools": "0[^"]*"/,
				`"@eventwright/tools": "file:${tarballs.tools}"`,
			),
	);
}

describe("the packages", () => {
	test.each(["eventwright", "tools"] as const)(
		"publint finds nothing in %s",
		async (name) => {
			const { messages } = await publint({
				pkgDir: path.dirname(tarballs[name]),
				strict: true,
			});
			expect(messages).toEqual([]);
		},
	);

	test("the types of every subpath resolve in every ES module resolution", async () => {
		const data = readFileSync(tarballs.eventwright);
		const result = await checkPackage(
			createPackageFromTarballData(new Uint8Array(data)),
		);
		if (!result.types) throw new Error("the package has no types");
		// The dev-only subpaths are those of the tools. CommonJS loads ES modules by require, since Node 22.
		const problems = result.problems.filter(
			(problem) =>
				problem.kind !== "CJSResolvesToESM" &&
				!("resolutionKind" in problem && problem.resolutionKind === "node10") &&
				!/InternalResolutionError/.test(problem.kind),
		);
		expect(problems).toEqual([]);
	});

	test("what functions import has no dependency and less than 600 kB", () => {
		const root = path.dirname(tarballs.eventwright);
		const manifest = JSON.parse(
			readFileSync(path.join(root, "package.json"), "utf8"),
		);
		expect(manifest.dependencies).toBeUndefined();
		const bytes = readdirSync(root, { recursive: true, encoding: "utf8" })
			.map((file) => path.join(root, file))
			.filter((file) => !file.endsWith(".tgz") && statSync(file).isFile())
			.reduce((sum, file) => sum + statSync(file).size, 0);
		expect(bytes).toBeLessThan(600_000);
		for (const peer of Object.keys(manifest.peerDependencies))
			expect(manifest.peerDependenciesMeta[peer]).toEqual({ optional: true });
	});

	test("no module names a TypeScript file, and no test is in a package", () => {
		for (const tarball of Object.values(tarballs)) {
			const root = path.dirname(tarball);
			const files = readdirSync(root, { recursive: true, encoding: "utf8" });
			for (const file of files.filter((name) => /\.(js|d\.ts)$/.test(name)))
				expect(
					readFileSync(path.join(root, file), "utf8").match(
						/(?:from|import)\s*\(?"\.[^"]*\.ts"/,
					)?.[0],
					file,
				).toBeUndefined();
			expect(
				files.filter(
					(name) =>
						/\.test\./.test(name) && name !== "test/reference/system.test.ts",
				),
			).toEqual([]);
		}
	});
});

describe("a project of nothing but the packages", () => {
	beforeAll(async () => {
		// The command line runs from its package, with this repository's libraries.
		const cli = path.join(folder, "cli");
		mkdirSync(path.join(cli, "node_modules/@eventwright"), { recursive: true });
		cpSync(
			path.dirname(tarballs.tools),
			path.join(cli, "node_modules/@eventwright/tools"),
			{ recursive: true },
		);
		for (const name of readdirSync("node_modules"))
			if (!name.startsWith(".") && name !== "@eventwright")
				symlinkSync(
					path.resolve("node_modules", name),
					path.join(cli, "node_modules", name),
				);
	});

	const eventwright = (cwd: string, ...args: readonly string[]) =>
		run(
			cwd,
			process.execPath,
			path.join(
				folder,
				"cli/node_modules/@eventwright/tools/cli/eventwright.js",
			),
			...args,
		);

	test.each(sectionsOf("docs/getting-started.md"))(
		"getting started: $title",
		{ timeout: 300_000 },
		async ({ files, commands, output }) => {
			mkdirSync(reader, { recursive: true });
			for (const [file, text] of files)
				writeFileSync(path.join(project, file), `${text}\n`);
			let said = "";
			let cwd = existsSync(project) ? project : reader;
			for (const command of commands) {
				if (command.startsWith("cd ")) {
					cwd = path.join(cwd, command.slice(3));
					continue;
				}
				if (command === "npm install") useTarballs(cwd);
				// Nothing is published: the packages come from their tarballs.
				const own = command.replace(
					"--package @eventwright/tools",
					`--package ${tarballs.tools}`,
				);
				const ran = await run(cwd, "sh", "-c", own);
				expect(ran.code, `${command}\n${ran.said}`).toBe(0);
				said += ran.said;
			}
			// biome-ignore lint/suspicious/noControlCharactersInRegex: colours
			const plain = said.replaceAll(/\x1b\[[0-9;]*m/g, "");
			for (const line of output) expect(plain).toContain(line.trim());
		},
	);

	test("what add writes compiles, runs and keeps the rest", async () => {
		const add = (...args: readonly string[]) =>
			eventwright(project, "add", ...args);
		for (const args of [
			["event", "content/content-shared", "--source", "content.share"],
			["producer", "share-content", "--event", "ContentShared"],
			[
				"consumer",
				"trends",
				"--event",
				"ContentShared",
				"--event",
				"ContentViewed",
			],
		]) {
			const { code, said } = await add(...args);
			expect(code, said).toBe(0);
			expect(said).toContain("Next:");
		}
		const tested = await run(
			project,
			"sh",
			"-c",
			"npm run codegen && npx eventwright lint && npx tsc && npx vitest run && npx cdk synth --quiet",
		);
		expect(tested.code, tested.said).toBe(0);
		const system = readFileSync(path.join(project, "infra/system.ts"), "utf8");
		for (const [args, message] of [
			[
				["event", "content/content-shared"],
				"schemas/content/content-shared.json is there already",
			],
			[["event", "Shared"], "the place must be a domain and a name"],
			[
				["producer", "share-content", "--event", "ContentShared"],
				"share-content.ts is there already",
			],
			[
				["producer", "other", "--event", "Nothing"],
				"there is no event type Nothing; there are",
			],
			[
				["producer", "trends", "--event", "ContentShared"],
				"has a trends already",
			],
			[
				["consumer", "x y", "--event", "ContentShared"],
				"the name of a consumer must be",
			],
			[["consumer", "more"], "--event is missing"],
		] as const) {
			const { code, said } = await add(...args);
			expect(said).toContain(message);
			expect(code).toBe(2);
		}
		expect(readFileSync(path.join(project, "infra/system.ts"), "utf8")).toBe(
			system,
		);
		expect(existsSync(path.join(project, "handlers/content/other.ts"))).toBe(
			false,
		);
	});

	test("the configuration of the docs, in TypeScript and from the packages", async () => {
		const [, text = ""] =
			/^```ts eventwright\.config\.ts\n([\s\S]*?)\n```$/m.exec(
				readFileSync("docs/configuration.md", "utf8"),
			) ?? [];
		const file = path.join(project, "eventwright.config.ts");
		writeFileSync(file, text);
		const codegen = ["npm", "run", "codegen"] as const;
		const made = await run(project, ...codegen);
		expect(made.code, made.said).toBe(0);
		expect(
			readFileSync(
				path.join(project, "generated/catalog/content/content-viewed.md"),
				"utf8",
			),
		).toContain("| contentId | The piece of content that was opened. |");
		const linted = await run(project, "npx", "eventwright", "lint");
		expect(linted.said).toContain("acme/owner: ContentViewed has no owner");
		rmSync(file);
		expect((await run(project, ...codegen)).code).toBe(0);
	});

	test("there is one aws-cdk-lib", () => {
		expect(
			existsSync(
				path.join(
					project,
					"node_modules/@eventwright/tools/node_modules/aws-cdk-lib",
				),
			),
		).toBe(false);
	});

	const consumers = {
		"an ES module": { type: "module", file: "index.mts" },
		CommonJS: { type: "commonjs", file: "index.cts" },
	} as const;
	const compilers = {
		"TypeScript 5.9": path.resolve("node_modules/typescript-5.9/bin/tsc"),
		"TypeScript 7": path.resolve("node_modules/typescript/bin/tsc"),
	} as const;
	const text = `import { describeIssues } from "eventwright";
import { match } from "eventwright/pattern";
import { sqsConsumer } from "eventwright/lambda";
import { defineConfig } from "eventwright/config";
import { ContentViewed } from "./generated/events/content/content-viewed.js";

const read = ContentViewed.parse("{}");
export const problem: string = read.ok ? read.value.detail.contentId : describeIssues(read.issues);
export const isMatch: boolean = match({ source: ["a"] }, { source: "a" });
export const handler = sqsConsumer<{ ContentViewed: Extract<typeof read, { ok: true }>["value"] }>({ ContentViewed }, { ContentViewed: ({ detail }) => void detail.contentId });
export const config = defineConfig({ emitters: { own: ({ events }) => ({ "names.txt": events.map(({ name }) => name).join() }), contracts: false } });
// @ts-expect-error: there is no such warning
export const wrongConfig = defineConfig({ rules: { "enum-opened": "off" } });
// @ts-expect-error: there is no such property
export const wrong = (detail: ContentViewed) => detail.contentIdentifier;
`;
	const cases = Object.keys(compilers).flatMap((compiler) =>
		[
			["an ES module", "node16", "node16"],
			["an ES module", "nodenext", "nodenext"],
			["an ES module", "esnext", "bundler"],
			["CommonJS", "nodenext", "nodenext"],
		].map((rest) => [compiler, ...rest] as const),
	);
	test.each(cases)(
		"%s: %s, module %s, resolution %s",
		async (compiler, kind, module, moduleResolution) => {
			const own = path.join(
				project,
				`types-${compiler}-${kind}-${module}`.replaceAll(/\W/g, "-"),
			);
			const { type, file } = consumers[kind as keyof typeof consumers];
			mkdirSync(own);
			cpSync(path.join(project, "generated"), path.join(own, "generated"), {
				recursive: true,
			});
			writeFileSync(
				path.join(own, "generated/package.json"),
				'{"type":"module"}',
			);
			writeFileSync(path.join(own, "package.json"), JSON.stringify({ type }));
			writeFileSync(path.join(own, file), text);
			writeFileSync(
				path.join(own, "tsconfig.json"),
				JSON.stringify({
					compilerOptions: {
						target: "es2022",
						lib: ["es2022"],
						types: [],
						strict: true,
						noEmit: true,
						skipLibCheck: false,
						module,
						moduleResolution,
					},
					files: [file],
				}),
			);
			const { code, said } = await run(
				own,
				process.execPath,
				compilers[compiler as keyof typeof compilers],
				"-p",
				".",
			);
			expect(said).toBe("");
			expect(code).toBe(0);
		},
	);

	test("a bundle of a consumer has no package but Eventwright, and loads the SDK only when it needs it", async () => {
		const { code, said } = await run(
			project,
			"npx",
			"esbuild",
			"handlers/recommendations/on-long-view.ts",
			"--bundle",
			"--platform=node",
			"--format=esm",
			"--external:@aws-sdk/*",
			"--metafile=meta.json",
			"--outfile=bundle.mjs",
		);
		expect(code, said).toBe(0);
		const { inputs, outputs } = JSON.parse(
			readFileSync(path.join(project, "meta.json"), "utf8"),
		) as {
			inputs: object;
			outputs: Record<string, { imports: { path: string; kind: string }[] }>;
		};
		expect(
			outputs["bundle.mjs"]?.imports.map(({ path, kind }) => `${kind} ${path}`),
		).toEqual([
			"dynamic-import @aws-sdk/client-sqs",
			"import-statement node:async_hooks",
		]);
		expect(
			Object.keys(inputs).filter(
				(file) =>
					file.includes("node_modules") &&
					!file.startsWith("node_modules/eventwright/runtime/"),
			),
		).toEqual([]);
	});

	test("pnpm, whose node_modules are strict", {
		timeout: 300_000,
	}, async () => {
		const own = path.join(folder, "pnpm");
		mkdirSync(own);
		expect((await eventwright(own, "init", "--yes")).code).toBe(0);
		useTarballs(own);
		const pnpm = path.resolve("node_modules/.bin/pnpm");
		const store = path.join(folder, "pnpm-store");
		for (const args of [
			["install", "--store-dir", store],
			["run", "demo"],
			["test"],
			["exec", "cdk", "synth", "--quiet"],
			["run", "codegen", "--", "--check"],
			["run", "eventwright", "--", "lint"],
		]) {
			const { code, said } = await run(own, pnpm, ...args);
			expect(code, `${args.join(" ")}\n${said}`).toBe(0);
		}
	});

	test("a project of a pnpm workspace starts none of its own", async () => {
		const workspace = path.join(folder, "workspace");
		const own = path.join(workspace, "packages/events");
		mkdirSync(own, { recursive: true });
		writeFileSync(
			path.join(workspace, "pnpm-workspace.yaml"),
			"packages: [packages/*]\n",
		);
		expect((await eventwright(own, "init", "--yes")).code).toBe(0);
		expect(readdirSync(own)).not.toContain("pnpm-workspace.yaml");
	});

	test("init again changes nothing, and keeps what is another's", async () => {
		const own = path.join(folder, "dirty");
		mkdirSync(path.join(own, "handlers"), { recursive: true });
		writeFileSync(path.join(own, "handlers/http.ts"), "mine\n");
		writeFileSync(path.join(own, "tsconfig.json"), "{}\n");
		writeFileSync(
			path.join(own, "package.json"),
			JSON.stringify({
				name: "mine",
				type: "module",
				scripts: { test: "mine" },
				dependencies: { constructs: "10.0.0" },
				devDependencies: { typescript: "5.9.0" },
			}),
		);
		const first = await eventwright(
			own,
			"init",
			"--yes",
			"--name",
			"shop",
			"--region",
			"us-east-1",
		);
		expect(first.code, first.said).toBe(0);
		expect(first.said).toContain("kept yours  handlers/http.ts");
		expect(first.said).toContain("added to    package.json");
		expect(first.said).toContain(
			'tsconfig.json is yours: the new files need "module": "nodenext"',
		);
		expect(readFileSync(path.join(own, "handlers/http.ts"), "utf8")).toBe(
			"mine\n",
		);
		const manifest = JSON.parse(
			readFileSync(path.join(own, "package.json"), "utf8"),
		);
		expect(manifest).toMatchObject({
			name: "mine",
			scripts: { test: "mine", codegen: "eventwright codegen" },
			devDependencies: {
				typescript: "5.9.0",
				"aws-cdk-lib": expect.anything(),
			},
		});
		expect(readFileSync(path.join(own, "infra/system.ts"), "utf8")).toContain(
			'name: "shop",\n\tregion: "us-east-1"',
		);
		expect(
			readFileSync(path.join(own, "test/system.test.ts"), "utf8"),
		).toContain("function shop-analytics");
		const again = await eventwright(
			own,
			"init",
			"--yes",
			"--name",
			"shop",
			"--region",
			"us-east-1",
		);
		expect(again.code).toBe(0);
		expect(again.said).not.toContain("wrote");
		expect(again.said).not.toContain("added to");
	});

	test.each([
		[["init", "package.json"], "package.json is a file: name a folder"],
		[["init", "--name", "1x"], "--name must be a letter, then letters"],
		[["init", "--region", "mars"], "--region must be an AWS region"],
	])("%j is wrong use", async (args, message) => {
		const { code, said } = await eventwright(project, ...args);
		expect(code).toBe(2);
		expect(said).toContain(message);
	});

	test.each([
		[
			"is of CommonJS modules",
			"package.json",
			"{}",
			'package.json has no "type": "module"',
		],
		[
			"has a package.json that is not JSON",
			"package.json",
			"{",
			"package.json is not a JSON object",
		],
		[
			"has a file where a folder goes",
			"schemas",
			"a file",
			"nothing was changed",
		],
	])("a project that %s is left alone", async (_, file, content, message) => {
		const own = mkdtempSync(path.join(folder, "own-"));
		writeFileSync(path.join(own, file), content);
		const { code, said } = await eventwright(own, "init", "--yes");
		expect(code).toBe(2);
		expect(said).toContain(message);
		expect(readdirSync(own)).toEqual([file]);
	});
});
