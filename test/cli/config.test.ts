// eventwright.config.ts, as a project has it: the command line runs in a folder of its own.
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
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "config-"));
	cpSync("schemas", path.join(folder, "schemas"), { recursive: true });
	mkdirSync(path.join(folder, "node_modules"));
	symlinkSync(path.resolve("."), path.join(folder, "node_modules/eventwright"));
	write("package.json", '{ "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, text: string): void {
	const target = path.join(folder, file);
	mkdirSync(path.dirname(target), { recursive: true });
	writeFileSync(target, text);
}
const configure = (settings: string) =>
	write(
		"eventwright.config.ts",
		`import { defineConfig } from "eventwright/config";\nexport default defineConfig(${settings});\n`,
	);
const read = (file: string) => readFileSync(path.join(folder, file), "utf8");
const list = (below: string) =>
	readdirSync(path.join(folder, below), { recursive: true, encoding: "utf8" })
		.filter((name) => statSync(path.join(folder, below, name)).isFile())
		.sort();

async function eventwright(cwd: string, ...args: readonly string[]) {
	const script = path.resolve("cli/eventwright.js");
	return promisify(execFile)(process.execPath, [script, ...args], {
		cwd: path.join(folder, cwd),
	}).then(
		({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
		({ code, stdout, stderr }) => ({ code, said: stdout + stderr }),
	);
}

const catalog = (title: string) => `{
	emitters: {
		catalog: async ({ events }) =>
			Object.fromEntries(
				events.map(({ module, name, schema }) => [
					\`\${module}.md\`,
					\`# ${title} \${name}: \${Object.keys(schema.properties)}\\n\`,
				]),
			),
	},
}`;

test("an emitter of the user's own is part of the output", async () => {
	configure(catalog("Event"));
	const first = await eventwright(".", "codegen");
	expect(first.said).toContain("2 event types in generated: 21 added.");
	expect(read("generated/catalog/content/content-viewed.md")).toBe(
		"# Event ContentViewed: contentId,viewedAt,channel,durationMs,sections,viewer\n",
	);
	expect(await eventwright(".", "codegen", "--check")).toMatchObject({
		code: 0,
	});

	const other = path.join(
		folder,
		"generated/catalog/content/content-published.md",
	);
	const before = statSync(other).mtimeMs;
	const schema = JSON.parse(read("schemas/content/content-viewed.json"));
	schema.properties.note = { type: "string" };
	write("schemas/content/content-viewed.json", JSON.stringify(schema));
	const stale = await eventwright(".", "codegen", "--check");
	expect(stale.code).toBe(1);
	expect(stale.said).toContain(
		"generated/catalog/content/content-viewed.md: not up to date",
	);
	const changed = await eventwright(".", "codegen");
	expect(changed.said).toContain("changed  catalog/content/content-viewed.md");
	expect(changed.said).not.toContain("content-published");
	expect(statSync(other).mtimeMs).toBe(before);

	// The emitter itself changes, and no schema does.
	configure(catalog("Type"));
	expect((await eventwright(".", "codegen", "--check")).code).toBe(1);
	expect((await eventwright(".", "codegen")).said).toContain("2 changed");

	rmSync(path.join(folder, "schemas/content/content-viewed.json"));
	expect((await eventwright(".", "codegen")).said).toContain(
		"removed  catalog/content/content-viewed.md",
	);
	configure("{}");
	expect((await eventwright(".", "codegen")).said).toContain(
		"removed  catalog/content/content-published.md",
	);
	expect(existsSync(path.join(folder, "generated/catalog"))).toBe(false);
}, 60_000);

test.each([
	[
		"throws",
		"() => { throw new Error('boom'); }",
		"the emitter own failed: boom\n  at eventwright.config.ts:2:",
	],
	[
		"leaves its folder",
		'() => ({ "../events/x.js": "" })',
		'"../events/x.js" is not a relative path',
	],
	["gives text", '() => "a,b"', "it must return an object of contents by path"],
	["gives a list", '() => ["a"]', "got a Array"],
	["gives a map", '() => new Map([["a", "b"]])', "got a Map"],
	["gives nothing", "() => {}", "got undefined"],
	[
		"throws nothing",
		"async () => { throw undefined; }",
		"the emitter own failed: undefined",
	],
	["gives bytes", '() => ({ "a.bin": 1 })', '"a.bin" is not text'],
	[
		"gives names that differ by case",
		'() => ({ "a.md": "", "A.md": "" })',
		"own/a.md and own/A.md differ by case only",
	],
	[
		"gives a file that is a folder, too",
		'() => ({ a: "", "a/b": "" })',
		"own/a is a file and the folder of own/a/b",
	],
])("nothing is written if an emitter %s", async (_, emitter, message) => {
	configure(`{ emitters: { own: ${emitter} } }`);
	const { code, said } = await eventwright(".", "codegen");
	expect(said).toContain(message);
	expect(code).toBe(2);
	expect(existsSync(path.join(folder, "generated"))).toBe(false);
	expect(readdirSync(folder).sort()).toEqual([
		"eventwright.config.ts",
		"node_modules",
		"package.json",
		"schemas",
	]);
});

const owners = `"acme/owner": {
	remedy: "Add x-owner.",
	check: ({ events }) =>
		events
			.filter(({ schema }) => schema["x-owner"] === undefined)
			.map((event) => ({ schema: event, message: \`\${event.name} has no owner\` })),
}`;

test("a rule of the user's own is reported in each format, and acknowledged", async () => {
	configure(`{ rules: { ${owners} } }`);
	const text = await eventwright(".", "lint");
	expect(text.code).toBe(1);
	expect(text.said).toContain(
		"schemas/content/content-viewed.json:1:1 warning acme/owner: ContentViewed has no owner",
	);
	const json = JSON.parse(
		(await eventwright(".", "lint", "--format", "json")).said,
	);
	expect(json).toContainEqual({
		code: "acme/owner",
		severity: "warning",
		file: "schemas/content/content-viewed.json",
		pointer: "",
		line: 1,
		column: 1,
		message: "ContentViewed has no owner",
		remedy: "Add x-owner.",
	});
	expect((await eventwright(".", "lint", "--format", "github")).said).toContain(
		"::warning file=schemas/content/content-viewed.json,line=1,col=1,title=acme/owner::ContentViewed has no owner. Add x-owner.",
	);
	const { runs } = JSON.parse(
		(await eventwright(".", "lint", "--format", "sarif")).said,
	);
	expect(runs[0].tool.driver.rules).toEqual([
		{ id: "acme/owner", help: { text: "Add x-owner." } },
	]);
	expect((await eventwright(".", "lint", "--ignore", "acme/owner")).code).toBe(
		0,
	);

	const schema = JSON.parse(read("schemas/content/content-viewed.json"));
	schema["x-eventwright-acknowledge"] = { "acme/owner": "Nobody's any more." };
	write("schemas/content/content-viewed.json", JSON.stringify(schema));
	const acknowledged = await eventwright(".", "lint");
	expect(acknowledged.said).toContain("ContentPublished has no owner");
	expect(acknowledged.said).not.toContain("ContentViewed has no owner");
}, 60_000);

test("a finding has the line of its pointer, and a shared definition's file", async () => {
	configure(`{ rules: { "acme/no-country": {
		severity: "error",
		remedy: "Remove it.",
		check: ({ schemas }) => {
			const viewer = schemas.get("Viewer");
			return viewer ? [{ schema: viewer, pointer: "/properties/country", message: "personal data" }] : [];
		},
	} } }`);
	const { said } = await eventwright(".", "lint");
	const line = read("schemas/common/viewer.json")
		.split("\n")
		.findIndex((text) => text.includes('"country"'));
	expect(said).toContain(`schemas/common/viewer.json:${line + 1}:`);
	expect(said).toContain("error acme/no-country /properties/country");
});

test("severities hold for codegen, too", async () => {
	const schema = JSON.parse(read("schemas/content/content-viewed.json"));
	schema.properties.contentId["x-maximal"] = 1;
	schema.properties.contentId.units = "none";
	write("schemas/content/content-viewed.json", JSON.stringify(schema));
	const warned = await eventwright(".", "codegen");
	expect(warned.code).toBe(0);
	expect(warned.said).toContain("warning keyword-ignored");
	configure('{ rules: { "keyword-ignored": "error" } }');
	for (const args of [["codegen"], ["codegen", "--check"], ["lint"]]) {
		const { code, said } = await eventwright(".", ...args);
		expect(code).toBe(1);
		expect(said).toContain("error keyword-ignored");
	}
	configure('{ rules: { "keyword-ignored": "off" } }');
	for (const args of [["codegen"], ["codegen", "--check"], ["lint"]]) {
		const { code, said } = await eventwright(".", ...args);
		expect(said).not.toContain("keyword-ignored");
		expect(code).toBe(0);
	}
}, 60_000);

test("several folders are like one, wherever the command runs", async () => {
	mkdirSync(path.join(folder, "shared/schemas"), { recursive: true });
	cpSync(
		path.join(folder, "schemas/common"),
		path.join(folder, "shared/schemas/common"),
		{ recursive: true },
	);
	rmSync(path.join(folder, "schemas/common"), { recursive: true });
	write("services/views/package.json", '{ "type": "module" }');
	cpSync(
		path.join(folder, "schemas"),
		path.join(folder, "services/views/events"),
		{ recursive: true },
	);
	const settings = (more = "") =>
		write(
			"services/views/eventwright.config.mjs",
			`export default { schemas: ["events", "../../shared/schemas"], out: "src/generated", registryFormats: ["JSONSchemaDraft4"]${more} };`,
		);
	settings();
	mkdirSync(path.join(folder, "services/views/src"));
	const made = await eventwright("services/views/src", "codegen");
	expect(made.said).toContain("2 event types in generated");
	const files = list("services/views/src/generated");
	expect(files).toContain("events/common/viewer.js");
	expect(files.some((file) => file.startsWith("registry/OpenApi3"))).toBe(
		false,
	);
	expect(
		await eventwright("services/views", "codegen", "--check"),
	).toMatchObject({ code: 0 });

	settings(', emitters: { "api-models": false, publishers: false }');
	expect((await eventwright("services/views", "codegen")).said).toContain(
		"removed  publishers/content.js",
	);

	// Findings name the file where it is.
	const viewer = JSON.parse(read("shared/schemas/common/viewer.json"));
	write(
		"shared/schemas/common/viewer.json",
		JSON.stringify({ ...viewer, description: "" }),
	);
	expect((await eventwright("services/views", "lint")).said).toContain(
		"../../shared/schemas/common/viewer.json:1:1 warning description-missing",
	);

	write("services/views/events/common/viewer.json", JSON.stringify(viewer));
	const both = await eventwright("services/views", "codegen");
	expect(both.code).toBe(2);
	expect(both.said).toContain(
		"events/common/viewer.json and ../../shared/schemas/common/viewer.json have the same path",
	);

	// An option of the command line goes first.
	expect(
		(await eventwright("services/views", "codegen", "--schemas", "nowhere"))
			.said,
	).toContain("there is no folder nowhere");
}, 60_000);

test("import and add write where the configuration says", async () => {
	configure('{ schemas: "events", out: "src/generated" }');
	rmSync(path.join(folder, "schemas"), { recursive: true });
	await eventwright(".", "add", "event", "orders/order-placed");
	expect(list("events")).toEqual(["orders/order-placed.json"]);
	write(
		"bundle.json",
		JSON.stringify({ $defs: { OrderPaid: { type: "object" } } }),
	);
	const imported = await eventwright(
		...([".", "import", "bundle.json", "--source", "orders"] as const),
	);
	expect(imported.said).toContain("in events: OrderPaid");
	await eventwright(".", "codegen");
	expect(list("src/generated")).toContain("events/orders/order-placed.js");
	cpSync("infra", path.join(folder, "infra"), { recursive: true });
	await eventwright(".", "add", "consumer", "bills", "--event", "OrderPlaced");
	expect(read("handlers/bills/on-event.ts")).toContain(
		'from "../../src/generated/events/orders/order-placed.js"',
	);
}, 60_000);

test("json-schema-to-typescript prints types, with its own keywords", async () => {
	const schema = JSON.parse(read("schemas/content/content-viewed.json"));
	schema.properties.viewedAt.tsType = "ViewedAt";
	schema.properties.level = { enum: [1, 2], tsEnumNames: ["Low", "High"] };
	write("schemas/content/content-viewed.json", JSON.stringify(schema));
	write(
		"eventwright.config.ts",
		`import { defineConfig } from "eventwright/config";
import { jsonSchemaToTypeScript } from "eventwright/json-schema-to-typescript";
export default defineConfig({ emitters: { types: jsonSchemaToTypeScript({ bannerComment: "// Ours." }) } });
`,
	);
	const { code, said } = await eventwright(".", "codegen");
	expect(said).not.toContain("warning");
	expect(code).toBe(0);
	const types = read("generated/types/content/content-viewed.d.ts");
	expect(types).toMatch(/^\/\/ Ours\./);
	expect(types).toContain("viewedAt: ViewedAt;");
	expect(types).toContain("export interface Viewer {");
	expect(types).toMatch(/enum \w+ \{\s*Low = 1,\s*High = 2,?\s*\}/);
});

test.each([
	["{ schema: 'x' }", "there is no schema; did you mean schemas?"],
	["{ schemas: [] }", "schemas must be the path of a folder"],
	["{ out: 1 }", "out must be the path of a folder"],
	[
		"{ registryFormats: ['OpenAPI3'] }",
		"registryFormats must be a list of OpenApi3 and JSONSchemaDraft4",
	],
	[
		"{ emitters: { contract: false } }",
		"there is no emitters.contract; did you mean emitters.contracts?",
	],
	[
		"{ emitters: { events: () => ({}) } }",
		"emitters.events can only be true or false",
	],
	["{ emitters: { events: false } }", "switch publishers off, too"],
	[
		"{ emitters: { '../x': () => ({}) } }",
		"emitters.../x: an emitter is named like its folder",
	],
	["{ emitters: { own: 1 } }", "emitters.own must be a function or false"],
	["{ rules: { 'ref-loop': 'off' } }", "there is no rules.ref-loop"],
	[
		"{ rules: { 'enum-open': 'warn' } }",
		"rules.enum-open must be error, warning, off",
	],
	[
		"{ rules: { owner: { remedy: 'x', check: () => [] } } }",
		"has a slash, such as acme/owner",
	],
	[
		"{ rules: { 'a/b': { check: () => [] } } }",
		"rules.a/b.remedy must say what to do",
	],
	[
		"{ rules: { 'a/b': { remedy: 'x', check: 1 } } }",
		"rules.a/b.check must be a function",
	],
	[
		"{ rules: { 'a/b': 'error' } }",
		"rules.a/b must be a rule of your own: { remedy, check }",
	],
	[
		"{ rules: { 'a/b': { remedy: 'x', check: () => [], seveity: 'error' } } }",
		"there is no rules.a/b.seveity; did you mean rules.a/b.severity?",
	],
	["[]", "the configuration is not an object"],
	["{", "at eventwright.config.ts:1"],
])("a wrong configuration, %s, is named", async (settings, message) => {
	write(
		"eventwright.config.ts",
		settings === "{" ? settings : `export default ${settings} as unknown;\n`,
	);
	const { code, said } = await eventwright(".", "codegen");
	expect(said).toContain("eventwright.config.ts");
	expect(said).toContain(message);
	expect(code).toBe(2);
	expect(existsSync(path.join(folder, "generated"))).toBe(false);
});

test.each([
	["export const config = {};", "nothing is exported by default"],
	["throw new Error('not today');", "not today"],
	[
		"export default { rules: { 'a/b': { remedy: 'x', check: () => { throw new Error('boom'); } } } };",
		"the rule a/b failed: boom",
	],
	[
		"export default { rules: { 'a/b': { remedy: 'x', check: () => [{ message: 'x' }] } } };",
		"the rule a/b failed: a finding has no schema of the model",
	],
	[
		"export default { rules: { 'a/b': { remedy: 'x', check: async () => [] } } };",
		"check must return a list of findings, not a promise",
	],
	[
		"export default { rules: { 'a/b': { remedy: 'x', check: ({ events }) => [{ schema: events[0] }] } } };",
		"a finding has no message",
	],
	[
		"export default { rules: { 'a/b': { remedy: 'x', check: ({ events }) => [{ schema: events[0], message: 'x', pointer: 'a.b' }] } } };",
		'"a.b" is not a JSON pointer',
	],
])("a configuration that fails, %s, is named", async (text, message) => {
	write("eventwright.config.js", text);
	const { code, said } = await eventwright(".", "lint");
	expect(said).toContain(message);
	expect(code).toBe(2);
});

test("an emitter cannot change what another gets", async () => {
	configure(`{ emitters: {
		first: ({ events }) => { (events as unknown[]).pop(); return {}; },
		second: ({ events }) => ({ "names.txt": events.map(({ name }) => name).join() }),
	} }`);
	expect((await eventwright(".", "codegen")).code).toBe(0);
	expect(read("generated/second/names.txt")).toBe(
		"ContentPublished,ContentViewed",
	);
});

test("what is off takes no room from what is not", async () => {
	write(
		"schemas/content/many.json",
		JSON.stringify({
			title: "Many",
			description: "Many findings of one kind.",
			"x-amazon-events-source": "many",
			"x-amazon-events-detail-type": "Many",
			type: "object",
			properties: Object.fromEntries(
				Array.from({ length: 120 }, (_, i) => [`p${i}`, { minLength: 1 }]),
			),
		}),
	);
	configure(`{ rules: { "type-unknown": "off", ${owners} } }`);
	expect((await eventwright(".", "lint")).said).toContain("Many has no owner");
});

test.each([
	['["schemas", "./schemas/"]', "schemas is in schemas"],
	['["schemas", "schemas/content"]', "schemas/content is in schemas"],
])("folders that overlap, %s, are refused", async (schemas, message) => {
	configure(`{ schemas: ${schemas} }`);
	const { code, said } = await eventwright(".", "codegen");
	expect(said).toContain(message);
	expect(code).toBe(2);
});

test("what is about API models is a finding only if the configuration says so", async () => {
	const schema = JSON.parse(read("schemas/content/content-viewed.json"));
	schema.if = { required: ["viewer"] };
	write("schemas/content/content-viewed.json", JSON.stringify(schema));
	expect((await eventwright(".", "lint")).code).toBe(0);
	configure('{ rules: { "api-model-loosened": "error" } }');
	const { code, said } = await eventwright(".", "lint");
	expect(said).toContain("error api-model-loosened");
	expect(code).toBe(1);
});

test("lint ignores only rules that there are", async () => {
	const { code, said } = await eventwright(".", "lint", "--ignore", "a/b");
	expect(said).toContain("there is no rule a/b in the configuration");
	expect(code).toBe(2);
});

test("a named configuration must be there", async () => {
	const { code, said } = await eventwright(".", "codegen", "--config", "x.ts");
	expect(said).toContain("there is no file x.ts");
	expect(code).toBe(2);
});
