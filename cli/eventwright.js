#!/usr/bin/env node
// Plain JavaScript, so that nothing has to be compiled before there is a cache to compile into.
import module from "node:module";
import v8 from "node:v8";

if (Number(process.versions.node.split(".")[0]) < 24) {
	console.error(
		`eventwright: runs on Node 24, this is ${process.version}; npm scripts of the project run on its own`,
	);
	process.exit(2);
}
// Most runs are short: memory that is not touched costs nothing, and a tenth of such a run went into touching it.
v8.setFlagsFromString("--semi-space-growth-factor=1");
module.enableCompileCache();
await import("./main.ts");
