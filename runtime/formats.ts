// The formats of JSON Schema, as ajv-formats asserts them in full mode, whose regular expressions these are (MIT, © 2020 Evgeny Poberezkin).

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
// Nearly every timestamp: no day that some month lacks, no leap second, upper case.
const plainDateTime =
	/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** RFC 3339 `date-time`. */
export const dateTime = (text: string): boolean =>
	plainDateTime.test(text) || dayAndTime(text, true);
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

export const int32 = (value: number): boolean =>
	Number.isInteger(value) && value <= 2 ** 31 - 1 && value >= -(2 ** 31);
export const int64 = (value: number): boolean => Number.isInteger(value);

export const duration =
	/^P(?!$)((\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?|(\d+W)?)$/;
/** The expression of RFC 3986 as ajv-formats has it; what stands in it again and again is written as a letter. */
const uriReferenceParts: Readonly<Record<string, string>> = {
	G: "(?:[0-9a-f]{1,4}:)",
	H: "[0-9a-f]{1,4}",
	D: "(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)",
	P: "(?:[a-z0-9\\-._~!$&'\"()*+,;=:@]|%[0-9a-f]{2})",
	Q: "(?:[a-z0-9\\-._~!$&'\"()*+,;=:@/?]|%[0-9a-f]{2})",
};
let uriReferenceWhole: RegExp | undefined;

export function uriReference(text: string): boolean {
	uriReferenceWhole ??= new RegExp(
		String.raw`^(?:[a-z][a-z0-9+\-.]*:)?(?:/?/(?:(?:[a-z0-9\-._~!$&'()*+,;=:]|%[0-9a-f]{2})*@)?(?:\[(?:(?:(?:G{6}|::G{5}|(?:H)?::G{4}|(?:G{0,1}H)?::G{3}|(?:G{0,2}H)?::G{2}|(?:G{0,3}H)?::H:|(?:G{0,4}H)?::)(?:H:H|(?:D\.){3}D)|(?:G{0,5}H)?::H|(?:G{0,6}H)?::)|[Vv][0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+)\]|(?:D\.){3}D|(?:[a-z0-9\-._~!$&'"()*+,;=]|%[0-9a-f]{2})*)(?::\d*)?(?:/P*)*|/(?:P+(?:/P*)*)?|P+(?:/P*)*)?(?:\?Q*)?(?:#Q*)?$`.replace(
			/[GHDPQ]/g,
			(letter) => uriReferenceParts[letter] as string,
		),
		"i",
	);
	return uriReferenceWhole.test(text);
}
export const uriTemplate =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
	/^(?:(?:[^\x00-\x20"'<>%\\^`{|}]|%[0-9a-f]{2})|\{[+#./;?&=,!@|]?(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9][0-9]{0,3}|\*)?(?:,(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9][0-9]{0,3}|\*)?)*\})*$/i;
export const url =
	/^(?:https?|ftp):\/\/(?:\S+(?::\S*)?@)?(?:(?!(?:10|127)(?:\.\d{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2})(?!172\.(?:1[6-9]|2\d|3[0-1])(?:\.\d{1,3}){2})(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}(?:\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]))|(?:(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)(?:\.(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)*(?:\.(?:[a-z\u{00a1}-\u{ffff}]{2,})))(?::\d{2,5})?(?:\/[^\s]*)?$/iu;
export const email =
	/^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
export const hostname =
	/^(?=.{1,253}\.?$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-0-9a-z]{0,61}[0-9a-z])?)*\.?$/i;
export const ipv4 =
	/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
export const ipv6 =
	/^((([0-9a-f]{1,4}:){7}([0-9a-f]{1,4}|:))|(([0-9a-f]{1,4}:){6}(:[0-9a-f]{1,4}|((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})|:))|(([0-9a-f]{1,4}:){5}(((:[0-9a-f]{1,4}){1,2})|:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})|:))|(([0-9a-f]{1,4}:){4}(((:[0-9a-f]{1,4}){1,3})|((:[0-9a-f]{1,4})?:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){3}(((:[0-9a-f]{1,4}){1,4})|((:[0-9a-f]{1,4}){0,2}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){2}(((:[0-9a-f]{1,4}){1,5})|((:[0-9a-f]{1,4}){0,3}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(([0-9a-f]{1,4}:){1}(((:[0-9a-f]{1,4}){1,6})|((:[0-9a-f]{1,4}){0,4}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:))|(:(((:[0-9a-f]{1,4}){1,7})|((:[0-9a-f]{1,4}){0,5}:((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}))|:)))$/i;
export const uuid =
	/^(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
export const jsonPointer = /^(?:\/(?:[^~/]|~0|~1)*)*$/;
export const jsonPointerUriFragment =
	/^#(?:\/(?:[a-z0-9_\-.!$&'()*+,;:=@]|%[0-9a-f]{2}|~0|~1)*)*$/i;
export const relativeJsonPointer =
	/^(?:0|[1-9][0-9]*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/;
export const byte =
	/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/m;

/** A URI reference with a scheme and something behind it; no quotation marks, which references may have here. */
export const uri = (text: string): boolean =>
	/^[a-z][a-z0-9+\-.]*:[^?#"][^"]*$/i.test(text) && uriReference(text);

/** An IRI is a URI once what is not ASCII is percent-encoded (RFC 3987, 3.1). */
const percentEncoded = (text: string) => text.replace(/[^\0-\x7f]/gu, "%80");
export const iri = (text: string): boolean => uri(percentEncoded(text));
export const iriReference = (text: string): boolean =>
	uriReference(percentEncoded(text));

/** A host name once the URL standard has mapped it to ASCII. */
export function idnHostname(text: string): boolean {
	if (/[\s/?#@:\\%[\]]/.test(text) || text === "") return false;
	const address = `http://${text}`;
	return URL.canParse(address) && hostname.test(new URL(address).hostname);
}
export function idnEmail(text: string): boolean {
	const sign = text.lastIndexOf("@");
	const domain = text.slice(sign + 1);
	return (
		sign > 0 &&
		email.test(`${text.slice(0, sign).replace(/[^\0-\x7f]/gu, "x")}@a.b`) &&
		domain.includes(".") &&
		idnHostname(domain)
	);
}
