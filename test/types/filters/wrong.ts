// Each is a type error; one that is none makes its own line an error.

import { eventType } from "eventwright/event-type";
import { type Checked, checked } from "eventwright/pattern";
import type { DetailFilter } from "../../../runtime/pattern/filter.ts";
import { type Detail, Everything } from "./everything.ts";

declare const variable: string;
declare const limit: number;
declare const anyObject: object;
declare const anyOrFilter: object | { readonly text: readonly ["a"] };
declare const anyFilter: DetailFilter<Detail>;
declare const either: boolean;
const complex = "*:*:*:*:*:event-bus/*";
declare const wildAlternatives: { text: [{ wildcard: "*-a-*" }] }[];
declare const moreAlternatives: { text: ["a"] }[];
const alternatives = either
	? ({ $or: [{ text: ["a"] }, { total: [1] }] } as const)
	: {};
declare const wildcards: readonly { wildcard: "a*" }[];
declare const exceptions: readonly ["a*", ..."b*"[]];
declare const channels: readonly ("web" | "app")[];
declare const branded: string & { readonly brand: 1 };
declare const infinite: 1e999;
// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse answers
declare const unknowable: any;
// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse answers
declare const unknowables: any[];
declare const emptyBrand: "" & { readonly brand: 1 };
declare const eitherWildcard: "*-*-*-*-*" | "a";
declare const unbounded: Checked<string, never>;
declare const severalBounds: Checked<string, 10> | Checked<string, 3_300>;
declare const maybeTen: 10 | undefined;
declare const ignoring:
	| { "equals-ignore-case": "a" }
	| { "equals-ignore-case": "a"; b: "c" };
const Dated = eventType<"Dated", { [name: `date-${string}`]: string }>(
	"Dated",
	"shop.dated",
	"Dated",
);
declare const optional: readonly ["a", "b"?];
type Long =
	`${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}`;
type Hundred =
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
declare const long: Long;
declare const labels: {
	a: readonly [Long, Long];
	b: readonly [Long, Long];
};
declare const oneOrMore:
	| { readonly channel: readonly ["web"] }
	| { readonly channel: readonly ["web"]; readonly text: readonly [string] };
declare const wildOrMore:
	| { readonly channel: readonly ["web"] }
	| {
			readonly channel: readonly ["web"];
			readonly text: readonly [{ wildcard: "*-*-*-*-*-*-*" }];
	  };
declare const operators:
	| readonly [{ prefix: "a" }]
	| readonly [{ prefix: "a"; suffix: "b" }];

// @ts-expect-error
Everything.where({ colour: ["red"] });
// @ts-expect-error
Everything.where(anyObject);
// @ts-expect-error
Everything.where(anyOrFilter);
// @ts-expect-error
Everything.where(anyFilter);
// @ts-expect-error
Everything.where({ text: "a" });
// @ts-expect-error
Everything.where({ text: [] });
// @ts-expect-error
Everything.where({ text: [1] });
// @ts-expect-error
Everything.where({ text: [true] });
// @ts-expect-error
Everything.where({ text: [null] });
// @ts-expect-error
Everything.where({ text: [["a"]] });
// @ts-expect-error
Everything.where({ text: [{ prefix: 1 }] });
// @ts-expect-error
Everything.where({ text: [{ prefix: ["a"] }] });
// @ts-expect-error
Everything.where({ text: [{ prefix: { suffix: "a" } }] });
// @ts-expect-error
Everything.where({ text: [{ suffix: null }] });
// @ts-expect-error
Everything.where({ text: [{ numeric: [">", 1] }] });
// @ts-expect-error
Everything.where({ text: [{ "equals-ignore-case": ["a"] }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: 1 }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: ["a*"] }] });
// @ts-expect-error
Everything.where({ text: [{ cidr: "10.0.0.0" }] });
// @ts-expect-error
Everything.where({ text: [{ cidr: "a" }] });
// @ts-expect-error
Everything.where({ text: [{ exists: "yes" }] });
// @ts-expect-error
Everything.where({ text: [{ exists: [true] }] });
// @ts-expect-error
Everything.where({ text: [{ regex: "a" }] });
// @ts-expect-error
Everything.where({ text: [{ prefx: "a" }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": 1 }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": ["a", 1] }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": [] }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { numeric: [">", 1] } }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { cidr: "10.0.0.0/8" } }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": null }] });
// @ts-expect-error
Everything.where({ channel: ["fax"] });
// @ts-expect-error
Everything.where({ channel: ["web", "fax"] });
// @ts-expect-error
Everything.where({ channel: [{ "anything-but": "fax" }] });
// @ts-expect-error
Everything.where({ channel: [{ "anything-but": ["web", "fax"] }] });
// @ts-expect-error
Everything.where({ channel: [1] });
// @ts-expect-error
Everything.where({ channel: { web: [true] } });
// @ts-expect-error
Everything.where({ total: ["1"] });
// @ts-expect-error
Everything.where({ total: [{ prefix: "1" }] });
// @ts-expect-error
Everything.where({ total: [{ wildcard: "1*" }] });
// @ts-expect-error
Everything.where({ total: [{ cidr: "10.0.0.0/8" }] });
// @ts-expect-error
Everything.where({ total: [{ "equals-ignore-case": "1" }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: 1 }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [1] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">"] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", "1"] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: ["!=", 1] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: ["<", 1, ">", 2] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", 1, "<", 2, "=", 3] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: ["=", 1, "<", 2] }] });
// @ts-expect-error
Everything.where({ total: [{ "anything-but": "1" }] });
// @ts-expect-error
Everything.where({ total: [{ "anything-but": { prefix: "1" } }] });
// @ts-expect-error
Everything.where({ total: 1 });
// @ts-expect-error
Everything.where({ stars: [4] });
// @ts-expect-error
Everything.where({ stars: [{ "anything-but": 4 }] });
// @ts-expect-error
Everything.where({ paid: ["true"] });
// @ts-expect-error
Everything.where({ paid: [1] });
// @ts-expect-error
Everything.where({ paid: [{ numeric: ["=", 1] }] });
// @ts-expect-error
Everything.where({ paid: [{ prefix: "t" }] });
// @ts-expect-error
Everything.where({ paid: [{ "anything-but": [true] }] });
// @ts-expect-error
Everything.where({ always: [false] });
// @ts-expect-error
Everything.where({ note: [1] });
// @ts-expect-error
Everything.where({ size: ["large"] });
// @ts-expect-error
Everything.where({ size: [11] });
// @ts-expect-error
Everything.where({ address: [undefined] });
// @ts-expect-error
Everything.where({ tags: "a" });
// @ts-expect-error
Everything.where({ tags: [["a"]] });
// @ts-expect-error
Everything.where({ tags: [1] });
// @ts-expect-error
Everything.where({ tags: { length: [1] } });
// @ts-expect-error
Everything.where({ grid: ["1"] });
// @ts-expect-error
Everything.where({ pair: [true] });
// @ts-expect-error
Everything.where({ lines: ["x"] });
// @ts-expect-error
Everything.where({ lines: [{ sku: "x" }] });
// @ts-expect-error
Everything.where({ lines: { colour: ["x"] } });
// @ts-expect-error
Everything.where({ lines: { sku: [1] } });
// @ts-expect-error
Everything.where({ lines: { amount: [{ prefix: "1" }] } });
// @ts-expect-error
Everything.where({ lines: { discount: { amount: [1] } } });
// @ts-expect-error
Everything.where({ nested: [{ exists: true }] });
// @ts-expect-error
Everything.where({ nested: { deeper: [true] } });
// @ts-expect-error
Everything.where({ nested: { deeper: { deepest: { flag: ["true"] } } } });
// @ts-expect-error
Everything.where({ labels: { colour: [1] } });
// @ts-expect-error
Everything.where({ mixed: [1] });
// @ts-expect-error
Everything.where({ mixed: { code: ["1"] } });
// @ts-expect-error
Everything.where({ payment: { kind: ["cash"] } });
// @ts-expect-error
Everything.where({ payment: { last5: ["1"] } });
// @ts-expect-error
Everything.where({ payment: { days: ["1"] } });
// @ts-expect-error
Everything.where({ "a-c": ["c"] });
// @ts-expect-error
Everything.where({ $or: [] });
// @ts-expect-error
Everything.where({ $or: [{ text: ["a"] }] });
// @ts-expect-error
Everything.where({ $or: { text: ["a"] } });
// @ts-expect-error
Everything.where({ $or: [{ text: ["a"] }, { colour: ["red"] }] });
// @ts-expect-error
Everything.where({ $or: [{ prefix: ["a"] }, { text: ["a"] }] });
// @ts-expect-error
Everything.where({ lines: { $or: [{ sku: ["a"] }, { amount: ["1"] }] } });
// @ts-expect-error
Everything.where({ $or: [{ reserved: { prefix: ["a"] } }, { text: ["a"] }] });
// @ts-expect-error
Everything.where({ text: ["a"], colour: ["red"] });
// @ts-expect-error
Everything.where({ payment: { kind: ["card"], colour: ["red"] } });
// @ts-expect-error
Everything.where({ text: [{ prefix: "a", suffix: "b" }] });
// @ts-expect-error
Everything.where({ text: [{ prefix: "a", numeric: [">", 1] }] });
// @ts-expect-error
Everything.where({ text: [{ prefix: "a", prefx: "b" }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { prefix: "a", suffix: "b" } }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { prefix: "" } }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { suffix: ["a", ""] } }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { prefix: variable } }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { wildcard: ["a*", "b**"] } }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "a**b" }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "a\\b" }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "a\\" }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: variable }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: `a${variable}` }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "*aaaaaaaaaaaa" }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "*:*:*:*:*:event-bus/*" }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { wildcard: "*e*e*e*e*e*" } }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "*一*丁*丂*七*丄*" }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "a*" }, ...wildcards] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { wildcard: exceptions } }] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "*-*-*-*-*" }, { wildcard: "*-*" }] });
Everything.where({
	// @ts-expect-error
	text: [{ wildcard: "*-*-*" }],
	$or: [{ text: [{ wildcard: "*-*-*" }] }, { text: [{ wildcard: "*-*" }] }],
});
Everything.where({
	total: [1],
	// @ts-expect-error
	lines: { $or: [{ sku: [{ wildcard: "*-*-*-*-*-*" }] }, { amount: [1] }] },
});
// @ts-expect-error
Everything.where({ text: [{ wildcard: either ? complex : "b" }] });
// @ts-expect-error
Everything.where({ text: [either ? { wildcard: complex } : "b"] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: complex }], ...alternatives });
// @ts-expect-error
Everything.where({ text: [{ wildcard: "a**" }], ...alternatives });
Everything.where({
	// @ts-expect-error
	$or: [{ text: ["a"] }, { total: [1] }, ...moreAlternatives],
});
Everything.where({
	// @ts-expect-error
	$or: [{ total: [1] }, { stars: [1] }, ...wildAlternatives],
});
// @ts-expect-error
Everything.where(either ? { text: [{ wildcard: complex }] } : { total: [1] });
// @ts-expect-error
Everything.where(either ? { text: [{ wildcard: "a**" }] } : { total: [1] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", 5, "<", either ? 1e-7 : 9] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", 5, "<", either ? 3 : 9] }] });
// @ts-expect-error
Everything.where({ text: [{ prefix: { "equals-ignore-case": "a", b: "c" } }] });
// @ts-expect-error
Everything.where({ list: [{ suffix: { "equals-ignore-case": "a", b: "c" } }] });
// @ts-expect-error
Everything.where({ labels: { x: [{ text: ["a"] }, { total: [1] }] } });
// @ts-expect-error
Everything.where({ text: [{ cidr: "10.0.0.256/8" }] });
// @ts-expect-error
Everything.where({ text: [{ cidr: "10.0.0.0/32" }] });
// @ts-expect-error
Everything.where({ text: [{ cidr: "1::2::3/64" }] });
// @ts-expect-error
Everything.where({ text: [{ cidr: "2001:db8::/128" }] });
// @ts-expect-error
Everything.where({ text: [{ cidr: "::ffff:a00:0/96" }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", 2, "<", 1] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">=", 1, "<=", 1] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", -1, "<", -2] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", 0.25, "<", 0.2] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", 100, "<", 99.5] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", limit, "<", 9] }] });
// @ts-expect-error
Everything.where({ anything: [{ prefix: "a", numeric: [">", 1] }] });
// @ts-expect-error
Everything.where({ anything: { deeper: [] } });
// @ts-expect-error
Everything.where({ anything: { $or: ["a", "b"] } });
// @ts-expect-error
Everything.where({ labels: { $or: ["a", "b"] } });
// @ts-expect-error
Everything.where({ $or: [{ labels: { prefix: ["a"] } }, { text: ["a"] }] });
// @ts-expect-error
Everything.where({ $or: [{ anything: { regex: ["a"] } }, { text: ["a"] }] });
// @ts-expect-error
Everything.where({ $or: [{ text: [{ wildcard: "**" }] }, { total: [1] }] });
// @ts-expect-error
Everything.where({ $or: [{ total: [1] }, { text: [{ cidr: "a:/1" }] }] });
// @ts-expect-error
Everything.where({ text: [variable] });
// @ts-expect-error
Everything.where({ text: ["a", `a${variable}`] });
// @ts-expect-error
Everything.where({ text: [branded] });
// @ts-expect-error
Everything.where({ text: [unknowable] });
// @ts-expect-error
Everything.where({ text: unknowable });
// @ts-expect-error
Everything.where(unknowable);
// @ts-expect-error
Everything.where({ text: [{ prefix: variable }] });
// @ts-expect-error
Everything.where({ text: [{ prefix: { "equals-ignore-case": variable } }] });
// @ts-expect-error
Everything.where({ text: [{ "equals-ignore-case": variable }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": variable }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": ["a", variable] }] });
// @ts-expect-error
Everything.where({ text: either ? ["a"] : [variable] });
// @ts-expect-error
Everything.where({ text: ["a", ...[variable]] });
// @ts-expect-error
Everything.where({ text: optional });
// @ts-expect-error
Everything.where({ channel: ["app", ...channels] });
// @ts-expect-error
Everything.where({ channel: [{ "anything-but": ["app", ...channels] }] });
// @ts-expect-error
Everything.where({ total: [limit] });
// @ts-expect-error
Everything.where({ total: [Number.NaN] });
// @ts-expect-error
Everything.where({ total: [infinite] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", limit] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", checked(limit), "<", 9] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", 1, "<", checked(limit, 64)] }] });
// @ts-expect-error
Everything.where({ total: [{ numeric: [">", checked(2), "<", 1] }] });
// @ts-expect-error
Everything.where({ text: [checked(variable, 100_000_000)] });
// @ts-expect-error
Everything.where({ text: [{ wildcard: checked(variable) }] });
// @ts-expect-error
Everything.where({ text: [{ cidr: checked(variable) }] });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { wildcard: checked(["a*"]) } }] });
// @ts-expect-error
Everything.where({ channel: [checked(variable)] });
// @ts-expect-error
Everything.where({ total: [checked(variable)] });
// @ts-expect-error
Everything.where({ text: [checked([variable])] });
// @ts-expect-error
Everything.where({ text: checked(variable) });
// @ts-expect-error
Everything.where({ text: [checked(variable, limit)] });
// @ts-expect-error
Everything.where({ text: [checked(variable, 1.5)] });
// @ts-expect-error
Everything.where({ text: [checked(variable, 3_200)] });
// @ts-expect-error
Everything.where({ labels: { [variable]: ["a"] } });
// @ts-expect-error
Everything.where({ labels: { ["__proto__"]: ["a"] } });
Everything.where({
	// @ts-expect-error
	$or: [
		{ text: ["a"] },
		{ total: [1] },
		...[1, 2].map(() => ({ text: ["b"] as const })),
	],
});
// @ts-expect-error
Everything.where({ text: [long, long, long, checked(variable)] });
// @ts-expect-error
Everything.where({ text: [long, long, long, { prefix: long }] });
// @ts-expect-error
Everything.where({ text: [either ? long : "a", long, { prefix: long }, long] });
// @ts-expect-error
Everything.where({
	text: [either ? long : "a", either ? long : "b", long, long],
});
// @ts-expect-error
Everything.where(either ? { text: [long, long, long, long] } : { total: [1] });
// @ts-expect-error
Everything.where({ labels: either ? labels : { c: ["d"] as const } });
// @ts-expect-error
Everything.where(oneOrMore);
// @ts-expect-error
Everything.where({ labels: oneOrMore });
// @ts-expect-error
Everything.where({ text: operators });
// @ts-expect-error
Everything.where(wildOrMore);
// @ts-expect-error
Everything.where({ $or: unknowable });
// @ts-expect-error
Everything.where({ $or: [unknowable, { text: ["a"] }] });
// @ts-expect-error
Everything.where({ text: [{ prefix: unknowable }] });
// @ts-expect-error
Everything.where({ text: [checked(unknowable)] });
// @ts-expect-error
Everything.where({ tags: checked(unknowables), text: ["a"] });
// @ts-expect-error
Everything.where({ tags: checked([{ prefix: unknowable }]) });
// @ts-expect-error
export const promised: Checked<string, 10> = checked(variable);
// @ts-expect-error
checked<string, 10>(variable);
// @ts-expect-error
Everything.where({ text: [unbounded] });
// @ts-expect-error
Everything.where({ text: [severalBounds] });
// @ts-expect-error
checked(variable, maybeTen);
Everything.where({
	// @ts-expect-error
	text: [{ wildcard: checked(checked(variable, 1_000), 1_001) }],
});
// @ts-expect-error
Everything.where({ text: checked(["a", { wildcard: variable }]) });
// @ts-expect-error
Everything.where({ text: checked([{ "anything-but": { prefix: variable } }]) });
// @ts-expect-error
Everything.where({ total: checked([{ prefix: variable }]) });
Everything.where({
	// @ts-expect-error
	text: [{ prefix: ignoring }],
});
Dated.where({
	// @ts-expect-error
	$or: [{ "date-after": ["a"] }, { "date-x": ["b"] }],
});
// @ts-expect-error
Everything.where({ constructor: () => 1 });
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { prefix: emptyBrand } }] });
Everything.where({
	// @ts-expect-error
	text: checked([{ "anything-but": { prefix: [emptyBrand] } }]),
});
// @ts-expect-error
Everything.where({ text: [{ "anything-but": { suffix: ["a", branded] } }] });
const loosely = checked(variable, either ? 1_000 : 10);
// @ts-expect-error
export const narrower: Checked<string, 10> = loosely;
Everything.where({
	// @ts-expect-error
	text: [{ "anything-but": { wildcard: ["*-*-*-*", eitherWildcard] } }],
});
// @ts-expect-error
Everything.where({ text: [{ wildcard: `*${long}` }, { wildcard: "b*" }] });
