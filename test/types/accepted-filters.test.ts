// A typed filter that tsc takes gives a pattern that EventBridge takes: random filters, compiled and run.
import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { validate } from "../../runtime/pattern/pattern.ts";
import { random } from "../generator/random.ts";
import { Everything } from "./filters/everything.ts";

const folder = path.join(import.meta.dirname, "filters");
const made: string[] = [];
afterAll(() => {
	for (const file of made) rmSync(file, { force: true });
});

const texts = ["a", "", "web", "small", "card", "NL", "一", '"'];
const numbers = [0, -1, 1, 1.5, 1.25, -0.25, -2, 10, 9, 1e21, 1e-7, 123456.5];
const wildcards = ["a*", "*", "**", "a**b", "\\*", "\\**", "a\\", "\\x*", ""];
const addresses = [
	"10.0.0.0/8",
	"10.0.0.0/32",
	"10.0.0.256/8",
	"10.0.0/8",
	"10.0.0.0/a",
	"10.0.0.0/-1",
	"1.2.3.4.5/8",
	"1e1.0.0.0/8",
	"::/0",
	"::1/127",
	"::1/128",
	"1::2::3/5",
	"1:2:3:4:5:6:7:8/64",
	"1:2:3:4:5:6:7:8:/64",
	"1:2:3:4:5:6:7::/64",
	"1:2:3:4:5:6:7:8::/64",
	":1:2:3:4:5:6:7/64",
	"2001:DB8::/32",
	"2001:dg8::/32",
	"12345::/32",
	"::ffff:1:2/40",
	"0::FFFF:1:2/31",
	"::1.2.3.4/96",
];

const numeric = new Set(["total", "grid", "amount", "days", "percent"]);

/** The fields that have fields, with these and some that they have not. */
const objects: Readonly<Record<string, readonly string[]>> = {
	lines: ["sku", "amount", "tags", "discount", "colour"],
	discount: ["percent"],
	nested: ["deeper"],
	deeper: ["deepest"],
	labels: ["colour", "prefix", "date-after"],
	mixed: ["code"],
	payment: ["kind", "last4", "days", "iban"],
	anything: ["a", "anything", "suffix"],
	reserved: ["prefix", "other"],
};
const everyField = {
	...objects,
	...Object.fromEntries(
		"text channel total note size address tags grid pair prefix a-b colour"
			.split(" ")
			.map((name) => [name, []]),
	),
};
const everyName = [
	...Object.keys(everyField),
	...Object.values(objects).flat(),
];

type Made = Record<string, unknown>;

function filtersOf(seed: number, count: number): readonly Made[] {
	const below = random(seed);
	const one = <Item>(items: readonly Item[]) =>
		items[below(items.length)] as Item;
	const some = (make: () => unknown) =>
		Array.from({ length: below(8) ? 1 + below(2) : 0 }, make);
	const term = () => [one([">", ">=", "<", "<=", "="]), one(numbers)];
	const range = () => [
		one([">", ">="]),
		one(numbers),
		one(["<", "<="]),
		one(numbers),
	];
	const exception = (): unknown =>
		one<() => unknown>([
			() => one(texts),
			() => one(numbers),
			() => some(() => one(texts)),
			() => some(() => one(numbers)),
			() => [one(texts), one(numbers)],
			() => ({ [one(["prefix", "suffix"])]: one(texts) }),
			() => ({ [one(["prefix", "suffix"])]: some(() => one(texts)) }),
			() => ({ wildcard: one(wildcards) }),
			() => ({ wildcard: some(() => one(wildcards)) }),
			() => ({ "equals-ignore-case": one(texts) }),
			() => ({ prefix: "a", suffix: "b" }),
		])();
	const ofText: readonly (() => Made)[] = [
		() => ({ prefix: one(texts) }),
		() => ({ suffix: one(texts) }),
		() => ({ prefix: { "equals-ignore-case": one(texts) } }),
		() => ({ "equals-ignore-case": one(texts) }),
		() => ({ wildcard: one(wildcards) }),
		() => ({ wildcard: one(wildcards) }),
		() => ({ cidr: one(addresses) }),
		() => ({ cidr: one(addresses) }),
		() => ({ "anything-but": exception() }),
		() => ({ "anything-but": exception() }),
	];
	const ofNumbers: readonly (() => Made)[] = [
		() => ({ numeric: term() }),
		() => ({ numeric: range() }),
		() => ({ numeric: range() }),
		() => ({ numeric: [...term(), ...term()] }),
		() => ({ "anything-but": exception() }),
	];
	const others: readonly (() => Made)[] = [
		() => ({ exists: one([true, false]) }),
		() => ({ exactly: one(texts) }),
		() => ({}),
		() => ({ ...one(ofText)(), ...one(ofNumbers)() }),
		() => ({ ...one(ofText)(), ...one(ofText)() }),
	];
	const operator = () => one([...ofText, ...ofNumbers, ...others])();
	const matcherOf = (name: string) => (): unknown => {
		const kind = below(10);
		if (kind === 0) return one([...texts, ...numbers, true, false, null]);
		if (kind === 1) return operator();
		if (numeric.has(name)) return kind < 4 ? one(numbers) : one(ofNumbers)();
		return kind < 4 ? one(texts) : one(ofText)();
	};
	const object = (depth: number, names: readonly string[]): Made => {
		const made: Made = {};
		for (let left = 1 + below(2); left > 0; left--) {
			const name = one(names);
			const inside = objects[name];
			made[name] =
				inside && depth > 0 && below(6) > 0
					? object(depth - 1, below(9) > 0 ? inside : everyName)
					: some(matcherOf(name));
		}
		if (depth > 0 && below(6) === 0)
			made.$or = Array.from({ length: below(6) > 0 ? 2 : 1 }, () =>
				object(depth - 1, names),
			);
		return made;
	};
	return Array.from({ length: count }, () =>
		object(3, Object.keys(everyField)),
	);
}

/** Filters on one field, or on one and another, with wildcards of few characters. */
function wildcardsOf(seed: number, count: number): readonly Made[] {
	const below = random(seed);
	const alphabets = [
		'aaab--*****é一丁😀\\\\"',
		"aaaaaaaaaa*b",
		"ab*",
		"a😀一*",
	];
	const text = () => {
		const alphabet = [...(alphabets[below(4)] as string)];
		const characters = Array.from(
			{ length: 1 + below(14) },
			() => alphabet[below(alphabet.length)],
		);
		return characters
			.join("")
			.replace(/\*+/g, "*")
			.replace(/\\[^*\\]?/g, () => (below(2) ? "\\*" : "\\\\"));
	};
	const matcher = (): Made => {
		if (below(4) > 0) return { wildcard: text() };
		const texts = Array.from({ length: 1 + below(3) }, text);
		return { "anything-but": { wildcard: below(2) ? texts : texts[0] } };
	};
	const list = () => Array.from({ length: 1 + below(3) }, matcher);
	const field = (): Made =>
		below(3) > 0 ? { text: list() } : { reserved: { other: list() } };
	return Array.from({ length: count }, () =>
		below(3) > 0 ? field() : { ...field(), $or: [field(), field()] },
	);
}

/** Filters that are about as large as a rule can be: in characters, in fields, or in combinations of `$or`. */
function largeOf(seed: number, count: number): readonly Made[] {
	const below = random(seed);
	const some = <Item>(many: number, make: (i: number) => Item) =>
		Array.from({ length: many }, (_, i) => make(i));
	const alphabets = [
		"abcdefgh ",
		'""\\',
		"a一é",
		"a\n\u0001",
		"😀\ud83d",
		"~:[$or",
	];
	let alphabet: readonly string[] = [];
	const text = (length: number) =>
		some(length, () => alphabet[below(alphabet.length)]).join("");
	const texts = (characters: number) => {
		const made: unknown[] = [];
		while (JSON.stringify(made).length < characters) {
			const value = text(1 + below(below(8) ? 60 : 900));
			made.push(below(4) ? value : { prefix: value });
		}
		return made;
	};
	const long = (): Made => {
		alphabet = [...(alphabets[below(6)] as string)];
		return {
			text: texts(400 + below(1_300)),
			labels: { [text(1 + below(20))]: texts(100 + below(2_500)) },
		};
	};
	const wide = (): Made => {
		const fields = () =>
			Object.fromEntries(some(8 + below(13), (i) => [`${i}`, [below(9)]]));
		return {
			anything: Object.fromEntries(
				some(17 + below(3), (i) => [`${i}`, fields()]),
			),
		};
	};
	const alternatives = (): Made => ({
		$or: some(2 + below(5), (i) =>
			below(4)
				? { total: [i] }
				: { $or: some(2 + below(4), (k) => ({ stars: [(k % 3) + 1] })) },
		),
	});
	const branched = (): Made => ({
		...alternatives(),
		lines: { $or: some(4 + below(8), (i) => ({ amount: [i] })) },
		nested: {
			deeper: {
				deepest: { $or: some(2 + below(6), () => ({ flag: [true] })) },
			},
		},
		reserved: { $or: some(2 + below(4), (i) => ({ other: [`${i}`] })) },
	});
	return some(count, () => [long, wide, branched][below(3)]?.()) as Made[];
}

test.each([
	["of any kind", filtersOf(3, 2_500), 300],
	["with wildcards", wildcardsOf(3, 1_500), 300],
	["of any size", largeOf(3, 300), 60],
])(
	"what tsc takes, where takes, and so does EventBridge: filters %s",
	async (kind, filters, least) => {
		const { taken, refused } = await compiled(kind, filters);
		// Of no event type do source and detail-type take more.
		const longest = {
			source: ['"'.repeat(256)],
			"detail-type": ['"'.repeat(128)],
		};
		for (const made of taken) {
			const { filter } = Everything.where(made as { text: ["a"] });
			const pattern = { ...longest, ...(filter && { detail: filter }) };
			expect(validate(pattern), JSON.stringify(made)).toEqual({ ok: true });
		}
		expect(taken.length).toBeGreaterThan(least);
		expect(refused.length).toBeGreaterThan(least);
	},
);

test("hardly any wildcards that people write are refused although EventBridge takes them", async () => {
	const below = random(7);
	const word = () =>
		"orders,invoices,eu-west-1,created,prod,app,stack,json".split(",")[
			below(8)
		];
	const forms: readonly (() => string)[] = [
		() => `${word()}*`,
		() => `*${word()}`,
		() => `*-${word()}-*`,
		() => `${word()}/*/${word()}`,
		() => `*:${word()}/${word()}/*`,
		() => `/${word()}/*.${word()}`,
	];
	const filters = Array.from({ length: 600 }, () => ({
		text: Array.from({ length: 1 + below(6) }, () => ({
			wildcard: forms[below(6)]?.(),
		})),
	}));
	const { taken, refused } = await compiled("usual", filters);
	const right = refused.filter((detail) => validate({ detail }).ok);
	expect(right.length).toBeLessThan(taken.length / 10);
});

const repeated = (count: number, item: string) =>
	Array.from({ length: count }, () => item).join(", ");
const text = (character: string, count: number) =>
	`{ text: [${JSON.stringify(character.repeat(count))}] }`;
/** Of so many fields in objects of ten; the last seventy ask for a list of one's own. */
const fields = (count: number, list: string) => {
	const field = (of: number, i: number) =>
		`f${i}: ${count - (of * 10 + i) > 70 ? "[1]" : list}`;
	const group = (of: number, size: number) =>
		`g${of}: { ${Array.from({ length: size }, (_, i) => field(of, i)).join(", ")} }`;
	const full = Math.floor(count / 10);
	const groups = Array.from({ length: full }, (_, i) => group(i, 10));
	return `{ anything: { ${[...groups, group(full, count % 10)].join(", ")} } }`;
};
const alternatives = (a: number, b: number, c: number) =>
	`{ $or: [${repeated(a, "{ total: [1] }")}], lines: { $or: [${repeated(b, "{ amount: [1] }")}] }, reserved: { $or: [${repeated(c, '{ other: ["a"] }')}] } }`;
const lines = (a: number, b: number) =>
	`{ $or: [${repeated(a, "{ amount: [1] }")}], discount: { $or: [${repeated(b, "{ percent: [1] }")}] } }`;
const either = (a: string, b: string) =>
	`either ? (${a} as const) : (${b} as const)`;

test.each([
	["characters", text("x", 3_187), text("x", 3_188)],
	["quotation marks, which take two", text('"', 1_593), text('"', 1_594)],
	["characters that may take six", text("一", 531), text("一", 532)],
	[
		"checked characters",
		"{ text: [checked(variable, 3_189)] }",
		"{ text: [checked(variable, 3_190)] }",
	],
	[
		"one of two texts",
		`{ text: [${either('"a"', JSON.stringify("x".repeat(3_170)))}] }`,
		`{ text: [${either('"a"', JSON.stringify("x".repeat(3_190)))}] }`,
	],
	[
		"one of two texts that JSON escapes",
		`{ text: [${either('"a"', JSON.stringify("\u0001".repeat(400)))}] }`,
		`{ text: [${either('"a"', JSON.stringify("\u0001".repeat(600)))}] }`,
	],
	["fields", fields(254, "[1]"), fields(255, "[1]")],
	[
		"fields of checked lists",
		fields(254, "checked([1], 3)"),
		fields(255, "checked([1], 3)"),
	],
	[
		"fields of one of two lists",
		fields(254, either("[1]", "[2]")),
		fields(255, either("[1]", "[2]")),
	],
	[
		"fields of one of two objects",
		`{ anything: ${either(fields(100, "[1]"), "{ a: [1] }")} }`,
		`{ anything: ${either(fields(330, "[1]"), "{ a: [1] }")} }`,
	],
	["combinations", alternatives(10, 10, 10), alternatives(7, 11, 13)],
	[
		"combinations of one of two filters",
		`${either(alternatives(10, 10, 10), "{ total: [1] }")}`,
		`${either(alternatives(7, 11, 13), "{ total: [1] }")}`,
	],
	[
		"combinations in one of two objects",
		`{ $or: [${repeated(10, "{ total: [1] }")}], lines: ${either(lines(10, 10), '{ sku: ["a"] }')} }`,
		`{ $or: [${repeated(7, "{ total: [1] }")}], lines: ${either(lines(11, 13), '{ sku: ["a"] }')} }`,
	],
	[
		"characters in a field's wildcards",
		`{ text: [{ wildcard: "${"a".repeat(255)}*" }, { wildcard: "${"b".repeat(255)}*" }] }`,
		`{ text: [{ wildcard: "${"a".repeat(255)}*" }, { wildcard: "${"b".repeat(256)}*" }] }`,
	],
	[
		"wildcards in one of two alternatives",
		`{ $or: [${either('{ text: [{ wildcard: "*-*-*" }] }', "{ total: [1] }")}, { paid: [true] }] }`,
		`{ $or: [${either('{ text: [{ wildcard: "*-*-*-*-*-*-*-*" }] }', "{ total: [1] }")}, { paid: [true] }] }`,
	],
])("the most of %s, and one too many", async (kind, most, tooMany) => {
	expect(await taken(kind.slice(0, 30), [most, tooMany])).toEqual([
		true,
		false,
	]);
});

/** Which filters tsc takes. */
async function compiled(
	name: string,
	filters: readonly Made[],
): Promise<{ taken: readonly Made[]; refused: readonly Made[] }> {
	const isTaken = await taken(
		name,
		filters.map((filter) => JSON.stringify(filter)),
	);
	return {
		taken: filters.filter((_, i) => isTaken[i]),
		refused: filters.filter((_, i) => !isTaken[i]),
	};
}

async function taken(
	name: string,
	filters: readonly string[],
): Promise<readonly boolean[]> {
	const unique = `${name.replaceAll(/\W/g, "-")}.${process.pid}`;
	const file = path.join(folder, `${unique}.ts`);
	const config = path.join(folder, `tsconfig.${unique}.json`);
	made.push(file, config);
	const head = [
		'import { checked } from "eventwright/pattern";',
		'import { Everything } from "./everything.ts";',
		"declare const variable: string, either: boolean;",
		"export const unused = [checked, variable, either];",
	];
	const lines = filters.map((filter) => `Everything.where(${filter});`);
	writeFileSync(file, [...head, ...lines].join("\n"));
	writeFileSync(
		config,
		JSON.stringify({
			extends: "../../../tsconfig.json",
			files: [path.basename(file)],
			include: [],
			exclude: [],
		}),
	);
	const { stdout } = await promisify(execFile)(
		"tsc",
		["--project", config, "--pretty", "false"],
		{ maxBuffer: 1e9 },
	).catch((error: { stdout: string }) => error);
	const wrong = new Set(
		[...stdout.matchAll(/^\S*?\.\d+\.ts\((\d+),/gm)].map(
			([, line]) => Number(line) - 1 - head.length,
		),
	);
	return filters.map((_, i) => !wrong.has(i));
}
