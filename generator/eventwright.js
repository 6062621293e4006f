#!/usr/bin/env node
// Plain JavaScript, so that nothing has to be compiled before there is a cache to compile into.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("./cli.ts");
