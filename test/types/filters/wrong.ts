// Every filter is a type error. If one is not, its @ts-expect-error is an error.
import { where } from "eventwright/pattern";
import { Everything } from "./everything.ts";

declare const text: string;
declare const texts: string[];
declare const total: number;

// @ts-expect-error
where(Everything, { colour: ["red"] });
// @ts-expect-error
where(Everything, { text: "a" });
// @ts-expect-error
where(Everything, { text: [1] });
// @ts-expect-error
where(Everything, { text: [true] });
// @ts-expect-error
where(Everything, { text: [null] });
// @ts-expect-error
where(Everything, { text: [["a"]] });
// @ts-expect-error
where(Everything, { text: [{ prefix: 1 }] });
// @ts-expect-error
where(Everything, { text: [{ prefix: ["a"] }] });
// @ts-expect-error
where(Everything, { text: [{ prefix: { suffix: "a" } }] });
// @ts-expect-error
where(Everything, { text: [{ suffix: null }] });
// @ts-expect-error
where(Everything, { text: [{ numeric: [">", 1] }] });
// @ts-expect-error
where(Everything, { text: [{ "equals-ignore-case": ["a"] }] });
// @ts-expect-error
where(Everything, { text: [{ wildcard: 1 }] });
// @ts-expect-error
where(Everything, { text: [{ wildcard: ["a*"] }] });
// @ts-expect-error
where(Everything, { text: [{ exists: "yes" }] });
// @ts-expect-error
where(Everything, { text: [{ exists: [true] }] });
// @ts-expect-error
where(Everything, { text: [{ regex: "a" }] });
// @ts-expect-error
where(Everything, { text: [{ prefx: "a" }] });
// @ts-expect-error
where(Everything, { text: [{ "anything-but": 1 }] });
// @ts-expect-error
where(Everything, { text: [{ "anything-but": ["a", 1] }] });
// @ts-expect-error
where(Everything, { text: [{ "anything-but": { numeric: [">", 1] } }] });
// @ts-expect-error
where(Everything, { text: [{ "anything-but": { cidr: "10.0.0.0/8" } }] });
// @ts-expect-error
where(Everything, { text: [{ "anything-but": null }] });
// @ts-expect-error
where(Everything, { channel: ["fax"] });
// @ts-expect-error
where(Everything, { channel: ["web", "fax"] });
// @ts-expect-error
where(Everything, { channel: [{ "anything-but": "fax" }] });
// @ts-expect-error
where(Everything, { channel: [{ "anything-but": ["web", "fax"] }] });
// @ts-expect-error
where(Everything, { channel: [1] });
// @ts-expect-error
where(Everything, { channel: { web: [true] } });
// @ts-expect-error
where(Everything, { total: ["1"] });
// @ts-expect-error
where(Everything, { total: [{ prefix: "1" }] });
// @ts-expect-error
where(Everything, { total: [{ wildcard: "1*" }] });
// @ts-expect-error
where(Everything, { total: [{ cidr: "10.0.0.0/8" }] });
// @ts-expect-error
where(Everything, { total: [{ "equals-ignore-case": "1" }] });
// @ts-expect-error
where(Everything, { total: [{ numeric: 1 }] });
// @ts-expect-error
where(Everything, { total: [{ numeric: [1] }] });
// @ts-expect-error
where(Everything, { total: [{ numeric: [">"] }] });
// @ts-expect-error
where(Everything, { total: [{ numeric: [">", "1"] }] });
// @ts-expect-error
where(Everything, { total: [{ numeric: ["!=", 1] }] });
// @ts-expect-error
where(Everything, { total: [{ numeric: ["<", 1, ">", 2] }] });
// @ts-expect-error
where(Everything, { total: [{ numeric: [">", 1, "<", 2, "=", 3] }] });
// @ts-expect-error
where(Everything, { total: [{ numeric: ["=", 1, "<", 2] }] });
// @ts-expect-error
where(Everything, { total: [{ "anything-but": "1" }] });
// @ts-expect-error
where(Everything, { total: [{ "anything-but": { prefix: "1" } }] });
// @ts-expect-error
where(Everything, { total: 1 });
// @ts-expect-error
where(Everything, { stars: [4] });
// @ts-expect-error
where(Everything, { stars: [{ "anything-but": 4 }] });
// @ts-expect-error
where(Everything, { paid: ["true"] });
// @ts-expect-error
where(Everything, { paid: [1] });
// @ts-expect-error
where(Everything, { paid: [{ numeric: ["=", 1] }] });
// @ts-expect-error
where(Everything, { paid: [{ prefix: "t" }] });
// @ts-expect-error
where(Everything, { paid: [{ "anything-but": [true] }] });
// @ts-expect-error
where(Everything, { always: [false] });
// @ts-expect-error
where(Everything, { note: [1] });
// @ts-expect-error
where(Everything, { size: ["large"] });
// @ts-expect-error
where(Everything, { size: [11] });
// @ts-expect-error
where(Everything, { address: [undefined] });
// @ts-expect-error
where(Everything, { tags: "a" });
// @ts-expect-error
where(Everything, { tags: [["a"]] });
// @ts-expect-error
where(Everything, { tags: [1] });
// @ts-expect-error
where(Everything, { tags: { length: [1] } });
// @ts-expect-error
where(Everything, { grid: ["1"] });
// @ts-expect-error
where(Everything, { pair: [true] });
// @ts-expect-error
where(Everything, { lines: ["x"] });
// @ts-expect-error
where(Everything, { lines: [{ sku: "x" }] });
// @ts-expect-error
where(Everything, { lines: { colour: ["x"] } });
// @ts-expect-error
where(Everything, { lines: { sku: [1] } });
// @ts-expect-error
where(Everything, { lines: { amount: [{ prefix: "1" }] } });
// @ts-expect-error
where(Everything, { lines: { discount: { amount: [1] } } });
// @ts-expect-error
where(Everything, { nested: [{ exists: true }] });
// @ts-expect-error
where(Everything, { nested: { deeper: [true] } });
// @ts-expect-error
where(Everything, { nested: { deeper: { deepest: { flag: ["true"] } } } });
// @ts-expect-error
where(Everything, { labels: { colour: [1] } });
// @ts-expect-error
where(Everything, { mixed: [1] });
// @ts-expect-error
where(Everything, { mixed: { code: ["1"] } });
// @ts-expect-error
where(Everything, { payment: { kind: ["cash"] } });
// @ts-expect-error
where(Everything, { payment: { last5: ["1"] } });
// @ts-expect-error
where(Everything, { payment: { days: ["1"] } });
// @ts-expect-error
where(Everything, { "a-c": ["c"] });
// @ts-expect-error
where(Everything, { $or: { text: ["a"] } });
// @ts-expect-error
where(Everything, { $or: [{ text: ["a"] }, { colour: ["red"] }] });
// @ts-expect-error
where(Everything, { lines: { $or: [{ sku: ["a"] }, { amount: ["1"] }] } });
// @ts-expect-error
where(Everything, { text: ["a"], colour: ["red"] });
// @ts-expect-error
where(Everything, { payment: { kind: ["card"], colour: ["red"] } });
// @ts-expect-error
where(Everything, { text: [{ prefix: "a", numeric: [">", 1] }] });
// @ts-expect-error
where(Everything, { text: [{ prefix: "a", prefx: "b" }] });
where(Everything, {
	// @ts-expect-error
	text: [{ prefix: { "equals-ignore-case": "a", b: "c" } }],
});
where(Everything, {
	// @ts-expect-error
	list: [{ suffix: { "equals-ignore-case": "a", b: "c" } }],
});
// @ts-expect-error
where(Everything, { labels: { x: [{ text: ["a"] }, { total: [1] }] } });
// @ts-expect-error
where(Everything, { labels: { $or: ["a", "b"] } });
// @ts-expect-error
where(Everything, { channel: [text] });
// @ts-expect-error
where(Everything, { channel: texts });
// @ts-expect-error
where(Everything, { total: [text] });
// @ts-expect-error
where(Everything, { total: [{ numeric: [">", text] }] });
// @ts-expect-error
where(Everything, { text: [{ prefix: total }] });
// @ts-expect-error
where(Everything, { stars: [total] });
// @ts-expect-error
where(Everything, { tags: text });
