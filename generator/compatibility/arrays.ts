// Arrays that a clause allows: how many items they have, and what each of them is like.
import {
	type Clause,
	type Count,
	covers,
	type Fact,
	type Literal,
	mentionedIn,
	type Option,
	type Search,
	unevaluatedItems,
	type Wanted,
} from "./clause.ts";
import { accepts, evaluates } from "./evaluate.ts";
import { type Atom, canonical, type Node } from "./node.ts";

type Found = { readonly value: unknown } | undefined;

/** Longer arrays are not tried. */
const itemsMax = 2_000;
/** Longer arrays of distinct items are not tried. */
const distinctMax = 400;
/** Of more schemas with a limited count, not every combination is tried. */
const limitedMax = 6;
/** Lengths beyond the shortest possible that are tried, at least. */
const slack = 2;

export function solveArray(clause: Clause, search: Search): Found {
	const { facts, wanted, counts } = clause;
	let min = 0;
	let max = Number.POSITIVE_INFINITY;
	let prefixMax = 0;
	let unique: Fact | undefined;
	let repeated: Fact | undefined;
	for (const fact of facts) {
		const { atom, not } = fact;
		switch (atom.is) {
			case "minItems":
				if (not) max = Math.min(max, atom.count - 1);
				else min = Math.max(min, atom.count);
				break;
			case "maxItems":
				if (not) min = Math.max(min, atom.count + 1);
				else max = Math.min(max, atom.count);
				break;
			case "uniqueItems":
				if (not) repeated = fact;
				else unique = fact;
				break;
			case "items":
				prefixMax = Math.max(prefixMax, atom.prefix.length);
				break;
			default:
		}
	}
	if (unique && repeated) return undefined;
	// What evaluates an item may depend on its position, too.
	prefixMax = Math.max(
		prefixMax,
		mentionedIn([
			...clause.possible.flatMap(({ node }) => node.atoms),
			...wanted.flatMap(({ unevaluatedBy = [] }) => unevaluatedBy),
		]).positions,
	);
	for (const { step } of wanted)
		if (typeof step === "number") prefixMax = Math.max(prefixMax, step + 1);
	const needed =
		wanted.length +
		counts.reduce((sum, count) => sum + count.min, 0) +
		(repeated ? 2 : 0);
	if (counts.some((count) => count.min > count.max)) return undefined;
	const lengthMax = Math.min(max, Math.max(min, prefixMax + needed + slack));
	const lengthLimit = unique ? distinctMax : itemsMax;
	if (min > lengthLimit || needed > lengthLimit) {
		const [{ atom } = { atom: undefined }] = facts;
		if (atom)
			search.doubt({
				keyword: atom.keyword,
				place: atom.place,
				why: `more than ${lengthLimit} items`,
			});
		return undefined;
	}
	for (let length = min; length <= lengthMax; length++) {
		search.step();
		const found = ofLength(clause, search, length, prefixMax, unique, repeated);
		if (found) return found;
	}
	return undefined;
}

function ofLength(
	clause: Clause,
	search: Search,
	length: number,
	prefixMax: number,
	unique: Fact | undefined,
	repeated: Fact | undefined,
): Found {
	const { facts, counts } = clause;
	const items = facts.filter(({ atom }) => atom.is === "items");
	const unevaluated = facts.filter(
		({ atom }) => atom.is === "unevaluatedItems",
	);
	const literalsAt = (i: number): Literal[] =>
		items.flatMap(({ atom, isWriter }) => {
			if (atom.is !== "items") return [];
			const node = atom.prefix[i] ?? atom.rest;
			return node ? [{ node, ...(isWriter ? { isWriter } : {}) }] : [];
		});
	const wanted: Wanted[] = [...clause.wanted];
	const groupOf = new Map<Wanted, Count>();
	for (const count of counts)
		for (let i = 0; i < count.min; i++) {
			const made: Wanted = {
				fits: () => true,
				value: [
					{ node: count.node, ...(count.isWriter ? { isWriter: true } : {}) },
				],
				atom: facts[0]?.atom ?? (count.node.atoms[0] as Wanted["atom"]),
			};
			wanted.push(made);
			groupOf.set(made, count);
		}
	const assigned: Wanted[][] = Array.from({ length }, () => []);
	/** Two positions that have the same value. */
	let same: readonly [number, number] | undefined;

	const finish = (): Found => {
		search.step();
		const values: unknown[] = [];
		const used: unknown[] = [];
		const found = new Map<Count, number>(counts.map((count) => [count, 0]));
		const place = (i: number): Found => {
			if (i === length) return search.made([...values]);
			const partner = same?.[1] === i ? same[0] : undefined;
			if (partner !== undefined) {
				// What both must be like was asked at the first of them.
				const value = values[partner];
				const bumped = counts.filter((count) => accepts(count.node, value));
				for (const count of bumped) {
					const now = (found.get(count) ?? 0) + 1;
					if (now > count.max) return undefined;
				}
				for (const count of bumped)
					found.set(count, (found.get(count) ?? 0) + 1);
				values.push(value);
				const rest = place(i + 1);
				if (!rest) {
					values.pop();
					for (const count of bumped)
						found.set(count, (found.get(count) ?? 0) - 1);
				}
				return rest;
			}
			const later = same?.[0] === i ? same[1] : undefined;
			const own = [i, ...(later === undefined ? [] : [later])];
			const literals = own.flatMap((at) => [
				...literalsAt(at),
				...(assigned[at] ?? []).flatMap(({ value }) => value),
			]);
			const limited = counts.filter(
				({ max }) => max < Number.POSITIVE_INFINITY,
			);
			const forced = new Set(
				own.flatMap((at) =>
					(assigned[at] ?? []).map((one) => groupOf.get(one)),
				),
			);
			const unsure = limited.filter((count) => !forced.has(count));
			if (unsure.length > limitedMax)
				search.doubt({
					keyword: "contains",
					place: unsure[0]?.node.place ?? { file: "", pointer: "" },
					why: `more than ${limitedMax} of them have a maximum`,
				});
			// Which of the limited schemas it fits, none if possible.
			for (
				let bits = 0;
				bits < 1 << Math.min(unsure.length, limitedMax);
				bits++
			) {
				const fits = unsure.filter((_, at) => (bits & (1 << at)) !== 0);
				const counted = [
					...fits,
					...limited.filter((count) => forced.has(count)),
				];
				if (
					counted.some(
						(count) => (found.get(count) ?? 0) + own.length > count.max,
					)
				)
					continue;
				const all = [
					...literals,
					...unsure.map((count) => ({
						node: count.node,
						not: !fits.includes(count),
					})),
				];
				for (const more of evaluationsAt(own, all)) {
					if (more === "whole") {
						const whole = withPossible(i);
						if (whole) return whole;
						continue;
					}
					let value = search.solve([...all, ...more]);
					if (value && unique) {
						const text = canonical(value.value);
						if (used.some((other) => canonical(other) === text))
							value = search.solve([
								...all,
								...more,
								...used.map((other) => ({
									node: search.constant(other),
									not: true,
								})),
							]);
						if (!value && !isUniform())
							search.doubt({
								keyword: "uniqueItems",
								place: unique.atom.place,
								why: "not every combination of distinct items was tried",
							});
					}
					if (!value) continue;
					const bumped = counts.filter((count) =>
						accepts(count.node, value.value),
					);
					for (const count of bumped)
						found.set(count, (found.get(count) ?? 0) + 1);
					values.push(value.value);
					used.push(value.value);
					const rest = place(i + 1);
					if (rest) return rest;
					values.pop();
					used.pop();
					for (const count of bumped)
						found.set(count, (found.get(count) ?? 0) - 1);
				}
			}
			return undefined;
		};
		return place(0);
	};
	/** Whether all positions ask for the same, so that taking any value leaves as many to the others. */
	const isUniform = () =>
		new Set(
			assigned.map((list, i) =>
				[
					...literalsAt(i).map(({ node }) => node.id),
					...list.flatMap(({ value }) =>
						value.map(({ node, not }) => `${not}${node.id}`),
					),
				].join(),
			),
		).size <= 1 && counts.length === 0;

	/** What must also hold of an item so that every `unevaluatedItems` allows it: one list for each way. */
	const evaluationsAt = (
		own: readonly number[],
		literals: readonly Literal[],
	): readonly (readonly Literal[] | "whole")[] => {
		let ways: (readonly Literal[])[] = [[]];
		let needsWhole = false;
		for (const { atom, scope, isWriter } of unevaluated) {
			if (atom.is !== "unevaluatedItems" || scope === undefined) continue;
			if (
				own.every((i) =>
					facts.some(
						(fact) => fact.scopes?.includes(scope) && evaluates(fact.atom, i),
					),
				)
			)
				continue;
			const options: Literal[] = [
				{ node: atom.node, ...(isWriter ? { isWriter } : {}) },
				...counts
					.filter(({ scopes }) => scopes.includes(scope))
					.map(({ node }) => ({ node })),
			].filter(({ node }) => node.mask !== 0);
			needsWhole ||= clause.possible.some(
				({ scopes, node }) =>
					scopes?.includes(scope) && own.some((i) => covers(node, i) !== "no"),
			);
			ways = ways.flatMap((way) => options.map((option) => [...way, option]));
		}
		const open = ways.filter(
			(way) => way.length === 0 || search.solve([...literals, ...way]),
		);
		return needsWhole ? [...open, "whole"] : open;
	};
	const withPossible = (i: number): Found => {
		for (const literal of clause.possible) {
			if (covers(literal.node, i) === "no") continue;
			search.step();
			const found = search.also(
				{
					...clause,
					possible: clause.possible.filter((other) => other !== literal),
				},
				[{ literal }],
			);
			if (found) return found;
		}
		return undefined;
	};

	const assign = (index: number): Found => {
		const one = wanted[index];
		if (!one) return withRepeated();
		let isFreshTried = false;
		for (let i = 0; i < length; i++) {
			if (!one.fits(i)) continue;
			const here = assigned[i] as Wanted[];
			const group = groupOf.get(one);
			if (group && here.some((other) => groupOf.get(other) === group)) continue;
			// Places after the prefix are alike as long as nothing is assigned to them.
			if (i >= prefixMax && here.length === 0) {
				if (isFreshTried) continue;
				isFreshTried = true;
			}
			const more = one.unevaluatedBy
				? unevaluatedItems(one.unevaluatedBy, i, search, one.atom)
				: undefined;
			if (one.unevaluatedBy && !more) continue;
			search.step();
			if (more && more.items.length > 0) {
				const { unevaluatedBy: _, ...rest } = one;
				const found = search.also(
					{
						...clause,
						wanted: clause.wanted.map((other) =>
							other === one
								? {
										...rest,
										step: i,
										fits: (step) => step === i,
										value: [...one.value, ...more.value],
									}
								: other,
						),
					},
					more.items,
				);
				if (found) return found;
				continue;
			}
			const made = more
				? { ...one, value: [...one.value, ...more.value] }
				: one;
			if (group) groupOf.set(made, group);
			if (
				!search.solve([
					...literalsAt(i),
					...[...here, made].flatMap(({ value }) => value),
				])
			)
				continue;
			here.push(made);
			const found = assign(index + 1);
			here.pop();
			if (found) return found;
		}
		return undefined;
	};
	const withRepeated = (): Found => {
		if (!repeated) return finish();
		// Of the places after the prefix to which nothing is assigned, any two will do.
		const alike = [...assigned.keys()].filter(
			(i) => i >= prefixMax && (assigned[i] as Wanted[]).length === 0,
		);
		const places = [...assigned.keys()].filter(
			(i) => !alike.slice(2).includes(i),
		);
		for (const first of places)
			for (const second of places) {
				if (second <= first) continue;
				same = [first, second];
				const found = finish();
				if (found) return found;
			}
		same = undefined;
		return undefined;
	};
	return assign(0);
}

/** The ways in which an array can break the schemas of its items. */
export function brokenItems(
	atom: Extract<Atom, { is: "items" }>,
): readonly Option[] {
	const broken = (
		node: Node,
		fits: (step: string | number) => boolean,
		step?: number,
	): Wanted => ({
		fits,
		...(step === undefined ? {} : { step }),
		value: [{ node, not: true }],
		atom,
	});
	const options: Option[] = atom.prefix.map((node, i) => [
		{ wanted: broken(node, (step) => step === i, i) },
	]);
	const { rest } = atom;
	if (rest && rest.atoms.length > 0)
		options.push([
			{ wanted: broken(rest, (step) => Number(step) >= atom.prefix.length) },
		]);
	return options;
}
