#!/usr/bin/env node
// Plain JavaScript, so that nothing is compiled before the compile cache is enabled.
import module from "node:module";
import v8 from "node:v8";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
	console.error(
		`eventwright: needs Node 22.18 or newer, got ${process.version}; the project's npm scripts run on its pinned Node`,
	);
	process.exit(2);
}
// Most runs are short. Slower growth of the young generation saves about a tenth of their time.
v8.setFlagsFromString("--semi-space-growth-factor=1");
module.enableCompileCache();
await import("./main.ts");
