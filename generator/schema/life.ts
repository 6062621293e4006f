// Who owns an event type, and when it ends.
import type { Analysis } from "./analyse.ts";

/** The team that owns the event type, such as `payments`. */
export const ownerKey = "x-owner";

/** The date from which a deprecated event type may be gone, as YYYY-MM-DD. */
export const sunsetKey = "x-sunset";

/** Whether a text is a date of the calendar, as YYYY-MM-DD. */
export function isDate(text: unknown): text is string {
	if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The `x-sunset` of a deprecated event type. */
export function sunsetOf(
	{ documents }: Pick<Analysis, "documents">,
	file: string,
): string | undefined {
	const schema = documents.get(file)?.schema;
	const sunset = schema?.[sunsetKey];
	return schema?.deprecated === true && isDate(sunset) ? sunset : undefined;
}
