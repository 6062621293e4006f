import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Loads the YAML library on first use: loading it takes longer than reading most schemas. */
export function yaml(): typeof import("yaml") {
	return require("yaml");
}
