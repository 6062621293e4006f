// Every function compiles, and throws when it is called.
import { where } from "eventwright/pattern";
import { Everything } from "./everything.ts";

const none: string[] = [];
const empty = String("");
const doubled = ["a", "b"].join("**");
const address = `${String(10)}.0.0.0`;
const long = "a".repeat(4_096);
const high = Number(2);
const low = Number(1);
const many = Array.from({ length: 300 }, (_, i) => [`label${i}`, ["a"]]);
const manyBranches = Array.from({ length: 600 }, (_, i) => ({ total: [i] }));

export const refused = [
	() => where(Everything, { text: [] }),
	() => where(Everything, { text: [{ cidr: "10.0.0.0" }] }),
	() => where(Everything, { text: [{ cidr: "a" }] }),
	() => where(Everything, { text: [{ "anything-but": [] }] }),
	() => where(Everything, { $or: [] }),
	() => where(Everything, { $or: [{ text: ["a"] }] }),
	() => where(Everything, { text: [{ prefix: "a", suffix: "b" }] }),
	() =>
		where(Everything, {
			text: [{ "anything-but": { prefix: "a", suffix: "b" } }],
		}),
	() => where(Everything, { text: [{ "anything-but": { prefix: "" } }] }),
	() =>
		where(Everything, { text: [{ "anything-but": { suffix: ["a", ""] } }] }),
	() =>
		where(Everything, {
			text: [{ "anything-but": { wildcard: ["a*", "b**"] } }],
		}),
	() => where(Everything, { text: [{ wildcard: "a**b" }] }),
	() => where(Everything, { text: [{ wildcard: "a\\b" }] }),
	() => where(Everything, { text: [{ wildcard: "a\\" }] }),
	() => where(Everything, { text: [{ wildcard: "*aaaaaaaaaaaa" }] }),
	() => where(Everything, { text: [{ wildcard: "*:*:*:*:*:event-bus/*" }] }),
	() =>
		where(Everything, {
			text: [{ "anything-but": { wildcard: "*e*e*e*e*e*" } }],
		}),
	() =>
		where(Everything, {
			text: [{ wildcard: "*-*-*-*-*" }, { wildcard: "*-*" }],
		}),
	() =>
		where(Everything, {
			text: [{ wildcard: "*-*-*" }],
			$or: [{ text: [{ wildcard: "*-*-*" }] }, { text: [{ wildcard: "*-*" }] }],
		}),
	() =>
		where(Everything, {
			total: [1],
			lines: { $or: [{ sku: [{ wildcard: "*-*-*-*-*-*" }] }, { amount: [1] }] },
		}),
	() => where(Everything, { text: [{ cidr: "10.0.0.256/8" }] }),
	() => where(Everything, { text: [{ cidr: "10.0.0.0/32" }] }),
	() => where(Everything, { text: [{ cidr: "1::2::3/64" }] }),
	() => where(Everything, { text: [{ cidr: "2001:db8::/128" }] }),
	() => where(Everything, { text: [{ cidr: "::ffff:a00:0/96" }] }),
	() => where(Everything, { total: [{ numeric: [">", 2, "<", 1] }] }),
	() => where(Everything, { total: [{ numeric: [">=", 1, "<=", 1] }] }),
	() => where(Everything, { total: [{ numeric: [">", -1, "<", -2] }] }),
	() => where(Everything, { total: [{ numeric: [">", 0.25, "<", 0.2] }] }),
	() => where(Everything, { total: [{ numeric: [">", 100, "<", 99.5] }] }),
	() => where(Everything, { anything: [{ prefix: "a", numeric: [">", 1] }] }),
	() => where(Everything, { anything: { deeper: [] } }),
	() =>
		where(Everything, {
			$or: [{ text: [{ wildcard: "**" }] }, { total: [1] }],
		}),
	() =>
		where(Everything, { $or: [{ total: [1] }, { text: [{ cidr: "a:/1" }] }] }),
	() => where(Everything, { total: [Number.NaN] }),
	() => where(Everything, { constructor: () => 1 }),
	() => where(Everything, { total: [Number.NaN] }),
	() => where(Everything, { total: [Number.POSITIVE_INFINITY] }),
	() => where(Everything, { total: [{ numeric: [">", Number.NaN] }] }),
	() => where(Everything, { text: none }),
	() => where(Everything, { text: [long] }),
	() => where(Everything, { text: [{ wildcard: doubled }] }),
	() => where(Everything, { text: [{ "anything-but": none }] }),
	() => where(Everything, { text: [{ "anything-but": { prefix: empty } }] }),
	() => where(Everything, { text: [{ cidr: address }] }),
	() => where(Everything, { total: [{ numeric: [">", high, "<", low] }] }),
	() => where(Everything, { labels: Object.fromEntries(many) }),
	() =>
		where(Everything, {
			$or: manyBranches,
			lines: { $or: [{ sku: ["a"] }, { sku: ["b"] }] },
		}),
	() => where(Everything, { $or: [{ prefix: ["a"] }, { text: ["a"] }] }),
	() =>
		where(Everything, {
			$or: [{ reserved: { prefix: ["a"] } }, { text: ["a"] }],
		}),
	() => where(Everything, { anything: { $or: ["a", "b"] } }),
	() =>
		where(Everything, {
			$or: [{ labels: { prefix: ["a"] } }, { text: ["a"] }],
		}),
	() =>
		where(Everything, {
			$or: [{ anything: { regex: ["a"] } }, { text: ["a"] }],
		}),
];
