import { readFileSync } from "node:fs";
import Handlebars from "handlebars";

/** Compiles the template of that name, which stands beside this file. What it is given is printed as it is: the safe printers come first. */
export function template<View>(name: string): (view: View) => string {
	const text = readFileSync(new URL(`${name}.hbs`, import.meta.url), "utf8");
	return Handlebars.compile<View>(text, { noEscape: true, strict: true });
}
