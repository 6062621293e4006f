import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The library in one file, which loads in half the time of its parts.
const Handlebars: typeof import("handlebars") = createRequire(import.meta.url)(
	"handlebars/dist/handlebars.js",
);

/** Compiles the template of that name, which stands beside this file. What it is given is printed as it is: the safe printers come first. */
export function template<View>(name: string): (view: View) => string {
	const text = readFileSync(new URL(`${name}.hbs`, import.meta.url), "utf8");
	return Handlebars.compile<View>(text, { noEscape: true, strict: true });
}
