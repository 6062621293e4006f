// docs/commands.md is generated from the command tables. UPDATE_DOCS=1 regenerates it.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commands } from "../../cli/commands.ts";
import { reference } from "../../cli/usage.ts";

const file = "docs/commands.md";

test("docs/commands.md is up to date", () => {
	const text = reference(commands);
	if (process.env.UPDATE_DOCS) writeFileSync(file, text);
	expect(readFileSync(file, "utf8")).toBe(text);
});
