// Event patterns as Amazon EventBridge decides them: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

import type { EventPatternDocument } from "../runtime/event.ts";
import { machine } from "./engine/machine.ts";
import { type Mismatch, mismatchFinder } from "./engine/mismatches.ts";
import { type PatternIssue, validate } from "./engine/validate.ts";

/** A pattern that EventBridge refuses; the message has the first issue. */
export class PatternError extends TypeError {
	override readonly name = "PatternError";
	readonly issues: readonly PatternIssue[];

	constructor(issues: readonly PatternIssue[], name = "the event pattern") {
		const [first] = issues;
		super(
			`${name} is not valid: ${first?.path || "(root)"}: ${first?.message}`,
		);
		this.issues = issues;
	}
}

/** A predicate on events. Throws a `PatternError` for a pattern that `validate` refuses. */
export function compile(
	pattern: EventPatternDocument,
): (event: unknown) => boolean {
	const decide = compileAll([pattern]);
	return (event) => decide(event).length > 0;
}

/**
 * Decides many patterns at once, as a bus does: answers the places of those that match, in ascending order. What patterns
 * share is decided once for all of them. Throws a `PatternError` for one that `validate` refuses.
 *
 * @example
 * const decide = compileAll(rules.map(({ eventPattern }) => eventPattern));
 * const matching = decide(event).map((place) => rules[place]);
 */
export function compileAll(
	patterns: readonly EventPatternDocument[],
): (event: unknown) => readonly number[] {
	for (const pattern of patterns) assertValid(pattern);
	return machine(patterns);
}

/** Whether a pattern matches an event. To ask the same pattern again, `compile` it. */
export function match(pattern: EventPatternDocument, event: unknown): boolean {
	return compile(pattern)(event);
}

/** Nothing where an event matches; else each field that does not, of the alternative that comes closest. Throws as `compile` does. */
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
