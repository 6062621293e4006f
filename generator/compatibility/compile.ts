// Schemas of models as nodes. All that is compiled together shares ids, so that what stayed the same is seen at once.
import { appendPointer } from "../../runtime/json-pointer.ts";
import { formats } from "../schema/formats.ts";
import { extensibleEnum, type Schema } from "../schema/keywords.ts";
import { containsEvaluates } from "../schema/lower.ts";
import {
	closureOf,
	type NamedSchema,
	referencedName,
} from "../schema/model.ts";
import { type ClassOf, classesOf, mayGrow, type Reading } from "./classes.ts";
import { fractionOf } from "./fraction.ts";
import {
	type Atom,
	canonical,
	distinct,
	everyKind,
	kindOf,
	kinds,
	type Meaning,
	type Node,
	numberKinds,
	type Place,
} from "./node.ts";

export interface Compiled {
	readonly nodeOf: (name: string, reading: Reading) => Node;
	/** Equal numbers mean that schemas say the same, in whichever model. */
	readonly classOf: (name: string) => number;
}

/** Compiles the schemas of several models, each by name, so that their nodes can be compared. */
export function compile(
	models: readonly ReadonlyMap<string, NamedSchema>[],
): readonly Compiled[] {
	const numbers = new Map<string, number>();
	const numberOf = (key: string) => {
		const known = numbers.get(key);
		if (known !== undefined) return known;
		numbers.set(key, numbers.size);
		return numbers.size - 1;
	};
	const classes = classesOf(models, numberOf);
	return models.map((schemas, i) =>
		compiled(schemas, numberOf, classes[i] as ClassOf),
	);
}

/** Combines the keywords of a schema that say one thing together. */
const groups: readonly (readonly string[])[] = [
	["properties", "patternProperties", "additionalProperties"],
	["prefixItems", "items"],
	["contains", "minContains", "maxContains"],
	["if", "then", "else"],
];

const groupOf = (keyword: string): readonly string[] =>
	groups.find((group) => group.includes(keyword)) ?? [keyword];

function compiled(
	schemas: ReadonlyMap<string, NamedSchema>,
	numberOf: (key: string) => number,
	classOf: ClassOf,
): Compiled {
	const made = {
		exact: new Map<string, Node>(),
		open: new Map<string, Node>(),
		tolerant: new Map<string, Node>(),
	};
	const recursive = new Map<string, boolean>();
	const isRecursive = (named: NamedSchema): boolean => {
		const known = recursive.get(named.name);
		if (known !== undefined) return known;
		const found = closureOf(schemas, named).some(
			({ name }) => name === named.name,
		);
		recursive.set(named.name, found);
		return found;
	};
	const hasUnevaluated = [...schemas.values()].some(({ schema }) =>
		JSON.stringify(schema).includes('"unevaluated'),
	);

	const nodeOf = (name: string, wanted: Reading): Node => {
		// Where nothing may grow, all read alike.
		const reading =
			classOf(name, "exact") === classOf(name, "open") ? "exact" : wanted;
		const known = made[reading].get(name);
		if (known) return known;
		const { schema, file, pointer } = schemas.get(name) as NamedSchema;
		const node = compileSchema(schema, { file, pointer }, reading);
		made[reading].set(name, node);
		return node;
	};

	const nodeFrom = (atoms: readonly Atom[], place: Place): Node => {
		const byKey = new Map(atoms.map((atom) => [atom.key, atom]));
		const all = [...byKey.values()];
		let mask = everyKind;
		for (const atom of all) mask &= maskOf(atom);
		const [first] = all;
		const kept =
			mask === 0 && first
				? [refusing(first.keyword, first.place)]
				: all.filter(
						({ applies, is }) => (applies & mask) !== 0 || is === "kinds",
					);
		// What is decided at once is asked first.
		kept.sort((a, b) => costOf(a) - costOf(b));
		const values = valuesOf(kept)?.filter((value) => kindOf(value) & mask);
		return {
			id: numberOf(
				`node ${kept
					.map(({ key }) => key)
					.sort()
					.join(" ")}`,
			),
			atoms: kept,
			mask,
			...(values ? { values } : {}),
			place,
		};
	};

	/** A `oneOf` that accepts what one alternative accepts exactly, or else what any accepts. */
	const firstFitting = (
		nodes: readonly Node[],
		exact: readonly Node[],
		place: Place,
	): readonly Atom[] => {
		const about = { place, applies: everyKind };
		const list = (all: readonly Node[]) => all.map(({ id }) => id).join();
		const one: Atom = {
			...about,
			keyword: "oneOf",
			key: `oneOf:${exact
				.map(({ id }) => id)
				.sort((a, b) => a - b)
				.join()}`,
			is: "one",
			nodes: exact,
		};
		if (list(nodes) === list(exact)) return [one];
		const any = (all: readonly Node[]): Atom => ({
			...about,
			keyword: "oneOf",
			key: `anyOf:${list(all)}`,
			is: "any",
			nodes: all,
		});
		const none = nodeFrom([any(exact)], place);
		const grown = nodeFrom(
			[
				{
					...about,
					keyword: "oneOf",
					key: `not:${none.id}`,
					is: "not",
					node: none,
				},
				any(nodes),
			],
			place,
		);
		return [any([nodeFrom([one], place), grown])];
	};

	/** The atoms of a schema that applies to the same value, where they mean the same outside of it. */
	const atomsOf = (node: Node, keyword: string, place: Place): Atom[] =>
		node.atoms.some(
			({ is }) => is === "unevaluatedProperties" || is === "unevaluatedItems",
		)
			? [
					{
						keyword,
						place,
						applies: everyKind,
						key: `all(${node.id})`,
						is: "all",
						target: () => node,
					},
				]
			: [...node.atoms];

	const compileSchema = (
		schema: Schema,
		place: Place,
		reading: Reading,
	): Node => {
		if (typeof schema === "boolean")
			return nodeFrom(schema ? [] : [refusing("false", place)], place);
		const at = (...tokens: readonly (string | number)[]): Place => ({
			file: place.file,
			pointer: appendPointer(place.pointer, ...tokens),
		});
		const read = (as: Reading, tokens: readonly (string | number)[]): Node => {
			let value: unknown = schema;
			for (const name of tokens)
				value = (value as Record<string | number, unknown>)[name];
			return compileSchema(value as Schema, at(...tokens), as);
		};
		const inner = (...tokens: readonly (string | number)[]) =>
			read(reading, tokens);
		/** A schema that is decided exactly in any case. */
		const exactly = (...tokens: readonly (string | number)[]) =>
			read(reading === "tolerant" ? "exact" : reading, tokens);
		const atoms: Atom[] = [];
		const say = (
			keyword: string,
			applies: number,
			key: string,
			meaning: Meaning,
			where = at(keyword),
		) => {
			atoms.push({ keyword, place: where, applies, key, ...meaning });
		};
		const depend = (keyword: string, name: string, node: Node) =>
			say(
				keyword,
				kinds.object,
				`dependent:${JSON.stringify(name)}:${node.id}`,
				{ is: "dependent", name, node },
				at(keyword, name),
			);
		const recursion = (name: string) =>
			reading === "tolerant"
				? `tolerant ${classOf(name, "exact")}`
				: classOf(name, reading);
		const nothing = nodeFrom([], place);
		const done = new Set<string>();
		for (const keyword of Object.keys(schema)) {
			const value = schema[keyword];
			if (done.has(keyword)) continue;
			for (const name of groupOf(keyword)) done.add(name);
			if (reading !== "exact" && mayGrow(keyword, value)) {
				// A closed object still has its properties: they come under their own keyword.
				for (const name of groupOf(keyword)) done.delete(name);
				continue;
			}
			switch (keyword) {
				case "$ref": {
					const name = referencedName(value);
					const named = schemas.get(name) as NamedSchema;
					if (isRecursive(named))
						say(keyword, everyKind, `recursive(${recursion(name)})`, {
							is: "all",
							target: () => nodeOf(name, reading),
						});
					else
						atoms.push(...atomsOf(nodeOf(name, reading), keyword, at(keyword)));
					break;
				}
				case "allOf":
					for (const i of (value as Schema[]).keys())
						atoms.push(...atomsOf(inner(keyword, i), keyword, at(keyword, i)));
					break;
				case "type": {
					const mask = maskOfTypes([value].flat() as string[]);
					say(keyword, everyKind, `kinds:${mask}`, { is: "kinds", mask });
					break;
				}
				case "enum":
				case "const":
				case extensibleEnum: {
					const values = distinct(
						keyword === "const" ? [value] : (value as readonly unknown[]),
					).filter(
						(item) =>
							schema.type === undefined ||
							kindOf(item) & maskOfTypes([schema.type].flat() as string[]),
					);
					const isList = keyword === extensibleEnum;
					say(
						keyword,
						isList ? kinds.string : everyKind,
						`enum:${isList ? "string:" : ""}${values.map(canonical).sort().join()}`,
						{ is: "enum", values },
					);
					break;
				}
				case "minimum":
				case "exclusiveMinimum":
				case "maximum":
				case "exclusiveMaximum": {
					const is = keyword.endsWith("inimum") ? "minimum" : "maximum";
					const isOpen = keyword.startsWith("exclusive");
					say(keyword, numberKinds, `${is}:${value}:${isOpen}`, {
						is,
						value: fractionOf(value as number),
						isOpen,
					});
					break;
				}
				case "multipleOf":
					say(keyword, numberKinds, `multipleOf:${value}`, {
						is: keyword,
						of: fractionOf(value as number),
					});
					break;
				case "minLength":
				case "maxLength":
				case "minItems":
				case "maxItems":
				case "minProperties":
				case "maxProperties":
					if (value !== 0 || keyword.startsWith("max"))
						say(
							keyword,
							keyword.endsWith("Length")
								? kinds.string
								: keyword.endsWith("Items")
									? kinds.array
									: kinds.object,
							`${keyword}:${value}`,
							{ is: keyword, count: value as number },
						);
					break;
				case "pattern":
					say(keyword, kinds.string, `pattern:${JSON.stringify(value)}`, {
						is: keyword,
						pattern: value as string,
					});
					break;
				case "format": {
					const known = formats.get(value as string);
					// Without a check, it is an annotation.
					if (known?.check)
						say(
							keyword,
							known.type === "string" ? kinds.string : numberKinds,
							`format:${JSON.stringify(value)}`,
							{ is: keyword, format: value as string },
						);
					break;
				}
				case "uniqueItems":
					if (value === true)
						say(keyword, kinds.array, keyword, { is: keyword });
					break;
				case "prefixItems":
				case "items": {
					const prefix = ((schema.prefixItems ?? []) as Schema[]).map((_, i) =>
						inner("prefixItems", i),
					);
					const rest = "items" in schema ? inner("items") : undefined;
					const matters = hasUnevaluated || (rest && rest.atoms.length > 0);
					// What the rest of the items is like is not said twice.
					const written = matters ? rest : undefined;
					while (
						!hasUnevaluated &&
						prefix.length > 0 &&
						prefix.at(-1)?.id === (written ?? nothing).id
					)
						prefix.pop();
					if (written || prefix.length > 0)
						say(
							keyword,
							kinds.array,
							`items:${prefix.map(({ id }) => id).join()}:${written?.id}`,
							{
								is: "items",
								prefix,
								...(written ? { rest: written } : {}),
							},
						);
					break;
				}
				case "contains":
				case "minContains":
				case "maxContains": {
					if (!("contains" in schema)) break;
					const min = (schema.minContains ?? 1) as number;
					const max = (schema.maxContains ?? Infinity) as number;
					const node = exactly("contains");
					const evaluates = schema[containsEvaluates] !== false;
					if (min > 0 || max < Infinity || hasUnevaluated)
						say(
							"contains",
							kinds.array,
							`contains:${node.id}:${min}:${max}:${hasUnevaluated && evaluates}`,
							{ is: "contains", node, min, max, evaluates },
						);
					break;
				}
				case "required":
					for (const [i, name] of (value as string[]).entries())
						say(
							keyword,
							kinds.object,
							`required:${JSON.stringify(name)}`,
							{ is: keyword, name },
							at(keyword, i),
						);
					break;
				case "properties":
				case "patternProperties":
				case "additionalProperties": {
					const fields = new Map(
						Object.keys((schema.properties ?? {}) as object).map((name) => [
							name,
							inner("properties", name),
						]),
					);
					const patterns = Object.keys(
						(schema.patternProperties ?? {}) as object,
					).map((pattern) => ({
						pattern,
						node: inner("patternProperties", pattern),
					}));
					const additional = schema.additionalProperties;
					const rest =
						additional === undefined ||
						(reading !== "exact" && additional === false)
							? undefined
							: inner("additionalProperties");
					const written =
						rest && (rest.atoms.length > 0 || hasUnevaluated)
							? { node: rest, names: rest.atoms.length > 0 && rest.mask > 0 }
							: undefined;
					if (fields.size === 0 && patterns.length === 0 && !written) break;
					say(
						additional !== undefined && fields.size === 0
							? keyword
							: "properties",
						kinds.object,
						`fields:${[...fields]
							.map(([name, { id }]) => `${JSON.stringify(name)}:${id}`)
							.sort()
							.join()}:${patterns
							.map(
								({ pattern, node }) => `${JSON.stringify(pattern)}:${node.id}`,
							)
							.sort()
							.join()}:${written?.node.id}`,
						{
							is: "fields",
							fields,
							patterns,
							...(written ? { rest: written } : {}),
						},
						at(
							["properties", "patternProperties", "additionalProperties"].find(
								(name) => name in schema,
							) as string,
						),
					);
					break;
				}
				case "propertyNames": {
					const node = inner(keyword);
					if (node.atoms.length > 0)
						say(keyword, kinds.object, `${keyword}:${node.id}`, {
							is: keyword,
							node,
						});
					break;
				}
				case "dependentSchemas":
					for (const name of Object.keys(value as object)) {
						const node = inner(keyword, name);
						depend(keyword, name, node);
					}
					break;
				case "dependentRequired":
					for (const [name, list] of Object.entries(
						value as Record<string, readonly string[]>,
					)) {
						const node = nodeFrom(
							list.map((other, i) => ({
								keyword,
								place: at(keyword, name, i),
								applies: kinds.object,
								key: `required:${JSON.stringify(other)}`,
								is: "required",
								name: other,
							})),
							at(keyword, name),
						);
						if (list.length > 0) depend(keyword, name, node);
					}
					break;
				case "anyOf":
				case "oneOf": {
					const nodes = (value as Schema[]).map((_, i) => inner(keyword, i));
					const merged = mergedList(nodes, at(keyword), keyword);
					const [only] = nodes;
					if (merged) atoms.push(merged);
					else if (nodes.length === 1 && only)
						atoms.push(...atomsOf(only, keyword, at(keyword, 0)));
					else if (keyword === "oneOf" && reading === "tolerant")
						atoms.push(
							...firstFitting(
								nodes,
								nodes.map((_, i) => exactly(keyword, i)),
								at(keyword),
							),
						);
					else
						say(
							keyword,
							everyKind,
							`${keyword}:${nodes
								.map(({ id }) => id)
								.sort((a, b) => a - b)
								.join()}`,
							{ is: keyword === "oneOf" ? "one" : "any", nodes },
						);
					break;
				}
				case "not": {
					const node = exactly(keyword);
					const [only] = node.atoms;
					if (node.atoms.length === 1 && only?.is === "kinds") {
						const mask = everyKind & ~only.mask;
						say(keyword, everyKind, `kinds:${mask}`, { is: "kinds", mask });
					} else
						say(
							keyword,
							node.atoms.length === 0 ? everyKind : node.mask,
							`not:${node.id}`,
							{ is: keyword, node },
						);
					break;
				}
				case "if":
				case "then":
				case "else": {
					if (!("if" in schema)) break;
					const condition = exactly("if");
					const then = "then" in schema ? inner("then") : nothing;
					const other = "else" in schema ? inner("else") : nothing;
					say("if", everyKind, `if:${condition.id}:${then.id}:${other.id}`, {
						is: "if",
						condition,
						then,
						else: other,
					});
					break;
				}
			}
		}
		for (const keyword of [
			"unevaluatedProperties",
			"unevaluatedItems",
		] as const) {
			const value = schema[keyword];
			if (
				value === undefined ||
				(reading !== "exact" && mayGrow(keyword, value))
			)
				continue;
			const node = inner(keyword);
			const beside = [...atoms];
			say(
				keyword,
				keyword === "unevaluatedItems" ? kinds.array : kinds.object,
				`${keyword}:${node.id}:(${beside
					.map(({ key }) => key)
					.sort()
					.join(" ")})`,
				{
					is: keyword,
					node,
					names: node.atoms.length > 0 && node.mask > 0,
					beside,
				},
			);
		}
		return nodeFrom(withoutImplied(atoms), place);
	};
	return { nodeOf, classOf: (name) => classOf(name, "exact") };
}

function costOf({ is }: Atom): number {
	if (is === "kinds" || is === "required") return 0;
	return is === "fields" || is === "items" ? 2 : 1;
}

/** Refuses every value. */
const refusing = (keyword: string, place: Place): Atom => ({
	keyword,
	place,
	applies: everyKind,
	key: "kinds:0",
	is: "kinds",
	mask: 0,
});

/** A list of values says which kinds they are. */
function withoutImplied(atoms: readonly Atom[]): readonly Atom[] {
	return atoms.filter(
		(atom) =>
			atom.is !== "kinds" ||
			!atoms.some(
				(other) =>
					other.is === "enum" &&
					other.applies === everyKind &&
					other.values.length > 0 &&
					other.values.every((value) => kindOf(value) & atom.mask),
			),
	);
}

/** A union of lists of values is a list of values; a union of types is a list of types. */
function mergedList(
	nodes: readonly Node[],
	place: Place,
	keyword: string,
): Atom | undefined {
	const atoms: (Atom | undefined)[] = nodes.map(({ atoms }) =>
		atoms.length === 1 ? atoms[0] : undefined,
	);
	const isExclusive = keyword === "oneOf";
	const lists = atoms.flatMap((atom) =>
		atom?.is === "enum" && atom.applies === everyKind ? [atom.values] : [],
	);
	if (lists.length === nodes.length) {
		const all = lists.flat();
		const values = distinct(all);
		if (!isExclusive || values.length === all.length)
			return {
				keyword,
				place,
				applies: everyKind,
				key: `enum:${values.map(canonical).sort().join()}`,
				is: "enum",
				values,
			};
	}
	const masks = atoms.flatMap((atom) =>
		atom?.is === "kinds" ? [atom.mask] : [],
	);
	if (masks.length !== nodes.length) return undefined;
	const mask = masks.reduce((all, one) => all | one, 0);
	const overlap = masks.reduce((sum, one) => sum + one, 0) !== mask;
	return isExclusive && overlap
		? undefined
		: {
				keyword,
				place,
				applies: everyKind,
				key: `kinds:${mask}`,
				is: "kinds",
				mask,
			};
}

function maskOfTypes(types: readonly string[]): number {
	let mask = 0;
	for (const type of types)
		mask |= type === "number" ? numberKinds : kinds[type as keyof typeof kinds];
	return mask;
}

function maskOf(atom: Atom): number {
	switch (atom.is) {
		case "kinds":
			return atom.mask;
		case "enum":
			return atom.applies === everyKind
				? atom.values.reduce<number>((mask, value) => mask | kindOf(value), 0)
				: everyKind;
		case "any":
		case "one":
			return atom.nodes.reduce((mask, node) => mask | node.mask, 0);
		case "not":
			return atom.node.atoms.length === 0 ? 0 : everyKind;
		default:
			return everyKind;
	}
}

function valuesOf(atoms: readonly Atom[]): readonly unknown[] | undefined {
	for (const atom of atoms)
		if (atom.is === "enum" && atom.applies === everyKind) return atom.values;
	for (const atom of atoms)
		if (atom.is === "any" || atom.is === "one") {
			const lists = atom.nodes.map(({ values }) => values);
			if (lists.every((list) => list !== undefined))
				return distinct(lists.flat());
		}
	return undefined;
}
