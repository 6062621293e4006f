// Content filters for SNS subscriptions and Lambda event source mappings, which support fewer operators than EventBridge.

import type { EventPatternDocument } from "../runtime/event.ts";
import { describeIssues } from "../runtime/issue.ts";
import { isObject } from "../runtime/json.ts";
import { token } from "../runtime/json-pointer.ts";
import {
	type FilterLanguage,
	isOperatorName,
	operators,
} from "./engine/operators.ts";
import {
	combinationsOf,
	type PatternCheck,
	type PatternIssue,
	structureIssues,
} from "./engine/validate.ts";

/** Limits of a filter policy: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const snsLimits = {
	keys: 5,
	combinations: 150,
	bytes: 256 * 1024,
	number: 1e9,
	decimals: 5,
};

/** Limits of a mapping's filter: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
const lambdaLimits = { characters: 4_096 };

/** The filter uses something that the language does not support, or exceeds its limits. */
export class FilterLanguageError extends TypeError {
	override readonly name = "FilterLanguageError";
	readonly issues: readonly PatternIssue[];

	constructor(language: string, issues: readonly PatternIssue[]) {
		super(`the filter is not valid for ${language}: ${describeIssues(issues)}`);
		this.issues = issues;
	}
}

/**
 * Returns the filter policy (`FilterPolicyScope: "MessageBody"`) of a subscription to a topic that a rule sends unmodified
 * events to. It filters by detail only, so it also applies to other event types on the topic. Throws a `FilterLanguageError`,
 * and a `TypeError` if the subscription has no filter.
 *
 * @example
 * new CfnSubscription(this, "Long", { ..., ...snsFilter(where(ContentViewed, { durationMs: [{ numeric: [">", 1000] }] })) })
 */
export function snsFilter(subscription: {
	readonly filter?: EventPatternDocument;
}): {
	readonly filterPolicyScope: "MessageBody";
	readonly filterPolicy: EventPatternDocument;
} {
	const filterPolicy = detailOf(subscription);
	const checked = validateFilter("sns", filterPolicy);
	if (!checked.ok) throw new FilterLanguageError("SNS", checked.issues);
	return { filterPolicyScope: "MessageBody", filterPolicy };
}

/**
 * Returns the filter of an event source mapping from a queue whose messages are unmodified events: the queue is subscribed
 * with raw message delivery, or is itself a rule's target. In an SNS envelope the event is a string, which filters cannot
 * search. Lambda deletes all messages that do not match, other event types included: the filter is by detail only. Throws like
 * `snsFilter`.
 */
export function lambdaFilter(subscription: {
	readonly filter?: EventPatternDocument;
}): { readonly pattern: string } {
	const body = { body: detailOf(subscription) };
	const checked = validateFilter("lambda", body);
	if (!checked.ok) throw new FilterLanguageError("Lambda", checked.issues);
	return { pattern: JSON.stringify(body) };
}

function detailOf(subscription: {
	readonly filter?: EventPatternDocument;
}): EventPatternDocument {
	if (!subscription.filter)
		throw new TypeError("the subscription has no filter: add one with where()");
	return { detail: subscription.filter };
}

/** Checks whether SNS or Lambda accepts a filter. */
export function validateFilter(
	language: FilterLanguage,
	filter: unknown,
): PatternCheck {
	const issues = structureIssues(filter);
	if (issues.length > 0) return { ok: false, issues };
	let keys = 0;
	const visit = (object: EventPatternDocument, path: string) => {
		for (const [key, value] of Object.entries(object)) {
			const at = path + token(key);
			if (key === "$or")
				(value as EventPatternDocument[]).forEach((branch, i) => {
					visit(branch, `${at}/${i}`);
				});
			else if (isObject(value)) visit(value, at);
			else {
				const list = value as readonly unknown[];
				keys++;
				list.forEach((matcher, i) => {
					const message = lackOf(language, matcher);
					if (message) issues.push({ path: `${at}/${i}`, message });
				});
			}
		}
	};
	visit(filter as EventPatternDocument, "");
	const text = JSON.stringify(filter);
	if (language === "lambda" && text.length > lambdaLimits.characters)
		issues.push({
			path: "",
			message: `must have at most ${lambdaLimits.characters} characters, got ${text.length}`,
		});
	if (language === "sns")
		issues.push(
			...snsLimitIssues(
				text,
				keys,
				// In a message body, the number of a key's values is multiplied by its depth.
				combinationsOf(
					filter as EventPatternDocument,
					(list, depth) => list.length * depth,
				),
			),
		);
	return issues.length === 0 ? { ok: true } : { ok: false, issues };
}

function lackOf(
	language: FilterLanguage,
	matcher: unknown,
): string | undefined {
	if (language === "sns") {
		const number = numbersIn(matcher).find(
			(each) =>
				Math.abs(each) > snsLimits.number ||
				Number(each.toFixed(snsLimits.decimals)) !== each,
		);
		if (number !== undefined)
			return `must have only numbers from -${snsLimits.number} to ${snsLimits.number} with at most ${snsLimits.decimals} decimals, got ${number}`;
	}
	if (!isObject(matcher)) return undefined;
	const [name, operand] = Object.entries(matcher)[0] ?? [];
	return name !== undefined && isOperatorName(name)
		? operators[name].lacking(language, operand as never)
		: undefined;
}

function numbersIn(value: unknown): readonly number[] {
	if (typeof value === "number") return [value];
	if (Array.isArray(value)) return value.flatMap(numbersIn);
	return isObject(value) ? Object.values(value).flatMap(numbersIn) : [];
}

function snsLimitIssues(
	text: string,
	keys: number,
	combinations: number,
): readonly PatternIssue[] {
	const issues: PatternIssue[] = [];
	const bytes = new TextEncoder().encode(text).length;
	if (bytes > snsLimits.bytes)
		issues.push({
			path: "",
			message: `must have at most ${snsLimits.bytes} bytes, got ${bytes}`,
		});
	if (keys > snsLimits.keys)
		issues.push({
			path: "",
			message: `must have at most ${snsLimits.keys} keys, got ${keys}`,
		});
	if (combinations > snsLimits.combinations)
		issues.push({
			path: "",
			message: `must have at most ${snsLimits.combinations} combinations (the product of values times depth of each key), got ${combinations}`,
		});
	return issues;
}
