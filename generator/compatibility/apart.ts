// Whether two schemas accept no common value, as far as that is seen without a search.

import type { Fields } from "./clause.ts";
import { accepts, fieldNodes } from "./evaluate.ts";
import { kinds, type Node } from "./node.ts";

/** The properties that a schema speaks of in any case. */
export interface Shape {
	readonly required: string[];
	readonly fields: Fields[];
	/** The schemas of its properties, as far as they have been asked for. */
	readonly nodes: Map<string, readonly Node[]>;
}

/** The schemas that a property must fit. */
export function nodesOf(
	{ fields, nodes }: Shape,
	name: string,
): readonly Node[] {
	const known = nodes.get(name);
	if (known) return known;
	const found = fields.flatMap((atom) => fieldNodes(atom, name));
	nodes.set(name, found);
	return found;
}

function collectShape(node: Node, into: Shape, depth: number): void {
	for (const atom of node.atoms) {
		if (atom.is === "required") into.required.push(atom.name);
		if (atom.is === "fields") into.fields.push(atom);
		if (atom.is === "all" && depth < 5)
			collectShape(atom.target(), into, depth + 1);
	}
}

/** Remembers what it has found, by the ids of the schemas. */
export function apartness() {
	/** Which objects are apart, by both ids. */
	const apart = new Map<number, Map<number, boolean>>();
	/** Whether no value of a kind fits two schemas, as far as that is seen at once. */
	const isDisjoint = (a: Node, b: Node, kind: number): boolean => {
		if ((a.mask & b.mask & kind) === 0) return true;
		if (a.id === b.id) return false;
		if (kind !== kinds.object) return areListsApart(a, b);
		return areObjectsApart(a, b, 0) || areListsApart(a, b);
	};
	const areListsApart = (a: Node, b: Node): boolean => {
		if (a.values) return !a.values.some((value) => accepts(b, value));
		return b.values ? !b.values.some((value) => accepts(a, value)) : false;
	};
	const isApart = (a: Node, b: Node, depth: number): boolean =>
		(a.mask & b.mask) === 0 ||
		areListsApart(a, b) ||
		((a.mask & b.mask) === kinds.object &&
			depth < 3 &&
			areObjectsApart(a, b, depth + 1));
	/** Whether no object fits two schemas, since a property that one of them requires has no value, or none that both accept. */
	const areObjectsApart = (a: Node, b: Node, depth: number): boolean => {
		if (a.id > b.id) return areObjectsApart(b, a, depth);
		const known = apart.get(a.id)?.get(b.id);
		if (known !== undefined) return known;
		const [left, right] = [shapeOf(a), shapeOf(b)];
		const isApartAt = (name: string): boolean => {
			const ones = nodesOf(left, name);
			const others = nodesOf(right, name);
			return (
				ones.some(({ mask }) => mask === 0) ||
				others.some(({ mask }) => mask === 0) ||
				ones.some((one) => others.some((other) => isApart(one, other, depth)))
			);
		};
		const isApartFromAll = (one: Node, other: Node): boolean =>
			one.atoms.some(
				(atom) =>
					(atom.is === "any" || atom.is === "one") &&
					atom.nodes.every(
						(node) =>
							(node.mask & kinds.object) === 0 ||
							areObjectsApart(node, other, depth),
					),
			);
		const found =
			left.required.some(isApartAt) ||
			right.required.some(isApartAt) ||
			isApartFromAll(a, b) ||
			isApartFromAll(b, a);
		// What is not followed deeper is not known.
		if (found || depth === 0) {
			const ofOne = apart.get(a.id) ?? new Map<number, boolean>();
			apart.set(a.id, ofOne);
			ofOne.set(b.id, found);
		}
		return found;
	};
	const shapes = new Map<number, Shape>();
	const shapeOf = (node: Node): Shape => {
		const known = shapes.get(node.id);
		if (known) return known;
		const shape: Shape = { required: [], fields: [], nodes: new Map() };
		shapes.set(node.id, shape);
		collectShape(node, shape, 0);
		return shape;
	};
	return { areObjectsApart, isApart, isDisjoint, shapeOf };
}
