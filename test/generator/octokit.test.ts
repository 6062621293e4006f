// GitHub's webhooks, a large third-party bundle: imported, generated, and compared with Ajv on real and corrupted payloads.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import draft04Module from "ajv-draft-04";
import addFormatsModule from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Generated, generate } from "../../generator/codegen/generate.ts";
import { importDocuments } from "../../generator/import/import.ts";
import { kebabCase } from "../../generator/import/names.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import type { Validator } from "../../runtime/validator/rules.ts";
import { check } from "../../runtime/validator/validate.ts";
import { newFolder, typeErrorsIn, writeFiles } from "./generated-files.ts";
import { random } from "./random.ts";
import { opened } from "./random-schemas.ts";

const octokit = (file: string) =>
	JSON.parse(readFileSync(path.join("node_modules/@octokit", file), "utf8"));
const bundle: Readonly<Record<string, unknown>> & {
	readonly oneOf: readonly { readonly $ref: string }[];
} = octokit("webhooks-schemas/schema.json");
const payloadsOf: readonly {
	readonly name: string;
	readonly examples: readonly unknown[];
}[] = octokit("webhooks-examples/api.github.com/index.json");

const imported = importDocuments([{ file: "octokit.json", value: bundle }], {
	source: "github",
});
const draft04 = new draft04Module.default({ strict: false, logger: false });
let made: Generated;
let folder: string;
beforeAll(() => {
	made = generate(
		analyse([...imported.files].map(([file, text]) => ({ file, text }))),
	);
	folder = newFolder("octokit");
	writeFiles(folder, made.files);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every event type is generated", () => {
	expect(
		made.diagnostics.filter(({ severity }) => severity === "error"),
	).toEqual([]);
	expect(made.eventTypes).toBe(bundle.oneOf.length);
	expect(imported.annotated).toEqual(["tsAdditionalProperties"]);
});

test("the generated types pass tsc, and each valid payload is a literal of its type", async () => {
	const literals: string[] = [];
	for (const { name, examples } of payloadsOf) {
		const file = `${kebabCase(name)}-event`;
		const title = imported.eventTypes.find(
			(known) => kebabCase(known) === file,
		);
		if (title === undefined) continue;
		const module = await import(
			path.join(folder, "events/github", `${file}.js`)
		);
		const model = draft04.compile(
			JSON.parse(made.files.get(`api-models/github/${file}.json`) ?? ""),
		);
		for (const example of examples)
			if (check(module[title].validate, example).ok) {
				expect(
					model(example),
					`the API model of ${title}: ${JSON.stringify(model.errors)}`,
				).toBe(true);
				literals.push(
					`{ const payload: import("./events/github/${file}.js").${title} = ${JSON.stringify(example)}; void payload; }`,
				);
			}
	}
	expect(literals.length).toBeGreaterThan(250);
	literals.push(
		`// @ts-expect-error: there is no such property
{ const payload: import("./events/github/star-event.js").StarEvent = { nope: 1, ...({} as import("./events/github/star-event.js").StarEvent) }; void payload; }`,
	);
	writeFileSync(path.join(folder, "payloads.ts"), literals.join("\n"));
	expect(
		await typeErrorsIn(folder, {
			compilerOptions: { skipLibCheck: false, types: [] },
		}),
	).toBe("");
});

const ajv = new Ajv({ strict: false });
addFormatsModule.default(ajv);
ajv.addSchema({ ...bundle, $id: "https://octokit.example/webhooks" });
// The bundle as a tolerant reader sees it.
ajv.addSchema({
	...(opened(bundle) as object),
	$id: "https://octokit.example/opened",
});

/** The generated validator and Ajv's validators of the bundle, for a payload's event type. */
async function validatorsOf(name: string): Promise<{
	ours: Validator;
	theirs: ValidateFunction;
	theirsOpened: ValidateFunction;
}> {
	const file = `${kebabCase(name)}-event`;
	const { $ref = "" } =
		bundle.oneOf.find(({ $ref }) =>
			kebabCase($ref).endsWith(`definitions-${file}`),
		) ?? {};
	const module = await import(path.join(folder, "events/github", `${file}.js`));
	const title = imported.eventTypes.find((known) => kebabCase(known) === file);
	return {
		ours: module[title ?? ""].validate,
		theirs: ajv.compile({ $ref: `https://octokit.example/webhooks${$ref}` }),
		theirsOpened: ajv.compile({
			$ref: `https://octokit.example/opened${$ref}`,
		}),
	};
}

describe("agrees with Ajv on all payloads and 10,000 corrupted ones, exactly and tolerantly", () => {
	/** Closing tells the branches of a oneOf apart: opened, several accept, where a reader takes the first. */
	const unions = new Set(["membership"]);
	let onlyTolerant = 0;
	afterAll(() => expect(onlyTolerant).toBeGreaterThan(500));
	const payloads = payloadsOf.reduce(
		(sum, { examples }) => sum + examples.length,
		0,
	);
	const spoiledEach = Math.ceil(10_000 / payloads);

	test.each(payloadsOf)("$name", async ({ name, examples }) => {
		const { ours, theirs, theirsOpened } = await validatorsOf(name);
		const next = random(name.length);
		const wrong: string[] = [];
		for (const payload of examples) {
			const texts = [
				JSON.stringify(payload),
				...Array.from({ length: spoiledEach }, () => spoiled(payload, next)),
			];
			for (const text of texts) {
				const value = JSON.parse(text);
				const result = check(ours, value);
				const issues = result.ok ? 0 : result.issues.length;
				const read = check(ours, value, "first", true);
				if (
					result.ok !== theirs(value) ||
					result.ok !== (issues === 0) ||
					(read.ok !== (result.ok || theirsOpened(value)) &&
						!(read.ok && unions.has(name))) ||
					JSON.stringify(value) !== text
				)
					wrong.push(text);
				if (read.ok && !result.ok) onlyTolerant++;
			}
		}
		expect(wrong).toEqual([]);
	});
});

type Holder = Record<string, unknown>;

/** The payload with one value removed, added, of another type or out of range. */
function spoiled(payload: unknown, next: (below: number) => number): string {
	const copy = structuredClone(payload) as Holder;
	let holder = copy;
	for (;;) {
		const keys = Object.keys(holder);
		const key = keys[next(keys.length)] as string;
		const value = holder[key];
		const isHolder = typeof value === "object" && value !== null;
		if (isHolder && Object.keys(value).length > 0 && next(4) > 0) {
			holder = value as Holder;
			continue;
		}
		switch (next(5)) {
			case 0:
				if (Array.isArray(holder)) holder.splice(Number(key), 1);
				else delete holder[key];
				break;
			case 1:
				holder[key] = [null, 7, "text", true, [], {}, -1.5][next(7)];
				break;
			case 2:
				if (Array.isArray(holder)) holder.push(value);
				else
					holder[["added", "constructor", "__proto__x"][next(3)] as string] = 1;
				break;
			case 3:
				holder[key] = typeof value === "string" ? `${value}\u0000 x` : 1e300;
				break;
			default:
				holder[key] = typeof value === "number" ? -value : "";
		}
		return JSON.stringify(copy);
	}
}
