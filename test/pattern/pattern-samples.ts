// Random patterns and events that match often enough to be useful.
import type { EventPatternDocument } from "../../runtime/event.ts";
import { random } from "../generator/random.ts";

const texts = ["a", "ab", "A", "b", "", "10.0.0.1", "1", "ä", "x*y"];
const numbers = [0, 1, -1, 2.5, 10];
const names = ["a", "b", "c", "a.b"];

export function samplesOf(seed: number): {
	pattern: () => EventPatternDocument;
	event: () => Record<string, unknown>;
	below: (limit: number) => number;
} {
	const below = random(seed);
	const one = <Item>(items: readonly Item[]) =>
		items[below(items.length)] as Item;
	const some = <Item>(make: () => Item, least = 1): Item[] =>
		Array.from({ length: least + below(3) }, make);
	const text = () => one(texts);
	const affix = () => (below(3) ? text() : { "equals-ignore-case": text() });
	const wildcard = () => one(["*", "a*", "*b", "a*b", "\\*", "", "x\\**"]);
	const matchers: readonly (() => unknown)[] = [
		text,
		text,
		() => one(numbers),
		() => one([true, false, null]),
		() => ({ prefix: affix() }),
		() => ({ suffix: affix() }),
		() => ({ "equals-ignore-case": text() }),
		() => ({ wildcard: wildcard() }),
		() => ({
			"anything-but": below(2) ? some(text) : some(() => one(numbers)),
		}),
		() => ({ "anything-but": { prefix: ["a", "A1"] } }),
		() => ({ "anything-but": { wildcard: wildcard() } }),
		() => ({ numeric: [one([">", ">=", "<", "<=", "="]), one(numbers)] }),
		() => ({
			numeric: [one([">", ">="]), below(3), one(["<", "<="]), 3 + below(9)],
		}),
		() => ({ cidr: one(["10.0.0.0/8", "10.0.0.0/31", "::/1"]) }),
		() => ({ exists: below(2) === 0 }),
	];
	const object = (depth: number): Record<string, unknown> => {
		const fields: Record<string, unknown> = {};
		for (const name of some(() => one(names)))
			fields[name] =
				depth > 0 && below(3) === 0
					? object(depth - 1)
					: some(() => one(matchers)());
		if (depth > 0 && below(4) === 0)
			fields.$or = [
				object(depth - 1),
				object(depth - 1),
				...(below(2) ? [object(0)] : []),
			];
		return fields;
	};
	const value = (depth: number): unknown => {
		const kind = below(depth > 0 ? 8 : 5);
		if (kind < 3) return text();
		if (kind === 3) return one(numbers);
		if (kind === 4) return one([true, false, null]);
		if (kind === 5) return some(() => value(depth - 1), 0);
		return Object.fromEntries(
			some(() => [one(names), value(depth - 1)] as const, 0),
		);
	};
	return {
		below,
		pattern: () => object(2),
		event: () =>
			Object.fromEntries(some(() => [one(names), value(3)] as const)),
	};
}
