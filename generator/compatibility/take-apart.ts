// What a keyword asks of a value of one kind, as facts and as what has to be taken apart further.
import { brokenItems } from "./arrays.ts";
import { absence, type Choice, type Fact, type Item } from "./clause.ts";
import { kindOf, kinds, type Node } from "./node.ts";
import { brokenFields } from "./objects.ts";

interface Parts {
	/** Whether the fact stays one. */
	readonly isKept: boolean;
	readonly items: readonly Item[];
}

/** Undefined if no value of the kind is left. */
export function takenApart(
	fact: Fact,
	kind: number,
	constant: (value: unknown) => Node,
): Parts | undefined {
	const { atom, not, isWriter = false, scopes } = fact;
	const own = {
		...(isWriter ? { isWriter } : {}),
		...(scopes ? { scopes } : {}),
	};
	const yes = (node: Node): Item => ({ literal: { node, ...own } });
	const no = (node: Node): Item => ({ literal: { node, not: true } });
	const kept: Parts = { isKept: true, items: [] };
	const replaced = (...items: readonly Item[]): Parts => ({
		isKept: false,
		items,
	});
	const chosen = (choice: Choice): Parts => replaced({ choice });
	const decided = (holds: boolean): Parts | undefined =>
		holds === !not ? replaced() : undefined;
	if ((atom.applies & kind) === 0) return decided(true);
	switch (atom.is) {
		case "kinds":
			return decided((atom.mask & kind) !== 0);
		case "all":
			return replaced({
				literal: { node: atom.target(), ...own, ...(not ? { not } : {}) },
			});
		case "not":
			return replaced({ literal: { node: atom.node, not: !not } });
		case "any":
			if (!not)
				return chosen({
					kind: "any",
					nodes: atom.nodes,
					isWriter,
					scopes: scopes ?? [],
				});
			return replaced(
				...atom.nodes.map((node) =>
					atom.nodes.length > 3 ? { other: node } : no(node),
				),
			);
		case "one":
			return chosen(
				not
					? { kind: "notOne", nodes: atom.nodes }
					: { kind: "one", nodes: atom.nodes, isWriter, scopes: scopes ?? [] },
			);
		case "if": {
			const { condition, then, else: other } = atom;
			const follow = not ? no : yes;
			return chosen({
				kind: "some",
				options: [
					[yes(condition), follow(then)],
					[no(condition), follow(other)],
				],
			});
		}
		case "dependent": {
			const has = (isThere: boolean): Item => ({
				fact: absence(atom.name, isThere),
			});
			return not
				? replaced(has(true), no(atom.node))
				: chosen({
						kind: "some",
						options: [[has(false)], [has(true), yes(atom.node)]],
					});
		}
		case "enum":
			if (!not || (kind !== kinds.array && kind !== kinds.object)) return kept;
			return {
				isKept: true,
				items: atom.values
					.filter((value) => kindOf(value) === kind)
					.map((value) => no(constant(value))),
			};
		case "fields":
			return not
				? chosen({
						kind: "some",
						options: brokenFields(atom).map((wanted) => [{ wanted }]),
					})
				: kept;
		case "items":
			return not ? chosen({ kind: "some", options: brokenItems(atom) }) : kept;
		case "contains": {
			const count = (min: number, max: number): Item => ({
				count: {
					node: atom.node,
					min,
					max,
					isWriter,
					scopes: atom.evaluates ? (scopes ?? []) : [],
				},
			});
			return not
				? chosen({
						kind: "some",
						options: [
							...(atom.min > 0 ? [[count(0, atom.min - 1)]] : []),
							...(atom.max < Number.POSITIVE_INFINITY
								? [[count(atom.max + 1, Number.POSITIVE_INFINITY)]]
								: []),
						],
					})
				: replaced(count(atom.min, atom.max));
		}
		case "propertyNames":
			return not
				? replaced({
						wanted: {
							fits: () => true,
							value: [],
							name: [{ node: atom.node, not: true }],
							atom,
						},
					})
				: kept;
		case "unevaluatedProperties":
		case "unevaluatedItems":
			return not
				? replaced({
						wanted: {
							fits: () => true,
							value: [{ node: atom.node, not: true }],
							unevaluatedBy: atom.beside,
							atom,
						},
					})
				: kept;
		default:
			return kept;
	}
}
