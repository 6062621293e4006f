// Checks a content filter against the JSON Schema of the detail: what can never match, and what always matches.

import type { EventPatternDocument } from "../../runtime/event.ts";
import { isObject, type Scalar } from "../../runtime/json.ts";
import { token } from "../../runtime/json-pointer.ts";
import { type Matcher, matcherOf, quote } from "../engine/operators.ts";
import { warningsOf } from "../engine/warnings.ts";
import { formatAllows, neverAddress } from "./formats.ts";
import {
	type Document,
	describe,
	type Field,
	type Form,
	fits,
	formsOf,
	isBeyondCounting,
	isFree,
	isNested,
	lengthAllows,
	limitsOf,
	mayBe,
	mayBeNumber,
	numbersAround,
	propertyOf,
	samplesOf,
	valuesOf,
} from "./forms.ts";

export interface FilterFinding {
	/** A filter that can never match is an error. One that always matches is a warning. */
	readonly severity: "error" | "warning";
	/** JSON pointer into the filter. */
	readonly path: string;
	readonly message: string;
}

/**
 * Checks a filter against an event type's contract: the detail's schema in 2020-12, with references inside the document.
 * `not`, `if` and similar keywords are ignored, so a filter is reported only if it certainly never, or always, matches.
 */
export function judgeFilter(
	filter: EventPatternDocument,
	contract: unknown,
): readonly FilterFinding[] {
	const findings: FilterFinding[] = [];
	const document: Document = { root: contract, forms: new Map() };
	const detail = { forms: formsOf(contract, document), mayBeAbsent: false };
	judgeObject(filter, detail, "", document, findings);
	// If a list in `$or` replaces one outside it, the filter does not require all fields together.
	const replaced = warningsOf(filter)
		.filter(({ code }) => code === "or-overrides")
		.map(({ path }) => fieldOf(path));
	// An error may be in a list that another replaces.
	if (replaced.length > 0)
		return findings.filter(
			({ severity, path }) =>
				severity !== "error" ||
				!replaced.some((field) => fieldOf(path).startsWith(`${field}/`)),
		);
	if (
		findings.every(({ severity }) => severity !== "error") &&
		!canMatch(filter, detail, document)
	)
		findings.push({
			severity: "error",
			path: "",
			message:
				"can never match: each field can match alone, but no alternative of the schema matches all of them",
		});
	return findings;
}

/** Removes `$or` alternatives from a pointer into a filter, which leaves the field's pointer in the detail. */
const fieldOf = (pointer: string) => pointer.replace(/\/\$or\/\d+/g, "");

function judgeObject(
	filter: EventPatternDocument,
	at: Field,
	path: string,
	document: Document,
	findings: FilterFinding[],
): void {
	for (const [key, wanted] of Object.entries(filter)) {
		const here = path + token(key);
		if (key === "$or")
			(wanted as EventPatternDocument[]).forEach((branch, i) => {
				judgeObject(branch, at, `${here}/${i}`, document, findings);
			});
		else {
			const field = propertyOf(at, key, document);
			if (isObject(wanted))
				judgeObject(wanted, field, here, document, findings);
			else judgeList(wanted as readonly unknown[], field, here, findings);
		}
	}
}

function judgeList(
	list: readonly unknown[],
	field: Field,
	path: string,
	findings: FilterFinding[],
): void {
	const matchers = list.map(matcherOf);
	matchers.forEach((matcher, i) => {
		if (!mayAccept(matcher, field))
			findings.push({
				severity: "error",
				path: `${path}/${i}`,
				message: `${matcher.summary} can never match: the schema allows ${describe(field)} here`,
			});
	});
	if (acceptsAll(matchers, field)) {
		const example = field.forms.flatMap(samplesOf)[0];
		findings.push({
			severity: "warning",
			path,
			message: `always matches: the schema allows ${describe(field)} here${example === undefined ? "" : `, such as ${quote(example)}`}`,
		});
	}
}

/** Whether a single form of the value can match the whole filter. */
function canMatch(
	filter: EventPatternDocument,
	at: Field,
	document: Document,
): boolean {
	const passes = (own: Field) =>
		Object.entries(filter).every(([key, wanted]) => {
			if (key === "$or")
				return (wanted as EventPatternDocument[]).some((branch) =>
					canMatch(branch, own, document),
				);
			const field = propertyOf(own, key, document);
			return isObject(wanted)
				? canMatch(wanted, field, document)
				: (wanted as readonly unknown[]).some((item) =>
						mayAccept(matcherOf(item), field),
					);
		});
	return (
		at.forms.some((form) => passes({ forms: [form], mayBeAbsent: false })) ||
		(at.mayBeAbsent && passes({ forms: [], mayBeAbsent: true }))
	);
}

function mayAccept(matcher: Matcher, { forms, mayBeAbsent }: Field): boolean {
	if (matcher.acceptsAbsence) return mayBeAbsent || forms.some(isNested);
	return forms.some((form) => formMayPass(matcher, form));
}

function formMayPass(matcher: Matcher, form: Form): boolean {
	const { accepts, within } = matcher;
	const finite = valuesOf(form);
	if (finite) return finite.some(accepts);
	const fit = (value: Scalar) => accepts(value) && fits(form, value);
	if (
		["boolean", "null"].some((type) => mayBe(form, type)) &&
		[true, false, null].some(fit)
	)
		return true;
	switch (within.kind) {
		case "values":
			return within.values.some(fit);
		case "folded":
			return (
				mayBe(form, "string") &&
				(isFree(form)
					? lengthAllows(form, within.text.length, within.text.length)
					: true)
			);
		case "text":
			return (
				mayBe(form, "string") &&
				lengthAllows(form, within.lengthMin, Number.POSITIVE_INFINITY) &&
				form.every(({ format }) => formatAllows(format, within))
			);
		case "numbers":
			return (
				mayBeNumber(form) &&
				(isBeyondCounting(form, within) ||
					numbersAround(form, within).some(fit))
			);
		case "addresses":
			return (
				mayBe(form, "string") &&
				form.every(
					({ format }) =>
						typeof format !== "string" || !neverAddress.has(format),
				)
			);
		case "but":
		case "anything":
			return mayBe(form, "string") || mayBeNumber(form);
	}
}

/** Whether every value that the field may have is accepted by one of the matchers. */
function acceptsAll(
	matchers: readonly Matcher[],
	{ forms, mayBeAbsent }: Field,
): boolean {
	if (
		(mayBeAbsent || forms.some(isNested)) &&
		!matchers.some(({ acceptsAbsence }) => acceptsAbsence)
	)
		return false;
	if (forms.length === 0 && !mayBeAbsent) return false;
	const present = matchers.filter(({ acceptsAbsence }) => !acceptsAbsence);
	return forms.every((form) => {
		const finite = valuesOf(form);
		if (finite)
			return finite.every((value) =>
				present.some(({ accepts }) => accepts(value)),
			);
		return present.some((matcher) => acceptsForm(matcher, form));
	});
}

function acceptsForm({ accepts, within }: Matcher, form: Form): boolean {
	const others = [true, false, null].filter((value) => fits(form, value));
	if (!others.every(accepts)) return false;
	const isText = mayBe(form, "string");
	const isNumber = mayBeNumber(form);
	switch (within.kind) {
		case "text":
			return !isNumber && within.lengthMin === 0;
		case "numbers": {
			const { low, high } = limitsOf(form);
			return !isText && accepts(low) && accepts(high);
		}
		case "anything":
			return true;
		case "but":
			return within.values?.every((value) => !fits(form, value)) ?? false;
		default:
			return false;
	}
}
