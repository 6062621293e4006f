// Numbers and strings that facts allow.
import type { Clause, Doubt, Fact } from "./clause.ts";
import { holds, lengthOf } from "./evaluate.ts";
import { fraction } from "./fraction.ts";
import type { Languages, Term } from "./language.ts";
import { type Atom, kindOf, kinds } from "./node.ts";
import { type NumberLimits, numbersWithin } from "./numbers.ts";
import { TooLarge } from "./too-large.ts";

type Found = { readonly value: unknown } | undefined;
type Report = (doubt: Doubt) => void;

/** At most this many candidates are tried against what can only be asked, such as a format. */
const candidatesMax = 400;

const agrees = ({ atom, not }: Fact, value: unknown) =>
	holds(atom, value) !== (not === true);

const doubtOf = (atom: Atom, why: string): Doubt => ({
	keyword: atom.keyword,
	place: atom.place,
	why,
});

export function solveNumber({ kind, facts }: Clause, doubt: Report): Found {
	const one = fraction(1n);
	let { min, max } = {} as Pick<NumberLimits, "min" | "max">;
	const multiplesOf = kind === kinds.integer ? [one] : [];
	const notMultiplesOf = kind === kinds.integer ? [] : [one];
	const asked: Fact[] = [];
	for (const fact of facts) {
		const { atom, not } = fact;
		switch (atom.is) {
			case "minimum":
			case "maximum": {
				const limit = {
					value: atom.value,
					isOpen: not ? !atom.isOpen : atom.isOpen,
				};
				const isMin = (atom.is === "minimum") !== (not === true);
				if (isMin) min = tighter(min, limit, 1n);
				else max = tighter(max, limit, -1n);
				break;
			}
			case "multipleOf":
				(not ? notMultiplesOf : multiplesOf).push(atom.of);
				break;
			default:
				asked.push(fact);
		}
	}
	const formats = asked.filter(({ atom }) => atom.is === "format");
	if (contradicts(formats)) return undefined;
	const limits: NumberLimits = {
		...(min ? { min } : {}),
		...(max ? { max } : {}),
		multiplesOf,
		notMultiplesOf,
	};
	if (formats.length > 0)
		for (const value of nearLimits)
			if (kindOf(value) === kind && facts.every((fact) => agrees(fact, value)))
				return { value };
	const numbers = numbersWithin(limits);
	const excluded = asked.reduce(
		(count, { atom }) => count + (atom.is === "enum" ? atom.values.length : 0),
		0,
	);
	for (let i = 0; ; i++) {
		const { done, value } = numbers.next();
		if (done) {
			if (formats[0]) doubt(doubtOf(formats[0].atom, "no number was found"));
			else if (!value.isComplete)
				for (const { atom } of facts.slice(0, 1))
					doubt(doubtOf(atom, "no number was found"));
			return undefined;
		}
		if (asked.every((fact) => agrees(fact, value))) return { value };
		if (formats[0] && i > candidatesMax + excluded) {
			doubt(doubtOf(formats[0].atom, "no number was found"));
			return undefined;
		}
	}
}

type Limit = NonNullable<NumberLimits["min"]>;

function tighter(
	known: Limit | undefined,
	limit: Limit,
	sign: 1n | -1n,
): Limit {
	if (!known) return limit;
	const left = known.value.n * limit.value.d * sign;
	const right = limit.value.n * known.value.d * sign;
	if (left === right) return known.isOpen ? known : limit;
	return left > right ? known : limit;
}

/** Formats whose strings are all of another format, too. */
const broader: Readonly<Record<string, readonly string[]>> = {
	"date-time": ["iso-date-time"],
	time: ["iso-time"],
	email: ["idn-email"],
	hostname: ["idn-hostname"],
	uri: ["uri-reference", "iri", "iri-reference"],
	"uri-reference": ["iri-reference"],
	iri: ["iri-reference"],
	int8: ["int16", "int32", "int64"],
	int16: ["int32", "int64"],
	int32: ["int64"],
	uint8: ["uint16", "uint32", "uint64", "int16", "int32", "int64"],
	uint16: ["uint32", "uint64", "int32", "int64"],
	uint32: ["uint64", "int64"],
};

/** Numbers on both sides of the limits of formats. */
const nearLimits = [0, 7, 8, 15, 16, 31, 32, 63, 64, 70]
	.flatMap((bits) => [2 ** bits, -(2 ** bits)])
	.flatMap((limit) => [limit - 1, limit, limit + 1]);

function contradicts(formats: readonly Fact[]): boolean {
	const wanted = formats.flatMap(({ atom, not }) =>
		!not && atom.is === "format" ? [atom.format] : [],
	);
	return formats.some(
		({ atom, not }) =>
			not &&
			atom.is === "format" &&
			wanted.some(
				(format) =>
					format === atom.format || broader[format]?.includes(atom.format),
			),
	);
}

/** Strings of each format, to choose from. */
const samples: Readonly<Record<string, readonly string[]>> = {
	byte: ["", "aGk=", "aGVsbG8gd29ybGQ="],
	date: ["2024-01-31", "1999-12-31"],
	"date-time": [
		"2024-01-31T12:00:00Z",
		"2024-01-31T12:00:00.000Z",
		"2024-01-31T12:00:00+01:00",
	],
	duration: ["P1D", "PT1H", "P1Y2M3DT4H5M6S", "P4W"],
	email: [
		"a@example.com",
		"first.last@example.com",
		"a@b.co",
		"a.rather.long.address.of.somebody@department.example.org",
	],
	hostname: ["example.com", "a", "www.department.example.org"],
	"idn-email": ["a@example.com", "ä@example.com"],
	"idn-hostname": ["example.com", "exämple.com"],
	ipv4: ["192.0.2.1", "0.0.0.0", "255.255.255.255"],
	ipv6: ["::1", "2001:db8::1", "2001:db8:85a3:8d3:1319:8a2e:370:7348"],
	iri: ["https://example.com/", "https://exämple.com/ä"],
	"iri-reference": ["", "/a", "https://example.com/"],
	"iso-date-time": ["2024-01-31T12:00:00Z", "2024-01-31 12:00:00"],
	"iso-time": ["12:00:00Z", "12:00:00"],
	"json-pointer": ["", "/a", "/a/b/0"],
	"json-pointer-uri-fragment": ["#", "#/a"],
	regex: ["", "a", "^[a-z]+$"],
	"relative-json-pointer": ["0", "1/a"],
	time: ["12:00:00Z", "12:00:00.000Z", "12:00:00+01:00"],
	uri: [
		"https://example.com/",
		"a:b",
		"http://example.com/a/b?c=d#e",
		"urn:isbn:0451450523",
	],
	"uri-reference": ["", "/a", "a", "https://example.com/"],
	"uri-template": ["", "/a/{b}", "https://example.com/{a}"],
	url: ["https://example.com/", "http://example.com/a/b?c=d", "ftp://a.b/c"],
	uuid: [
		"123e4567-e89b-42d3-a456-426614174000",
		"00000000-0000-0000-0000-000000000000",
		"6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
	],
};

export function solveString(
	{ facts }: Clause,
	languages: Languages,
	doubt: Report,
): Found {
	let lengthMin = 0;
	let lengthMax = Number.POSITIVE_INFINITY;
	const terms: Term[] = [];
	const asked: Fact[] = [];
	const excluded: string[] = [];
	for (const fact of facts) {
		const { atom, not } = fact;
		switch (atom.is) {
			case "minLength":
				if (not) lengthMax = Math.min(lengthMax, atom.count - 1);
				else lengthMin = Math.max(lengthMin, atom.count);
				break;
			case "maxLength":
				if (not) lengthMin = Math.max(lengthMin, atom.count + 1);
				else lengthMax = Math.min(lengthMax, atom.count);
				break;
			case "pattern": {
				const term = languages.ofPattern(atom.pattern);
				if (!term) asked.push(fact);
				else terms.push(not ? languages.not(term) : term);
				break;
			}
			case "enum":
				excluded.push(
					...atom.values.filter((value) => typeof value === "string"),
				);
				break;
			default:
				asked.push(fact);
		}
	}
	if (lengthMin > lengthMax || contradicts(asked) || opposites(asked))
		return undefined;
	if (lengthMin > lengthLimit) {
		const long = facts.find(({ atom }) => atom.is.endsWith("Length"));
		if (long)
			doubt(
				doubtOf(
					long.atom,
					`strings of more than ${lengthLimit.toLocaleString("en")} characters are not tried`,
				),
			);
		return undefined;
	}
	const isShort = excluded.length <= excludedMax;
	if (excluded.length > 0 && isShort)
		terms.push(languages.not(languages.ofWords(excluded)));
	if (!isShort) asked.push(...facts.filter(({ atom }) => atom.is === "enum"));
	const wanted = asked.find(({ atom, not }) => atom.is === "format" && !not);
	const fitting = (text: string) => facts.every((fact) => agrees(fact, text));
	if (wanted?.atom.is === "format")
		for (const text of samples[wanted.atom.format] ?? [])
			if (fitting(text)) return { value: text };
	try {
		let tried = 0;
		for (const text of languages.words(terms, lengthMin, lengthMax)) {
			if (fitting(text)) return { value: text };
			if (++tried > candidatesMax + excluded.length) break;
		}
		if (tried === 0) return undefined;
	} catch (error) {
		if (!(error instanceof TooLarge)) throw error;
		const pattern = facts.find(({ atom }) => atom.is === "pattern") ?? facts[0];
		if (pattern) doubt(doubtOf(pattern.atom, "the pattern is too large"));
		return undefined;
	}
	for (const text of ["a", "A", "0", "é", " ", "-", "_", "a b", "😀"])
		for (const length of [1, lengthMin]) {
			const long = text.repeat(Math.max(1, Math.min(length, 10_000)));
			if (lengthOf(long) <= lengthMax && fitting(long)) return { value: long };
		}
	const [first] = asked;
	if (first)
		doubt(
			doubtOf(
				first.atom,
				first.atom.is === "pattern"
					? "the pattern has a back-reference, a look-behind or a word boundary"
					: "no string was found",
			),
		);
	return undefined;
}

/** An event has at most 1 MiB: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const lengthLimit = 300_000;
/** Longer lists of values are looked up instead of built into the language. */
const excludedMax = 200;

/** The same question with both answers. */
function opposites(facts: readonly Fact[]): boolean {
	const wanted = new Set(
		facts.filter(({ not }) => !not).map(({ atom }) => atom.key),
	);
	return facts.some(({ atom, not }) => not && wanted.has(atom.key));
}
