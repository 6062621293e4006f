// Compiles each file in cases/. right.ts must have no errors; every other file must have the error named in its first line.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = path.join(import.meta.dirname, "cases");
const wrong = readdirSync(folder).filter((file) => file !== "right.ts");
const config = path.join(folder, `tsconfig.${process.pid}.json`);
const errors = new Map<string, string[]>();

beforeAll(async () => {
	writeFileSync(
		config,
		JSON.stringify({
			extends: "../../../tsconfig.json",
			include: ["*.ts"],
			exclude: [],
		}),
	);
	const { stdout } = await promisify(execFile)("tsc", [
		"--project",
		config,
		"--pretty",
		"false",
	]).catch((error: { stdout: string }) => error);
	// Continuation lines of an error are indented.
	for (const text of stdout.split(/\n(?=\S)/)) {
		const [, file, message] =
			/^(.+?)\(\d+,\d+\): (error [\s\S]*)$/.exec(text.trim()) ?? [];
		if (!file || !message) continue;
		const name = path.basename(file);
		errors.set(name, [...(errors.get(name) ?? []), message]);
	}
});
afterAll(() => rmSync(config, { force: true }));

test("right.ts compiles", () => {
	expect(errors.get("right.ts")).toBeUndefined();
});

test.each(wrong)("%s is a type error", (file) => {
	const [first = ""] = readFileSync(path.join(folder, file), "utf8").split(
		"\n",
	);
	const expected = first.replace("// error: ", "");
	expect(errors.get(file)?.join("\n")).toContain(expected);
});

test("no other file has an error", () => {
	expect([...errors.keys()].filter((file) => !wrong.includes(file))).toEqual(
		[],
	);
});
