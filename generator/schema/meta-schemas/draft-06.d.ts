import type { Validator } from "../../../runtime/validator/rules.ts";

export declare const $MetaSchema: Validator;
