import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The YAML library; it takes longer to load than most schemas to read, so it is loaded once a file needs it. */
export function yaml(): typeof import("yaml") {
	return require("yaml");
}
