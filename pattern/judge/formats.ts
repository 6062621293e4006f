// What a schema's format allows in a string, as far as filters can test it.

import * as formats from "../../runtime/validator/formats.ts";
import type { Validator } from "../../runtime/validator/rules.ts";

/** Format validators by their JSON Schema names. */
const textFormats: Readonly<Record<string, Validator>> = {
	byte: formats.byte,
	date: formats.date,
	"date-time": formats.dateTime,
	duration: formats.duration,
	email: formats.email,
	hostname: formats.hostname,
	"idn-email": formats.idnEmail,
	"idn-hostname": formats.idnHostname,
	ipv4: formats.ipv4,
	ipv6: formats.ipv6,
	iri: formats.iri,
	"iri-reference": formats.iriReference,
	"iso-date-time": formats.isoDateTime,
	"iso-time": formats.isoTime,
	"json-pointer": formats.jsonPointer,
	"json-pointer-uri-fragment": formats.jsonPointerUriFragment,
	regex: formats.regex,
	"relative-json-pointer": formats.relativeJsonPointer,
	time: formats.time,
	uri: formats.uri,
	"uri-reference": formats.uriReference,
	"uri-template": formats.uriTemplate,
	url: formats.url,
	uuid: formats.uuid,
};

/** Whether a string is valid in a format. Every string is valid in an unknown format. */
export function formatFits(format: string, value: string): boolean {
	return (
		!Object.hasOwn(textFormats, format) ||
		(textFormats[format]?.(value, null) ?? true)
	);
}

/** Formats in which no IP address is valid. */
export const neverAddress = new Set([
	"date",
	"date-time",
	"duration",
	"email",
	"time",
	"uuid",
]);

/** Possible prefixes and suffixes of strings in a format. */
const formatEnds: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
	date: [/^\d{0,4}$|^\d{4}-\d{0,2}$|^\d{4}-\d\d-\d{0,2}$/, /^[\d-]*$/],
	"date-time": [
		/^\d{0,4}$|^\d{4}-\d{0,2}$|^\d{4}-\d\d-\d{0,2}$|^\d{4}-\d\d-\d\d[t\s][\d:.+z-]*$/i,
		/^[\d:.+zt\s-]*$/i,
	],
	time: [/^[\d:.+z-]*$/i, /^[\d:.+z-]*$/i],
	ipv4: [/^[\d.]*$/, /^[\d.]*$/],
	ipv6: [/^[\da-f:.]*$/i, /^[\da-f:.]*$/i],
	uuid: [
		/^[\da-f-]*$|^u(r(n(:(u(u(i(d(:[\da-f-]*)?)?)?)?)?)?)?)?$/i,
		/^[\da-f-]*$|:/i,
	],
	duration: [/^(P[\dA-Z]*)?$/, /^[\dA-Z]*$/],
};

/** Whether a string in a format can have this prefix and suffix. */
export function formatAllows(
	format: unknown,
	{ prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): boolean {
	const ends =
		typeof format === "string" && Object.hasOwn(formatEnds, format)
			? formatEnds[format]
			: undefined;
	return !ends || (ends[0].test(prefix) && ends[1].test(suffix));
}
