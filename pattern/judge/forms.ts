// Over-approximates the values that a JSON Schema allows at a field: too many at times, never too few.

import { isObject, type Scalar } from "../../runtime/json.ts";
import { percentDecoded, resolvePointer } from "../../runtime/json-pointer.ts";
import { multiple } from "../../runtime/validator/checks.ts";
import { quote } from "../engine/operators.ts";
import { formatFits } from "./formats.ts";

type SchemaObject = Readonly<Record<string, unknown>>;

/** One alternative of a schema: schemas that all apply to the value, without references, unions and `allOf`. */
export type Form = readonly SchemaObject[];

/** The document that references resolve to, and a cache of the forms of its schemas. */
export interface Document {
	readonly root: unknown;
	readonly forms: Map<object, readonly Form[]>;
}

/** The possible values of a field: their forms, including those of array items, and whether the field may be absent. */
export interface Field {
	readonly forms: readonly Form[];
	readonly mayBeAbsent: boolean;
}

const scalarTypes = ["string", "number", "boolean", "null"];
const formsMax = 200;
const depthMax = 200;

/** The forms of a schema. Parts of the schema are ignored if it is recursive or has too many forms. */
export function formsOf(
	schema: unknown,
	document: Document,
	depth = 0,
): readonly Form[] {
	if (schema === false) return [];
	if (!isObject(schema)) return [[]];
	const known = document.forms.get(schema);
	if (known) return known;
	// A subschema with its own `$id` is not resolved. It allows anything, as does excessive depth.
	const isOther = schema.$id !== undefined && schema !== document.root;
	if (isOther || depth > depthMax) return [[]];
	// Allows anything until its forms are known.
	document.forms.set(schema, [[]]);
	const { $ref, allOf, anyOf, oneOf, ...own } = schema;
	let forms: readonly Form[] = [[own]];
	const both = (more: readonly Form[]) => {
		if (forms.length * more.length <= formsMax)
			forms = forms.flatMap((form) => more.map((other) => [...form, ...other]));
	};
	const inner = (each: unknown) => formsOf(each, document, depth + 1);
	if (typeof $ref === "string") {
		const target = resolve($ref, document.root);
		if (target !== undefined) both(inner(target));
	}
	for (const each of listOf(allOf)) both(inner(each));
	for (const union of [anyOf, oneOf])
		if (Array.isArray(union)) both(union.flatMap(inner));
	const possible = forms.filter(isPossible);
	document.forms.set(schema, possible);
	return possible;
}

const anything: Field = { forms: [[]], mayBeAbsent: true };

/** A property of a field's values, and of their items if they are arrays. */
export function propertyOf(
	{ forms, mayBeAbsent }: Field,
	key: string,
	document: Document,
): Field {
	// A dotted name is equivalent to nested names, which this does not resolve.
	const isDotted =
		key.includes(".") ||
		forms
			.flat()
			.some(
				({ properties }) =>
					isObject(properties) &&
					Object.keys(properties).some((name) => name.includes(".")),
			);
	if (isDotted) return anything;
	const found: Form[] = [];
	let absent = mayBeAbsent;
	for (const form of opened(forms, document)) {
		if (form === "absent" || scalarTypes.some((type) => mayBe(form, type)))
			absent = true;
		if (form === "absent" || !mayBe(form, "object")) continue;
		const inner = childrenOf(form, key, document);
		found.push(...inner);
		if (
			inner.length === 0 ||
			!form.some(({ required }) => listOf(required).includes(key))
		)
			absent = true;
	}
	const values = opened(found, document);
	if (values.length > formsMax) return anything;
	return {
		forms: values.filter((form) => form !== "absent"),
		mayBeAbsent: absent || values.includes("absent"),
	};
}

/** The forms and, for arrays among them, the forms of their items. "absent" if an array may be empty. */
function opened(
	forms: readonly Form[],
	document: Document,
	depth = 0,
): readonly (Form | "absent")[] {
	return forms.flatMap((form) => {
		if (!mayBe(form, "array")) return [form];
		const mayBeEmpty = !form.some(({ minItems }) => Number(minItems) >= 1);
		return [
			form,
			...(mayBeEmpty ? (["absent"] as const) : []),
			...(depth < 3
				? opened(itemsOf(form, document), document, depth + 1)
				: [[], "absent" as const]),
		];
	});
}

function childrenOf(
	form: Form,
	key: string,
	document: Document,
): readonly Form[] {
	const allOf = form.flatMap((schema): readonly unknown[] => {
		const own = schema.properties;
		const named = isObject(own) && Object.hasOwn(own, key) ? [own[key]] : [];
		const patterns = Object.entries(schema.patternProperties ?? {}).map(
			([pattern, inner]) => [testOf(pattern)?.test(key), inner] as const,
		);
		const all = [
			...named,
			...patterns.flatMap(([isFitting, inner]) => (isFitting ? [inner] : [])),
		];
		// An expression that does not compile may match the key, which excludes `additionalProperties`.
		const isCertain = patterns.every(([isFitting]) => isFitting !== undefined);
		return all.length > 0 || !isCertain
			? all
			: [schema.additionalProperties ?? true];
	});
	return allOf.includes(false) ? [] : formsOf({ allOf }, document);
}

function itemsOf(form: Form, document: Document): readonly Form[] {
	const lists = form.map(({ prefixItems, items = true }) => [
		...listOf(prefixItems),
		items,
	]);
	// The item's index is unknown, so the schemas of items cannot be combined: only a single list is used.
	const [only, ...more] = lists.filter((list) =>
		list.some((item) => item !== true),
	);
	return only === undefined || more.length > 0
		? [[]]
		: only.flatMap((item) => formsOf(item, document));
}

function resolve(reference: string, root: unknown): unknown {
	return reference === "#" || reference.startsWith("#/")
		? resolvePointer(root, percentDecoded(reference.slice(1)))
		: undefined;
}

const listOf = (value: unknown): readonly unknown[] =>
	Array.isArray(value) ? value : [];

function isPossible(form: Form): boolean {
	return [...scalarTypes, "integer", "object", "array"].some((type) =>
		mayBe(form, type),
	);
}

export function mayBe(form: Form, type: string): boolean {
	return form.every((schema) => {
		const { type: types } = schema;
		const all = types === undefined ? undefined : [types].flat();
		if (
			all &&
			!all.includes(type) &&
			!(type === "number" && all.includes("integer")) &&
			!(type === "integer" && all.includes("number"))
		)
			return false;
		const values = enumOf(schema);
		return (
			!values ||
			values.some(
				(value) =>
					typeName(value) === type ||
					(type === "integer" && typeof value === "number"),
			)
		);
	});
}

export const mayBeNumber = (form: Form) => mayBe(form, "number");

function typeName(value: unknown): string {
	if (value === null) return "null";
	return Array.isArray(value) ? "array" : typeof value;
}

function enumOf(schema: SchemaObject): readonly unknown[] | undefined {
	if ("const" in schema) return [schema.const];
	return Array.isArray(schema.enum) ? schema.enum : undefined;
}

/** All scalars of a form, if they are finitely many. */
export function valuesOf(form: Form): readonly Scalar[] | undefined {
	const listed = form.map(enumOf).find((values) => values !== undefined);
	const all =
		listed ??
		(["string", "number"].some((type) => mayBe(form, type))
			? undefined
			: [true, false, null]);
	return all?.filter(
		(value): value is Scalar =>
			(typeof value !== "object" || value === null) &&
			fits(form, value as Scalar),
	);
}

/** Whether a scalar is valid against a form. */
export function fits(form: Form, value: Scalar): boolean {
	return form.every((schema) => {
		const listed = enumOf(schema);
		if (listed && !listed.includes(value)) return false;
		if (schema.type !== undefined && !isOfType(value, [schema.type].flat()))
			return false;
		if (typeof value === "number") return numberFits(schema, value);
		return typeof value !== "string" || textFits(schema, value);
	});
}

function isOfType(value: Scalar, types: readonly unknown[]): boolean {
	return (
		types.includes(typeName(value)) ||
		(typeof value === "number" &&
			types.includes("integer") &&
			Number.isInteger(value))
	);
}

function numberFits(schema: SchemaObject, value: number): boolean {
	const { low, high } = limitsOf([schema]);
	const { exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
	return (
		value >= low &&
		value <= high &&
		value !== exclusiveMinimum &&
		value !== exclusiveMaximum &&
		(typeof multipleOf !== "number" || multiple(value, multipleOf))
	);
}

export function limitsOf(form: Form): { low: number; high: number } {
	const numbers = (...values: readonly unknown[]) =>
		values.filter((value) => typeof value === "number");
	return {
		low: Math.max(
			Number.NEGATIVE_INFINITY,
			...form.flatMap(({ minimum, exclusiveMinimum }) =>
				numbers(minimum, exclusiveMinimum),
			),
		),
		high: Math.min(
			Number.POSITIVE_INFINITY,
			...form.flatMap(({ maximum, exclusiveMaximum }) =>
				numbers(maximum, exclusiveMaximum),
			),
		),
	};
}

const isIntegerOnly = ({ type }: SchemaObject) => {
	const types = [type].flat();
	return types.includes("integer") && !types.includes("number");
};

/** The numbers that a value must be a multiple of. */
function stepsOf(form: Form): readonly number[] {
	const steps = form.flatMap((schema) => [
		...(typeof schema.multipleOf === "number" ? [schema.multipleOf] : []),
		...(isIntegerOnly(schema) ? [1] : []),
	]);
	const [largest = 0] = steps.toSorted((a, b) => b - a);
	// A multiple of the largest step is also a multiple of every step that divides it.
	return largest === 0
		? []
		: [largest, ...steps.filter((step) => largest % step !== 0)];
}

/** Whether there are several steps, or numbers so large that a step is lost in rounding. */
export function isBeyondCounting(
	form: Form,
	within: { readonly low: number; readonly high: number },
): boolean {
	const [step, ...more] = stepsOf(form);
	const own = limitsOf(form);
	const far = [own.low, own.high, within.low, within.high].some(
		(limit) => Number.isFinite(limit) && Math.abs(limit) / (step ?? 1) > 1e12,
	);
	return more.length > 0 || far;
}

/** Samples of the numbers within both the form's limits and `within`. If none of them is valid, no number is. */
export function numbersAround(
	form: Form,
	within: { readonly low: number; readonly high: number },
): readonly number[] {
	const own = limitsOf(form);
	const low = Math.max(own.low, within.low);
	const high = Math.min(own.high, within.high);
	if (low > high) return [];
	const [step = 0] = stepsOf(form);
	const from = Number.isFinite(low)
		? low
		: Number.isFinite(high)
			? high - 4 * (step || 1)
			: 0;
	const to = Number.isFinite(high) ? high : from + 4 * (step || 1);
	if (step === 0) return [from, to, (from + to) / 2];
	// Rounded to decimal digits: 1999 * 0.01 is 19.990000000000002.
	const multiple = (times: number) => Number((times * step).toPrecision(15));
	const first = Math.ceil(from / step);
	const last = Math.floor(to / step);
	return [
		...[from, ...[first, first + 1, first + 2].map(multiple)],
		...[to, ...[last, last - 1, last - 2].map(multiple)],
	];
}

function textFits(schema: SchemaObject, value: string): boolean {
	const { pattern, format, minLength = 0, maxLength } = schema;
	const { length } = [...value];
	if (length < Number(minLength)) return false;
	if (typeof maxLength === "number" && length > maxLength) return false;
	if (typeof pattern === "string" && testOf(pattern)?.test(value) === false)
		return false;
	return typeof format !== "string" || formatFits(format, value);
}

function testOf(pattern: string): RegExp | undefined {
	try {
		return new RegExp(pattern, "u");
	} catch {
		return undefined;
	}
}

export const isFree = (form: Form) =>
	form.every(
		({ pattern, format }) => pattern === undefined && format === undefined,
	);

export function lengthAllows(form: Form, least: number, most: number): boolean {
	return form.every(
		({ minLength = 0, maxLength = Number.POSITIVE_INFINITY }) =>
			least <= Number(maxLength) && most >= Number(minLength),
	);
}

/** Sample values of a form, for messages. */
export function samplesOf(form: Form): readonly Scalar[] {
	const { low, high } = limitsOf(form);
	const numbers = [low, high, 0, 1].filter(Number.isFinite);
	return (
		valuesOf(form) ??
		["a", "2026-11-24T09:00:00Z", "2026-11-24", "", ...numbers].filter(
			(value) => fits(form, value),
		)
	);
}

export function describe({ forms, mayBeAbsent }: Field): string {
	const all = [...new Set(forms.map(describeForm))].filter(Boolean);
	if (mayBeAbsent) all.push("no value");
	return all.length === 0 ? "nothing" : all.join(" or ");
}

function describeForm(form: Form): string {
	const finite = valuesOf(form);
	if (finite)
		return finite.length === 0
			? ""
			: `${finite.length > 1 ? "one of " : ""}${finite.slice(0, 20).map(quote).join(", ")}${finite.length > 20 ? ", …" : ""}`;
	const parts: string[] = [];
	if (mayBe(form, "string")) {
		const format = form.find((schema) => schema.format !== undefined)?.format;
		const max = form.find(
			(schema) => schema.maxLength !== undefined,
		)?.maxLength;
		const pattern = form.find(
			(schema) => schema.pattern !== undefined,
		)?.pattern;
		parts.push(
			[
				"a string",
				...(format === undefined ? [] : [`of format ${format}`]),
				...(max === undefined ? [] : [`of at most ${max} characters`]),
				...(pattern === undefined ? [] : [`matching ${quote(pattern)}`]),
			].join(" "),
		);
	}
	if (mayBeNumber(form)) {
		const { low, high } = limitsOf(form);
		const noun = form.some(isIntegerOnly) ? "an integer" : "a number";
		parts.push(
			[
				noun,
				...(Number.isFinite(low) ? [`from ${low}`] : []),
				...(Number.isFinite(high) ? [`up to ${high}`] : []),
			].join(" "),
		);
	}
	if (isNested(form)) parts.push("an object");
	return parts.join(" or ");
}

/** Whether the value may be an object, which counts as no value: only its fields have values. */
export const isNested = (form: Form) => mayBe(form, "object");
