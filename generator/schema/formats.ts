// The known formats and their checks in the runtime.
import type * as runtimeFormats from "../../runtime/validator/formats.ts";

interface Format {
	/** The type that it applies to; values of other types are valid. */
	readonly type: "string" | "number";
	/** The runtime's export; undefined if every value of the type is valid. */
	readonly check?: keyof typeof runtimeFormats;
}

const text = (check: keyof typeof runtimeFormats): Format => ({
	type: "string",
	check,
});

const integer = (check: keyof typeof runtimeFormats): Format => ({
	type: "number",
	check,
});

export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
	["binary", { type: "string" }],
	["byte", text("byte")],
	["date", text("date")],
	["date-time", text("dateTime")],
	["double", { type: "number" }],
	["duration", text("duration")],
	["email", text("email")],
	["float", { type: "number" }],
	["hostname", text("hostname")],
	["idn-email", text("idnEmail")],
	["idn-hostname", text("idnHostname")],
	["int8", integer("int8")],
	["int16", integer("int16")],
	["int32", integer("int32")],
	["int64", integer("int64")],
	["ipv4", text("ipv4")],
	["ipv6", text("ipv6")],
	["iri", text("iri")],
	["iri-reference", text("iriReference")],
	["iso-date-time", text("isoDateTime")],
	["iso-time", text("isoTime")],
	["json-pointer", text("jsonPointer")],
	["json-pointer-uri-fragment", text("jsonPointerUriFragment")],
	["password", { type: "string" }],
	["regex", text("regex")],
	["relative-json-pointer", text("relativeJsonPointer")],
	["time", text("time")],
	["uint8", integer("uint8")],
	["uint16", integer("uint16")],
	["uint32", integer("uint32")],
	["uint64", integer("uint64")],
	["uri", text("uri")],
	["uri-reference", text("uriReference")],
	["uri-template", text("uriTemplate")],
	["url", text("url")],
	["uuid", text("uuid")],
]);
