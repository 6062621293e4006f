// Checks the runtime's own format functions against ajv-formats in full mode.
import { fullFormats } from "ajv-formats/dist/formats.js";
import { expect, test } from "vitest";
import { generate } from "../../generator/codegen/generate.ts";
import { analyse } from "../../generator/schema/analyse.ts";
import { formats } from "../../generator/schema/formats.ts";
import {
	codePoints,
	equal,
	longer,
	multiple,
	shorter,
	unique,
} from "../../runtime/validator/checks.ts";
import * as runtime from "../../runtime/validator/formats.ts";
import type { Validator } from "../../runtime/validator/rules.ts";
import { random } from "../generator/random.ts";

type Check =
	| true
	| RegExp
	| ((text: string) => boolean)
	| { readonly validate: RegExp | ((text: string) => boolean) };

function decides(check: Check, text: string): boolean {
	if (check === true) return true;
	if (check instanceof RegExp) return check.test(text);
	if (typeof check === "function") return check(text);
	return decides(check.validate, text);
}

const parts = {
	year: ["2024", "2023", "1900", "2000", "0000", "24"],
	month: ["01", "02", "04", "12", "00", "13", "1"],
	day: ["01", "28", "29", "30", "31", "32", "00"],
	time: [
		"00:00:00",
		"23:59:59",
		"23:59:60",
		"22:59:60",
		"24:00:00",
		"12:60:00",
		"12:00:61",
		"12:00:00.5",
		"12:00",
		"1:00:00",
	],
	zone: [
		"Z",
		"z",
		"+00:00",
		"-23:59",
		"+24:00",
		"+01:60",
		"+0100",
		"+01",
		"",
		"-",
		"+01:00",
	],
	between: ["T", "t", " ", "", "x"],
};

const dates = parts.year.flatMap((year) =>
	parts.month.flatMap((month) =>
		parts.day.map((day) => `${year}-${month}-${day}`),
	),
);
const times = parts.time.flatMap((time) =>
	parts.zone.map((zone) => `${time}${zone}`),
);
const dateTimes = ["2024-02-29", "2023-02-29", "2024-1-1"].flatMap((date) =>
	times.flatMap((time) =>
		parts.between.map((between) => `${date}${between}${time}`),
	),
);
const others = [
	"",
	"a",
	"^a$",
	"(",
	"a\\Z",
	"\\p{L}",
	"é",
	"2024-02-29\n",
	"12:00:00Z\n",
];

test.each([
	"date",
	"time",
	"date-time",
	"iso-time",
	"iso-date-time",
	"regex",
] as const)("%s", (name) => {
	const exported = formats.get(name)?.check as keyof typeof runtime;
	// biome-ignore lint/performance/noDynamicNamespaceImportAccess: a test is not bundled
	const own = runtime[exported] as Validator;
	const texts = [...dates, ...times, ...dateTimes, ...others];
	// ajv-formats also accepts a space before the time, and offsets without a colon or minutes, which RFC 3339 does not.
	const isLax = (text: string) =>
		/\d\s\d|:\d\d(?:\.\d+)?[+-]\d\d(?:\d\d)?$/.test(text);
	const wrong = texts.filter(
		(text) =>
			own(text, null) !==
			(decides(fullFormats[name] as Check, text) &&
				(name === "regex" || !isLax(text))),
	);
	expect(wrong).toEqual([]);
});

test.each([
	["date-time", "2024-01-15T14:30:00+0530"],
	["date-time", "2024-01-15T14:30:00+05"],
	["date-time", "2024-01-15 14:30:00Z"],
	["date-time", "1985-04-12T23:60:00+00:01"],
	["date-time", "1990-12-31T15:59:61-08:00"],
	["time", "08:30:06+0130"],
	["time", "24:00:00Z"],
	["uuid", "urn:uuid:123e4567-e89b-12d3-a456-426614174000"],
	["duration", "P1Y2D"],
	["uri", "http://a:x/"],
	["email", "a..b@c.de"],
] as const)("%s %s is not of its RFC", (name, text) => {
	const exported = formats.get(name)?.check as keyof typeof runtime;
	// biome-ignore lint/performance/noDynamicNamespaceImportAccess: a test is not bundled
	const own = runtime[exported] as Validator;
	expect(own(text, null)).toBe(false);
});

const samples: Readonly<Record<string, readonly unknown[]>> = {
	uri: [
		"http://a.example/b?c#d",
		"urn:a:b",
		"a:b",
		"//a",
		"/a",
		"a b",
		"http://[::1]/",
		"mailto:a@b",
		"1a:b",
	],
	byte: ["", "AAAA", "AA==", "AAA=", "A", "AA", "AAAA\nA", "a*=="],
	int32: [1, 1.5, 2 ** 31, -(2 ** 31), "1"],
	int64: [1, 1.5, 2 ** 53, "x"],
	email: ["a@b.c", "a@b", "@b.c"],
	uuid: ["123e4567-e89b-12d3-a456-426614174000", "123"],
	duration: ["P1D", "PT1S", "P", "P1W", "1D"],
	"uri-reference": ["/a", "a b", "#x", "http://a"],
	"uri-template": ["/{a}", "/{a", "{+a,b*}"],
	url: [
		"http://a.example",
		"http://127.0.0.1",
		"a",
		"http://a:b@c.example/d",
		"http://:@c.example",
		"http://@c.example",
		"http://a@b:c@d.example",
	],
	hostname: ["a", "a.b", "-a", "a..b"],
	ipv4: ["1.2.3.4", "1.2.3.256", "01.2.3.4"],
	ipv6: ["::1", "1::2::3", "::ffff:1.2.3.4", "g::"],
	"json-pointer": ["", "/a~0", "/a~2", "a"],
	"json-pointer-uri-fragment": ["#/a", "#", "/a"],
	"relative-json-pointer": ["0#", "1/a", "01", "/a"],
	password: ["x", 1],
	binary: ["x"],
	float: [1.5, "x"],
	double: [1.5, "x"],
};

test.each(Object.entries(samples))(
	"%s, in a generated validator",
	async (format, values) => {
		const { files } = generate(
			analyse([
				{
					file: "e.json",
					text: JSON.stringify({
						title: "E",
						"x-amazon-events-source": "s",
						"x-amazon-events-detail-type": "d",
						type: "object",
						properties: { value: { format } },
					}),
				},
			]),
		);
		const code = (files.get("events/e.js") ?? "").replaceAll(
			'"eventwright/codegen-v1"',
			JSON.stringify(
				new URL("../../runtime/codegen-v1.ts", import.meta.url).href,
			),
		);
		const {
			E: { validate },
		} = await import(`data:text/javascript,${encodeURIComponent(code)}`);
		const reference = fullFormats[format as keyof typeof fullFormats] as Check;
		for (const value of values) {
			const numeric = ["int32", "int64", "float", "double"].includes(format);
			const expected =
				typeof value === (numeric ? "number" : "string")
					? decides(reference, value as string)
					: true;
			expect(validate({ value }, null), `${format} ${value}`).toBe(expected);
		}
	},
);

test("a host name of thousands of characters is rejected without throwing", () => {
	for (const part of ["a", "P1", "ä", "a."])
		for (const end of ["", "!", "\0"])
			expect(runtime.idnHostname(part.repeat(15_000) + end, null)).toBe(false);
});

test("every format of ajv-formats is supported", () => {
	const missing = Object.keys(fullFormats).filter((name) => !formats.has(name));
	expect(missing).toEqual([]);
});

/** RFC 3986, appendix A, rule by rule. */
const character = "(?:[a-z0-9\\-._~!$&'()*+,;=@]|%[0-9a-f]{2})";
const pchar = `(?:${character}|:)`;
const address = (fullFormats.ipv6 as RegExp).source.slice(1, -1);
const host = `(?:\\[(?:${address}|v[0-9a-f]+\\.[a-z0-9\\-._~!$&'()*+,;=:]+)\\]|(?:(?!@)${character})*)`;
const authority = `//(?:(?:(?!@)${pchar})*@)?${host}(?::[0-9]*)?(?:/${pchar}*)*`;
const absolute = `/(?:${pchar}+(?:/${pchar}*)*)?`;
const reference = new RegExp(
	`^(?:[a-z][a-z0-9+.\\-]*:(?:${authority}|${absolute}|(?:${pchar}+(?:/${pchar}*)*)?)|${authority}|${absolute}|(?:${character}+(?:/${pchar}*)*)?)(?:\\?(?:${pchar}|[/?])*)?(?:#(?:${pchar}|[/?])*)?$`,
	"i",
);

test("random URIs and URI references", () => {
	const parts =
		"http :// a b@ [::1] [v1.x] 1.2.3.4 :80 / // ? # %41 % é \" ' q=1 urn: :: : [1:2:3:4:5:6:7:8] [::ffff:1.2.3.4] 256.1.1.1 ~ {".split(
			" ",
		);
	const next = random(7);
	const texts = Array.from({ length: 20_000 }, () =>
		Array.from({ length: 1 + next(7) }, () => parts[next(parts.length)]).join(
			"",
		),
	);
	const accepted = { uri: 0, reference: 0 };
	for (const text of texts) {
		const isReference = reference.test(text);
		const isUri = isReference && /^[a-z][a-z0-9+.-]*:/i.test(text);
		expect(runtime.uriReference(text, null), text).toBe(isReference);
		expect(runtime.uri(text, null), text).toBe(isUri);
		if (isReference) accepted.reference++;
		if (isUri) accepted.uri++;
	}
	expect(accepted.uri).toBeGreaterThan(400);
	expect(accepted.reference).toBeGreaterThan(2_000);
});

test.each([
	["idn-email", ["실례@실례.테스트", "a@b.c"], ["2962", "@b.c", "a@"]],
	["idn-hostname", ["실례.테스트", "a.b"], ["", "a b", "〮한글 x", "a/b"]],
	[
		"iri",
		["http://ƒøø.ßår/?∂éœ=πîx#πîüx", "urn:ü"],
		["/abc", "âππ", "http:// x"],
	],
	[
		"iri-reference",
		["/âππ", "âππ", "#ƒrägmênt"],
		["\\\\WINDOWS\\x", "#ƒräg\\mênt"],
	],
] as const)("%s, with examples from the official suite", (name, good, bad) => {
	const exported = formats.get(name)?.check as keyof typeof runtime;
	// biome-ignore lint/performance/noDynamicNamespaceImportAccess: a test is not bundled
	const own = runtime[exported] as Validator;
	expect(good.filter((text) => !own(text, null))).toEqual([]);
	expect(bad.filter((text) => own(text, null))).toEqual([]);
});

test("multiples are decimal", () => {
	const cases: readonly (readonly [number, number, boolean])[] = [
		[19.99, 0.01, true],
		[0.3, 0.1, true],
		[0.0075, 0.0001, true],
		[0.00751, 0.0001, false],
		[4.5, 1.5, true],
		[35, 1.5, false],
		[1e308, 0.5, true],
		[1e-7, 1e-8, true],
		[-0.3, 0.1, true],
		[0, 0.1, true],
		[12391239123, 1e-8, true],
		[1e23, 10, true],
		[Number.NaN, 0.1, false],
	];
	for (const [value, of, expected] of cases)
		expect(multiple(value, of), `${value} of ${of}`).toBe(expected);
});

test("items are unique by JSON value", () => {
	expect(unique([1, "1", [1], ["1"], { a: 1 }, null, true, "[1]"])).toBe(true);
	expect(
		unique([
			{ a: 1, b: 2 },
			{ b: 2, a: 1 },
		]),
	).toBe(false);
	expect(unique(["a", "b", "a"])).toBe(false);
	expect(unique([{ a: [1] }, { a: ["1"] }])).toBe(true);
	expect(unique([0, -0])).toBe(false);
});

test("a string is longer or shorter in code points", () => {
	expect(["😀", "😀😀", "aaa"].map((text) => longer(text, 2))).toEqual([
		false,
		false,
		true,
	]);
	expect(["😀", "😀😀", "a", "abc"].map((text) => shorter(text, 2))).toEqual([
		true,
		false,
		true,
		false,
	]);
});

test("lengths are counted in code points", () => {
	expect(
		["", "a", "é", "😀", "a😀b", "\ud83d", "\ude00\ud83d"].map(codePoints),
	).toEqual([0, 1, 1, 1, 3, 1, 2]);
});

test("equality is by JSON value", () => {
	expect(equal({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
	expect(equal({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
	expect(equal({ a: 1 }, { a: 1, b: null })).toBe(false);
	expect(equal({ a: 1 }, { a: 1, b: undefined })).toBe(true);
	expect(equal([1], { 0: 1 })).toBe(false);
	expect(equal(JSON.parse('{"__proto__":1}'), {})).toBe(false);
});
