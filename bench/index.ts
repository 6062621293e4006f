// npm run bench [-- NAME ...]: prints the tables of each benchmark.
import { bundle } from "./bundle.ts";
import { codegen } from "./codegen.ts";
import { consume } from "./consume.ts";
import { parse } from "./parse.ts";
import { pattern } from "./pattern.ts";
import { publish } from "./publish.ts";
import { types } from "./types.ts";

const questions: Readonly<Record<string, () => Promise<string>>> = {
	bundle,
	codegen,
	consume,
	parse,
	pattern,
	publish,
	types,
};

const asked = process.argv.slice(2).filter((name) => name !== "--help");
const unknown = asked.filter((name) => !Object.hasOwn(questions, name));
if (process.argv.includes("--help"))
	console.log(
		`npm run bench [-- NAME ...]: ${Object.keys(questions).join(", ")}; all by default`,
	);
else if (unknown.length > 0) {
	console.error(
		`bench: unknown benchmark ${unknown.join(", ")}; there are ${Object.keys(questions).join(", ")}`,
	);
	process.exitCode = 2;
} else
	for (const [name, answer] of Object.entries(questions)) {
		if (asked.length > 0 && !asked.includes(name)) continue;
		console.log(`${await answer()}\n`);
	}
