#!/usr/bin/env node
// Plain JavaScript, so that nothing has to be compiled before there is a cache to compile into.
import module from "node:module";

if (Number(process.versions.node.split(".")[0]) < 24) {
	console.error(
		`eventwright: runs on Node 24, this is ${process.version}; npm scripts of the project run on its own`,
	);
	process.exit(2);
}
module.enableCompileCache();
await import("./cli.ts");
