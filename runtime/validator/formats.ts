// JSON Schema formats, asserted as in ajv-formats' full mode, with its regular expressions (MIT, © 2020 Evgeny Poberezkin).
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
		/^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)$/i.exec(
			text,
		);
	if (!match) return false;
	const [hour, minute, second] = match.slice(1, 4).map(Number) as [
		number,
		number,
		number,
	];
	if (hour < 24 && minute < 60 && second < 60) return true;
	// All that remains valid is a leap second, at 23:59:60 UTC.
	const sign = match[4] === "-" ? -1 : 1;
	const utcMinute = minute - sign * Number(match[6] ?? 0);
	const utcHour = hour - sign * Number(match[5] ?? 0) - (utcMinute < 0 ? 1 : 0);
	return (
		second < 61 && [23, -1].includes(utcHour) && [59, -1].includes(utcMinute)
	);
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
	const [day = "", hours = "", more] = text.split(/t|\s/i);
	return more === undefined && dateExpression.test(day) && isTime(hours);
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

export const int32 = /* @__PURE__ */ numeric(
	"int32",
	(value) =>
		Number.isInteger(value) && value <= 2 ** 31 - 1 && value >= -(2 ** 31),
);
export const int64 = /* @__PURE__ */ numeric("int64", (value) =>
	Number.isInteger(value),
);

export const duration = /* @__PURE__ */ format(
	"duration",
	/^P(?!$)((\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?|(\d+W)?)$/,
);
/** Repeated parts of ajv-formats' expression for RFC 3986, each abbreviated by a letter. */
const uriParts: Readonly<Record<string, string>> = {
	G: "(?:H:)",
	H: "[0-9a-f]{1,4}",
	D: "(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)",
	S: "\\w\\-.~!$&'()*+,;=",
	E: "|%[0-9a-f]{2})",
	P: '(?:[S":@]E',
};
const uriText = (text: string): string =>
	text.replace(/[DEGHPS]/g, (letter) => uriText(uriParts[letter] as string));
let uriExpression: RegExp | undefined;

function isUriReference(text: string): boolean {
	uriExpression ??= new RegExp(
		uriText(
			String.raw`^(?:[a-z][a-z0-9+\-.]*:)?(?:/?/(?:(?:[S:]E*@)?(?:\[(?:(?:(?:G{6}|::G{5}|H?::G{4}|(?:G?H)?::G{3}|(?:G{0,2}H)?::G{2}|(?:G{0,3}H)?::H:|(?:G{0,4}H)?::)(?:H:H|(?:D\.){3}D)|(?:G{0,5}H)?::H|(?:G{0,6}H)?::)|v[0-9a-f]+\.[S:]+)\]|(?:D\.){3}D|(?:[S"]E*)(?::\d*)?(?:/P*)*|/(?:P+(?:/P*)*)?|P+(?:/P*)*)?(?:\?(?:[S":@/?]E*)?(?:#(?:[S":@/?]E*)?$`,
		),
		"i",
	);
	return uriExpression.test(text);
}
export const uriReference = /* @__PURE__ */ format(
	"uri-reference",
	isUriReference,
);
export const uriTemplate = /* @__PURE__ */ format(
	"uri-template",
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
	/^(?:(?:[^\x00-\x20"'<>%\\^`{|}]|%[0-9a-f]{2})|\{[+#./;?&=,!@|]?(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9][0-9]{0,3}|\*)?(?:,(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9][0-9]{0,3}|\*)?)*\})*$/i,
);
export const url = /* @__PURE__ */ format(
	"url",
	/^(?:https?|ftp):\/\/(?:\S+@)?(?:(?!(?:10|127)(?:\.\d{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2})(?!172\.(?:1[6-9]|2\d|3[0-1])(?:\.\d{1,3}){2})(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}(?:\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]))|(?:(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)(?:\.(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)*(?:\.(?:[a-z\u{00a1}-\u{ffff}]{2,})))(?::\d{2,5})?(?:\/[^\s]*)?$/iu,
);
const emailExpression =
	/^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
export const email = /* @__PURE__ */ format("email", emailExpression);
const hostnameExpression =
	/^(?=.{1,253}\.?$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-0-9a-z]{0,61}[0-9a-z])?)*\.?$/i;
export const hostname = /* @__PURE__ */ format("hostname", hostnameExpression);
export const ipv4 = /* @__PURE__ */ format(
	"ipv4",
	/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/,
);
export const ipv6 = /* @__PURE__ */ format(
	"ipv6",
	/^((([0-9a-f]{1,4}:){7}([0-9a-f]{1,4}|:))|(([0-9a-f]{1,4}:){6}(:[0-9a-f]{1,4}|((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})|:))|(([0-9a-f]{1,4}:){5}(((:[0-9a-f]{1,4}){1,2})|:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})|:))|(([0-9a-f]{1,4}:){4}(((:[0-9a-f]{1,4}){1,3})|((:[0-9a-f]{1,4})?:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){3}(((:[0-9a-f]{1,4}){1,4})|((:[0-9a-f]{1,4}){0,2}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){2}(((:[0-9a-f]{1,4}){1,5})|((:[0-9a-f]{1,4}){0,3}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){1}(((:[0-9a-f]{1,4}){1,6})|((:[0-9a-f]{1,4}){0,4}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(:(((:[0-9a-f]{1,4}){1,7})|((:[0-9a-f]{1,4}){0,5}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:)))$/i,
);

/** RFC 4122. Checks each UTF-16 code unit, which is twice as fast as a regular expression. */
function isUuid(text: string): boolean {
	const from = text.length - 36;
	if (from !== 0 && !/^urn:uuid:.{36}$/i.test(text)) return false;
	for (let i = 0; i < 36; i++) {
		const unit = text.charCodeAt(from + i);
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

/** A URI reference with a scheme and a non-empty rest. Quotation marks are rejected, unlike in a reference. */
const isUri = (text: string): boolean =>
	/^[a-z][a-z0-9+\-.]*:[^?#"][^"]*$/i.test(text) && isUriReference(text);
export const uri = /* @__PURE__ */ format("uri", isUri);

/** Percent-encoding all non-ASCII characters turns an IRI into a URI (RFC 3987, 3.1). */
const percentEncoded = (text: string) => text.replace(/[^\0-\x7f]/gu, "%80");
export const iri = /* @__PURE__ */ format("iri", (text) =>
	isUri(percentEncoded(text)),
);
export const iriReference = /* @__PURE__ */ format("iri-reference", (text) =>
	isUriReference(percentEncoded(text)),
);

/** Declared here because generated code, and what it calls, compiles without a platform's types. */
declare const URL: { parse(url: string): { readonly hostname: string } | null };

/** Whether the string is a valid host name after the URL standard's mapping to ASCII. */
function isIdnHostname(text: string): boolean {
	if (/[\s/?#@:\\%[\]]/.test(text) || text === "") return false;
	// `URL.canParse` accepts hosts of thousands of characters, which `URL` rejects.
	const parsed = URL.parse(`http://${text}`);
	return parsed !== null && hostnameExpression.test(parsed.hostname);
}
export const idnHostname = /* @__PURE__ */ format(
	"idn-hostname",
	isIdnHostname,
);
function isIdnEmail(text: string): boolean {
	const sign = text.lastIndexOf("@");
	const domain = text.slice(sign + 1);
	return (
		sign > 0 &&
		emailExpression.test(
			`${text.slice(0, sign).replace(/[^\0-\x7f]/gu, "x")}@a.b`,
		) &&
		domain.includes(".") &&
		isIdnHostname(domain)
	);
}
export const idnEmail = /* @__PURE__ */ format("idn-email", isIdnEmail);
