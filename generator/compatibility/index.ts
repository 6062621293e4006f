// Whether schemas stay compatible.
export {
	type CompareOptions,
	type Comparison,
	compare,
	type Finding,
	type Judgement,
} from "./compare.ts";
export type { Meaning, Verdict } from "./judge.ts";
export type { Direction } from "./rules.ts";
