// Objects that a clause allows: which properties they have, and what is in them.
import {
	absence,
	type Clause,
	covers,
	type Fields,
	type Literal,
	mentionedIn,
	type Search,
	unevaluatedItems,
	type Wanted,
} from "./clause.ts";
import { accepts, evaluates, fieldNodes, matches, names } from "./evaluate.ts";
import { everyKind, kinds, type Node } from "./node.ts";

type Found = { readonly value: unknown } | undefined;

/** More properties than this are not added to an object. */
const propertiesMax = 500;
/** More patterns than this are not combined. */
const patternsMax = 6;

export function solveObject(clause: Clause, search: Search): Found {
	const { facts } = clause;
	const required = new Set<string>();
	const absent = new Set<string>();
	let min = 0;
	let max = Number.POSITIVE_INFINITY;
	const nameLiterals: Literal[] = [];
	for (const { atom, not } of facts)
		switch (atom.is) {
			case "required":
				(not ? absent : required).add(atom.name);
				break;
			case "minProperties":
				if (not) max = Math.min(max, atom.count - 1);
				else min = Math.max(min, atom.count);
				break;
			case "maxProperties":
				if (not) min = Math.max(min, atom.count + 1);
				else max = Math.min(max, atom.count);
				break;
			case "propertyNames":
				nameLiterals.push({ node: atom.node });
				break;
			default:
		}
	if (min > max || required.size > max) return undefined;
	for (const name of required)
		if (
			absent.has(name) ||
			!nameLiterals.every(({ node }) => accepts(node, name))
		)
			return undefined;

	const fields = facts.filter(({ atom }) => atom.is === "fields");
	const known = new Set([...required, ...absent]);
	for (const { step } of clause.wanted)
		if (step !== undefined) known.add(String(step));
	// A name that some schema mentions is not one that none mentions.
	const mentioned = mentionedIn([
		...fields.map(({ atom }) => atom),
		...clause.possible.flatMap(({ node }) => node.atoms),
		...clause.wanted.flatMap(({ atom, unevaluatedBy = [] }) => [
			atom,
			...unevaluatedBy,
		]),
	]);
	for (const name of mentioned.names) known.add(name);
	const unevaluated = facts.filter(
		({ atom }) => atom.is === "unevaluatedProperties",
	);

	const literalsFor = (name: string): Literal[] =>
		fields.flatMap(({ atom, isWriter }) =>
			atom.is === "fields"
				? fieldNodes(atom, name).map((node) => ({
						node,
						...(isWriter ? { isWriter } : {}),
					}))
				: [],
		);
	const isCovered = (name: string, scope: number | undefined) =>
		facts.some(
			(fact) =>
				scope !== undefined &&
				fact.scopes?.includes(scope) &&
				evaluates(fact.atom, name),
		);

	/** The same question, where one of the schemas that may hold does, if it is of use for a property. */
	const withPossible = (
		name: string,
		isOfUse: (literal: Literal) => boolean,
	): Found => {
		for (const literal of clause.possible) {
			if (!isOfUse(literal)) continue;
			search.step();
			const found = search.also(
				{
					...clause,
					possible: clause.possible.filter((other) => other !== literal),
				},
				[{ literal }, { fact: absence(name, true) }],
			);
			if (found) return found;
		}
		return undefined;
	};

	/** What a property's value can be; `whole` is the object, if all of it had to be asked again for that. */
	const valueFor = (
		name: string,
		extra: readonly Literal[],
	): Found | { readonly whole: Found } => {
		if (search.isWriting) {
			const isNamed = facts.some(
				({ atom, isWriter, not, scope }) =>
					isWriter &&
					!not &&
					names(atom, name) &&
					!(atom.is === "unevaluatedProperties" && isCovered(name, scope)),
			);
			if (!isNamed)
				return {
					whole: withPossible(
						name,
						({ node, isWriter }) =>
							isWriter === true && covers(node, name, names) !== "no",
					),
				};
		}
		const literals = [...literalsFor(name), ...extra];
		const uncovered = unevaluated.filter(
			({ scope }) => !isCovered(name, scope),
		);
		for (const { atom, isWriter } of uncovered)
			if (atom.is === "unevaluatedProperties")
				literals.push({ node: atom.node, ...(isWriter ? { isWriter } : {}) });
		const value = search.solve(literals);
		if (value || uncovered.length === 0) return value;
		return {
			whole: withPossible(
				name,
				({ node, scopes = [] }) =>
					uncovered.some(
						({ scope }) => scope !== undefined && scopes.includes(scope),
					) && covers(node, name) !== "no",
			),
		};
	};

	const isFree = (name: string) =>
		!absent.has(name) && nameLiterals.every(({ node }) => accepts(node, name));

	/** Names that no schema here mentions, one of each kind that patterns tell apart. */
	const freshNames = (
		wanted: Pick<Wanted, "patterns" | "notPatterns" | "name" | "atom">,
		taken: ReadonlySet<string>,
	): string[] => {
		const { patterns } = mentioned;
		const fixed = new Map<string, boolean>([
			...(wanted.patterns ?? []).map((pattern) => [pattern, true] as const),
			...(wanted.notPatterns ?? []).map((pattern) => [pattern, false] as const),
		]);
		const open = [...patterns].filter((pattern) => !fixed.has(pattern));
		if (open.length > patternsMax) {
			search.doubt({
				keyword: "patternProperties",
				place: wanted.atom.place,
				why: `more than ${patternsMax} patterns`,
			});
			return [];
		}
		const found = new Set<string>();
		for (let bits = 0; bits < 1 << open.length; bits++) {
			const all = [
				...fixed,
				...open.map(
					(pattern, i) => [pattern, (bits & (1 << i)) !== 0] as const,
				),
			];
			const literals: Literal[] = [
				...nameLiterals,
				...(wanted.name ?? []),
				...all.map(([pattern, isMatched]) => ({
					node: search.nodeOf({
						keyword: "patternProperties",
						place: wanted.atom.place,
						applies: kinds.string,
						key: `pattern:${JSON.stringify(pattern)}`,
						is: "pattern",
						pattern,
					}),
					not: !isMatched,
				})),
			];
			const list = [...known, ...taken];
			const other: Literal = {
				node: search.nodeOf(namesAtom(wanted, list)),
				not: true,
			};
			const text = search.nodeOf({
				keyword: "propertyNames",
				place: wanted.atom.place,
				applies: everyKind,
				key: "kinds:16",
				is: "kinds",
				mask: kinds.string,
			});
			const longer = search.nodeOf({
				keyword: "propertyNames",
				place: wanted.atom.place,
				applies: kinds.string,
				key: "minLength:1",
				is: "minLength",
				count: 1,
			});
			const base = [...literals, other, { node: text }];
			const name =
				search.solve([...base, { node: longer }]) ?? search.solve(base);
			if (name) found.add(String(name.value));
		}
		return [...found];
	};

	const properties = new Map<string, Literal[]>();
	for (const name of required) properties.set(name, []);

	const finish = (): Found => {
		if (properties.size > max) return undefined;
		search.step();
		const made = new Map<string, unknown>();
		// Those with more to fulfil are the likeliest to have no value.
		const sorted = [...properties].sort(([, a], [, b]) => b.length - a.length);
		for (const [name, extra] of sorted) {
			const found = valueFor(name, extra);
			if (!found) return undefined;
			if ("whole" in found) return found.whole;
			made.set(name, found.value);
		}
		/** The whole object, if a schema that may hold had to hold for the property. */
		const fill = (name: string): Found => {
			if (made.has(name) || !isFree(name)) return undefined;
			const found = valueFor(name, []);
			if (found && "whole" in found) return found.whole;
			if (found) made.set(name, found.value);
			return undefined;
		};
		if (min > propertiesMax && made.size < min) {
			const fact = facts.find(({ atom }) => atom.is.endsWith("Properties"));
			if (fact)
				search.doubt({
					keyword: fact.atom.keyword,
					place: fact.atom.place,
					why: `more than ${propertiesMax} properties`,
				});
			return undefined;
		}
		for (const name of known) {
			if (made.size >= min) break;
			const whole = fill(name);
			if (whole) return whole;
		}
		const reason = facts[0]?.atom;
		while (made.size < min && reason) {
			const before = made.size;
			for (const name of freshNames({ atom: reason }, new Set(made.keys()))) {
				if (made.size >= min) break;
				const whole = fill(name);
				if (whole) return whole;
			}
			if (made.size === before) return undefined;
		}
		if (made.size < min) return undefined;
		return search.made(Object.fromEntries(inOrder(made, known)));
	};

	const assign = (index: number): Found => {
		const wanted = clause.wanted[index];
		if (!wanted) return finish();
		const taken = new Set([...properties.keys()]);
		const candidates =
			wanted.step !== undefined
				? [String(wanted.step)]
				: [
						...new Set([...known, ...taken]),
						...freshNames(wanted, taken),
					].filter((name) => wanted.fits(name));
		for (const name of candidates) {
			if (!isFree(name)) continue;
			if (
				wanted.name?.some(
					({ node, not }) => accepts(node, name) === (not === true),
				)
			)
				continue;
			search.step();
			const before = properties.get(name);
			const value = [...wanted.value];
			const more = wanted.unevaluatedBy
				? unevaluatedItems(wanted.unevaluatedBy, name, search, wanted.atom)
				: undefined;
			if (wanted.unevaluatedBy && !more) continue;
			if (more && more.items.length > 0) {
				// What must not evaluate it changes the whole question.
				const { unevaluatedBy: _, ...rest } = wanted;
				const found = search.also(
					{
						...clause,
						wanted: clause.wanted.map((other) =>
							other === wanted
								? {
										...rest,
										step: name,
										value: [...value, ...more.value],
									}
								: other,
						),
					},
					more.items,
				);
				if (found) return found;
				continue;
			}
			const literals = [...(before ?? []), ...value, ...(more?.value ?? [])];
			// Whether its value can exist at all is asked before the rest of the object is.
			if (!search.solve([...literalsFor(name), ...literals])) continue;
			properties.set(name, literals);
			const found = assign(index + 1);
			if (before) properties.set(name, before);
			else properties.delete(name);
			if (found) return found;
		}
		return undefined;
	};
	return assign(0);
}

function namesAtom({ atom }: Pick<Wanted, "atom">, list: readonly string[]) {
	const values = [...new Set(list)].sort();
	return {
		keyword: "propertyNames",
		place: atom.place,
		applies: everyKind,
		key: `enum:${values.map((name) => JSON.stringify(name)).join()}`,
		is: "enum" as const,
		values,
	};
}

/** Properties in the order in which schemas name them. */
function inOrder(
	made: ReadonlyMap<string, unknown>,
	known: ReadonlySet<string>,
): readonly (readonly [string, unknown])[] {
	const order = [...known];
	const at = (name: string) => {
		const index = order.indexOf(name);
		return index < 0 ? order.length : index;
	};
	return [...made].sort(([a], [b]) => at(a) - at(b));
}

/** The property that an object's schema wants, if its value breaks one of its schemas. */
export function brokenFields(atom: Fields): readonly Wanted[] {
	const broken = (node: Node): readonly Literal[] => [{ node, not: true }];
	const all = [...atom.fields].map(
		([name, node]): Wanted => ({
			step: name,
			fits: (step) => step === name,
			value: broken(node),
			atom,
		}),
	);
	for (const { pattern, node } of atom.patterns)
		all.push({
			fits: (name) => matches(pattern, String(name)),
			patterns: [pattern],
			value: broken(node),
			atom,
		});
	if (atom.rest)
		all.push({
			fits: (name) =>
				!atom.fields.has(String(name)) &&
				!atom.patterns.some(({ pattern }) => matches(pattern, String(name))),
			notPatterns: atom.patterns.map(({ pattern }) => pattern),
			value: broken(atom.rest.node),
			atom,
		});
	return all;
}
