// Which formats are known, and what the runtime calls them.
import type * as runtimeFormats from "../runtime/formats.ts";

interface Format {
	/** The type of the values that it speaks of; every other value passes. */
	readonly type: "string" | "number";
	/** The runtime's export, and whether it is an expression; nothing where every value of the type passes. */
	readonly check?: keyof typeof runtimeFormats;
	readonly expression?: true;
}

const expression = (check: keyof typeof runtimeFormats): Format => ({
	type: "string",
	check,
	expression: true,
});
const text = (check: keyof typeof runtimeFormats): Format => ({
	type: "string",
	check,
});

export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
	["binary", { type: "string" }],
	["byte", expression("byte")],
	["date", expression("date")],
	["date-time", text("dateTime")],
	["double", { type: "number" }],
	["duration", expression("duration")],
	["email", expression("email")],
	["float", { type: "number" }],
	["hostname", expression("hostname")],
	["idn-email", text("idnEmail")],
	["idn-hostname", text("idnHostname")],
	["int32", { type: "number", check: "int32" }],
	["int64", { type: "number", check: "int64" }],
	["ipv4", expression("ipv4")],
	["ipv6", expression("ipv6")],
	["iri", text("iri")],
	["iri-reference", text("iriReference")],
	["iso-date-time", text("isoDateTime")],
	["iso-time", text("isoTime")],
	["json-pointer", expression("jsonPointer")],
	["json-pointer-uri-fragment", expression("jsonPointerUriFragment")],
	["password", { type: "string" }],
	["regex", text("regex")],
	["relative-json-pointer", expression("relativeJsonPointer")],
	["time", text("time")],
	["uri", text("uri")],
	["uri-reference", text("uriReference")],
	["uri-template", expression("uriTemplate")],
	["url", expression("url")],
	["uuid", expression("uuid")],
]);
