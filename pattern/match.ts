// Matches events against patterns as Amazon EventBridge does: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

import type { EventPatternDocument } from "../runtime/event.ts";
import { machine } from "./engine/machine.ts";
import { type Mismatch, mismatchFinder } from "./engine/mismatches.ts";
import { type PatternIssue, validate } from "./engine/validate.ts";

/** EventBridge would reject the pattern. The message contains the first issue. */
export class PatternError extends TypeError {
	override readonly name = "PatternError";
	declare readonly issues: readonly PatternIssue[];

	constructor(issues: readonly PatternIssue[], name = "the event pattern") {
		const [first] = issues;
		super(`${name} is not valid: ${first?.path || "it"} ${first?.message}`);
		// Not printed with the stack, since the message has the first one.
		Object.defineProperty(this, "issues", { value: issues });
	}
}

/** Compiles a pattern to a predicate on events. Throws a `PatternError` if `validate` rejects the pattern. */
export function compile(
	pattern: EventPatternDocument,
): (event: unknown) => boolean {
	const decide = compileAll([pattern]);
	return (event) => decide(event).length > 0;
}

/**
 * Compiles many patterns to one function, which returns the indexes of the patterns that match, in ascending order. Conditions
 * that several patterns share are evaluated once. Throws a `PatternError` if `validate` rejects one of the patterns.
 *
 * @example
 * const decide = compileAll(rules.map(({ eventPattern }) => eventPattern));
 * const matching = decide(event).map((index) => rules[index]);
 */
export function compileAll(
	patterns: readonly EventPatternDocument[],
): (event: unknown) => readonly number[] {
	for (const pattern of patterns) assertValid(pattern);
	return machine(patterns);
}

/** Whether a pattern matches an event. To use a pattern more than once, `compile` it. */
export function match(pattern: EventPatternDocument, event: unknown): boolean {
	return compile(pattern)(event);
}

/** Compiles a pattern to a function that returns the mismatched fields of the closest alternative, or none. Throws like `compile`. */
export function compileMismatches(
	pattern: EventPatternDocument,
): (event: unknown) => readonly Mismatch[] {
	assertValid(pattern);
	return mismatchFinder(pattern);
}

function assertValid(pattern: unknown): void {
	const checked = validate(pattern);
	if (!checked.ok) throw new PatternError(checked.issues);
}
