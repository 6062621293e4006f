#!/usr/bin/env node
// Plain JavaScript, so that nothing is compiled before the compile cache is enabled.
import module from "node:module";
import v8 from "node:v8";

if (Number(process.versions.node.split(".")[0]) < 24) {
	console.error(
		`eventwright: needs Node 24 or newer, got ${process.version}; the project's npm scripts run on its pinned Node`,
	);
	process.exit(2);
}
// Most runs are short. Slower growth of the young generation saves about a tenth of their time.
v8.setFlagsFromString("--semi-space-growth-factor=1");
module.enableCompileCache();
await import("./main.ts");
