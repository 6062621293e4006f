// Functions that generated validators call. A validator returns whether to continue: without a report, it stops at the first issue.

import { isArray, isObject } from "../json.ts";
import {
	$additionalProperties,
	$const,
	$enum,
	$extensibleEnum,
	$maxItems,
	$maximum,
	$maxLength,
	$minItems,
	$minimum,
	$minLength,
	$pattern,
	$required,
	$type,
	below,
	isInteger,
	isNumber,
	no,
	type Report,
	type Step,
	type TrackingValidator,
	type Validator,
} from "./rules.ts";

/** A validator with operands. */
type Check = (
	value: unknown,
	report: Report | null,
	at: Step | undefined,
	...operands: never[]
) => boolean;

export { isArray, isObject };

const infinity = Number.POSITIVE_INFINITY;
/** No string is longer. Integers compare faster than infinity. */
const longest = 2 ** 30 - 1;

export function any(): boolean {
	return true;
}

export function text(
	value: unknown,
	report: Report | null,
	at?: Step,
	min = 0,
	max = longest,
): boolean {
	if (typeof value !== "string") return !no(report, $type, "string", value, at);
	// Usually enough: a string has at least half as many code points as UTF-16 code units.
	if (value.length <= max && value.length >= 2 * min) return true;
	const points = codePoints(value);
	return !(
		(points < min && no(report, $minLength, min, value, at)) ||
		(points > max && no(report, $maxLength, max, value, at))
	);
}

export function matching(
	value: unknown,
	report: Report | null,
	at: Step | undefined,
	pattern: RegExp,
): boolean {
	if (typeof value !== "string") return !no(report, $type, "string", value, at);
	return (
		pattern.test(value) || !no(report, $pattern, pattern.source, value, at)
	);
}

export function integer(
	value: unknown,
	report: Report | null,
	at?: Step,
	min = -infinity,
	max = infinity,
): boolean {
	return isInteger(value)
		? within(value as number, report, at, min, max)
		: !no(report, $type, "integer", value, at);
}

export function real(
	value: unknown,
	report: Report | null,
	at?: Step,
	min = -infinity,
	max = infinity,
): boolean {
	return isNumber(value)
		? within(value as number, report, at, min, max)
		: !no(report, $type, "number", value, at);
}

function within(
	value: number,
	report: Report | null,
	at: Step | undefined,
	min: number,
	max: number,
): boolean {
	return !(
		(value < min && no(report, $minimum, min, value, at)) ||
		(value > max && no(report, $maximum, max, value, at))
	);
}

export function bool(
	value: unknown,
	report: Report | null,
	at?: Step,
): boolean {
	return typeof value === "boolean" || !no(report, $type, "boolean", value, at);
}

/** One of several types, or a type without a dedicated check. */
export function typed(
	value: unknown,
	report: Report | null,
	at: Step | undefined,
	types: string | readonly string[],
): boolean {
	const kind =
		value === null ? "null" : isArray(value) ? "array" : typeof value;
	return (
		(types.includes(kind) && (kind !== "number" || isNumber(value))) ||
		(isInteger(value) && types.includes("integer")) ||
		!no(report, $type, types, value, at)
	);
}

export function among(
	value: unknown,
	report: Report | null,
	at: Step | undefined,
	values: readonly unknown[] | ReadonlySet<unknown>,
): boolean {
	return isIn(values, value) || !no(report, $enum, values, value, at);
}

function isIn(
	values: readonly unknown[] | ReadonlySet<unknown>,
	value: unknown,
): boolean {
	return values instanceof Set
		? values.has(value)
		: (values as readonly unknown[]).includes(value);
}

/** A string of a list that may grow. */
export function known(
	value: unknown,
	report: Report | null,
	at: Step | undefined,
	values: readonly string[] | ReadonlySet<string>,
): boolean {
	if (typeof value !== "string") return !no(report, $type, "string", value, at);
	return isIn(values, value) || !no(report, $extensibleEnum, values, value, at);
}

export function exactly(
	value: unknown,
	report: Report | null,
	at: Step | undefined,
	expected: unknown,
): boolean {
	return value === expected || !no(report, $const, expected, value, at);
}

/** How a nested value is checked: by a validator, or by a check with operands. */
type Call = Validator | readonly [Check, ...operands: unknown[]];

/** A check with untyped operands. The generator ensures that they are correct. */
type Called = (
	value: unknown,
	report: Report | null,
	at: Step,
	...operands: unknown[]
) => boolean;

const partsOf = (call: Call | Property) =>
	(typeof call === "function" ? [call] : call) as readonly unknown[];

/** An array whose items have one validator. */
export function each(
	value: unknown,
	report: Report | null,
	at: Step | undefined,
	item: Call,
	min = 0,
	max = infinity,
): boolean {
	if (!isArray(value)) return !no(report, $type, "array", value, at);
	const { length } = value;
	if (length < min && no(report, $minItems, min, value, at)) return false;
	if (length > max && no(report, $maxItems, max, value, at)) return false;
	const inner = below(report, at);
	const [check, a, b, c] = partsOf(item) as [Called, ...unknown[]];
	for (let i = 0; i < length; i++) {
		// Lists of strings are long and common. The engine inlines a call that always has the same target.
		const fits =
			check === text
				? text(value[i], inner, i, a as number, b as number)
				: check(value[i], inner, i, a, b, c);
		if (!fits) return false;
	}
	return true;
}

/** Marks a property as optional; precedes its check. */
export const optional = "optional";

type Property = Call | readonly [typeof optional, ...call: unknown[]];

/** The properties of an object, and whether additional ones are allowed. */
export interface Properties {
	readonly of: Readonly<Record<string, Property>>;
	readonly isOpen: boolean;
	/** Built when the first object is validated: a cold start needs few of the tables. */
	table?: Table | undefined;
}

interface Table {
	readonly rows: ReadonlyMap<string, Row>;
	readonly required: number;
	/** The predecessor of the first property. */
	readonly start: { next: Row | undefined };
}

interface Row {
	readonly name: string;
	readonly isRequired: boolean;
	readonly check: Called;
	readonly a: unknown;
	readonly b: unknown;
	readonly c: unknown;
	/** The property that followed this one last time. A producer's events have their properties in the same order. */
	next: Row | undefined;
}

/** The names of the properties of all schemas that are loaded. */
const names = new Set<string>();
/** Tables whose names are not there yet: most processes never ask. */
let tables: Properties["of"][] = [];

export function closed(of: Properties["of"]): Properties {
	declare(of);
	return { of, isOpen: false };
}

export function open(of: Properties["of"]): Properties {
	declare(of);
	return { of, isOpen: true };
}

/** Whether a loaded schema names the property: then the name says nothing about a value. */
export function isSchemaName(name: string): boolean {
	collect();
	return names.has(name);
}

function declare(of: Properties["of"]): void {
	tables.push(of);
	// Where schemas are compiled again and again, the list must not grow.
	if (tables.length > 1_000) collect();
}

function collect(): void {
	for (const of of tables) for (const name of Object.keys(of)) names.add(name);
	tables = [];
}

function tableOf(of: Properties["of"]): Table {
	const rows = Object.entries(of).map(([name, property]): [string, Row] => {
		const parts = partsOf(property);
		const isRequired = parts[0] !== optional;
		const [check, a, b, c] = parts.slice(isRequired ? 0 : 1) as [
			Called,
			...unknown[],
		];
		return [name, { name, isRequired, check, a, b, c, next: undefined }];
	});
	return {
		rows: new Map(rows),
		required: rows.filter(([, { isRequired }]) => isRequired).length,
		start: { next: undefined },
	};
}

/** An object with these properties. An undefined property counts as absent, as in JSON. */
export function object(
	value: unknown,
	report: Report | null,
	at: Step | undefined,
	properties: Properties,
): boolean {
	if (!isObject(value)) return !no(report, $type, "object", value, at);
	properties.table ??= tableOf(properties.of);
	const { rows, required, start } = properties.table;
	const inner = below(report, at);
	let found = 0;
	let last = start;
	for (const name in value) {
		const property = value[name];
		if (property === undefined) continue;
		let row = last.next;
		if (row?.name !== name) {
			row = rows.get(name);
			if (row === undefined) {
				if (
					!properties.isOpen &&
					own(value, name) !== undefined &&
					no(inner, $additionalProperties, undefined, property, name)
				)
					return false;
				continue;
			}
			last.next = row;
		}
		last = row;
		if (row.isRequired) found++;
		if (!row.check(property, inner, name, row.a, row.b, row.c)) return false;
	}
	if (found === required) return true;
	for (const { name, isRequired } of rows.values())
		if (
			isRequired &&
			own(value, name) === undefined &&
			no(inner, $required, undefined, undefined, name)
		)
			return false;
	return true;
}

/** Reads an own property: its name may be one of `Object.prototype`'s. */
export function own(value: Record<string, unknown>, name: string): unknown {
	return Object.hasOwn(value, name) ? value[name] : undefined;
}

// Destructured from `Object` like the others, it would be part of every bundle.
export function keys(value: object): readonly string[] {
	return Object.keys(value);
}

/** The number of properties that are not undefined. */
export function size(value: object): number {
	return Object.values(value).filter((inner) => inner !== undefined).length;
}

export const fromJson: (text: string) => unknown = JSON.parse;

export function set<T>(values: readonly T[]): ReadonlySet<T> {
	return new Set(values);
}

/** An empty set of evaluated property names and item indexes. */
export function evaluated(): Set<Step> {
	return new Set();
}

/** Adds those of the names that are properties of the object. */
export function note(
	value: Record<string, unknown>,
	evaluated: Set<Step>,
	names: readonly string[],
): void {
	for (const name of names)
		if (own(value, name) !== undefined) evaluated.add(name);
}

/** Whether a schema accepts the value. Adds what the schema evaluated only if it does. */
export function tracked(
	branch: TrackingValidator,
	value: unknown,
	into: Set<Step>,
	report: Report | null = null,
): boolean {
	const seen = new Set<Step>();
	if (!branch(value, report, seen)) return false;
	for (const name of seen) into.add(name);
	return true;
}

/** Length in code points, as JSON Schema defines it. */
export function codePoints(text: string): number {
	let points = 0;
	for (const _ of text) points++;
	return points;
}

export function longer(text: string, max: number): boolean {
	return text.length > max && (text.length > 2 * max || codePoints(text) > max);
}

export function shorter(text: string, min: number): boolean {
	return text.length < 2 * min - 1 && codePoints(text) < min;
}

/** Whether a number is a multiple of another in decimal arithmetic: 19.99 is a multiple of 0.01, 1e24 is not a multiple of 3. */
export function multiple(value: number, of: number): boolean {
	if (Number.isSafeInteger(value) && isInteger(of)) return value % of === 0;
	if (!isNumber(value)) return false;
	const [a, scaleOfA] = decimal(value);
	const [b, scaleOfB] = decimal(of);
	const scale = Math.max(scaleOfA, scaleOfB);
	return (
		(a * 10n ** BigInt(scale - scaleOfA)) %
			(b * 10n ** BigInt(scale - scaleOfB)) ===
		0n
	);
}

/** A number's digits, and how many of them follow the decimal point. */
function decimal(value: number): [digits: bigint, scale: number] {
	const [mantissa = "", exponent = "0"] = String(value).split("e");
	const [whole = "", fraction = ""] = mantissa.split(".");
	const scale = fraction.length - Number(exponent);
	const digits = BigInt(whole + fraction);
	return scale >= 0 ? [digits, scale] : [digits * 10n ** BigInt(-scale), 0];
}

export function unique(items: readonly unknown[]): boolean {
	const scalars = new Set<unknown>();
	const texts = new Set<string>();
	for (const item of items)
		if (typeof item === "object" && item !== null) texts.add(canonical(item));
		else scalars.add(item);
	return scalars.size + texts.size === items.length;
}

/** A canonical string: equal JSON values have the same. */
function canonical(value: unknown): string {
	if (isArray(value)) return `[${value.map(canonical).join()}]`;
	if (!isObject(value))
		return typeof value === "string" ? JSON.stringify(value) : String(value);
	return `{${keys(value)
		.filter((name) => value[name] !== undefined)
		.sort()
		.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
		.join()}}`;
}

export function equal(a: unknown, b: unknown): boolean {
	return a === b || canonical(a) === canonical(b);
}
