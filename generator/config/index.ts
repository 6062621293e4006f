// The package's entry `eventwright/config`: what eventwright.config.ts imports.
export type { OwnEmitter } from "../codegen/own-emitters.ts";
export type { RegistryFormat } from "../emit/emitter.ts";
export { selfContained } from "../emit/self-contained.ts";
export type { Rule, RuleFinding } from "../lint/rule.ts";
export type { SchemaObject } from "../schema/keywords.ts";
export type { EventModel, Model, NamedSchema } from "../schema/model.ts";
export { type Config, defineConfig } from "./config.ts";
