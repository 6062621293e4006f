// The formats of JSON Schema, as ajv-formats asserts them in full mode, whose regular expressions these are (MIT, © 2020 Evgeny Poberezkin).

/** RFC 3339 `full-date`. */
export const date =
	/^(?:\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$/;

/** RFC 3339 `full-time`. */
export function time(text: string): boolean {
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
	// What is left can only be a leap second, at 23:59:60 UTC.
	const sign = match[4] === "-" ? -1 : 1;
	const utcMinute = minute - sign * Number(match[6] ?? 0);
	const utcHour = hour - sign * Number(match[5] ?? 0) - (utcMinute < 0 ? 1 : 0);
	return (
		second < 61 && [23, -1].includes(utcHour) && [59, -1].includes(utcMinute)
	);
}

/** A time of day whose zone may be absent. */
export const isoTime = (text: string): boolean =>
	time(text) || time(`${text}Z`);

// Nearly every timestamp: no day that some month lacks, no leap second, upper case.
const plainDateTime =
	/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** RFC 3339 `date-time`. */
export function dateTime(text: string): boolean {
	if (plainDateTime.test(text)) return true;
	const [day = "", hours = "", more] = text.split(/t|\s/i);
	return more === undefined && date.test(day) && time(hours);
}

/** A date and time whose zone may be absent. */
export const isoDateTime = (text: string): boolean =>
	dateTime(text) || dateTime(`${text}Z`);

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
/** What stands again and again in the expression of RFC 3986 as ajv-formats has it, each as a letter. */
const uriParts: Readonly<Record<string, string>> = {
	G: "(?:H:)",
	H: "[0-9a-f]{1,4}",
	D: "(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)",
	S: "a-z0-9\\-._~!$&'()*+,;=",
	E: "|%[0-9a-f]{2})",
	P: '(?:[S":@]E',
};
const uriText = (text: string): string =>
	text.replace(/[DEGHPS]/g, (letter) => uriText(uriParts[letter] as string));
let uriExpression: RegExp | undefined;

export function uriReference(text: string): boolean {
	uriExpression ??= new RegExp(
		uriText(
			String.raw`^(?:[a-z][a-z0-9+\-.]*:)?(?:/?/(?:(?:[S:]E*@)?(?:\[(?:(?:(?:G{6}|::G{5}|H?::G{4}|(?:G?H)?::G{3}|(?:G{0,2}H)?::G{2}|(?:G{0,3}H)?::H:|(?:G{0,4}H)?::)(?:H:H|(?:D\.){3}D)|(?:G{0,5}H)?::H|(?:G{0,6}H)?::)|v[0-9a-f]+\.[S:]+)\]|(?:D\.){3}D|(?:[S"]E*)(?::\d*)?(?:/P*)*|/(?:P+(?:/P*)*)?|P+(?:/P*)*)?(?:\?(?:[S":@/?]E*)?(?:#(?:[S":@/?]E*)?$`,
		),
		"i",
	);
	return uriExpression.test(text);
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
