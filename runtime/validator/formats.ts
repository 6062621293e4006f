// JSON Schema formats, asserted as their RFCs say. Some regular expressions are of ajv-formats (MIT, © 2020 Evgeny Poberezkin).
import { areLabels, isAsciiLabel } from "./idna.ts";
import { $format, $type, no, type Validator } from "./rules.ts";

type Test = RegExp | ((text: string) => boolean);

/** Creates a string validator. Each is a separate export, so that bundles include only the formats in use. */
function format(name: string, test: Test): Validator {
	return (value, report, at) => {
		if (typeof value !== "string")
			return !no(report, $type, "string", value, at);
		const fits = typeof test === "function" ? test(value) : test.test(value);
		return fits || !no(report, $format, name, value, at);
	};
}

/** Creates a number validator. */
function numeric(name: string, test: (value: number) => boolean): Validator {
	return (value, report, at) =>
		test(value as number) || !no(report, $format, name, value, at);
}

/** RFC 3339 `full-date`. */
const dateExpression =
	/^(?:\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$/;
export const date = /* @__PURE__ */ format("date", dateExpression);

/** RFC 3339 `full-time`. */
function isTime(text: string): boolean {
	const match =
		/^([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)?(?:z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i.exec(
			text,
		);
	if (!match) return false;
	const [hour, minute, second] = match.slice(1, 4).map(Number) as [
		number,
		number,
		number,
	];
	if (second < 60) return true;
	// A leap second is at 23:59:60 UTC.
	const sign = match[4] === "-" ? -1 : 1;
	const utcMinute = minute - sign * Number(match[6] ?? 0);
	const utcHour = hour - sign * Number(match[5] ?? 0) - (utcMinute < 0 ? 1 : 0);
	return [23, -1].includes(utcHour) && [59, -1].includes(utcMinute);
}
export const time = /* @__PURE__ */ format("time", isTime);

/** A time of day with an optional time zone. */
export const isoTime = /* @__PURE__ */ format(
	"iso-time",
	(text) => isTime(text) || isTime(`${text}Z`),
);

// Fast path for nearly every timestamp: day 28 at most, no leap second, upper case.
const plainDateTime =
	/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** RFC 3339 `date-time`. */
function isDateTime(text: string): boolean {
	if (plainDateTime.test(text)) return true;
	return (
		/^.{10}T/i.test(text) &&
		dateExpression.test(text.slice(0, 10)) &&
		isTime(text.slice(11))
	);
}
export const dateTime = /* @__PURE__ */ format("date-time", isDateTime);

/** A date and time with an optional time zone. */
export const isoDateTime = /* @__PURE__ */ format(
	"iso-date-time",
	(text) => isDateTime(text) || isDateTime(`${text}Z`),
);

/** A regular expression with the `u` flag. */
function isRegex(text: string): boolean {
	if (/[^\\]\\Z/.test(text)) return false;
	try {
		new RegExp(text, "u");
		return true;
	} catch {
		return false;
	}
}
export const regex = /* @__PURE__ */ format("regex", isRegex);

/** An integer of so many bits. */
const integer = (name: string, min: number, max: number): Validator =>
	numeric(
		name,
		(value) => Number.isInteger(value) && value >= min && value <= max,
	);
export const int8 = /* @__PURE__ */ integer("int8", -128, 127);
export const int16 = /* @__PURE__ */ integer("int16", -32_768, 32_767);
export const int32 = /* @__PURE__ */ integer("int32", -(2 ** 31), 2 ** 31 - 1);
export const int64 = /* @__PURE__ */ integer("int64", -(2 ** 63), 2 ** 63);
export const uint8 = /* @__PURE__ */ integer("uint8", 0, 255);
export const uint16 = /* @__PURE__ */ integer("uint16", 0, 65_535);
export const uint32 = /* @__PURE__ */ integer("uint32", 0, 2 ** 32 - 1);
export const uint64 = /* @__PURE__ */ integer("uint64", 0, 2 ** 64);

const ipv4Expression =
	/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
const ipv6Expression =
	/^((([0-9a-f]{1,4}:){7}([0-9a-f]{1,4}|:))|(([0-9a-f]{1,4}:){6}(:[0-9a-f]{1,4}|((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})|:))|(([0-9a-f]{1,4}:){5}(((:[0-9a-f]{1,4}){1,2})|:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})|:))|(([0-9a-f]{1,4}:){4}(((:[0-9a-f]{1,4}){1,3})|((:[0-9a-f]{1,4})?:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){3}(((:[0-9a-f]{1,4}){1,4})|((:[0-9a-f]{1,4}){0,2}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){2}(((:[0-9a-f]{1,4}){1,5})|((:[0-9a-f]{1,4}){0,3}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){1}(((:[0-9a-f]{1,4}){1,6})|((:[0-9a-f]{1,4}){0,4}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(:(((:[0-9a-f]{1,4}){1,7})|((:[0-9a-f]{1,4}){0,5}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:)))$/i;
export const ipv4 = /* @__PURE__ */ format("ipv4", ipv4Expression);
export const ipv6 = /* @__PURE__ */ format("ipv6", ipv6Expression);

/** RFC 3339, appendix A: between two units, none is left out. */
export const duration = /* @__PURE__ */ format(
	"duration",
	/^P(?:\d+W|(?=\d|T)(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/,
);

/** Scheme, authority, path, query and fragment: RFC 3986, appendix B. */
const uriParts =
	/^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const isPath = (text: string): boolean =>
	/^(?:[\w\-.~!$&'()*+,;=:@/]|%[0-9a-f]{2})*$/i.test(text);
const isQuery = (text: string): boolean => isPath(text.replaceAll("?", ""));

function isAuthority(text: string): boolean {
	const [, user = "", literal, name = ""] =
		/^(?:([^@]*)@)?(?:\[([^\]]*)\]|([^:@[\]]*))(?::\d*)?$/.exec(text) ?? [
			"",
			"@",
		];
	return (
		!/[@/]/.test(user + name) &&
		isPath(user + name) &&
		(literal === undefined ||
			ipv6Expression.test(literal) ||
			/^v[0-9a-f]+\.[\w\-.~!$&'()*+,;=:]+$/i.test(literal))
	);
}

/** RFC 3986, 4.1. */
function isUriReference(text: string): boolean {
	const [, scheme, authority, path = "", query = "", fragment = ""] =
		uriParts.exec(text) ?? [];
	return (
		(scheme === undefined
			? authority !== undefined || !/^[^/]*:/.test(path)
			: /^[a-z][a-z0-9+\-.]*$/i.test(scheme)) &&
		(authority === undefined || isAuthority(authority)) &&
		isPath(path) &&
		isQuery(query) &&
		isQuery(fragment)
	);
}
export const uriReference = /* @__PURE__ */ format(
	"uri-reference",
	isUriReference,
);
/** RFC 6570. An apostrophe in a literal is valid: https://www.rfc-editor.org/errata/eid6937 */
export const uriTemplate = /* @__PURE__ */ format(
	"uri-template",
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
	/^(?:(?:[^\x00-\x20\x7f-\x9f"<>%\\^`{|}]|%[0-9a-f]{2})|\{[+#./;?&=,!@|]?(?:[a-z0-9_]|%[0-9a-f]{2})+(?:\.(?:[a-z0-9_]|%[0-9a-f]{2})+)*(?::[1-9][0-9]{0,3}|\*)?(?:,(?:[a-z0-9_]|%[0-9a-f]{2})+(?:\.(?:[a-z0-9_]|%[0-9a-f]{2})+)*(?::[1-9][0-9]{0,3}|\*)?)*\})*$/i,
);
export const url = /* @__PURE__ */ format(
	"url",
	/^(?:https?|ftp):\/\/(?:\S+@)?(?:(?!(?:10|127)(?:\.\d{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2})(?!172\.(?:1[6-9]|2\d|3[0-1])(?:\.\d{1,3}){2})(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}(?:\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]))|(?:(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)(?:\.(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)*(?:\.(?:[a-z\u{00a1}-\u{ffff}]{2,})))(?::\d{2,5})?(?:\/[^\s]*)?$/iu,
);
/** RFC 5321, 4.1.2: a dotted or a quoted local part, and a domain or an address. */
function isEmail(text: string): boolean {
	const sign = text.lastIndexOf("@");
	const local = text.slice(0, sign);
	const domain = text.slice(sign + 1);
	const [, address] = /^\[(?:IPv6:(?=.*:))?(.*)\]$/i.exec(domain) ?? [];
	return (
		sign > 0 &&
		/^(?:[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|"(?:[ !#-[\]-~]|\\[ -~])*")$/.test(
			local,
		) &&
		(address === undefined
			? /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(
					domain,
				)
			: (domain[1] === "I" || domain[1] === "i"
					? ipv6Expression
					: ipv4Expression
				).test(address))
	);
}
export const email = /* @__PURE__ */ format("email", isEmail);

/** RFC 1123, 2.1, and RFC 5891 for labels that start with `xn--`. */
const isHostname = (text: string): boolean =>
	text.length <= 253 && text.split(".").every(isAsciiLabel);
export const hostname = /* @__PURE__ */ format("hostname", isHostname);
/** RFC 4122. Checks each UTF-16 code unit, which is twice as fast as a regular expression. */
function isUuid(text: string): boolean {
	if (text.length !== 36) return false;
	for (let i = 0; i < 36; i++) {
		const unit = text.charCodeAt(i);
		const lower = unit | 32;
		const fits =
			i === 8 || i === 13 || i === 18 || i === 23
				? unit === 45
				: (unit > 47 && unit < 58) || (lower > 96 && lower < 103);
		if (!fits) return false;
	}
	return true;
}
export const uuid = /* @__PURE__ */ format("uuid", isUuid);

export const jsonPointer = /* @__PURE__ */ format(
	"json-pointer",
	/^(?:\/(?:[^~/]|~0|~1)*)*$/,
);
export const jsonPointerUriFragment = /* @__PURE__ */ format(
	"json-pointer-uri-fragment",
	/^#(?:\/(?:[a-z0-9_\-.!$&'()*+,;:=@]|%[0-9a-f]{2}|~0|~1)*)*$/i,
);
export const relativeJsonPointer = /* @__PURE__ */ format(
	"relative-json-pointer",
	/^(?:0|[1-9][0-9]*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/,
);
export const byte = /* @__PURE__ */ format(
	"byte",
	/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/m,
);

/** RFC 3986, 3. */
const isUri = (text: string): boolean =>
	/^[a-z][a-z0-9+\-.]*:/i.test(text) && isUriReference(text);
export const uri = /* @__PURE__ */ format("uri", isUri);

/** Percent-encoding all non-ASCII characters turns an IRI into a URI (RFC 3987, 3.1). */
const percentEncoded = (text: string) => text.replace(/[^\0-\x7f]/gu, "%80");
export const iri = /* @__PURE__ */ format("iri", (text) =>
	isUri(percentEncoded(text)),
);
export const iriReference = /* @__PURE__ */ format("iri-reference", (text) =>
	isUriReference(percentEncoded(text)),
);

/** RFC 5890, 2.3.2.3, and RFC 3490 for the other full stops. */
const isIdnHostname = (text: string): boolean =>
	text.length <= 253 && areLabels(text.split(/[.\u{3002}\u{ff0e}\u{ff61}]/u));
export const idnHostname = /* @__PURE__ */ format(
	"idn-hostname",
	isIdnHostname,
);
/** RFC 6531, 3.3: other characters than ASCII in both parts. */
function isIdnEmail(text: string): boolean {
	const sign = text.lastIndexOf("@");
	const domain = text.slice(sign + 1);
	const isAscii = !/[^\0-\x7f]/.test(domain);
	const local = text.slice(0, sign).replace(/[^\0-\x7f]/gu, "x");
	return (
		isEmail(`${local}@${isAscii ? domain : "a.b"}`) &&
		(isAscii ||
			(domain.includes(".") && isIdnHostname(domain.normalize("NFC"))))
	);
}
export const idnEmail = /* @__PURE__ */ format("idn-email", isIdnEmail);
