export type { EventPatternDocument } from "../runtime/event.ts";
export { describeMismatches, type Mismatch } from "./engine/mismatches.ts";
export { type Operator, operators } from "./engine/operators.ts";
export {
	busProblems,
	busQuotas,
	type PatternCheck,
	type PatternIssue,
	patternQuotas,
	validate,
} from "./engine/validate.ts";
export {
	type PatternWarning,
	patternWarnings,
	warningsOf,
} from "./engine/warnings.ts";
export { explain } from "./explain.ts";
export { type FilterFinding, judgeFilter } from "./judge/judge.ts";
export {
	FilterLanguageError,
	lambdaFilter,
	snsFilter,
	validateFilter,
} from "./languages.ts";
export {
	compile,
	compileAll,
	compileMismatches,
	match,
	PatternError,
} from "./match.ts";
export { rulePattern } from "./rule-pattern.ts";
export { where } from "./where.ts";
