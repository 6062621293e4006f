// The formats that a regular expression alone cannot decide; generated validators carry the others inline.

const datePattern =
	/^(\d{4})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]|(29)))$/;
const timePattern =
	/^(\d\d):(\d\d):(\d\d(?:\.\d+)?)(?:z|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?|())$/i;

/** RFC 3339 `full-date`. */
export function date(text: string): boolean {
	const match = datePattern.exec(text);
	if (!match) return false;
	const year = Number(match[1]);
	return (
		match[2] === undefined ||
		(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
	);
}

function timeOfDay(text: string, zoneRequired: boolean): boolean {
	const match = timePattern.exec(text);
	if (!match) return false;
	if (zoneRequired && match[7] === "") return false;
	const [hour, minute, second] = match.slice(1, 4).map(Number) as [
		number,
		number,
		number,
	];
	if (hour < 24 && minute < 60 && second < 60) return true;
	// What is left can only be a leap second, at 23:59:60 UTC.
	const sign = match[4] === "-" ? -1 : 1;
	const utcMinute = minute - sign * Number(match[6] ?? 0);
	const utcHour = hour - sign * Number(match[5] ?? 0) - (utcMinute < 0 ? 1 : 0);
	return (
		second < 61 &&
		(utcHour === 23 || utcHour === -1) &&
		(utcMinute === 59 || utcMinute === -1)
	);
}

function dayAndTime(text: string, zoneRequired: boolean): boolean {
	const parts = text.split(/t|\s/i);
	return (
		parts.length === 2 &&
		date(parts[0] as string) &&
		timeOfDay(parts[1] as string, zoneRequired)
	);
}

/** RFC 3339 `full-time`. */
export const time = (text: string): boolean => timeOfDay(text, true);
/** A time of day whose zone may be absent. */
export const isoTime = (text: string): boolean => timeOfDay(text, false);
/** RFC 3339 `date-time`. */
export const dateTime = (text: string): boolean => dayAndTime(text, true);
/** A date and time whose zone may be absent. */
export const isoDateTime = (text: string): boolean => dayAndTime(text, false);

/** A regular expression as the `u` flag reads it. */
export function regex(text: string): boolean {
	if (/[^\\]\\Z/.test(text)) return false;
	try {
		new RegExp(text, "u");
		return true;
	} catch {
		return false;
	}
}

/** Formats of numbers say that they are: every other type passes them. */
export const int32 = {
	type: "number",
	validate: (value: number): boolean =>
		Number.isInteger(value) && value <= 2 ** 31 - 1 && value >= -(2 ** 31),
} as const;
export const int64 = {
	type: "number",
	validate: (value: number): boolean => Number.isInteger(value),
} as const;

/** Length in code points, as JSON Schema counts it. */
export function codePoints(text: string): number {
	let length = text.length;
	for (let i = 0; i < text.length - 1; i++) {
		const unit = text.charCodeAt(i);
		if (unit < 0xd800 || unit > 0xdbff) continue;
		const next = text.charCodeAt(i + 1);
		if (next >= 0xdc00 && next <= 0xdfff) {
			length--;
			i++;
		}
	}
	return length;
}

/** Equality of two JSON values. */
export function equal(a: unknown, b: unknown): boolean {
	if (a === b) return true;
	if (
		typeof a !== "object" ||
		typeof b !== "object" ||
		a === null ||
		b === null ||
		Array.isArray(a) !== Array.isArray(b)
	)
		return false;
	const keys = Object.keys(a);
	return (
		keys.length === Object.keys(b).length &&
		keys.every(
			(key) =>
				Object.hasOwn(b, key) &&
				equal(a[key as keyof typeof a], b[key as keyof typeof b]),
		)
	);
}
