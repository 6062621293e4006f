// docs/commands.md is written from the commands' tables. UPDATE_DOCS=1 rewrites it.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commands } from "../../cli/commands.ts";
import { reference } from "../../cli/usage.ts";

const file = "docs/commands.md";

test("docs/commands.md says what --help says", () => {
	const text = reference(commands);
	if (process.env.UPDATE_DOCS) writeFileSync(file, text);
	expect(readFileSync(file, "utf8")).toBe(text);
});
