import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The bundled build loads twice as fast.
const Handlebars: typeof import("handlebars") = createRequire(import.meta.url)(
	"handlebars/dist/handlebars.js",
);

/** Compiles the template `name` in this folder. Values are not escaped: callers use the functions in `print.ts`. */
export function template<View>(name: string): (view: View) => string {
	const text = readFileSync(new URL(`${name}.hbs`, import.meta.url), "utf8");
	return Handlebars.compile<View>(text, { noEscape: true, strict: true });
}
