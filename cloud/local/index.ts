export { readAssembly, readTemplate } from "../template/assembly.ts";
export type { StackTemplate } from "../template/stack-template.ts";
export { synthesize } from "../template/synth.ts";
export { paint, renderTrace } from "./render.ts";
export { type LocalSystem, startLocal } from "./runner.ts";
export type { Hop } from "./trace.ts";
