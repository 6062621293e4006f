import type { Validator } from "../../runtime/checks.ts";

export declare const MetaSchema: Validator;
